package sip_test

import (
	"context"
	"net"
	"net/netip"
	"slices"
	"testing"
	"time"

	"github.com/google/uuid"

	"ringback/internal/seal"
	"ringback/telephony"
	"ringback/telephony/media"
	"ringback/telephony/siptest"
)

// firstFrame is an agent's audio that tells when the first frame comes.
type firstFrame struct {
	voice
	came chan time.Time
}

func (f *firstFrame) WriteFrame(fr media.Frame) {
	if loudFrame(fr.Payload) {
		select {
		case f.came <- time.Now():
		default:
		}
	}
}

// loudFrame tells a voice from the tone's fade and from silence.
func loudFrame(payload []byte) bool {
	for _, b := range payload {
		if s := media.ALawToLinear(b); s > 4000 || s < -4000 {
			return true
		}
	}
	return false
}

// BenchmarkVoiceAcrossNodes measures from the customer's 200 OK to their first
// voice at an agent of another node, over real sockets on loopback. Where the agent
// is comes from memory: the database adds its one query.
func BenchmarkVoiceAcrossNodes(b *testing.B) {
	box, err := seal.New(make([]byte, seal.KeyBytes))
	if err != nil {
		b.Fatal(err)
	}
	near, far := uuid.New(), uuid.New()
	var there *telephony.Exchange
	e2 := realEndpoint(b, 41000, func(inv telephony.Invitation) (telephony.Welcome, bool) { return there.Invited(inv) })
	e1 := realEndpoint(b, 42000, nil)
	nodes := func(own uuid.UUID) *telephony.Nodes {
		return &telephony.Nodes{
			Tokens: telephony.NewTokens(box, own),
			Where: func(context.Context, uuid.UUID) (telephony.Place, error) {
				return telephony.Place{Node: far, Address: e2.Addr()}, nil
			},
			Address: func(context.Context, uuid.UUID) (netip.AddrPort, error) { return e1.Addr(), nil },
		}
	}
	player := media.NewClock()
	here := telephony.NewExchange(telephony.Options{Placer: e1, Player: player, Node: near, Nodes: nodes(near)})
	there = telephony.NewExchange(telephony.Options{Placer: e2, Player: player, Node: far, Nodes: nodes(far)})
	for _, run := range []func(context.Context) error{here.Run, there.Run} {
		runs(b, run)
	}
	conn, err := net.ListenPacket("udp4", "127.0.0.1:0")
	if err != nil {
		b.Fatal(err)
	}
	carrier := siptest.NewCarrier(siptest.CarrierOptions{Conn: conn, Ports: ports(b, 43000, 43998), Seed: 1})
	runs(b, carrier.Run)
	carrier.Set("15400001234", siptest.Behaviour{Ring: 5 * time.Millisecond, Says: media.Tone([]float64{1000}, 20*time.Second)})
	agent, mic := uuid.New(), &firstFrame{came: make(chan time.Time, 1)}
	there.AttachAgent(agent, mic)
	var took []time.Duration
	for b.Loop() {
		took = append(took, voiceOnce(b, here, carrier, agent, mic))
	}
	slices.Sort(took)
	b.ReportMetric(float64(took[len(took)/2].Microseconds())/1000, "ms-p50")
	b.ReportMetric(float64(took[len(took)*99/100].Microseconds())/1000, "ms-p99")
}

// voiceOnce is one call, hung up by the agent.
func voiceOnce(b *testing.B, x *telephony.Exchange, carrier *siptest.Carrier, agent uuid.UUID, mic *firstFrame) time.Duration {
	b.Helper()
	id := uuid.New()
	spec := telephony.CallSpec{
		ID: id, Number: "15400001234", CallerNumber: "02150000000", Ring: 10 * time.Second,
		Routes: []telephony.Route{{TrunkID: uuid.New(), Address: carrier.Addr().String()}},
	}
	ended := make(chan struct{})
	err := x.Dial(context.Background(), spec, func(ev telephony.CallEvent) {
		switch ev.Kind {
		case telephony.CallAnswered:
			go func() {
				if err := x.Bridge(id, agent); err != nil {
					b.Error(err)
				}
			}()
		case telephony.CallEnded:
			close(ended)
		}
	})
	if err != nil {
		b.Fatal(err)
	}
	at := <-mic.came
	took := at.Sub(carrier.Call(id.String() + "-1").AnsweredAt())
	if err := x.Hangup(id, "agent"); err != nil {
		b.Fatal(err)
	}
	<-ended
	for len(mic.came) > 0 {
		<-mic.came
	}
	return took
}
