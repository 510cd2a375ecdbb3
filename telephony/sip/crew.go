package sip

import "sync"

// crew counts the goroutines an endpoint has started. Unlike a WaitGroup it can
// be waited for while others are still being started, and refuses new ones at
// the end.
type crew struct {
	mu     sync.Mutex
	n      int
	closed bool
	empty  []chan struct{}
}

// start runs f in a goroutine, unless the crew has been dismissed.
func (c *crew) start(f func()) bool {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.closed {
		return false
	}
	c.n++
	go func() {
		defer c.left()
		f()
	}()
	return true
}

func (c *crew) left() {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.n--; c.n > 0 {
		return
	}
	for _, ch := range c.empty {
		close(ch)
	}
	c.empty = nil
}

// idle is closed once no goroutine is left.
func (c *crew) idle() <-chan struct{} {
	c.mu.Lock()
	defer c.mu.Unlock()
	ch := make(chan struct{})
	if c.n == 0 {
		close(ch)
		return ch
	}
	c.empty = append(c.empty, ch)
	return ch
}

// dismiss refuses new goroutines; the channel closes when the last has left.
func (c *crew) dismiss() <-chan struct{} {
	c.mu.Lock()
	c.closed = true
	c.mu.Unlock()
	return c.idle()
}
