// Package embedded runs a private PostgreSQL cluster as a child process, for
// the demo, for trials and for tests.
//
// It owns the cluster's directory:
//
//	Dir/owner.lock  held (flock) by the process that runs the cluster; names its pid
//	Dir/data        the cluster, mode 0700
//	Dir/run         its unix socket, mode 0700; nothing listens on TCP
//
// It does not own what is in the database: package postgres migrates it.
//
// The life of a cluster:
//
//	none → initdb (in data.init-*, then renamed) → stopped
//	stopped → starting → ready → stopped (SIGINT: fast, with a checkpoint)
//	any → killed → (next Start) reaped → starting, PostgreSQL recovers
//
// PostgreSQL refuses to run as root, so a root process drops to the account
// postgres or nobody, which is handed the open directory when it cannot reach
// it by its path. Without such an account it goes into a user namespace. The
// child dies with its parent.
package embedded

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net/url"
	"os"
	"path/filepath"
	"sync"
	"syscall"
	"time"

	"github.com/jackc/pgx/v5"
)

// The names in every cluster. The owner is a superuser; the product connects as AppRole.
const (
	Database  = "ringback"
	OwnerRole = "ringback"
	AppRole   = "ringback_app"
	port      = "5432"
)

// Options of a cluster.
type Options struct {
	Dir      string            // state directory; made when missing
	Bin      string            // directory of initdb and postgres; empty: newest /usr/lib/postgresql/*/bin, then PATH
	Logger   *slog.Logger      // server log at Debug, remarks of ours at Warn; nil: slog.Default
	Patience time.Duration     // how long to wait for a predecessor to let go of Dir; 0: 5 s
	Throw    bool              // data may be lost with the machine, though not with the process: no fsync (tests)
	Detached bool              // the server outlives this process and logs to Dir/server.log (tests)
	Settings map[string]string // more postgresql.conf settings
}

// Cluster is a running server.
type Cluster struct {
	o    Options
	bin  string
	data string
	sock string
	acct account
	lock *os.File
	proc *process
	stop sync.Once
}

// Start makes the cluster when Dir is empty, and runs it. It is safe after a
// kill -9 of either side. Its errors are of kind errs.Unavailable with what to
// do: postgres_missing, postgres_version, postgres_owner, postgres_directory,
// postgres_in_use.
func Start(ctx context.Context, o Options) (_ *Cluster, err error) {
	c, err := prepare(o)
	if err != nil {
		return nil, err
	}
	if c.lock, err = lockDir(ctx, c.o.Dir, c.o.Patience); err != nil {
		return nil, err
	}
	defer func() {
		if err != nil || o.Detached {
			_ = c.lock.Close()
		}
	}()
	for _, step := range []func(context.Context) error{c.reap, c.openSocketDir, c.initdb, c.launch, c.ensureDatabase} {
		if err := step(ctx); err != nil {
			_ = c.halt(context.WithoutCancel(ctx))
			return nil, err
		}
	}
	return c, nil
}

// prepare finds everything out that needs no lock.
func prepare(o Options) (*Cluster, error) {
	o.Logger = cmpOr(o.Logger, slog.Default())
	o.Patience = cmpOr(o.Patience, 5*time.Second)
	dir, err := filepath.Abs(o.Dir)
	if err != nil {
		return nil, fmt.Errorf("finding the data directory: %w", err)
	}
	o.Dir = dir
	c := &Cluster{o: o, data: filepath.Join(dir, "data")}
	if c.bin, err = Binaries(o.Bin); err != nil {
		return nil, err
	}
	if err := makeDir(dir); err != nil {
		return nil, err
	}
	if c.acct, err = chooseAccount(dir, o.Logger); err != nil {
		return nil, err
	}
	return c, c.acct.owns(c.data)
}

// AppURL connects as the product does, OwnerURL as the owner of the tables.
func (c *Cluster) AppURL() string { return socketURL(c.sock, AppRole, Database) }

// OwnerURL connects as the owner, for migrations and backups.
func (c *Cluster) OwnerURL() string { return socketURL(c.sock, OwnerRole, Database) }

// Bin is the directory of the server's binaries, pg_dump among them.
func (c *Cluster) Bin() string { return c.bin }

// Pid is the postmaster's process id.
func (c *Cluster) Pid() int { return c.proc.pid }

// Done is closed when the server has ended, asked or not.
func (c *Cluster) Done() <-chan struct{} { return c.proc.done }

func socketURL(sock, role, db string) string {
	q := url.Values{"host": {sock}, "port": {port}, "sslmode": {"disable"}}
	return (&url.URL{Scheme: "postgres", User: url.User(role), Host: "", Path: "/" + db, RawQuery: q.Encode()}).String()
}

// Stop ends the server: SIGINT (open transactions are rolled back, then a
// checkpoint) until ctx ends, then SIGQUIT, then SIGKILL. Stopping twice is harmless.
func (c *Cluster) Stop(ctx context.Context) error {
	var err error
	c.stop.Do(func() {
		err = c.halt(ctx)
		if !c.o.Detached {
			err = errors.Join(err, c.lock.Close())
		}
	})
	return err
}

func (c *Cluster) halt(ctx context.Context) error {
	if c.proc == nil {
		return nil
	}
	_ = syscall.Kill(c.proc.pid, syscall.SIGINT)
	select {
	case <-c.proc.done:
		return nil
	case <-ctx.Done():
	}
	_ = syscall.Kill(c.proc.pid, syscall.SIGQUIT)
	select {
	case <-c.proc.done:
	case <-time.After(5 * time.Second):
		_ = syscall.Kill(-c.proc.pid, syscall.SIGKILL)
		<-c.proc.done
	}
	return fmt.Errorf("stopping PostgreSQL in order: %w", ctx.Err())
}

// ensureDatabase makes the database and the product's role at first start.
func (c *Cluster) ensureDatabase(ctx context.Context) error {
	conn, err := pgx.Connect(ctx, socketURL(c.sock, OwnerRole, "postgres"))
	if err != nil {
		return fmt.Errorf("connecting to the private PostgreSQL: %w", err)
	}
	defer func() { _ = conn.Close(ctx) }()
	var db, role bool
	err = conn.QueryRow(ctx, `select exists (select from pg_database where datname = $1), exists (select from pg_roles where rolname = $2)`,
		Database, AppRole).Scan(&db, &role)
	if err == nil && !role {
		_, err = conn.Exec(ctx, `create role ringback_app login nosuperuser nobypassrls nocreatedb nocreaterole`)
	}
	if err == nil && !db {
		_, err = conn.Exec(ctx, `create database ringback`)
	}
	if err != nil {
		return fmt.Errorf("creating the database: %w", err)
	}
	return nil
}

func cmpOr[T comparable](v, def T) T {
	var zero T
	if v == zero {
		return def
	}
	return v
}
