package postgres

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"strconv"
	"strings"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"
	"github.com/jackc/pgx/v5/pgxpool"

	"ringback/internal/errs"
)

// Options of a pool. The zero value is good for a node.
type Options struct {
	AppName  string          // shown in pg_stat_activity; "ringback" when empty
	MaxConns int32           // 0: pool_max_conns of the URL, else 20
	Wait     time.Duration   // longest wait for the first connection; 0: 10 s
	Idle     time.Duration   // longest pause between two statements of a transaction; 0: 5 s
	Tracer   pgx.QueryTracer // hears of every statement: tests count them; may be nil
}

// Pool hands out scoped transactions over shared connections.
type Pool struct {
	conns *pgxpool.Pool
}

// Open connects to url and pings once. An unreachable server is
// errs.Unavailable "database_unavailable". Sessions run in UTC.
func Open(ctx context.Context, url string, o Options) (*Pool, error) {
	cfg, err := poolConfig(url, o)
	if err != nil {
		return nil, err
	}
	conns, err := pgxpool.NewWithConfig(ctx, cfg)
	if err != nil {
		return nil, fmt.Errorf("opening the database pool: %w", err)
	}
	p := &Pool{conns: conns}
	wait, cancel := context.WithTimeout(ctx, orDefault(o.Wait, 10*time.Second))
	defer cancel()
	if err := p.Ping(wait); err != nil {
		conns.Close()
		return nil, err
	}
	return p, nil
}

func poolConfig(url string, o Options) (*pgxpool.Config, error) {
	cfg, err := pgxpool.ParseConfig(url)
	if err != nil { // pgx redacts the password in this error
		return nil, errs.New(errs.Invalid, "database_url",
			"数据库地址无法识别。应为 postgres://用户:密码@主机:5432/数据库。",
			"The database URL cannot be read. It should look like postgres://user:password@host:5432/database.").Because(err)
	}
	cfg.MaxConns = orDefault(o.MaxConns, max(cfg.MaxConns, 20))
	cfg.ConnConfig.ConnectTimeout = orDefault(cfg.ConnConfig.ConnectTimeout, 5*time.Second)
	cfg.ConnConfig.RuntimeParams["timezone"] = "UTC"
	cfg.ConnConfig.RuntimeParams["application_name"] = orDefault(o.AppName, "ringback")
	// Our queries are short: starting workers or compiling costs more than it saves,
	// and the cores are needed for calls.
	cfg.ConnConfig.RuntimeParams["max_parallel_workers_per_gather"] = "0"
	cfg.ConnConfig.RuntimeParams["jit"] = "off"
	// A node that is frozen in the middle of a transaction (SIGSTOP, a virtual machine
	// held still) keeps its locks, and nobody dials meanwhile: the server ends it
	// before others give its calls up. Work that pauses longer says so itself.
	cfg.ConnConfig.RuntimeParams["idle_in_transaction_session_timeout"] = strconv.FormatInt(orDefault(o.Idle, 5*time.Second).Milliseconds(), 10)
	cfg.ConnConfig.Tracer = o.Tracer
	cfg.AfterConnect = func(_ context.Context, c *pgx.Conn) error {
		registerUUID(c.TypeMap())
		return nil
	}
	return cfg, nil
}

// Ping tells whether the database answers; errs.Unavailable when it does not.
func (p *Pool) Ping(ctx context.Context) error {
	return unavailable(p.conns.Ping(ctx))
}

// Close waits for running transactions, then closes all connections.
func (p *Pool) Close() { p.conns.Close() }

// Conns is the raw pool: for internal/jobs (River), the outbox relay's LISTEN
// and metrics only. Its connections have no scope and see no store's rows.
func (p *Pool) Conns() *pgxpool.Pool { return p.conns }

// unavailable turns "no connection to be had" and "no space left" into
// errs.Unavailable and leaves everything else untouched.
func unavailable(err error) error {
	if err == nil || !lostServer(err) {
		return full(err)
	}
	return errs.New(errs.Unavailable, "database_unavailable",
		"数据库暂时无法连接，刚才的操作没有保存，请稍后重试。",
		"The database cannot be reached; the last action was not saved. Try again in a moment.").Because(err)
}

// full says what it means when the server has no space left.
func full(err error) error {
	if sqlState(err) != "53100" { // disk_full
		return err
	}
	return errs.New(errs.Unavailable, "database_full",
		"数据库所在的磁盘已满，刚才的操作没有保存，此前保存的都还在。请联系管理员清理磁盘，然后重试；中断的导入会从停下的地方继续。",
		"The disk of the database is full: the last action was not saved, what was saved before is safe. Ask the administrator to free space, then try again; an interrupted import goes on where it stopped.").Because(err)
}

func lostServer(err error) bool {
	if code := sqlState(err); code != "" {
		switch code {
		case "57P01", "57P02", "57P03", "53300", "25P03": // shutting down, crashed, starting, too many connections, paused too long
			return true
		}
		return strings.HasPrefix(code, "08")
	}
	var connect *pgconn.ConnectError
	var network net.Error
	_, told := errs.Of(err)
	return !told && !errors.Is(err, context.Canceled) &&
		(errors.As(err, &connect) || errors.As(err, &network) || errors.Is(err, context.DeadlineExceeded) ||
			errors.Is(err, io.EOF) || errors.Is(err, io.ErrUnexpectedEOF) || errors.Is(err, net.ErrClosed) || pgconn.SafeToRetry(err))
}

func orDefault[T comparable](v, def T) T {
	var zero T
	if v == zero {
		return def
	}
	return v
}
