package sip_test

import (
	"context"
	"fmt"
	"net"
	"syscall"
	"testing"
	"time"

	"ringback/telephony"
	"ringback/telephony/sip"
	"ringback/telephony/siptest"
)

// BenchmarkCall is one outbound call, signalling only: INVITE, 180, 200, ACK, BYE
// over loopback UDP. Both ends run in this process: cpu-ms/call is for the two
// together.
func BenchmarkCall(b *testing.B) {
	conn, err := net.ListenPacket("udp4", "127.0.0.1:0")
	if err != nil {
		b.Fatal(err)
	}
	carrier := siptest.NewCarrier(siptest.CarrierOptions{Conn: conn})
	carrier.Customer("154").Answers(0, 0)
	runs(b, carrier.Run)
	e, err := sip.New(sip.Options{Listen: "127.0.0.1:0", OpenAudio: func() (sip.Audio, error) { return &silentAudio{}, nil }})
	if err != nil {
		b.Fatal(err)
	}
	runs(b, e.Run)
	before := cpu()
	b.ReportAllocs()
	for i := range b.N {
		done := make(chan struct{})
		var leg telephony.Leg
		placed := make(chan struct{})
		leg, err = e.Place(context.Background(), telephony.LegSpec{CallID: fmt.Sprint("bench-", i), Address: carrier.Addr().String(), To: "154", From: "021"},
			func(ev telephony.LegEvent) {
				switch ev.Kind {
				case telephony.LegAnswered:
					<-placed
					leg.Hangup()
				case telephony.LegEnded:
					close(done)
				}
			})
		if err != nil {
			b.Fatal(err)
		}
		close(placed)
		<-done
	}
	b.ReportMetric(float64((cpu()-before).Microseconds())/1000/float64(b.N), "cpu-ms/call")
}

// cpu is the process's CPU time so far.
func cpu() time.Duration {
	var u syscall.Rusage
	_ = syscall.Getrusage(syscall.RUSAGE_SELF, &u)
	return time.Duration(u.Utime.Nano() + u.Stime.Nano())
}
