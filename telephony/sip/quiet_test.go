package sip

import (
	"bytes"
	"log/slog"
	"strings"
	"testing"
	"testing/synctest"
	"time"
)

func TestAFloodOfGarbageIsToldOnceWithoutItsText(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var out bytes.Buffer
		log := quiet(slog.New(slog.NewTextHandler(&out, nil)))
		for range 1000 {
			log.Error("failed to parse", "data", "INVITE sip:13800000000", "error", "no SIP")
		}
		time.Sleep(quietEvery)
		log.With("caller", "x").Error("failed to parse", "data", "INVITE sip:13800000000")
		lines := strings.Split(strings.TrimSpace(out.String()), "\n")
		if len(lines) != 2 || !strings.Contains(lines[1], "omitted=999") {
			t.Errorf("logged %d lines, the last %q", len(lines), lines[len(lines)-1])
		}
		if strings.Contains(out.String(), "13800000000") || strings.Contains(out.String(), "level=ERROR") {
			t.Errorf("logged %s", out.String())
		}
	})
}
