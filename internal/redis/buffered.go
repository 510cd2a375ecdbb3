package redis

import (
	"net"
	"sync"
	"time"
)

// buffered is a connection that takes what is written at once, as a socket with its
// buffers does. miniredis answers the first command of a pipeline before it has read
// the last one; over a bare net.Pipe both sides then wait for the other to read.
type buffered struct {
	net.Conn
	mu     sync.Mutex
	wake   sync.Cond
	queue  []byte
	closed bool
	err    error // of an earlier write
}

func newBuffered(c net.Conn) *buffered {
	b := &buffered{Conn: c}
	b.wake.L = &b.mu
	go b.pump()
	return b
}

func (b *buffered) pump() {
	b.mu.Lock()
	defer b.mu.Unlock()
	for {
		for len(b.queue) == 0 && !b.closed {
			b.wake.Wait()
		}
		if b.closed {
			return
		}
		next := b.queue
		b.queue = nil
		b.mu.Unlock()
		_, err := b.Conn.Write(next)
		b.mu.Lock()
		if err != nil {
			b.err = err
			return
		}
	}
}

// Write never waits; an error of the server's side is told by the next Write, and by
// Read at once.
func (b *buffered) Write(p []byte) (int, error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	switch {
	case b.closed:
		return 0, net.ErrClosed
	case b.err != nil:
		return 0, b.err
	}
	b.queue = append(b.queue, p...)
	b.wake.Signal()
	return len(p), nil
}

// SetDeadline is of reading only: a Write does not wait.
func (b *buffered) SetDeadline(t time.Time) error { return b.SetReadDeadline(t) }

// SetWriteDeadline has nothing to bound.
func (b *buffered) SetWriteDeadline(time.Time) error { return nil }

// Close ends the pump, also in the middle of a write.
func (b *buffered) Close() error {
	b.mu.Lock()
	b.closed = true
	b.wake.Signal()
	b.mu.Unlock()
	return b.Conn.Close()
}
