package main

import (
	"context"
	"fmt"
	"io"
	"sync"
	"time"

	"ringback/internal/errs"
	"ringback/internal/postgres/embedded"
)

// keptCluster is a private PostgreSQL that is started again when it dies under us
// (killed by hand, out of memory). Every room waits for its database meanwhile;
// live calls go on.
type keptCluster struct {
	o    embedded.Options
	tell io.Writer // sentences for whoever looks at the terminal

	mu      sync.Mutex // guards the fields below
	now     *embedded.Cluster
	stopped bool
}

func startCluster(ctx context.Context, o embedded.Options, tell io.Writer) (*keptCluster, error) {
	c, err := embedded.Start(ctx, o)
	if err != nil {
		return nil, err
	}
	return &keptCluster{o: o, tell: tell, now: c}, nil
}

func (k *keptCluster) appURL() string   { return k.current().AppURL() }
func (k *keptCluster) ownerURL() string { return k.current().OwnerURL() }

func (k *keptCluster) current() *embedded.Cluster {
	k.mu.Lock()
	defer k.mu.Unlock()
	return k.now
}

// run keeps the cluster up until ctx ends. Its error says that it cannot be
// started again.
func (k *keptCluster) run(ctx context.Context) error {
	for {
		select {
		case <-ctx.Done():
			return nil
		case <-k.current().Done():
		}
		if ctx.Err() != nil {
			return nil
		}
		fmt.Fprintln(k.tell, "The database has stopped; starting it again. Calls that are up go on, new ones wait. 数据库已停止，正在重新启动；进行中的通话不受影响。")
		if err := k.again(ctx); err != nil {
			return err
		}
		fmt.Fprintln(k.tell, "The database is back. 数据库已恢复。")
	}
}

const (
	restarts     = 5
	restartPause = time.Second
)

// again starts the cluster anew, with a few tries: PostgreSQL may need a moment to
// let go of its memory.
func (k *keptCluster) again(ctx context.Context) error {
	var err error
	for range restarts {
		if err = k.replace(ctx); err == nil || ctx.Err() != nil {
			return nil
		}
		select {
		case <-ctx.Done():
			return nil
		case <-time.After(restartPause):
		}
	}
	return errs.New(errs.Unavailable, "postgres_gone", "数据库停止后无法重新启动，演示已停止；数据没有丢失。请查看日志后再次启动。",
		"The database stopped and could not be started again, so the demo has ended. Nothing is lost: look at the log and start it again.").Because(err)
}

func (k *keptCluster) replace(ctx context.Context) error {
	k.mu.Lock()
	defer k.mu.Unlock()
	if k.stopped {
		return nil
	}
	url := k.now.AppURL()
	_ = k.now.Stop(ctx) // it is dead: this lets go of its directory
	c, err := embedded.Start(ctx, k.o)
	if err != nil {
		return err
	}
	k.now = c
	if c.AppURL() != url {
		return fmt.Errorf("the database came back at another socket than %s", url)
	}
	return nil
}

// stop ends the cluster in order.
func (k *keptCluster) stop(ctx context.Context) error {
	k.mu.Lock()
	defer k.mu.Unlock()
	k.stopped = true
	return k.now.Stop(ctx)
}
