package sip_test

import (
	"context"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"ringback/telephony"
	"ringback/telephony/sip"
	"ringback/telephony/siptest"
)

// The simulated carrier seen by the endpoint: spec §6.2, in virtual time.
func TestTheCarrierDoesWhatTheLastDigitsSay(t *testing.T) {
	for number, c := range map[string]struct {
		cause    telephony.EndCause
		code     int
		q850     int
		answered bool
		lasts    time.Duration // from INVITE to the end, within a second
	}{
		"15400000001": {telephony.EndRemoteBye, 0, 0, true, 43 * time.Second},
		"15400000113": {telephony.EndRemoteBye, 0, 0, true, 75 * time.Second},
		"15400000480": {telephony.EndRejected, 480, 20, false, 13 * time.Second},
		"15400000481": {telephony.EndRejected, 480, 27, false, time.Second},
		"15400000482": {telephony.EndRejected, 480, 29, false, time.Second},
		"15400000404": {telephony.EndRejected, 404, 1, false, 2 * time.Second},
		"15400000486": {telephony.EndRejected, 486, 17, false, 2 * time.Second},
		"15400000603": {telephony.EndRejected, 603, 21, false, 6 * time.Second},
		"15400000607": {telephony.EndRejected, 607, 0, false, 0},
		"15400000408": {telephony.EndRingTime, 487, 0, false, 35 * time.Second},
		"15400000503": {telephony.EndRejected, 503, 38, false, 0},
		"15400000302": {telephony.EndRemoteBye, 0, 0, true, 35 * time.Second},
		"15400000705": {telephony.EndRemoteBye, 0, 0, true, 25 * time.Second},
		"15400000720": {telephony.EndRemoteBye, 0, 0, true, 23 * time.Second},
		"15400000800": {telephony.EndRemoteBye, 0, 0, true, 33 * time.Second},
		"15400000801": {telephony.EndRemoteBye, 0, 0, true, 4500 * time.Millisecond},
	} {
		t.Run(number, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				network := siptest.NewNet()
				carrier := siptest.NewCarrier(siptest.CarrierOptions{Conn: network.Listen(theirs)})
				runs(t, carrier.Run)
				e, err := sip.New(sip.Options{PacketConn: network.Listen(ours), OpenAudio: func() (sip.Audio, error) { return &silentAudio{}, nil }})
				if err != nil {
					t.Fatal(err)
				}
				runs(t, e.Run)
				s, start := newStory(), time.Now()
				if _, err := e.Place(context.Background(), telephony.LegSpec{
					Address: theirs, To: number, From: "02150000000",
					RingTimeout: 35 * time.Second,
				}, s.on); err != nil {
					t.Fatal(err)
				}
				end := s.until(t, telephony.LegEnded, 2*time.Minute)
				if end.Cause != c.cause || end.Code != c.code || end.Q850 != c.q850 {
					t.Errorf("ended %+v, want %+v", end, c)
				}
				if _, answered := s.find(telephony.LegAnswered); answered != c.answered {
					t.Errorf("answered: %v, want %v", answered, c.answered)
				}
				if took := time.Since(start); took < c.lasts-time.Second || took > c.lasts+time.Second {
					t.Errorf("lasted %v, want %v", took, c.lasts)
				}
				if end.Forwarded != strings.HasSuffix(number, "0302") {
					t.Errorf("forwarded: %v", end.Forwarded)
				}
			})
		})
	}
}
