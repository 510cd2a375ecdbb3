package redis

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"sync"
	"syscall"
	"time"

	goredis "github.com/redis/go-redis/v9"
)

// child is a redis-server of ours. One goroutine (run) owns its life:
//
//	starting → up → (died) → waiting → starting …   until stop
type child struct {
	bin  string
	dir  string
	sock string
	lock *os.File
	log  *slog.Logger
	quit chan struct{}
	done chan struct{}

	mu  sync.Mutex // guards pid
	pid int
}

func startProcess(ctx context.Context, o Options, bin string) (*Server, error) {
	c, err := newChild(o, bin)
	if err != nil {
		return nil, err
	}
	up := make(chan error, 1)
	go c.run(up)
	s := &Server{client: goredis.NewClient(quick(&goredis.Options{Network: "unix", Addr: c.sock})), kind: Process, stop: c.stop, pid: c.current, url: "unix://" + c.sock}
	select {
	case err = <-up:
	case <-ctx.Done():
		err = ctx.Err()
	}
	if err != nil {
		return nil, errors.Join(err, s.Close())
	}
	return s, nil
}

func newChild(o Options, bin string) (*child, error) {
	dir, err := filepath.Abs(o.Dir)
	if err == nil {
		err = os.MkdirAll(dir, 0o700)
	}
	if err != nil {
		return nil, dirError(o.Dir, err)
	}
	c := &child{bin: bin, dir: dir, log: o.Logger, quit: make(chan struct{}), done: make(chan struct{})}
	if c.lock, err = lockDir(dir); err != nil {
		return nil, err
	}
	c.sock = filepath.Join(dir, "redis.sock")
	if len(c.sock) > 107 { // sun_path
		tmp, err := os.MkdirTemp("", "ringback-redis-")
		if err != nil {
			return nil, errors.Join(dirError(os.TempDir(), err), c.lock.Close())
		}
		c.sock = filepath.Join(tmp, "redis.sock")
	}
	return c, nil
}

const restartPause = 500 * time.Millisecond

// run starts the child, and starts it again when it dies unasked. up hears once
// whether it came up at all. The thread is kept: Pdeathsig fires when the
// thread that forked ends.
func (c *child) run(up chan<- error) {
	runtime.LockOSThread()
	defer runtime.UnlockOSThread()
	defer close(c.done)
	cameUp := false
	for {
		err := c.runOnce(func() {
			if !cameUp {
				cameUp = true
				up <- nil
			}
		})
		if !cameUp {
			up <- err
			return
		}
		if c.stopping() {
			return
		}
		c.log.Error("the built-in Redis ended, starting it again", "error", err)
		select {
		case <-c.quit:
			return
		case <-time.After(restartPause):
		}
	}
}

func (c *child) stopping() bool {
	select {
	case <-c.quit:
		return true
	default:
		return false
	}
}

// runOnce runs one process to its end. Nothing is saved: what is in Redis can
// be rebuilt.
func (c *child) runOnce(ready func()) error {
	cmd := exec.Command(c.bin, "--port", "0", "--unixsocket", c.sock, "--unixsocketperm", "700", "--save", "", "--appendonly", "no",
		"--dir", c.dir, "--daemonize", "no", "--maxmemory", "256mb", "--maxmemory-policy", "noeviction", "--loglevel", "warning")
	var out lastWords
	cmd.Dir, cmd.Stdout, cmd.Stderr = "/", &out, &out
	cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true, Pdeathsig: syscall.SIGKILL}
	_ = os.Remove(c.sock) // a killed predecessor's
	if err := cmd.Start(); err != nil {
		return fmt.Errorf("starting %s: %w", c.bin, err)
	}
	c.setPid(cmd.Process.Pid)
	defer c.setPid(0)
	exit := make(chan error, 1)
	go func() { exit <- cmd.Wait() }()
	if err := c.awaitSocket(exit); err != nil {
		_ = cmd.Process.Kill()
		return fmt.Errorf("starting %s: %w: %s", c.bin, err, out.String())
	}
	ready()
	select {
	case err := <-exit:
		return fmt.Errorf("%s: %w: %s", c.bin, orEnded(err), out.String())
	case <-c.quit:
		return end(cmd.Process, exit)
	}
}

func orEnded(err error) error {
	if err == nil {
		return errors.New("it ended by itself")
	}
	return err
}

// listens tells whether the server takes connections: the socket's file is there
// a moment before that.
func (c *child) listens() bool {
	conn, err := net.DialTimeout("unix", c.sock, time.Second)
	if err != nil {
		return false
	}
	return conn.Close() == nil
}

func (c *child) awaitSocket(exit <-chan error) error {
	deadline := time.After(10 * time.Second)
	for {
		if c.listens() {
			return nil
		}
		select {
		case err := <-exit:
			return orEnded(err)
		case <-c.quit:
			return errors.New("stopped while starting")
		case <-deadline:
			return errors.New("no socket after 10 s")
		case <-time.After(2 * time.Millisecond):
		}
	}
}

func end(p *os.Process, exit <-chan error) error {
	_ = p.Signal(syscall.SIGTERM)
	select {
	case <-exit:
	case <-time.After(3 * time.Second):
		_ = p.Kill()
		<-exit
	}
	return nil
}

func (c *child) stop() error {
	close(c.quit)
	<-c.done
	_ = os.Remove(c.sock)
	if filepath.Dir(c.sock) != c.dir {
		_ = os.Remove(filepath.Dir(c.sock))
	}
	return c.lock.Close()
}

func (c *child) setPid(pid int) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.pid = pid
}

func (c *child) current() int {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.pid
}
