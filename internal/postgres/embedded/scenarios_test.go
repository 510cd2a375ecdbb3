package embedded_test

import (
	"bufio"
	"context"
	"fmt"
	"io"
	"log/slog"
	"os"
	osexec "os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"

	"go.uber.org/goleak"

	"ringback/internal/postgres/embedded"
)

const holdDir = "EMBEDDED_TEST_HOLD"

// TestMain is also the program that owns a cluster until it is killed.
func TestMain(m *testing.M) {
	if dir := os.Getenv(holdDir); dir != "" {
		os.Exit(hold(dir))
	}
	goleak.VerifyTestMain(m)
}

func hold(dir string) int {
	c, err := embedded.Start(context.Background(), embedded.Options{Dir: dir, Throw: true, Logger: slog.New(slog.DiscardHandler)})
	if err != nil {
		fmt.Println("error", err)
		return 1
	}
	fmt.Println("ready", c.Pid())
	_, _ = io.Copy(io.Discard, os.Stdin) // until the test lets go
	if err := c.Stop(context.Background()); err != nil {
		return 1
	}
	return 0
}

// owner is another process that runs a cluster.
type owner struct {
	cmd        *osexec.Cmd
	in         io.Closer
	postmaster int
}

func startOwner(t *testing.T, bin, dir string, cred *syscall.Credential) *owner {
	t.Helper()
	cmd := osexec.Command(bin)
	cmd.Env = append(os.Environ(), holdDir+"="+dir)
	cmd.Dir, cmd.Stderr, cmd.SysProcAttr = "/", os.Stderr, &syscall.SysProcAttr{Credential: cred}
	in, err := cmd.StdinPipe()
	if err != nil {
		t.Fatal(err)
	}
	out, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	o := &owner{cmd: cmd, in: in}
	t.Cleanup(func() { _ = cmd.Process.Kill(); _ = cmd.Wait() })
	line, _ := bufio.NewReader(out).ReadString('\n')
	if o.postmaster, err = strconv.Atoi(strings.TrimSpace(strings.TrimPrefix(line, "ready "))); err != nil {
		t.Fatalf("the other owner said %q", line)
	}
	return o
}

func self(t *testing.T) string {
	t.Helper()
	bin, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	return bin
}

func kill(t *testing.T, pids ...int) {
	t.Helper()
	for _, p := range pids {
		if err := syscall.Kill(p, syscall.SIGKILL); err != nil {
			t.Fatalf("killing %d: %v", p, err)
		}
	}
}

// eventually polls what other processes do.
func eventually(t *testing.T, what string, holds func() bool) {
	t.Helper()
	tick := time.NewTicker(5 * time.Millisecond)
	defer tick.Stop()
	for range 2000 {
		if holds() {
			return
		}
		<-tick.C
	}
	t.Errorf("it never came true: %s", what)
}

func runs(pid int, dir string) bool {
	cwd, err := os.Readlink(filepath.Join("/proc", strconv.Itoa(pid), "cwd"))
	return err == nil && cwd == filepath.Join(dir, "data")
}

func TestAKilledPostmasterIsNoticedAndTheNextStartRecovers(t *testing.T) {
	t.Parallel()
	dir := clusterDir(t)
	c := start(t, dir)
	exec(t, c.OwnerURL(), `create table kept (n int)`, `insert into kept values (1)`)
	kill(t, c.Pid())
	<-c.Done()
	stop(t, c)
	again := start(t, dir)
	if got := number(t, again.OwnerURL(), `select count(*) from kept`); got != 1 {
		t.Errorf("%d committed rows after the recovery, want 1", got)
	}
}

func TestTheServerDiesWithItsKilledOwner(t *testing.T) {
	t.Parallel()
	dir := clusterDir(t)
	o := startOwner(t, self(t), dir, nil)
	kill(t, o.cmd.Process.Pid)
	eventually(t, "the postmaster ends", func() bool { return !runs(o.postmaster, dir) })
}

func TestAStartRightAfterOwnerAndPostmasterWereKilledWorks(t *testing.T) {
	t.Parallel()
	dir := clusterDir(t)
	for i := range 3 {
		o := startOwner(t, self(t), dir, nil)
		if i == 0 {
			a := join(t, dir)
			exec(t, a.OwnerURL, `create table kept (n int)`)
		}
		exec(t, join(t, dir).OwnerURL, `insert into kept values (1)`)
		kill(t, o.postmaster, o.cmd.Process.Pid)
	}
	if got := number(t, start(t, dir).OwnerURL(), `select count(*) from kept`); got != 3 {
		t.Errorf("%d committed rows after three kills, want 3", got)
	}
}

func TestAStartRightAfterTheOwnerAloneWasKilledWorks(t *testing.T) {
	t.Parallel()
	dir := clusterDir(t)
	o := startOwner(t, self(t), dir, nil)
	kill(t, o.cmd.Process.Pid)
	if c := start(t, dir); c.Pid() == o.postmaster {
		t.Error("the orphan was taken for ours")
	}
}

func join(t *testing.T, dir string) embedded.Address {
	t.Helper()
	a, err := embedded.Join(dir)
	if err != nil {
		t.Fatal(err)
	}
	return a
}

func TestARunningClusterIsJoinedAndAStoppedOneIsNot(t *testing.T) {
	t.Parallel()
	dir := clusterDir(t)
	wantCode(t, "before the first start", second(embedded.Join(dir)), "postgres_not_running")
	c := start(t, dir)
	a := join(t, dir)
	if a.AppURL != c.AppURL() || a.OwnerURL != c.OwnerURL() || a.Pid != c.Pid() {
		t.Errorf("joined %+v, runs %s", a, c.AppURL())
	}
	exec(t, a.AppURL, `select 1`)
	kill(t, c.Pid())
	<-c.Done()
	wantCode(t, "killed", second(embedded.Join(dir)), "postgres_not_running")
}

// PostgreSQL itself would refuse: the pid in the stale file lives, and belongs
// to a stranger of the same user.
func TestAStalePidFileWhoseNumberAStrangerHasIsRemoved(t *testing.T) {
	t.Parallel()
	dir := clusterDir(t)
	c := start(t, dir)
	pidFile := filepath.Join(dir, "data", "postmaster.pid")
	text, err := os.ReadFile(pidFile)
	if err != nil {
		t.Fatal(err)
	}
	stop(t, c)
	stranger := osexec.Command("sleep", "60")
	stranger.SysProcAttr = &syscall.SysProcAttr{Credential: sameUser(t, filepath.Join(dir, "data"))}
	if err := stranger.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = stranger.Process.Kill(); _ = stranger.Wait() })
	_, rest, _ := strings.Cut(string(text), "\n")
	if err := os.WriteFile(pidFile, []byte(strconv.Itoa(stranger.Process.Pid)+"\n"+rest), 0o600); err != nil {
		t.Fatal(err)
	}
	wantCode(t, "a stranger", second(embedded.Join(dir)), "postgres_not_running")
	start(t, dir)
	if err := stranger.Process.Signal(syscall.Signal(0)); err != nil {
		t.Errorf("the stranger was ended: %v", err)
	}
}

func sameUser(t *testing.T, path string) *syscall.Credential {
	t.Helper()
	if os.Geteuid() != 0 {
		return nil
	}
	st := stat(t, path)
	return &syscall.Credential{Uid: st.Uid, Gid: st.Gid}
}

func stat(t *testing.T, path string) *syscall.Stat_t {
	t.Helper()
	var st syscall.Stat_t
	if err := syscall.Stat(path, &st); err != nil {
		t.Fatal(err)
	}
	return &st
}

func TestWhatAKilledInitdbLeftIsSwept(t *testing.T) {
	t.Parallel()
	dir := clusterDir(t)
	left := filepath.Join(dir, "data.init-123", "base")
	if err := os.MkdirAll(left, 0o755); err != nil {
		t.Fatal(err)
	}
	start(t, dir)
	if _, err := os.Stat(filepath.Dir(left)); !os.IsNotExist(err) {
		t.Errorf("it is still there: %v", err)
	}
}

func TestALongPathGetsASocketElsewhere(t *testing.T) {
	t.Parallel()
	dir := filepath.Join(clusterDir(t), strings.Repeat("long", 30))
	c := start(t, dir)
	exec(t, c.AppURL(), `select 1`)
	if a := join(t, dir); a.AppURL != c.AppURL() {
		t.Errorf("joined %s, runs at %s", a.AppURL, c.AppURL())
	}
}
