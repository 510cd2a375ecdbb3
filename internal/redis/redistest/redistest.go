// Package redistest runs a test on a real redis-server and on the in-memory
// one, because the product runs on either. A machine without redis-server fails
// the test: it is never skipped.
package redistest

import (
	"context"
	"os"
	"os/exec"
	"testing"

	"ringback/internal/redis"
)

// Run runs test twice, each time with an empty server of its own.
func Run(t *testing.T, test func(t *testing.T, s *redis.Server)) {
	t.Helper()
	t.Run("redis-server", func(t *testing.T) { test(t, New(t)) })
	t.Run("in memory", func(t *testing.T) {
		s := redis.InMemory()
		t.Cleanup(func() { closing(t, s) })
		test(t, s)
	})
}

// New starts an empty redis-server that lives as long as t.
func New(t testing.TB) *redis.Server {
	t.Helper()
	bin, err := exec.LookPath("redis-server")
	if err != nil {
		t.Fatalf("redistest: this test needs redis-server (apt-get install redis-server): %v", err)
	}
	dir, err := os.MkdirTemp("", "redistest-") // t.TempDir is too long for a socket
	if err != nil {
		t.Fatalf("redistest: %v", err)
	}
	t.Cleanup(func() { _ = os.RemoveAll(dir) })
	s, err := redis.Open(context.Background(), redis.Options{Dir: dir, Binary: bin})
	if err != nil {
		t.Fatalf("redistest: %v", err)
	}
	t.Cleanup(func() { closing(t, s) })
	return s
}

func closing(t testing.TB, s *redis.Server) {
	if err := s.Close(); err != nil {
		t.Errorf("redistest: closing: %v", err)
	}
}
