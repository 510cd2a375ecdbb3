package embedded_test

import (
	"bytes"
	"context"
	"io"
	"log/slog"
	"os"
	osexec "os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"

	"ringback/internal/errs"
	"ringback/internal/postgres/embedded"
)

func second[T any](_ T, err error) error { return err }

func wantCode(t *testing.T, what string, err error, code string, words ...string) {
	t.Helper()
	e, ok := errs.Of(err)
	if !ok || e.Kind != errs.Unavailable || e.Code != code {
		t.Errorf("%s: %v, want %s", what, err, code)
		return
	}
	for _, w := range words {
		if !strings.Contains(e.ZH, w) || !strings.Contains(e.EN, w) {
			t.Errorf("%s: the words miss %q:\n%s\n%s", what, w, e.ZH, e.EN)
		}
	}
}

func startIn(o embedded.Options) error {
	o.Logger, o.Throw = slog.New(slog.DiscardHandler), true
	c, err := embedded.Start(context.Background(), o)
	if err == nil {
		_ = c.Stop(context.Background())
	}
	return err
}

func TestMissingBinariesNameWhatToInstall(t *testing.T) {
	t.Parallel()
	wantCode(t, "empty directory", startIn(embedded.Options{Dir: clusterDir(t), Bin: t.TempDir()}), "postgres_missing", "apt-get install postgresql", "RINGBACK_DATABASE_URL")
}

func TestTheSecondOwnerIsToldWhoTheFirstIs(t *testing.T) {
	t.Parallel()
	dir := clusterDir(t)
	start(t, dir)
	wantCode(t, "locked", startIn(embedded.Options{Dir: dir, Patience: time.Millisecond}), "postgres_in_use", strconv.Itoa(os.Getpid()), dir)
}

func TestAClusterOfAnotherVersionIsRefusedAndUntouched(t *testing.T) {
	t.Parallel()
	dir := clusterDir(t)
	stop(t, start(t, dir))
	version := filepath.Join(dir, "data", "PG_VERSION")
	if err := os.WriteFile(version, []byte("9\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	wantCode(t, "version", startIn(embedded.Options{Dir: dir}), "postgres_version", "PostgreSQL 9", "postgresql-9")
	if b, err := os.ReadFile(version); err != nil || string(b) != "9\n" {
		t.Errorf("PG_VERSION is %q, %v", b, err)
	}
}

func TestADirectoryThatCannotBeUsedIsSaid(t *testing.T) {
	t.Parallel()
	file := filepath.Join(t.TempDir(), "file")
	if err := os.WriteFile(file, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	wantCode(t, "under a file", startIn(embedded.Options{Dir: filepath.Join(file, "pg")}), "postgres_directory", file)
	wantCode(t, "where nobody may write", startIn(embedded.Options{Dir: "/proc/pg"}), "postgres_directory", "/proc/pg")
	strange := clusterDir(t)
	if err := os.MkdirAll(filepath.Join(strange, "data"), 0o755); err != nil {
		t.Fatal(err)
	}
	if os.Geteuid() == 0 {
		st := stat(t, databaseOwner(t))
		if err := os.Chown(filepath.Join(strange, "data"), int(st.Uid), int(st.Gid)); err != nil {
			t.Fatal(err)
		}
	}
	wantCode(t, "data that is no cluster", startIn(embedded.Options{Dir: strange}), "postgres_directory", strange)
}

// databaseOwner is a file of the user that the server runs as.
func databaseOwner(t *testing.T) string {
	t.Helper()
	dir := clusterDir(t)
	stop(t, start(t, dir))
	return filepath.Join(dir, "data")
}

// As root: the server is not root, another user's data is refused, a directory
// the account cannot enter is handed to it, found by others and recovered, and a user without a passwd entry is served. As an ordinary user: the server
// is we.
func TestTheServerRunsAsSomeoneWhoIsNotRoot(t *testing.T) {
	t.Parallel()
	dir := clusterDir(t)
	c := start(t, dir)
	uid := stat(t, filepath.Join("/proc", strconv.Itoa(c.Pid()))).Uid
	if uid == 0 || os.Geteuid() != 0 && int(uid) != os.Geteuid() {
		t.Errorf("the postmaster runs as uid %d, we as %d", uid, os.Geteuid())
	}
	if mode := stat(t, filepath.Join(dir, "run")).Mode & 0o777; mode != 0o700 {
		t.Errorf("the socket's directory has mode %o", mode)
	}
	if n := number(t, c.OwnerURL(), `select count(*) from pg_settings where name = 'listen_addresses' and setting = ''`); n != 1 {
		t.Error("it listens on TCP")
	}
	if os.Geteuid() != 0 {
		return
	}
	stop(t, c)
	if err := os.Chown(filepath.Join(dir, "data"), 54321, 54321); err != nil {
		t.Fatal(err)
	}
	wantCode(t, "another user's", startIn(embedded.Options{Dir: dir}), "postgres_owner", "54321")
	private := filepath.Join(clusterDir(t), "home", "pg")
	if err := os.MkdirAll(filepath.Dir(private), 0o700); err != nil {
		t.Fatal(err)
	}
	behindAClosedDoor(t, private)
	aUserWithoutPasswdEntry(t)
}

func behindAClosedDoor(t *testing.T, dir string) {
	t.Helper()
	c := start(t, dir)
	if uid := stat(t, filepath.Join("/proc", strconv.Itoa(c.Pid()))).Uid; uid == 0 {
		t.Error("behind a closed door the postmaster runs as root")
	}
	exec(t, c.OwnerURL(), `create table kept as select 7 as n`)
	found, err := embedded.Join(dir)
	if err != nil || number(t, found.OwnerURL, `select n from kept`) != 7 {
		t.Errorf("another process does not find the cluster behind a closed door: %v", err)
	}
	kill(t, c.Pid())
	<-c.Done()
	stop(t, c)
	again := start(t, dir)
	if n := number(t, again.AppURL(), `select count(*) from pg_class where relname = 'kept'`); n != 1 {
		t.Error("what was committed behind a closed door is gone after a kill")
	}
}

func aUserWithoutPasswdEntry(t *testing.T) {
	t.Helper()
	dir := clusterDir(t)
	if err := os.Mkdir(dir, 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.Chown(dir, 54321, 54321); err != nil {
		t.Fatal(err)
	}
	bin := filepath.Join(filepath.Dir(dir), "owner") // our own may lie where that user cannot go
	copyProgram(t, self(t), bin)
	stranger := &syscall.Credential{Uid: 54321, Gid: 54321}
	if !namespacesAllowed() { // a container or a chroot: refused in words
		if said := firstWords(bin, filepath.Join(dir, "pg"), stranger); !strings.Contains(said, "postgres_account") || !strings.Contains(said, "RINGBACK_DATABASE_URL") {
			t.Errorf("a user without a passwd entry is told %q", said)
		}
		return
	}
	o := startOwner(t, bin, filepath.Join(dir, "pg"), stranger)
	exec(t, join(t, filepath.Join(dir, "pg")).AppURL, `select 1`)
	_ = o.in.Close()
	if err := o.cmd.Wait(); err != nil {
		t.Errorf("stopping: %v", err)
	}
}

func namespacesAllowed() bool {
	cmd := osexec.Command("true")
	cmd.SysProcAttr = &syscall.SysProcAttr{Cloneflags: syscall.CLONE_NEWUSER}
	return cmd.Run() == nil
}

// firstWords of another process that tries to run the cluster.
func firstWords(bin, dir string, cred *syscall.Credential) string {
	cmd := osexec.Command(bin)
	cmd.Env = append(os.Environ(), holdDir+"="+dir)
	cmd.Dir, cmd.SysProcAttr = "/", &syscall.SysProcAttr{Credential: cred}
	said, _ := cmd.CombinedOutput()
	return string(said)
}

func copyProgram(t *testing.T, from, to string) {
	t.Helper()
	in, err := os.Open(from)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = in.Close() }()
	out, err := os.OpenFile(to, os.O_CREATE|os.O_WRONLY, 0o755)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := io.Copy(out, in); err != nil {
		t.Fatal(err)
	}
	if err := out.Close(); err != nil {
		t.Fatal(err)
	}
}

// lines is a log that may be read while it is written.
type lines struct {
	mu  sync.Mutex
	buf bytes.Buffer
}

func (l *lines) Write(p []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.buf.Write(p)
}

func (l *lines) String() string {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.buf.String()
}

func TestTheLogHoldsNoCustomersData(t *testing.T) {
	t.Parallel()
	var log lines
	c, err := embedded.Start(context.Background(), embedded.Options{
		Dir: clusterDir(t), Throw: true,
		Logger: slog.New(slog.NewTextHandler(&log, &slog.HandlerOptions{Level: slog.LevelDebug})),
	})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { stop(t, c) })
	exec(t, c.OwnerURL(), `create table customer (name text primary key)`, `insert into customer values ('张三丰')`)
	conn, err := pgx.Connect(context.Background(), c.OwnerURL())
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = conn.Close(context.Background()) }()
	if _, err := conn.Exec(context.Background(), `insert into customer values ('张三丰')`); err == nil {
		t.Fatal("two rows of one key")
	}
	eventually(t, "the refusal is logged", func() bool { return strings.Contains(log.String(), "duplicate key") })
	if strings.Contains(log.String(), "张三丰") {
		t.Errorf("the log:\n%s", log.String())
	}
}
