package main

import (
	"bytes"
	"context"
	"strings"
	"testing"

	"go.uber.org/goleak"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

func TestTheSimulatorStartsAndStops(t *testing.T) {
	ctx, stop := context.WithCancel(t.Context())
	stop()
	var out bytes.Buffer
	err := run(ctx, []string{"--listen", "127.0.0.1:0", "--set", "15400000001=busy", "--set", "15400000002=answer:2s:10s", "--set", "15400000003=404"}, &out)
	if err != nil || !strings.HasPrefix(out.String(), "simulated carrier on udp 127.0.0.1:") {
		t.Errorf("%q, %v", out.String(), err)
	}
}

func TestWrongArgumentsAreNamed(t *testing.T) {
	for name, c := range map[string]struct {
		args []string
		want string
	}{
		"behaviour": {[]string{"--set", "154=dance"}, "--set 154=dance"},
		"duration":  {[]string{"--set", "154=answer:soon"}, `"soon" is not a duration`},
		"ports":     {[]string{"--rtp", "many"}, `--rtp "many"`},
		"address":   {[]string{"--listen", "nowhere"}, "listening on nowhere"},
	} {
		t.Run(name, func(t *testing.T) {
			args := append([]string{"--listen", "127.0.0.1:0"}, c.args...)
			if err := run(t.Context(), args, &bytes.Buffer{}); err == nil || !strings.Contains(err.Error(), c.want) {
				t.Errorf("got %v, want %q", err, c.want)
			}
		})
	}
}
