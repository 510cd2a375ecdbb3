package sip_test

import (
	"context"
	"testing"
	"time"

	"ringback/telephony"
	"ringback/telephony/media"
)

func TestACallCarriesAudioBothWays(t *testing.T) {
	e, carrier := realWorld(t)
	customers, agents := media.VoicePitches(1), media.VoicePitches(2)
	customer := carrier.Customer("15400001234").Answers(50*time.Millisecond, 0).Says(media.Bursts(customers, 0, 0))

	s, agent := newStory(), &ear{}
	leg, err := e.Place(context.Background(), telephony.LegSpec{
		CallID: "0190aaaa-1", Address: carrier.Addr().String(),
		To: "15400001234", From: "02150000000",
	}, s.on)
	if err != nil {
		t.Fatal(err)
	}
	s.until(t, telephony.LegAnswered, 3*time.Second)
	leg.Media().SetSink(agent)
	clock := media.NewClock()
	ticking, stop := context.WithCancel(context.Background())
	defer stop()
	ticked := make(chan error, 1)
	go func() { ticked <- clock.Run(ticking) }()
	clock.Play(leg.Media(), media.Bursts(agents, 0, 0), true, nil)

	eventually(t, "the customer hears the agent", 15*time.Second, func() bool {
		return media.InOrder(media.DetectBurstsIn(customer.Hears(), media.PCMA, media.BurstPitches()), agents)
	})
	eventually(t, "the agent hears the customer", 15*time.Second, func() bool { return agent.heard(customers) })
	stop()
	<-ticked

	if err := leg.Media().SendDigit('5', 100*time.Millisecond); err != nil {
		t.Fatal(err)
	}
	eventually(t, "the key press arrives", 2*time.Second, func() bool { return customer.Last().Keys() == "5" })
	leg.Hangup()
	if end := s.until(t, telephony.LegEnded, time.Second); end.Cause != telephony.EndLocalBye {
		t.Errorf("ended by %q, want local_bye", end.Cause)
	}
	eventually(t, "the customer is hung up on", time.Second, func() bool { return customer.Last().HungUpByCaller() })
	if n := len(carrier.Invites()); n != 1 {
		t.Errorf("%d INVITEs in the world, want 1", n)
	}
}
