package main

import (
	"context"
	"fmt"
	"net"
	"net/netip"
	"os"
	"path/filepath"
	"time"

	"ringback/internal/clock"
	"ringback/telephony/media"
	"ringback/telephony/siptest"
)

// simulator is the demo's carrier with its customers, on loopback.
type simulator struct {
	*siptest.Carrier
	hear string // directory for what customers heard; empty: not kept
}

// simulate binds the carrier. The first three customers of a mixed demo pick up
// after 3 s and stay until the agent hangs up.
func (d *demoCmd) simulate(business *clock.Clock) (*simulator, error) {
	conn, err := net.ListenPacket("udp4", "127.0.0.1:0")
	if err != nil {
		return nil, fmt.Errorf("opening the simulated carrier: %w", err)
	}
	ports, err := media.NewPorts(media.PortOptions{IP: netip.MustParseAddr("127.0.0.1"), From: 23000, To: 24999, Quarantine: 5 * time.Second})
	if err != nil {
		return nil, err
	}
	zone := clock.Shanghai()
	c := siptest.NewCarrier(siptest.CarrierOptions{
		Conn: conn, Ports: ports, Seed: 1,
		Hour: func() int { return business.Now().In(zone).Hour() }, Override: d.override(),
	})
	return &simulator{Carrier: c, hear: d.Hear}, nil
}

func (d *demoCmd) override() func(nth int, number string) (siptest.Behaviour, bool) {
	stays := siptest.Behaviour{Ring: 3 * time.Second}
	switch d.Customers {
	case "answer":
		return func(int, string) (siptest.Behaviour, bool) { return stays, true }
	case "bursts":
		stays.Ring, stays.Says = 500*time.Millisecond, media.Bursts(media.VoicePitches(1), 0, 0)
		return func(int, string) (siptest.Behaviour, bool) { return stays, true }
	}
	return func(nth int, _ string) (siptest.Behaviour, bool) { return stays, nth <= 3 }
}

// Run serves calls until ctx ends, then waits for what was heard to be written.
func (s *simulator) Run(ctx context.Context) error {
	if s.hear == "" {
		return s.Carrier.Run(ctx)
	}
	if err := os.MkdirAll(s.hear, 0o755); err != nil {
		return fmt.Errorf("keeping what customers hear: %w", err)
	}
	done := make(chan error, 1)
	go func() { done <- s.Carrier.Run(ctx) }()
	written := map[string]bool{}
	t := time.NewTicker(500 * time.Millisecond)
	defer t.Stop()
	for {
		select {
		case err := <-done:
			return err
		case <-t.C:
			if err := s.keep(written); err != nil {
				return err
			}
		}
	}
}

// keep writes what the customers of ended calls have heard, once each: the audio
// and, beside it, the keys that were pressed.
func (s *simulator) keep(written map[string]bool) error {
	for _, c := range s.Calls() {
		select {
		case <-c.Ended():
		default:
			continue
		}
		if written[c.CallID] {
			continue
		}
		written[c.CallID] = true
		for ending, heard := range map[string][]byte{".alaw": c.Hears(), ".keys": []byte(c.Keys())} {
			if len(heard) == 0 {
				continue
			}
			if err := os.WriteFile(filepath.Join(s.hear, c.CallID+ending), heard, 0o644); err != nil {
				return fmt.Errorf("keeping what a customer heard: %w", err)
			}
		}
	}
	return nil
}
