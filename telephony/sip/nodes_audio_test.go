package sip_test

import (
	"bytes"
	"net/netip"
	"sync"
	"time"

	"ringback/telephony/media"
	"ringback/telephony/sip"
)

// voice is a far end's audio in memory: a customer's, an agent's, or one end of a
// leg between two nodes, which carries its frames to the other end.
type voice struct {
	air  *air
	addr netip.AddrPort

	mu     sync.Mutex
	to     netip.AddrPort
	sink   media.Sink
	digit  func(media.Digit)
	frames [][]byte
	keys   string
	heard  time.Time
}

// air is where legs' audio flies, unless a host is cut off.
type air struct {
	mu    sync.Mutex
	ends  map[netip.AddrPort]*voice
	cut   map[netip.Addr]bool
	ports uint16
}

func (a *air) open(host string) (sip.Audio, error) {
	a.mu.Lock()
	defer a.mu.Unlock()
	a.ports += 2
	v := &voice{air: a, addr: netip.AddrPortFrom(netip.MustParseAddr(host), 20000+a.ports)}
	a.ends[v.addr] = v
	return v, nil
}

// other is who hears v; nil for nobody.
func (v *voice) other() *voice {
	if v.air == nil {
		return nil
	}
	v.mu.Lock()
	to := v.to
	v.mu.Unlock()
	v.air.mu.Lock()
	defer v.air.mu.Unlock()
	if v.air.cut[v.addr.Addr()] || v.air.cut[to.Addr()] {
		return nil
	}
	return v.air.ends[to]
}

func (v *voice) WriteFrame(f media.Frame) {
	v.mu.Lock()
	v.frames = append(v.frames, bytes.Clone(f.Payload))
	v.mu.Unlock()
	if o := v.other(); o != nil {
		o.arrives(f)
	}
}

func (v *voice) arrives(f media.Frame) {
	v.mu.Lock()
	v.heard = time.Now()
	sink := v.sink
	v.mu.Unlock()
	if sink != nil {
		sink.WriteFrame(f)
	}
}

// says speaks one frame of a sample value.
func (v *voice) says(b byte) {
	v.arrives(media.Frame{Payload: bytes.Repeat([]byte{b}, media.FrameBytes), Codec: media.PCMA})
}

func (v *voice) presses(key byte) {
	v.mu.Lock()
	f := v.digit
	v.mu.Unlock()
	if f != nil {
		f(media.Digit{Key: key})
	}
}

func (v *voice) SendDigit(key byte, _ time.Duration) error {
	v.mu.Lock()
	v.keys += string(key)
	v.mu.Unlock()
	if o := v.other(); o != nil {
		o.presses(key)
	}
	return nil
}

// got is what the far end heard since the last time.
func (v *voice) got() [][]byte {
	v.mu.Lock()
	defer v.mu.Unlock()
	f := v.frames
	v.frames = nil
	return f
}

func (v *voice) pressed() string {
	v.mu.Lock()
	defer v.mu.Unlock()
	return v.keys
}

func (v *voice) Codec() media.Codec { return media.PCMA }
func (v *voice) SetSink(s media.Sink) {
	v.mu.Lock()
	defer v.mu.Unlock()
	v.sink = s
}

func (v *voice) OnDigit(f func(media.Digit)) {
	v.mu.Lock()
	defer v.mu.Unlock()
	v.digit = f
}
func (v *voice) Stats() media.Stats        { return media.Stats{} }
func (v *voice) LocalAddr() netip.AddrPort { return v.addr }
func (v *voice) SetRemote(to netip.AddrPort, _ media.Codec, _ uint8) {
	v.mu.Lock()
	defer v.mu.Unlock()
	v.to = to
}

func (v *voice) Close() error {
	v.air.mu.Lock()
	defer v.air.mu.Unlock()
	delete(v.air.ends, v.addr)
	return nil
}

func (v *voice) Beat(now time.Time) {
	if o := v.other(); o != nil {
		o.mu.Lock()
		defer o.mu.Unlock()
		o.heard = now
	}
}

func (v *voice) LastHeard() time.Time {
	v.mu.Lock()
	defer v.mu.Unlock()
	return v.heard
}
