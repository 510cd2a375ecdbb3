// Package e2e starts the product as a user does and looks at what a user sees:
// real database, real Redis, real browsers, real audio.
package e2e

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"sync"
	"syscall"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"

	"ringback/internal/postgres/embedded"
)

func top(t *testing.T) string {
	t.Helper()
	dir, err := filepath.Abs("../../..")
	if err != nil {
		t.Fatal(err)
	}
	return dir
}

// builtDir holds what build made; TestMain removes it.
var builtDir string

// build makes the product from this source, once for all tests.
var build = sync.OnceValues(func() (bin string, err error) {
	if builtDir, err = os.MkdirTemp("", "ringback-built-"); err != nil {
		return "", err
	}
	bin = filepath.Join(builtDir, "ringback")
	if said, err := exec.Command("go", "build", "-o", bin, "ringback/cmd/ringback").CombinedOutput(); err != nil {
		return "", fmt.Errorf("building ringback: %w\n%s", err, said)
	}
	return bin, nil
})

func TestMain(m *testing.M) {
	code := m.Run()
	if builtDir != "" {
		_ = os.RemoveAll(builtDir)
	}
	os.Exit(code)
}

// built is the product as built from this source.
func built(t *testing.T) string {
	t.Helper()
	out, err := build()
	if err != nil {
		t.Fatal(err)
	}
	if _, err := os.Stat(filepath.Join(top(t), "web/dist/index.html")); err != nil {
		t.Fatal("the console is not built: run `make test`, or `make web` first")
	}
	return out
}

// product is a running demo.
type product struct {
	t    *testing.T
	bin  string
	dir  string
	args []string
	cmd  *exec.Cmd
	out  *lockedBuffer

	URL    string `json:"url"`
	Logins []struct{ Role, User, Password string }
	SIP    string `json:"sip"`
	Phone  struct{ Server, Extension, Password, Owner string }
}

type lockedBuffer struct {
	mu sync.Mutex
	b  bytes.Buffer
}

func (l *lockedBuffer) Write(p []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.b.Write(p)
}
func (l *lockedBuffer) String() string { l.mu.Lock(); defer l.mu.Unlock(); return l.b.String() }

// demo starts `ringback demo` in a directory of its own.
func demo(t *testing.T, bin string, args ...string) *product {
	t.Helper()
	p := &product{t: t, bin: bin, dir: dataDir(t), args: args}
	p.start()
	t.Cleanup(p.stop)
	return p
}

// dataDir is a directory the unprivileged database user can reach.
func dataDir(t *testing.T) string {
	t.Helper()
	dir, err := os.MkdirTemp("", "ringback-e2e-")
	if err != nil {
		t.Fatal(err)
	}
	if err := os.Chmod(dir, 0o755); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if t.Failed() {
			log, _ := os.ReadFile(filepath.Join(dir, "ringback.log"))
			t.Logf("ringback.log ends with:\n%s", tail(log, 6000))
		}
		_ = os.RemoveAll(dir)
	})
	return dir
}

func tail(b []byte, n int) []byte { return b[max(0, len(b)-n):] }

func (p *product) start() {
	p.t.Helper()
	_ = os.Remove(filepath.Join(p.dir, "ready.json"))
	p.out = &lockedBuffer{}
	p.cmd = exec.Command(p.bin, append([]string{"demo", "--data", p.dir}, p.args...)...)
	p.cmd.Stdout, p.cmd.Stderr = p.out, p.out
	p.cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true}
	if err := p.cmd.Start(); err != nil {
		p.t.Fatal(err)
	}
	eventually(p.t, 60*time.Second, "the demo is ready", func() bool {
		raw, err := os.ReadFile(filepath.Join(p.dir, "ready.json"))
		if err != nil {
			if p.cmd.ProcessState != nil || syscall.Kill(p.cmd.Process.Pid, 0) != nil {
				p.t.Fatalf("the demo ended:\n%s", p.out)
			}
			return false
		}
		return json.Unmarshal(raw, p) == nil
	})
}

// stop is Ctrl-C; it fails the test when something does not stop.
func (p *product) stop() {
	if p.cmd == nil {
		return
	}
	_ = p.cmd.Process.Signal(os.Interrupt)
	done := make(chan error, 1)
	go func() { done <- p.cmd.Wait() }()
	select {
	case err := <-done:
		if err != nil {
			p.t.Errorf("the demo ended with %v:\n%s", err, p.out)
		}
	case <-time.After(30 * time.Second):
		p.t.Errorf("Ctrl-C does not stop the demo:\n%s", p.out)
		_ = syscall.Kill(-p.cmd.Process.Pid, syscall.SIGKILL)
	}
	p.cmd = nil
}

// kill is kill -9 of the server; its database dies with it, as after a power cut.
func (p *product) kill() {
	p.t.Helper()
	if err := p.cmd.Process.Kill(); err != nil {
		p.t.Fatal(err)
	}
	_ = p.cmd.Wait()
}

// run is one more command of the product over the same data directory.
func (p *product) run(args ...string) string {
	p.t.Helper()
	out, err := exec.Command(p.bin, append(args, "--data", p.dir)...).CombinedOutput()
	if err != nil {
		p.t.Fatalf("ringback %v: %v\n%s", args, err, out)
	}
	return string(out)
}

// scan reads one row of the record, past row-level security as the owner may.
func scan[T any](p *product, sql string, args ...any) (v T) {
	p.t.Helper()
	a, err := embedded.Join(filepath.Join(p.dir, "postgres"))
	if err != nil {
		p.t.Fatal(err)
	}
	ctx, cancel := context.WithTimeout(context.Background(), 10*time.Second)
	defer cancel()
	c, err := pgx.Connect(ctx, a.OwnerURL)
	if err != nil {
		p.t.Fatal(err)
	}
	defer func() { _ = c.Close(ctx) }()
	if err := c.QueryRow(ctx, sql, args...).Scan(&v); err != nil {
		p.t.Fatalf("%s: %v", sql, err)
	}
	return v
}

// eventually polls until ok, and says what did not come about.
func eventually(t *testing.T, within time.Duration, what string, ok func() bool) {
	t.Helper()
	deadline := time.After(within)
	tick := time.NewTicker(50 * time.Millisecond)
	defer tick.Stop()
	for !ok() {
		select {
		case <-deadline:
			t.Fatalf("within %v: %s: no", within, what)
		case <-tick.C:
		}
	}
}

func freePort(t *testing.T) int {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = l.Close() }()
	_, port, _ := net.SplitHostPort(l.Addr().String())
	n, _ := strconv.Atoi(port)
	return n
}
