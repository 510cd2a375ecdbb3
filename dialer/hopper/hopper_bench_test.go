package hopper_test

import (
	"runtime"
	"testing"

	"github.com/google/uuid"

	"ringback/dialer"
	"ringback/dialer/hopper"
	"ringback/internal/redis"
	"ringback/internal/redis/redistest"
)

// depth is how many tasks of a campaign wait at most.
const depth = 200

// BenchmarkFill fills hoppers of two hundred tasks. KiB/1000 is what a thousand
// waiting tasks take: in redis-server as MEMORY USAGE tells it, in the embedded server
// as this process's heap grows.
func BenchmarkFill(b *testing.B) {
	b.Run("redis-server", func(b *testing.B) {
		s := redistest.New(b)
		fillMany(b, s)
		var sum int64
		keys, err := s.Client().Keys(b.Context(), "rb:hopper:*").Result()
		if err != nil {
			b.Fatal(err)
		}
		for _, k := range keys {
			n, err := s.Client().MemoryUsage(b.Context(), k, 0).Result()
			if err != nil {
				b.Fatal(err)
			}
			sum += n
		}
		b.ReportMetric(perThousand(sum, len(keys)), "KiB/1000")
	})
	b.Run("in memory", func(b *testing.B) {
		s := redis.InMemory()
		defer func() { _ = s.Close() }()
		before := heap()
		fillMany(b, s)
		b.ReportMetric(perThousand(heap()-before, b.N), "KiB/1000")
		runtime.KeepAlive(s)
	})
}

func fillMany(b *testing.B, s *redis.Server) {
	h := hopper.New(s)
	list := make([]dialer.Next, depth)
	b.ResetTimer()
	for b.Loop() {
		for i := range list {
			list[i] = dialer.Next{Task: id(), Score: float64(i)}
		}
		must(b, h.Fill(b.Context(), uuid.New(), list))
	}
}

// BenchmarkPop takes ten tasks at a time, as a leader does before it dials.
func BenchmarkPop(b *testing.B) {
	s := redistest.New(b)
	h, campaign := hopper.New(s), id()
	list := make([]dialer.Next, depth)
	for b.Loop() {
		b.StopTimer()
		for i := range list {
			list[i] = dialer.Next{Task: id(), Score: float64(i)}
		}
		must(b, h.Fill(b.Context(), campaign, list))
		b.StartTimer()
		for range depth / 10 {
			got, err := h.Pop(b.Context(), campaign, 10, dialer.AgreedBand)
			if err != nil || len(got) != 10 {
				b.Fatalf("%d taken, %v", len(got), err)
			}
		}
	}
	b.ReportMetric(float64(b.Elapsed().Microseconds())/float64(b.N*depth/10), "µs/pop")
}

// perThousand is the KiB of a thousand entries when n hoppers take so many bytes.
func perThousand(bytes int64, n int) float64 {
	return float64(bytes) / 1024 / float64(n*depth) * 1000
}

func heap() int64 {
	runtime.GC()
	var m runtime.MemStats
	runtime.ReadMemStats(&m)
	return int64(m.HeapAlloc)
}
