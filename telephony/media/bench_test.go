package media

import (
	"net/netip"
	"testing"
	"time"
)

// BenchmarkRelay is one packet from one session's socket through a bridge to the
// other's, system calls of both ends included.
func BenchmarkRelay(b *testing.B) {
	for name, codec := range map[string]Codec{"same law": PCMA, "other law": PCMU} {
		b.Run(name, func(b *testing.B) {
			ports, err := NewPorts(PortOptions{From: 21000, To: 21999, Quarantine: -1})
			if err != nil {
				b.Fatal(err)
			}
			open := func(c Codec) *Session {
				s, err := NewSession(SessionOptions{Ports: ports, Codec: c})
				if err != nil {
					b.Fatal(err)
				}
				b.Cleanup(func() {
					_ = s.Close()
					<-s.Done()
				})
				return s
			}
			near, far := open(PCMA), open(codec)
			sink := netip.MustParseAddrPort("127.0.0.1:9")
			near.SetRemote(sink, PCMA, 0)
			far.SetRemote(sink, codec, 0)
			defer NewBridge(near, far).Detach()
			var datagram [rtpHeader + FrameBytes]byte
			p := Packet{PayloadType: uint8(PCMA), Payload: quiet(PCMA)}
			now := time.Now()
			b.ReportAllocs()
			for b.Loop() {
				p.Sequence++
				p.Timestamp += FrameBytes
				now = now.Add(FrameDuration)
				p.MarshalTo(datagram[:])
				near.receive(datagram[:], sink, now)
			}
		})
	}
}

type nowhere struct{}

func (nowhere) WriteFrame(Frame) {}

// BenchmarkPlayer is one tick of a clock with 1000 players.
func BenchmarkPlayer(b *testing.B) {
	c, now := NewClock(), time.Unix(1000, 0)
	music := HoldMusic()
	for range 1000 {
		c.Play(nowhere{}, music, true, nil)
	}
	b.ReportAllocs()
	for b.Loop() {
		c.tickOnce(now)
		now = now.Add(FrameDuration)
	}
}

func BenchmarkConvert(b *testing.B) {
	frame := quiet(PCMA)
	var out [FrameBytes]byte
	for b.Loop() {
		Convert(out[:], frame, PCMA, PCMU)
	}
}

func BenchmarkPeak(b *testing.B) {
	frame := quiet(PCMA)
	for b.Loop() {
		peak(frame, PCMA)
	}
}
