package embedded

import (
	"bufio"
	"context"
	"fmt"
	"io"
	"log/slog"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"sort"
	"strings"
	"time"

	"ringback/internal/errs"
)

// process is a running postmaster.
type process struct {
	pid  int
	done chan struct{} // closed when it has ended
	exit error         // why; read after done
	tail *tail         // its last words
}

// launch starts the postmaster and returns when it takes connections.
func (c *Cluster) launch(ctx context.Context) error {
	out, err := c.output()
	if err != nil {
		return err
	}
	defer func() { _ = out.Close() }()
	h := &handed{on: c.acct.handed}
	defer h.close()
	data, err := h.path(c.data)
	if err != nil {
		return err
	}
	sock := c.sock
	if sock == c.shortSocketDir() { // a temporary one can be reached
		if sock, err = h.path(sock); err != nil {
			return err
		}
	}
	cmd := exec.Command(filepath.Join(c.bin, "postgres"), c.args(data, sock)...)
	cmd.Dir, cmd.Env, cmd.SysProcAttr, cmd.Stdout, cmd.Stderr = "/", c.env(), c.acct.attr(c.o.Detached), out.File, out.File
	p := &process{done: make(chan struct{}), tail: out.tail}
	err = onOwnThread(func() error { return h.start(cmd) }, func() { p.exit = cmd.Wait(); close(p.done) })
	if err != nil {
		return c.acct.noNamespace(c.o.Dir, err)
	}
	p.pid, c.proc = cmd.Process.Pid, p
	return c.awaitReady(ctx)
}

// awaitReady waits until line 8 of postmaster.pid says "ready" and line 1 is our
// child: recovery is over then.
func (c *Cluster) awaitReady(ctx context.Context) error {
	for {
		if f := readPidFile(c.data); f.ready && f.pid == c.proc.pid {
			return nil
		}
		select {
		case <-c.proc.done:
			words := c.proc.tail.String()
			return errs.New(errs.Unavailable, "postgres_start",
				"私有数据库没有启动："+lastLine(words),
				"The private database did not start: "+lastLine(words)).Because(fmt.Errorf("%w\n%s", c.proc.exit, words))
		case <-ctx.Done():
			return fmt.Errorf("waiting for PostgreSQL: %w", ctx.Err())
		case <-time.After(5 * time.Millisecond):
		}
	}
}

// args are the settings. Error details and statements stay out of the log: they
// may hold customers' names and numbers.
func (c *Cluster) args(data, sock string) []string {
	set := map[string]string{
		"listen_addresses": "", "unix_socket_directories": sock, "unix_socket_permissions": "0700", "port": port,
		"max_connections": "100", "shared_buffers": "128MB", "timezone": "UTC", "log_timezone": "UTC",
		"logging_collector": "off", "log_checkpoints": "off", "cluster_name": "ringback", "recovery_init_sync_method": "syncfs",
		"log_error_verbosity": "terse", "log_min_error_statement": "panic",
	}
	if c.o.Throw {
		set["fsync"], set["full_page_writes"] = "off", "off"
	}
	for k, v := range c.o.Settings {
		set[k] = v
	}
	args := make([]string, 0, 2+2*len(set))
	for k, v := range set {
		args = append(args, "--"+k+"="+v)
	}
	sort.Strings(args)
	return append([]string{"-D", data}, args...)
}

// openSocketDir picks Dir/run, or a temporary directory when the socket's path
// would not fit into sun_path (107 bytes).
func (c *Cluster) openSocketDir(context.Context) error {
	c.sock = c.shortSocketDir()
	if len(c.sock) > 107-len("/.s.PGSQL.5432.lock") {
		tmp, err := os.MkdirTemp("", "ringback-pg-")
		if err != nil {
			return dirError(os.TempDir(), err)
		}
		c.sock = tmp
	}
	if err := os.MkdirAll(c.sock, 0o700); err != nil {
		return dirError(c.sock, err)
	}
	return c.acct.own(c.sock)
}

func (c *Cluster) shortSocketDir() string { return filepath.Join(c.o.Dir, "run") }

// output is where the server writes: our log, or a file when it outlives us.
type output struct {
	*os.File
	tail *tail
}

func (c *Cluster) output() (output, error) {
	if c.o.Detached {
		path := filepath.Join(c.o.Dir, "server.log")
		f, err := os.OpenFile(path, os.O_CREATE|os.O_WRONLY|os.O_TRUNC, 0o600)
		if err != nil {
			return output{}, dirError(path, err)
		}
		return output{f, &tail{file: path}}, nil
	}
	r, w, err := os.Pipe()
	if err != nil {
		return output{}, fmt.Errorf("opening a pipe for PostgreSQL's log: %w", err)
	}
	t := &tail{}
	go readLog(r, t, c.o.Logger)
	return output{w, t}, nil
}

// readLog ends when the last PostgreSQL process has closed the pipe.
func readLog(r io.ReadCloser, t *tail, log *slog.Logger) {
	defer func() { _ = r.Close() }()
	lines := bufio.NewScanner(r)
	lines.Buffer(nil, 1<<20)
	for lines.Scan() {
		t.add(lines.Text())
		level := slog.LevelDebug
		if strings.Contains(lines.Text(), "FATAL:") || strings.Contains(lines.Text(), "PANIC:") {
			level = slog.LevelWarn
		}
		log.Log(context.Background(), level, "postgres", "line", lines.Text())
	}
}

// onOwnThread starts a child from an OS thread that lives until wait returns:
// Pdeathsig fires when the thread that forked dies, not the process.
func onOwnThread(start func() error, wait func()) error {
	started := make(chan error, 1)
	go func() {
		runtime.LockOSThread()
		defer runtime.UnlockOSThread()
		err := start()
		started <- err
		if err == nil {
			wait()
		}
	}()
	return <-started
}
