package main

import (
	"context"
	"fmt"
	"log/slog"
	"os"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"ringback/internal/errs"
)

// told is a writer that tests read while it is written.
type told struct {
	mu   sync.Mutex
	text strings.Builder
}

func (w *told) Write(p []byte) (int, error) {
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.text.Write(p)
}

func (w *told) has(s string) bool {
	w.mu.Lock()
	defer w.mu.Unlock()
	return strings.Contains(w.text.String(), s)
}

func shellServers(t *testing.T, script string) (*servers, *told) {
	t.Helper()
	w := &told{}
	s := &servers{tell: w, dir: t.TempDir(), program: []string{"/bin/sh", "-c", script}, ended: make(chan *server, 3)}
	t.Cleanup(s.stop)
	return s, w
}

func TestAClusterTellsOfAServerThatWasKilledAndEndsTheOthers(t *testing.T) {
	t.Parallel()
	s, w := shellServers(t, `trap 'exit 0' TERM; echo "$RINGBACK_NODE serves on $RINGBACK_HTTP_ADDR"; while :; do sleep 0.05; done`)
	for no := 1; no <= 2; no++ {
		if err := s.start(t.Context(), no, 8080, os.Environ()); err != nil {
			t.Fatal(err)
		}
	}
	if s.all[1].url != "http://127.0.0.2:8080" {
		t.Errorf("the second one is at %s", s.all[1].url)
	}
	watched, stop := context.WithCancel(t.Context())
	over := make(chan error, 1)
	go func() { over <- s.watch(watched) }()
	if err := s.all[0].cmd.Process.Signal(syscall.SIGKILL); err != nil {
		t.Fatal(err)
	}
	<-s.all[0].done
	for deadline := time.Now().Add(10 * time.Second); !w.has("Node 1 has ended (signal: killed)"); {
		if time.Now().After(deadline) {
			t.Fatal("nobody was told")
		}
		<-time.After(5 * time.Millisecond)
	}
	stop()
	if err := <-over; err != nil {
		t.Error(err)
	}
	s.stop()
	if s.all[1].err != nil {
		t.Errorf("the second one ended with %v, want by SIGTERM in peace", s.all[1].err)
	}
}

func TestAServerThatDoesNotStartIsTold(t *testing.T) {
	t.Parallel()
	s, _ := shellServers(t, `echo "no database" >&2; exit 3`)
	err := s.start(t.Context(), 1, 8080, os.Environ())
	if e, ok := errs.Of(err); !ok || e.Code != "node_start" || !strings.Contains(fmt.Sprint(err), "exit status 3") {
		t.Errorf("got %v", err)
	}
	if log, _ := os.ReadFile(s.all[0].log); !strings.Contains(string(log), "no database") {
		t.Errorf("its log holds %q", log)
	}
}

func TestAClusterWantsOneRedisForAll(t *testing.T) {
	t.Setenv("PATH", "")
	_, err := clusterRedis(t.Context(), t.TempDir(), slog.New(slog.DiscardHandler))
	if e, ok := errs.Of(err); !ok || e.Code != "redis_missing" {
		t.Errorf("got %v", err)
	}
}
