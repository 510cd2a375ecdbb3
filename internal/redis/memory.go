package redis

import (
	"context"
	"net"
	"sync/atomic"

	"github.com/alicebob/miniredis/v2"
	goredis "github.com/redis/go-redis/v9"
)

// inMemory runs miniredis over in-memory pipes: no port that others could
// reach. Its keys expire by the clock.
func inMemory() *Server {
	m := miniredis.NewMiniRedis()
	m.ClockTTL(true)
	var closed atomic.Bool
	dial := func(context.Context, string, string) (net.Conn, error) {
		if closed.Load() {
			return nil, net.ErrClosed // miniredis would come to life again
		}
		c, err := m.Dial()
		if err != nil {
			return nil, err
		}
		return newBuffered(c), nil
	}
	client := goredis.NewClient(quick(&goredis.Options{Dialer: dial}))
	return &Server{client: client, kind: Memory, stop: func() error {
		closed.Store(true)
		m.Close()
		return nil
	}}
}
