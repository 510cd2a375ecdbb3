package main

import (
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"path/filepath"
	"strings"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"

	"ringback/crm/dealer"
	"ringback/internal/config"
	"ringback/internal/errs"
	"ringback/internal/obs"
	"ringback/internal/postgres"
	"ringback/internal/postgres/embedded"
	"ringback/internal/redis"
	"ringback/internal/seal"
	"ringback/telephony"
)

// serveCmd runs the server with the settings of the environment.
type serveCmd struct {
	Simulated bool `hidden:"" help:"All customers are simulated: calls are made although nothing is recorded. For ringback cluster."`
}

// Run serves until it is told to stop.
func (s serveCmd) Run(e *env) (err error) {
	cfg, err := config.Load(e.getenv)
	if err != nil {
		return err
	}
	if s.Simulated && cfg.Trunk.Address != "" {
		return errs.New(errs.Invalid, "simulated_trunk", "--simulated 只用于模拟线路，不能同时设置 RINGBACK_SIP_TRUNK_ADDRESS。",
			"--simulated is for simulated lines: it cannot go with RINGBACK_SIP_TRUNK_ADDRESS.")
	}
	if err := mayServe(cfg); err != nil {
		return err
	}
	log, repeats := obs.NewLogger(e.log, cfg.LogLevel)
	ctx, stop := context.WithCancel(e.ctx)
	defer stop()
	go func() { _ = repeats.Run(ctx) }()
	if cfg.Data, err = dataDir(cfg.Data); err != nil {
		return err
	}
	listen, err := listenSecure(cfg)
	if err != nil {
		return err
	}
	defer func() { _ = listen.Close() }()
	url, closeDB, err := database(ctx, cfg, log)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, closeDB()) }()
	pool, err := postgres.Open(ctx, url, postgres.Options{MaxConns: int32(cfg.DatabaseConns)})
	if err != nil {
		return err
	}
	defer pool.Close()
	hot, err := redis.Open(ctx, redis.Options{URL: cfg.RedisURL, Dir: filepath.Join(cfg.Data, "redis"), Logger: log})
	if hot == nil {
		return err
	}
	if err != nil {
		log.Warn("Redis cannot be reached; dialing pauses until it is back", "error", err)
	}
	defer func() { _ = hot.Close() }()
	return s.serve(ctx, e, cfg, log, pool, hot, listen)
}

func (s serveCmd) serve(ctx context.Context, e *env, cfg config.Config, log *slog.Logger, pool *postgres.Pool, hot *redis.Server, listen net.Listener) error {
	key, made, err := sealKey(cfg.Key, cfg.Data)
	if err != nil {
		return err
	}
	if made {
		log.Warn("a key for personal data was made in the data directory: keep a copy of seal.key in your safe")
	}
	box, err := seal.New(key)
	if err != nil {
		return err
	}
	c, err := storedClock(ctx, pool)
	if err != nil {
		return err
	}
	n, err := records(ctx, pool, box, c, log, cfg.Data)
	if err != nil {
		return err
	}
	n.hot, n.listen = hot, listen
	if err := configuredTrunk(ctx, n, cfg); err != nil {
		return err
	}
	o := wireOptions{demo: s.Simulated, secure: cfg.TLSCert != "" || cfg.PublicURL != nil && cfg.PublicURL.Scheme == "https"}
	var beside []func(context.Context) error
	if s.Simulated {
		b, err := clusterClock(ctx, n)
		if err != nil {
			return err
		}
		o.moveClock, beside = b.moveOn(n), append(beside, b.follow)
	}
	if err := n.wire(cfg, o); err != nil {
		return err
	}
	return n.run(ctx, func() error {
		fmt.Fprintf(e.out, "Ringback %s serves on %s\n", version, listen.Addr())
		return nil
	}, beside...)
}

// clusterClock is business time of a cluster's one store.
func clusterClock(ctx context.Context, n *node) (businessClock, error) {
	scope, err := storeScope(ctx, n.pool, "")
	if err != nil {
		return businessClock{}, err
	}
	return businessClock{pool: n.pool, bus: n.bus, clock: n.clock, store: dealer.Store{ID: scope.Stores[0], GroupID: scope.Group}}, nil
}

// mayServe refuses what a production server must not run on.
func mayServe(cfg config.Config) error {
	if cfg.EmbeddedDatabase() && !cfg.AllowEmbedded {
		return errs.New(errs.Invalid, "embedded_refused",
			"serve 需要正式的数据库：请设置 RINGBACK_DATABASE_URL（见 deploy/sample.env）。只是试用请运行 ringback demo，或设 RINGBACK_ALLOW_EMBEDDED=true。",
			"serve wants a database of its own: set RINGBACK_DATABASE_URL (see deploy/sample.env). To try things out run `ringback demo`, or set RINGBACK_ALLOW_EMBEDDED=true.")
	}
	host, _, _ := net.SplitHostPort(cfg.HTTPAddr)
	ip := net.ParseIP(host)
	local := host == "localhost" || ip != nil && ip.IsLoopback()
	if cfg.TLSCert == "" && len(cfg.TrustedProxy) == 0 && !local {
		return errs.New(errs.Invalid, "no_https",
			"浏览器只在 https 或 localhost 上提供麦克风：请设置 RINGBACK_TLS_CERT 和 RINGBACK_TLS_KEY，或在前面放反向代理并设置 RINGBACK_TRUSTED_PROXY。",
			"A browser gives no microphone except on https or localhost: set RINGBACK_TLS_CERT and RINGBACK_TLS_KEY, or put a proxy in front and name it in RINGBACK_TRUSTED_PROXY.")
	}
	return nil
}

func listenSecure(cfg config.Config) (net.Listener, error) {
	l, err := listenHTTP(cfg.HTTPAddr)
	if err != nil || cfg.TLSCert == "" {
		return l, err
	}
	cert, err := tls.LoadX509KeyPair(cfg.TLSCert, cfg.TLSKey)
	if err != nil {
		_ = l.Close()
		return nil, errs.New(errs.Invalid, "tls_files", "证书或私钥读不出来，请检查 RINGBACK_TLS_CERT 和 RINGBACK_TLS_KEY。",
			"Certificate or key cannot be read; check RINGBACK_TLS_CERT and RINGBACK_TLS_KEY.").Because(err)
	}
	return tls.NewListener(l, &tls.Config{Certificates: []tls.Certificate{cert}, MinVersion: tls.VersionTLS12, NextProtos: []string{"http/1.1"}}), nil
}

// database is the configured one, else a private cluster when that is allowed.
func database(ctx context.Context, cfg config.Config, log *slog.Logger) (url string, stop func() error, err error) {
	if !cfg.EmbeddedDatabase() {
		return cfg.DatabaseURL, func() error { return nil }, nil
	}
	c, err := embedded.Start(ctx, embedded.Options{Dir: filepath.Join(cfg.Data, "postgres"), Logger: log})
	if err != nil {
		return "", nil, err
	}
	stop = func() error { return c.Stop(context.WithoutCancel(ctx)) }
	if err := postgres.Migrate(ctx, c.OwnerURL()); err != nil {
		return "", nil, errors.Join(err, stop())
	}
	return c.AppURL(), stop, nil
}

// configuredTrunk writes the environment's trunk for every store.
func configuredTrunk(ctx context.Context, n *node, cfg config.Config) error {
	if cfg.Trunk.Address == "" {
		return nil
	}
	address := cfg.Trunk.Address
	if !strings.Contains(address, ":") {
		address += ":5060"
	}
	return n.pool.AllStores(ctx, func(ctx context.Context, tx pgx.Tx) error {
		rows, err := tx.Query(ctx, `SELECT id, group_id FROM store`)
		if err != nil {
			return fmt.Errorf("listing stores: %w", err)
		}
		type ids struct{ ID, GroupID uuid.UUID }
		stores, err := pgx.CollectRows(rows, pgx.RowToStructByName[ids])
		if err != nil {
			return fmt.Errorf("listing stores: %w", err)
		}
		for _, s := range stores {
			trunk, err := telephony.SaveTrunk(ctx, tx, n.box, telephony.TrunkSetting{
				Group: s.GroupID, Name: "主线路", Address: address,
				Username: cfg.Trunk.User, Password: cfg.Trunk.Password, MaxCPS: 5, MaxChannels: 30,
			})
			if err != nil {
				return err
			}
			if cfg.Trunk.Caller == "" {
				continue
			}
			if _, err := telephony.SaveCallerNumber(ctx, tx, s.GroupID, s.ID, trunk, cfg.Trunk.Caller); err != nil {
				return err
			}
		}
		return nil
	})
}
