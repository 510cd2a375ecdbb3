package redis_test

import (
	"context"
	"errors"
	"log/slog"
	"net"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"testing/synctest"
	"time"

	goredis "github.com/redis/go-redis/v9"
	"go.uber.org/goleak"

	"ringback/internal/errs"
	"ringback/internal/redis"
	"ringback/internal/redis/redistest"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

func TestBothServersDoWhatTheRoomsNeed(t *testing.T) {
	ctx := context.Background()
	redistest.Run(t, func(t *testing.T, s *redis.Server) {
		c := s.Client()
		if err := c.ZAdd(ctx, "hopper", goredis.Z{Score: 2, Member: "b"}, goredis.Z{Score: 1, Member: "a"}).Err(); err != nil {
			t.Fatal(err)
		}
		take := goredis.NewScript(`local m = redis.call('ZPOPMIN', KEYS[1]); redis.call('SADD', KEYS[2], m[1]); return m[1]`)
		if got, err := take.Run(ctx, c, []string{"hopper", "flight"}).Text(); err != nil || got != "a" {
			t.Errorf("the script gave %q, %v", got, err)
		}
		if _, err := c.Get(ctx, "nothing").Result(); !errors.Is(err, goredis.Nil) {
			t.Errorf("a missing key: %v", err)
		}
		if err := c.Incr(ctx, "hopper").Err(); err == nil || errs.KindOf(err) != "" || !strings.HasPrefix(err.Error(), "WRONGTYPE") {
			t.Errorf("the server's own refusal came back as %v", err)
		}
		sub := c.Subscribe(ctx, "wake")
		defer func() { _ = sub.Close() }()
		if _, err := sub.Receive(ctx); err != nil {
			t.Fatal(err)
		}
		if err := c.Publish(ctx, "wake", "now").Err(); err != nil {
			t.Fatal(err)
		}
		if m, err := sub.ReceiveMessage(ctx); err != nil || m.Payload != "now" {
			t.Errorf("heard %v, %v", m, err)
		}
		if err := c.Set(ctx, "brief", 1, 20*time.Millisecond).Err(); err != nil {
			t.Fatal(err)
		}
		eventually(t, "a key with a life of 20 ms ends", func() bool { return c.Exists(ctx, "brief").Val() == 0 })
	})
}

// eventually polls: expiry and restarts happen in another process.
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

func TestAServerThatIsGoneIsUnavailableAtOnce(t *testing.T) {
	ctx := context.Background()
	redistest.Run(t, func(t *testing.T, s *redis.Server) {
		c := s.Client()
		if err := s.Ping(ctx); err != nil {
			t.Fatal(err)
		}
		if err := s.Close(); err != nil {
			t.Fatal(err)
		}
		pipe := c.Pipeline()
		get := pipe.Get(ctx, "x")
		_, err := pipe.Exec(ctx)
		for what, err := range map[string]error{"ping": s.Ping(ctx), "command": c.Set(ctx, "x", 1, 0).Err(), "pipeline": err, "in the pipeline": get.Err()} {
			if errs.KindOf(err) != errs.Unavailable {
				t.Errorf("%s: %v", what, err)
			}
		}
	})
}

func TestAKilledChildIsUnavailableAndThenBack(t *testing.T) {
	ctx := context.Background()
	s := redistest.New(t)
	first := s.Pid()
	if err := syscall.Kill(first, syscall.SIGKILL); err != nil {
		t.Fatal(err)
	}
	eventually(t, "callers hear of it", func() bool { return errs.KindOf(s.Ping(ctx)) == errs.Unavailable })
	eventually(t, "a new child answers", func() bool { return s.Ping(ctx) == nil })
	if s.Pid() == first || s.Pid() == 0 {
		t.Errorf("pid %d, before %d", s.Pid(), first)
	}
}

// A stopped server takes connections and answers nothing: the worst case.
func TestAServerThatHangsCostsNoMoreThanTheTimeout(t *testing.T) {
	s := redistest.New(t)
	if err := syscall.Kill(s.Pid(), syscall.SIGSTOP); err != nil {
		t.Fatal(err)
	}
	defer func() { _ = syscall.Kill(s.Pid(), syscall.SIGCONT) }()
	ctx, cancel := context.WithTimeout(context.Background(), 30*time.Millisecond)
	defer cancel()
	if err := s.Ping(ctx); errs.KindOf(err) != errs.Unavailable {
		t.Errorf("with a short deadline of the caller: %v", err)
	}
}

func TestACancelledCallerIsNotALostServer(t *testing.T) {
	s := redistest.New(t)
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	if err := s.Ping(ctx); !errors.Is(err, context.Canceled) || errs.KindOf(err) == errs.Unavailable {
		t.Errorf("got %v", err)
	}
}

func TestAnAddressThatIsWrongOrDeadIsSaid(t *testing.T) {
	_, err := redis.Open(context.Background(), redis.Options{URL: "http://u:hush@x"})
	if errs.KindOf(err) != errs.Invalid || strings.Contains(err.Error(), "hush") {
		t.Errorf("no Redis URL: %v", err)
	}
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	dead := l.Addr().String()
	_ = l.Close()
	s, err := redis.Open(context.Background(), redis.Options{URL: "redis://" + dead})
	if errs.KindOf(err) != errs.Unavailable || s == nil {
		t.Fatalf("nobody listens: %v", err)
	}
	if err := s.Close(); err != nil {
		t.Error(err)
	}
}

func TestTheChildOfOneProcessIsReachedByURL(t *testing.T) {
	ctx := context.Background()
	own := redistest.New(t)
	if own.Kind() != redis.Process {
		t.Errorf("kind %s", own.Kind())
	}
	s, err := redis.Open(ctx, redis.Options{URL: "unix://" + own.Client().Options().Addr})
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = s.Close() }()
	if err := own.Client().Set(ctx, "k", "v", 0).Err(); err != nil {
		t.Fatal(err)
	}
	if got := s.Client().Get(ctx, "k").Val(); got != "v" || s.Kind() != redis.URL || s.Pid() != 0 {
		t.Errorf("read %q by %s", got, s.Kind())
	}
}

func TestTwoOwnersOfOneDirectoryAreRefused(t *testing.T) {
	dir := t.TempDir()
	first, err := redis.Open(context.Background(), redis.Options{Dir: dir})
	if err != nil {
		t.Fatal(err)
	}
	_, err = redis.Open(context.Background(), redis.Options{Dir: dir})
	if e, ok := errs.Of(err); !ok || e.Code != "redis_in_use" {
		t.Errorf("the second: %v", err)
	}
	if err := first.Close(); err != nil {
		t.Fatal(err)
	}
	again, err := redis.Open(context.Background(), redis.Options{Dir: dir})
	if err != nil {
		t.Fatalf("after the first has closed: %v", err)
	}
	if err := again.Close(); err != nil {
		t.Error(err)
	}
}

func TestAProgramThatIsNoRedisIsSaid(t *testing.T) {
	bin := filepath.Join(t.TempDir(), "redis-server")
	if err := os.WriteFile(bin, []byte("#!/bin/sh\necho no such option >&2\nexit 3\n"), 0o755); err != nil {
		t.Fatal(err)
	}
	_, err := redis.Open(context.Background(), redis.Options{Dir: t.TempDir(), Binary: bin})
	if err == nil || !strings.Contains(err.Error(), "no such option") {
		t.Errorf("got %v", err)
	}
}

func TestWithoutADirectoryTheServerIsInMemoryAndInABubbleItsKeysAgeInVirtualTime(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		ctx := context.Background()
		s, err := redis.Open(ctx, redis.Options{Logger: slog.New(slog.DiscardHandler)})
		if err != nil {
			t.Fatal(err)
		}
		defer func() { _ = s.Close() }()
		if err := s.Client().Set(ctx, "k", "v", time.Hour).Err(); err != nil || s.Kind() != redis.Memory {
			t.Fatal(s.Kind(), err)
		}
		time.Sleep(59 * time.Minute)
		if s.Client().Exists(ctx, "k").Val() != 1 {
			t.Error("the key ended early")
		}
		time.Sleep(2 * time.Minute)
		if s.Client().Exists(ctx, "k").Val() != 0 {
			t.Error("the key did not end")
		}
	})
}
