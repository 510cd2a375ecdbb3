package main

import (
	"context"
	"errors"
	"fmt"
	"net"
	"path/filepath"
	"strings"
	"time"

	"ringback/internal/config"
	"ringback/internal/errs"
	"ringback/internal/postgres"
	"ringback/internal/postgres/embedded"
	"ringback/internal/redis"

	"github.com/jackc/pgx/v5"
)

// doctorCmd tests every dependency.
type doctorCmd struct{}

// Run prints one line for each dependency and fails when one is not well.
func (doctorCmd) Run(e *env) error {
	cfg, err := config.Load(e.getenv)
	if err != nil {
		return err
	}
	zh := strings.HasPrefix(e.getenv("LANG"), "zh")
	sick := 0
	for _, c := range checks(cfg) {
		ctx, cancel := context.WithTimeout(e.ctx, 10*time.Second)
		err := c.ask(ctx)
		cancel()
		fmt.Fprintln(e.out, line(c, err, zh))
		if err != nil {
			sick++
		}
	}
	if sick > 0 {
		return errs.New(errs.Unavailable, "doctor", fmt.Sprintf("%d 项有问题，请按上面的提示处理。", sick), fmt.Sprintf("%d things need attention; each says what to do.", sick))
	}
	return nil
}

type check struct {
	zh, en string
	ask    func(context.Context) error
}

func line(c check, err error, zh bool) string {
	name := c.en
	if zh {
		name = c.zh
	}
	if err == nil {
		return "ok    " + name
	}
	said := err.Error()
	if x, ok := errs.Of(err); ok {
		if said = x.EN; zh {
			said = x.ZH
		}
	}
	return "WRONG " + name + ": " + said
}

func checks(cfg config.Config) []check {
	return []check{
		{"配置能否用于 serve", "settings are fit for serve", func(context.Context) error { return mayServe(cfg) }},
		{"数据目录可写 " + cfg.Data, "data directory is writable: " + cfg.Data, func(context.Context) error { _, err := dataDir(cfg.Data); return err }},
		{"数据库", "database answers, and LISTEN works (a pooler in transaction mode would not do)", func(ctx context.Context) error { return checkDatabase(ctx, cfg) }},
		{"Redis", "Redis answers", func(ctx context.Context) error { return checkRedis(ctx, cfg) }},
		{"网页端口 " + cfg.HTTPAddr, "console's port is free: " + cfg.HTTPAddr, func(context.Context) error { return checkListen(cfg) }},
		{"SIP 线路", "trunk is set and its name resolves", func(ctx context.Context) error { return checkTrunk(ctx, cfg) }},
	}
}

func checkDatabase(ctx context.Context, cfg config.Config) error {
	if cfg.EmbeddedDatabase() {
		_, err := embedded.Binaries("")
		return err
	}
	pool, err := postgres.Open(ctx, cfg.DatabaseURL, postgres.Options{MaxConns: 2, Wait: 5 * time.Second})
	if err != nil {
		return err
	}
	defer pool.Close()
	c, err := pool.Conns().Acquire(ctx)
	if err != nil {
		return err
	}
	defer c.Release()
	if _, err := c.Exec(ctx, "LISTEN ringback_doctor"); err != nil {
		return fmt.Errorf("LISTEN: %w", err)
	}
	if _, err := c.Exec(ctx, "SELECT pg_notify('ringback_doctor', '')"); err != nil {
		return fmt.Errorf("NOTIFY: %w", err)
	}
	if _, err := c.Conn().WaitForNotification(ctx); err != nil {
		return errs.New(errs.Unavailable, "no_listen", "数据库连接收不到通知：请直连数据库，不要经过事务模式的连接池。",
			"The database connection gets no notifications: connect directly, not through a pooler in transaction mode.").Because(err)
	}
	return pool.AllStores(ctx, func(ctx context.Context, tx pgx.Tx) error {
		var n int
		if err := tx.QueryRow(ctx, `SELECT count(*) FROM task`).Scan(&n); err != nil {
			return errs.New(errs.Unavailable, "not_migrated", "数据库还没有升级到这个版本，请先运行 ringback migrate。",
				"The database is not at this version: run `ringback migrate` first.").Because(err)
		}
		return nil
	})
}

func checkRedis(ctx context.Context, cfg config.Config) error {
	s, err := redis.Open(ctx, redis.Options{URL: cfg.RedisURL, Dir: filepath.Join(cfg.Data, "redis-doctor")})
	if s != nil {
		err = errors.Join(err, s.Close())
	}
	return err
}

func checkListen(cfg config.Config) error {
	l, err := listenHTTP(cfg.HTTPAddr)
	if err != nil {
		return err
	}
	return l.Close()
}

func checkTrunk(ctx context.Context, cfg config.Config) error {
	if cfg.Trunk.Address == "" {
		return errs.New(errs.Invalid, "no_trunk", "没有设置 RINGBACK_SIP_TRUNK_ADDRESS，打不出电话。", "RINGBACK_SIP_TRUNK_ADDRESS is not set: no call can go out.")
	}
	host, _, err := net.SplitHostPort(cfg.Trunk.Address)
	if err != nil {
		host = cfg.Trunk.Address
	}
	if _, err := net.DefaultResolver.LookupHost(ctx, host); err != nil {
		return errs.New(errs.Unavailable, "trunk_name", "线路地址 "+host+" 解析不出来，请检查拼写和 DNS。", "The trunk's name "+host+" does not resolve; check its spelling and the DNS.").Because(err)
	}
	return nil
}
