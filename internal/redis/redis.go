// Package redis opens the hot store: the client, and a server of our own when
// no URL is given.
//
// It owns connections, timeouts and the child process. It owns no key: each key
// belongs to the room that writes it, and may vanish at any moment. Redis is
// never the record of anything.
//
// Where a server comes from, in this order:
//
//	URL      a server that someone else runs
//	process  redis-server or valkey-server on a unix socket in Dir, started again when it dies
//	memory   miniredis inside this process, reached without any socket
//
// A server that is gone costs its callers little time: no retries, timeouts of
// one second, and errs.Unavailable "redis_unavailable" from every command.
package redis

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"os/exec"
	"sync"
	"time"

	goredis "github.com/redis/go-redis/v9"
	"github.com/redis/go-redis/v9/maintnotifications"

	"ringback/internal/errs"
)

// Kind is where the server came from.
type Kind string

// The kinds.
const (
	URL     Kind = "url"
	Process Kind = "process"
	Memory  Kind = "memory"
)

// Options of Open. With neither URL nor Dir the server is in memory.
type Options struct {
	URL    string       // redis://, rediss:// or unix://
	Dir    string       // directory of the child's socket and log; made when missing
	Binary string       // redis-server to run; empty: looked up in PATH
	Logger *slog.Logger // nil: slog.Default
}

// Server is a connection to the hot store, and its child when it has one.
type Server struct {
	client *goredis.Client
	kind   Kind
	once   sync.Once
	stop   func() error
	pid    func() int
	url    string
}

// Open connects, starting a server first when no URL is given. A URL that
// cannot be read is errs.Invalid, a server that does not answer
// errs.Unavailable; the latter with a usable Server all the same, because
// Redis may come back: the caller decides.
func Open(ctx context.Context, o Options) (*Server, error) {
	if o.Logger == nil {
		o.Logger = slog.Default()
	}
	goredis.SetLogger(libraryLog{o.Logger}) // one for the whole process; the callers' errors say it too
	s, err := open(ctx, o)
	if err != nil {
		return nil, err
	}
	s.client.AddHook(words{})
	return s, s.Ping(ctx)
}

func open(ctx context.Context, o Options) (*Server, error) {
	if o.URL != "" {
		return byURL(o.URL)
	}
	if bin := binary(o); bin != "" && o.Dir != "" {
		return startProcess(ctx, o, bin)
	}
	o.Logger.Warn("no redis-server on this machine: the hot store runs in memory, good for a demo", "install", "apt-get install redis-server")
	return inMemory(), nil
}

func binary(o Options) string {
	if o.Binary != "" {
		return o.Binary
	}
	for _, name := range []string{"redis-server", "valkey-server"} {
		if p, err := exec.LookPath(name); err == nil {
			return p
		}
	}
	return ""
}

// InMemory is a server inside this process, for tests and for machines without
// redis-server. It works in a synctest bubble.
func InMemory() *Server {
	s := inMemory()
	s.client.AddHook(words{})
	return s
}

func byURL(url string) (*Server, error) {
	o, err := goredis.ParseURL(url)
	if err != nil {
		return nil, errs.New(errs.Invalid, "redis_url",
			"Redis 地址无法识别。应为 redis://:密码@主机:6379/0。",
			"The Redis URL cannot be read. It should look like redis://:password@host:6379/0.").Because(errors.New("the URL is not repeated here, it may hold a password"))
	}
	return &Server{client: goredis.NewClient(quick(o)), kind: URL, url: url}, nil
}

const patience = time.Second

// quick makes a lost server cheap. Retries are the caller's business: a script
// that timed out may have run.
func quick(o *goredis.Options) *goredis.Options {
	o.MaxRetries, o.DialerRetries = -1, 1
	o.DialTimeout, o.ReadTimeout, o.WriteTimeout, o.PoolTimeout = patience, patience, patience, patience
	o.ContextTimeoutEnabled = true
	o.DisableIdentity = true
	o.MaintNotificationsConfig = &maintnotifications.Config{Mode: maintnotifications.ModeDisabled}
	return o
}

// Client is the shared client, safe for all goroutines.
func (s *Server) Client() *goredis.Client { return s.client }

// Kind tells where the server came from.
func (s *Server) Kind() Kind { return s.kind }

// URL is where other processes of this machine reach the server; empty when they
// cannot, because it is part of this one.
func (s *Server) URL() string { return s.url }

// Pid is the child's process id, 0 without a child.
func (s *Server) Pid() int {
	if s.pid == nil {
		return 0
	}
	return s.pid()
}

// Ping tells whether the server answers; errs.Unavailable when it does not.
func (s *Server) Ping(ctx context.Context) error {
	if err := s.client.Ping(ctx).Err(); err != nil {
		return fmt.Errorf("asking Redis: %w", unavailable(err))
	}
	return nil
}

// Close disconnects and ends the child. Closing twice is harmless.
func (s *Server) Close() (err error) {
	s.once.Do(func() {
		err = s.client.Close()
		if s.stop != nil {
			err = errors.Join(err, s.stop())
		}
	})
	return err
}
