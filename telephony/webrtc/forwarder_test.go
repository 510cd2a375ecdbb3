package webrtc_test

import (
	"net"
	"net/netip"
	"sync"
	"sync/atomic"
	"testing"
)

// forwarder is a stretch of network that can be cut: what arrives at addr goes
// on to the server, and back to whoever sent last.
type forwarder struct {
	front, back *net.UDPConn
	down        atomic.Bool
	mu          sync.Mutex
	client      netip.AddrPort
	server      netip.AddrPort
}

func newForwarder(t *testing.T) *forwarder {
	t.Helper()
	f := &forwarder{front: listenLoopback(t), back: listenLoopback(t)}
	var running sync.WaitGroup
	running.Go(func() { f.pump(f.front, f.back, true) })
	running.Go(func() { f.pump(f.back, f.front, false) })
	t.Cleanup(func() {
		_, _ = f.front.Close(), f.back.Close()
		running.Wait()
	})
	return f
}

func listenLoopback(t *testing.T) *net.UDPConn {
	t.Helper()
	c, err := net.ListenUDP("udp4", &net.UDPAddr{IP: net.IPv4(127, 0, 0, 1)})
	must(t, err)
	return c
}

func (f *forwarder) addr() netip.AddrPort { return f.front.LocalAddr().(*net.UDPAddr).AddrPort() }

func (f *forwarder) to(server netip.AddrPort) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.server = server
}

func (f *forwarder) cut()  { f.down.Store(true) }
func (f *forwarder) mend() { f.down.Store(false) }

func (f *forwarder) pump(from, to *net.UDPConn, outward bool) {
	buf := make([]byte, 2000)
	for {
		n, src, err := from.ReadFromUDPAddrPort(buf)
		if err != nil {
			return
		}
		if dst := f.route(src, outward); dst.IsValid() && !f.down.Load() {
			_, _ = to.WriteToUDPAddrPort(buf[:n], dst)
		}
	}
}

func (f *forwarder) route(src netip.AddrPort, outward bool) netip.AddrPort {
	f.mu.Lock()
	defer f.mu.Unlock()
	if outward {
		f.client = src
		return f.server
	}
	return f.client
}
