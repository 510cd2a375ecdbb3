package e2e

import (
	"errors"
	"io"
	"net"
	"sync"
	"testing"
)

// cable is a network between a browser and the product that can be pulled out:
// one TCP port (console, websocket) and one UDP port (audio). While it is out
// packets are lost and connections are dead, as on a real network, not refused.
type cable struct {
	tcp net.Listener
	udp *net.UDPConn

	mu    sync.Mutex
	out   bool
	conns map[net.Conn]struct{}
	ends  map[string]*net.UDPConn // by the browser's address
}

func newCable(t *testing.T, tcpTo, udpTo, udpListen string) *cable {
	t.Helper()
	tcp, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	addr, err := net.ResolveUDPAddr("udp", udpListen)
	if err != nil {
		t.Fatal(err)
	}
	udp, err := net.ListenUDP("udp", addr)
	if err != nil {
		t.Fatal(err)
	}
	c := &cable{tcp: tcp, udp: udp, conns: map[net.Conn]struct{}{}, ends: map[string]*net.UDPConn{}}
	go c.serveTCP(tcpTo)
	go c.serveUDP(udpTo)
	t.Cleanup(c.close)
	return c
}

func (c *cable) url() string { return "http://" + c.tcp.Addr().String() }

// pull takes the cable out; connections stay open and say nothing.
func (c *cable) pull() { c.set(true) }

// plug puts it back; what was open is dead by then.
func (c *cable) plug() {
	c.mu.Lock()
	for conn := range c.conns {
		_ = conn.Close()
	}
	c.mu.Unlock()
	c.set(false)
}

func (c *cable) set(out bool) { c.mu.Lock(); defer c.mu.Unlock(); c.out = out }
func (c *cable) isOut() bool  { c.mu.Lock(); defer c.mu.Unlock(); return c.out }

func (c *cable) close() {
	_ = c.tcp.Close()
	_ = c.udp.Close()
	c.mu.Lock()
	defer c.mu.Unlock()
	for conn := range c.conns {
		_ = conn.Close()
	}
	for _, end := range c.ends {
		_ = end.Close()
	}
}

func (c *cable) serveTCP(to string) {
	for {
		in, err := c.tcp.Accept()
		if err != nil {
			return
		}
		go c.join(in, to)
	}
}

func (c *cable) join(in net.Conn, to string) {
	defer func() { _ = in.Close() }()
	if c.isOut() { // a connection attempt into nowhere
		c.keep(in)
		_, _ = io.Copy(io.Discard, in)
		c.drop(in)
		return
	}
	far, err := net.Dial("tcp", to)
	if err != nil {
		return
	}
	defer func() { _ = far.Close() }()
	c.keep(in)
	c.keep(far)
	defer c.drop(in)
	defer c.drop(far)
	done := make(chan struct{}, 2)
	go func() { c.copy(far, in); done <- struct{}{} }()
	go func() { c.copy(in, far); done <- struct{}{} }()
	<-done
}

// copy passes bytes on, and swallows them while the cable is out.
func (c *cable) copy(to, from net.Conn) {
	buf := make([]byte, 32<<10)
	for {
		n, err := from.Read(buf)
		if n > 0 && !c.isOut() {
			if _, err := to.Write(buf[:n]); err != nil {
				return
			}
		}
		if err != nil {
			return
		}
	}
}

func (c *cable) keep(conn net.Conn) { c.mu.Lock(); defer c.mu.Unlock(); c.conns[conn] = struct{}{} }
func (c *cable) drop(conn net.Conn) { c.mu.Lock(); defer c.mu.Unlock(); delete(c.conns, conn) }

func (c *cable) serveUDP(to string) {
	buf := make([]byte, 2048)
	for {
		n, from, err := c.udp.ReadFromUDP(buf)
		if err != nil {
			return
		}
		if c.isOut() {
			continue
		}
		if end := c.end(from, to); end != nil {
			_, _ = end.Write(buf[:n])
		}
	}
}

// end is the socket that speaks to the product for one browser address.
func (c *cable) end(from *net.UDPAddr, to string) *net.UDPConn {
	c.mu.Lock()
	defer c.mu.Unlock()
	if e := c.ends[from.String()]; e != nil {
		return e
	}
	addr, err := net.ResolveUDPAddr("udp", to)
	if err != nil {
		return nil
	}
	e, err := net.DialUDP("udp", nil, addr)
	if err != nil {
		return nil
	}
	c.ends[from.String()] = e
	go func() {
		buf := make([]byte, 2048)
		for {
			n, err := e.Read(buf)
			if err != nil {
				if errors.Is(err, net.ErrClosed) {
					return
				}
				continue // the far end is restarting: its ICMP answer is no end
			}
			if !c.isOut() {
				_, _ = c.udp.WriteToUDP(buf[:n], from)
			}
		}
	}()
	return e
}
