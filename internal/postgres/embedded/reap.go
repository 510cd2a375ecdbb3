package embedded

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"syscall"
	"time"
)

// reap ends what a dead owner left: an orphaned postmaster, or backends of a
// killed one, still attached to shared memory, which would keep the next
// postmaster from starting. Every PostgreSQL process has its data directory as
// working directory, which a pid reused by a stranger has not. We hold the
// lock, so whatever runs there is an orphan of ours.
func (c *Cluster) reap(ctx context.Context) error {
	for _, step := range []struct {
		sig  syscall.Signal
		wait time.Duration
	}{{syscall.SIGINT, 10 * time.Second}, {syscall.SIGQUIT, 5 * time.Second}, {syscall.SIGKILL, 5 * time.Second}} {
		if len(inDir(c.data)) == 0 {
			return c.removeStale()
		}
		c.signalOrphans(step.sig)
		if err := c.awaitEmpty(ctx, step.wait); err != nil {
			return err
		}
	}
	if pids := inDir(c.data); len(pids) > 0 {
		return fmt.Errorf("ending orphaned PostgreSQL processes %v: still running", pids)
	}
	return c.removeStale()
}

func (c *Cluster) signalOrphans(sig syscall.Signal) {
	pids := inDir(c.data)
	c.o.Logger.Warn("ending orphaned PostgreSQL processes", "pids", pids, "signal", sig.String())
	main := readPidFile(c.data).pid
	for _, p := range pids {
		if sig != syscall.SIGINT || p == main { // backends end with a postmaster that shuts down
			_ = syscall.Kill(p, sig)
		}
	}
}

func (c *Cluster) awaitEmpty(ctx context.Context, d time.Duration) error {
	// A killed postmaster's backends get no shutdown: they need no patience.
	if pm := readPidFile(c.data).pid; pm == 0 || !runsIn(pm, c.data) {
		d = min(d, 200*time.Millisecond)
	}
	end := time.After(d)
	for len(inDir(c.data)) > 0 {
		select {
		case <-ctx.Done():
			return ctx.Err()
		case <-end:
			return nil
		case <-time.After(10 * time.Millisecond):
		}
	}
	return nil
}

// removeStale runs when nobody is in the data directory: the pid file and the
// socket's lock (which names the same pid) are stale, though both look alive
// while the dead postmaster is an unreaped zombie or its pid was reused.
func (c *Cluster) removeStale() error {
	sock := readPidFile(c.data).sock
	stale := []string{filepath.Join(c.data, "postmaster.pid")}
	for _, dir := range []string{c.shortSocketDir(), sock} {
		if dir != "" {
			stale = append(stale, filepath.Join(dir, ".s.PGSQL."+port), filepath.Join(dir, ".s.PGSQL."+port+".lock"))
		}
	}
	for _, f := range stale {
		if err := os.Remove(f); err != nil && !errors.Is(err, os.ErrNotExist) {
			return dirError(f, err)
		}
	}
	if sock != "" && sock != c.shortSocketDir() {
		_ = os.Remove(sock) // a temporary one; stays when it is not empty
	}
	return nil
}

// inDir lists the processes that work in dir.
func inDir(dir string) (pids []int) {
	links, _ := filepath.Glob("/proc/[0-9]*/cwd")
	for _, l := range links {
		if d, err := os.Readlink(l); err == nil && d == dir {
			if p, err := strconv.Atoi(filepath.Base(filepath.Dir(l))); err == nil && p != os.Getpid() {
				pids = append(pids, p)
			}
		}
	}
	return pids
}

func runsIn(pid int, dir string) bool {
	d, err := os.Readlink(filepath.Join("/proc", strconv.Itoa(pid), "cwd"))
	return err == nil && d == dir
}
