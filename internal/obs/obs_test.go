package obs_test

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"go.uber.org/goleak"

	"ringback/internal/obs"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

func lines(t *testing.T, b *bytes.Buffer) (out []map[string]any) {
	t.Helper()
	for l := range strings.SplitSeq(strings.TrimSpace(b.String()), "\n") {
		var m map[string]any
		if err := json.Unmarshal([]byte(l), &m); err != nil {
			t.Fatalf("%q: %v", l, err)
		}
		out = append(out, m)
	}
	return out
}

func TestARepeatedErrorIsToldFiveTimesAndThenCounted(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var buf bytes.Buffer
		log, repeats := obs.NewLogger(&buf, slog.LevelInfo)
		ctx, stop := context.WithCancel(context.Background())
		done := make(chan error, 1)
		go func() { done <- repeats.Run(ctx) }()
		for i := range 1000 {
			log.With("call", i).Error("late packet", "error", "x")
		}
		log.Error("another")
		for range 20 {
			log.Info("fine")
		}
		time.Sleep(11 * time.Second)
		stop()
		if err := <-done; err != nil {
			t.Error(err)
		}
		got := map[string]int{}
		var repeated float64
		for _, l := range lines(t, &buf) {
			got[l["msg"].(string)]++
			if n, ok := l["repeated"].(float64); ok {
				repeated = n
			}
		}
		if got["late packet"] != 6 || got["another"] != 1 || got["fine"] != 20 || repeated != 995 {
			t.Errorf("written %v, repeated %v", got, repeated)
		}
	})
}

func TestAfterAQuietWindowAnErrorIsToldAgain(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var buf bytes.Buffer
		log, _ := obs.NewLogger(&buf, slog.LevelInfo)
		for range 2 {
			for range 9 {
				log.Warn("slow")
			}
			time.Sleep(time.Minute)
		}
		if n := len(lines(t, &buf)); n != 10 {
			t.Errorf("%d lines, want 5 of each burst", n)
		}
	})
}

func TestWhatWasKeptBackIsToldAtTheEnd(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var buf bytes.Buffer
		log, repeats := obs.NewLogger(&buf, slog.LevelWarn)
		for range 7 {
			log.Error("lost")
		}
		log.Info("not at this level")
		ctx, stop := context.WithCancel(context.Background())
		stop()
		if err := repeats.Run(ctx); err != nil {
			t.Fatal(err)
		}
		all := lines(t, &buf)
		if last := all[len(all)-1]; len(all) != 6 || last["repeated"] != 2.0 {
			t.Errorf("%d lines, the last %v", len(all), last)
		}
	})
}

func get(t *testing.T, h http.HandlerFunc) (int, string) {
	t.Helper()
	w := httptest.NewRecorder()
	h(w, httptest.NewRequest(http.MethodGet, "/", nil))
	return w.Code, strings.TrimSpace(w.Body.String())
}

func TestReadyFollowsTheRequiredChecks(t *testing.T) {
	var buf bytes.Buffer
	log, _ := obs.NewLogger(&buf, slog.LevelInfo)
	h := obs.NewHealth(log)
	var postgres, redis error
	h.Require("postgres", func(context.Context) error { return postgres })
	h.Watch("redis", func(context.Context) error { return redis })
	lost := errors.New("secret host 10.0.0.1 refused")
	for _, c := range []struct {
		name            string
		postgres, redis error
		code            int
		body            string
	}{
		{"all well", nil, nil, 200, `{"status":"ready","checks":{"postgres":"ok","redis":"ok"}}`},
		{"redis lost", nil, lost, 200, `{"status":"ready","checks":{"postgres":"ok","redis":"failing"}}`},
		{"postgres lost", lost, nil, 503, `{"status":"unready","checks":{"postgres":"failing","redis":"ok"}}`},
		{"postgres still lost", lost, nil, 503, `{"status":"unready","checks":{"postgres":"failing","redis":"ok"}}`},
		{"back", nil, nil, 200, `{"status":"ready","checks":{"postgres":"ok","redis":"ok"}}`},
	} {
		postgres, redis = c.postgres, c.redis
		if code, body := get(t, h.Ready); code != c.code || body != c.body {
			t.Errorf("%s: %d %s", c.name, code, body)
		}
	}
	if n := strings.Count(buf.String(), "health check fails"); n != 2 {
		t.Errorf("failures were logged %d times, want once each", n)
	}
	h.Drain()
	if code, body := get(t, h.Ready); code != 503 || !strings.Contains(body, "draining") {
		t.Errorf("draining: %d %s", code, body)
	}
	if code, _ := get(t, h.Live); code != 200 {
		t.Errorf("alive while draining: %d", code)
	}
}

func TestACheckThatHangsIsCutOff(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		h := obs.NewHealth(slog.New(slog.DiscardHandler))
		h.Require("postgres", func(ctx context.Context) error { <-ctx.Done(); return ctx.Err() })
		begin := time.Now()
		if code, _ := get(t, h.Ready); code != 503 || time.Since(begin) != 2*time.Second {
			t.Errorf("%d after %v", code, time.Since(begin))
		}
	})
}

func TestMetricsServeTheRuntimeAndTheRooms(t *testing.T) {
	r := obs.NewRegistry()
	calls := prometheus.NewCounter(prometheus.CounterOpts{Name: "ringback_calls_total", Help: "Calls."})
	r.MustRegister(calls)
	calls.Inc()
	_, body := get(t, obs.MetricsHandler(r, slog.New(slog.DiscardHandler)).ServeHTTP)
	for _, want := range []string{"ringback_calls_total 1", "go_goroutines ", "process_resident_memory_bytes ", "go_build_info"} {
		if !strings.Contains(body, want) {
			t.Errorf("%q is missing", want)
		}
	}
}
