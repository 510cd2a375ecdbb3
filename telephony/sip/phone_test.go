package sip_test

import (
	"context"
	"net"
	"testing"
	"time"

	"ringback/telephony"
	"ringback/telephony/media"
	"ringback/telephony/sip"
	"ringback/telephony/siptest"
)

func TestANailedUpDeskPhoneIsHeardAndHears(t *testing.T) {
	registrar := register(nil)
	runs(t, registrar.Run)
	e, err := sip.New(sip.Options{Listen: "127.0.0.1:0", OpenAudio: sip.OpenRTP(ports(t, 22000, 22998)), Registrar: registrar})
	if err != nil {
		t.Fatal(err)
	}
	runs(t, e.Run)
	conn, err := net.ListenPacket("udp4", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	theirs, mine := media.VoicePitches(4), media.VoicePitches(5)
	phone := siptest.NewPhone(siptest.PhoneOptions{
		Conn: conn, Registrar: e.Addr().String(), User: "1001", Password: "pw",
		Ports: ports(t, 25000, 25098), Says: media.Bursts(theirs, 0, 0),
	})
	runs(t, phone.Run)
	<-phone.Registered()

	addr, transport, ok := registrar.Contact("1001")
	if !ok || addr != phone.Addr().String() {
		t.Fatalf("registered at %s, want %s", addr, phone.Addr())
	}
	s, agent := newStory(), &ear{}
	leg, err := e.Place(context.Background(), telephony.LegSpec{Address: addr, Transport: transport, To: "1001", From: "ringback", AutoAnswer: true}, s.on)
	if err != nil {
		t.Fatal(err)
	}
	s.until(t, telephony.LegAnswered, 5*time.Second)
	leg.Media().SetSink(agent)
	clock, ticking := media.NewClock(), make(chan struct{})
	ctx, stop := context.WithCancel(context.Background())
	go func() { defer close(ticking); _ = clock.Run(ctx) }()
	defer func() { stop(); <-ticking }()
	clock.Play(leg.Media(), media.Bursts(mine, 0, 0), true, nil)
	call := phone.Calls()[0]
	eventually(t, "the agent hears the phone", 15*time.Second, func() bool { return agent.heard(theirs) })
	eventually(t, "the phone hears us", 15*time.Second, func() bool {
		return media.InOrder(media.DetectBurstsIn(call.Hears(), media.PCMA, media.BurstPitches()), mine)
	})
	call.HangUp() // the phone is put down
	if end := s.until(t, telephony.LegEnded, 2*time.Second); end.Cause != telephony.EndRemoteBye {
		t.Errorf("ended by %q, want remote_bye", end.Cause)
	}
}
