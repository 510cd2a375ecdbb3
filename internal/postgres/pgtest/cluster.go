package pgtest

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"

	"ringback/internal/postgres"
	"ringback/internal/postgres/embedded"
)

// server is the shared cluster as one test sees it. The open admin connection
// keeps the watchdog from stopping the cluster.
type server struct {
	dir      string
	addr     embedded.Address
	admin    *pgx.Conn
	template string
}

// ensure gives a running cluster and a migrated template, under the file lock.
func ensure(ctx context.Context, migrated bool) (_ *server, err error) {
	bin, err := embedded.Binaries("")
	if err != nil {
		return nil, err
	}
	s := &server{dir: filepath.Join(os.TempDir(), fmt.Sprintf("ringback-pgtest-%d-%s", os.Getuid(), filepath.Base(filepath.Dir(bin))))}
	unlock, err := guard(ctx, s.dir)
	if err != nil {
		return nil, err
	}
	defer unlock()
	if err := s.connect(ctx, bin); err != nil {
		return nil, err
	}
	defer func() {
		if err != nil {
			_ = s.admin.Close(ctx)
		}
	}()
	if err := s.sweep(ctx); err != nil || !migrated {
		return s, err
	}
	return s, s.ensureTemplate(ctx)
}

// guard takes the lock that all test processes and the watchdog share.
func guard(ctx context.Context, dir string) (unlock func(), err error) {
	if err := os.MkdirAll(dir, 0o755); err != nil {
		return nil, fmt.Errorf("making %s: %w", dir, err)
	}
	f, err := os.OpenFile(filepath.Join(dir, "guard.lock"), os.O_CREATE|os.O_RDWR, 0o644)
	if err != nil {
		return nil, fmt.Errorf("opening the guard lock: %w", err)
	}
	for {
		err := syscall.Flock(int(f.Fd()), syscall.LOCK_EX|syscall.LOCK_NB)
		if err == nil {
			return func() { _ = f.Close() }, nil
		}
		select {
		case <-ctx.Done():
			return nil, errors.Join(fmt.Errorf("waiting for the guard lock of %s: %w", dir, err), f.Close())
		case <-time.After(5 * time.Millisecond):
		}
	}
}

// connect joins the cluster or starts it; one that does not start is remade. A
// cluster that runs but has no room or no time for us is waited for: starting another
// would end it under the tests that use it.
func (s *server) connect(ctx context.Context, bin string) error {
	for {
		addr, err := embedded.Join(s.dir)
		if err != nil {
			break // none runs
		}
		if err = s.dial(ctx, addr); err == nil {
			return nil
		}
		if ctx.Err() != nil {
			return err
		}
		if !crowded(err) {
			break
		}
		select {
		case <-ctx.Done():
			return err
		case <-time.After(50 * time.Millisecond):
		}
	}
	if err := s.start(ctx, bin); err == nil || ctx.Err() != nil {
		return err
	}
	if err := os.RemoveAll(filepath.Join(s.dir, "data")); err != nil {
		return fmt.Errorf("removing the broken test cluster: %w", err)
	}
	return s.start(ctx, bin)
}

// crowded: the server answers, and will have room: too many connections, or it is
// still starting.
func crowded(err error) bool {
	var told *pgconn.PgError
	return errors.As(err, &told) && (told.Code == "53300" || told.Code == "57P03")
}

func (s *server) dial(ctx context.Context, addr embedded.Address) (err error) {
	s.addr = addr
	if s.admin, err = pgx.Connect(ctx, withDatabase(addr.OwnerURL, "postgres")); err != nil {
		return fmt.Errorf("connecting to the test cluster: %w", err)
	}
	return nil
}

func (s *server) start(ctx context.Context, bin string) error {
	c, err := embedded.Start(ctx, embedded.Options{
		Dir: s.dir, Bin: bin, Throw: true, Detached: true,
		Settings: map[string]string{"max_connections": "400", "shared_buffers": "64MB", "max_wal_size": "512MB", "autovacuum": "off", "synchronous_commit": "off"},
	})
	if err != nil {
		return err
	}
	if err := watch(s.dir, bin, c.Pid()); err != nil {
		return err
	}
	addr, err := embedded.Join(s.dir)
	if err != nil {
		return err
	}
	return s.dial(ctx, addr)
}

// sweep drops what killed test processes left.
func (s *server) sweep(ctx context.Context) error {
	names, err := s.databases(ctx, `test\_%`)
	if err != nil {
		return err
	}
	for _, name := range names {
		parts := strings.Split(name, "_")
		if pid, err := strconv.Atoi(parts[1]); err == nil && syscall.Kill(pid, 0) == nil {
			continue
		}
		if _, err := s.admin.Exec(ctx, "drop database if exists "+quote(name)+" with (force)"); err != nil {
			return fmt.Errorf("dropping a dead test's database: %w", err)
		}
	}
	return nil
}

func (s *server) databases(ctx context.Context, like string) ([]string, error) {
	rows, err := s.admin.Query(ctx, `select datname from pg_database where datname like $1`, like)
	if err != nil {
		return nil, fmt.Errorf("listing test databases: %w", err)
	}
	return pgx.CollectRows(rows, pgx.RowTo[string])
}

// ensureTemplate migrates under another name and renames: a template is whole.
func (s *server) ensureTemplate(ctx context.Context) error {
	sum, err := fingerprint()
	if err != nil {
		return err
	}
	s.template = "template_" + sum
	have, err := s.databases(ctx, s.template)
	if err != nil || len(have) > 0 {
		return err
	}
	raw := "raw_" + sum
	for _, sql := range []string{"drop database if exists " + quote(raw) + " with (force)", "create database " + quote(raw) + " template template0"} {
		if _, err := s.admin.Exec(ctx, sql); err != nil {
			return fmt.Errorf("making the template database: %w", err)
		}
	}
	if err := postgres.Migrate(ctx, withDatabase(s.addr.OwnerURL, raw)); err != nil {
		return err
	}
	if _, err := s.admin.Exec(ctx, "alter database "+quote(raw)+" rename to "+quote(s.template)); err != nil {
		return fmt.Errorf("naming the template database: %w", err)
	}
	return nil
}

// fingerprint changes with any migration.
func fingerprint() (string, error) {
	files, err := postgres.Migrations()
	if err != nil {
		return "", fmt.Errorf("opening the migrations: %w", err)
	}
	sum := sha256.New()
	err = fs.WalkDir(files, ".", func(path string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		b, err := fs.ReadFile(files, path)
		_, _ = fmt.Fprintf(sum, "%s %d\n%s", path, len(b), b)
		return err
	})
	return hex.EncodeToString(sum.Sum(nil))[:12], err
}
