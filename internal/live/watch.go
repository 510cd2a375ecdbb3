package live

import (
	"bytes"
	"context"
	"encoding/json"
	"strings"
	"time"

	"ringback/internal/errs"
)

// watch is one subscription of one connection; its goroutine takes snapshots.
type watch struct {
	c     *conn
	name  string
	topic Topic
	arg   string
	ask   chan struct{} // holds one request
	ctx   context.Context
	stop  context.CancelFunc
	seq   int64
	last  []byte
}

func (w *watch) dirty() {
	select {
	case w.ask <- struct{}{}:
	default:
	}
}

func (c *conn) subscribe(f Sub) {
	name, arg, _ := strings.Cut(f.Topic, ":")
	t, ok := c.hub.topics[name]
	if !ok || !t.May(c.caller) {
		c.refuse(Refused{Topic: f.Topic}, f.Topic, errs.New(errs.Forbidden, "topic_forbidden", "没有查看这项内容的权限。", "You may not see this."))
		return
	}
	c.unsubscribe(f.Topic)
	ctx, stop := context.WithCancel(c.ctx)
	w := &watch{c: c, name: f.Topic, topic: t, arg: arg, ask: make(chan struct{}, 1), ctx: ctx, stop: stop}
	c.mu.Lock()
	c.subs[f.Topic] = w
	c.mu.Unlock()
	w.dirty()
	c.wg.Go(w.run)
}

func (c *conn) unsubscribe(topic string) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if w, ok := c.subs[topic]; ok {
		w.stop()
		delete(c.subs, topic)
	}
}

// run sends a snapshot, then changes, until the subscription ends.
func (w *watch) run() {
	var tick <-chan time.Time
	if w.topic.Every > 0 {
		t := time.NewTicker(w.topic.Every)
		defer t.Stop()
		tick = t.C
	}
	for {
		select {
		case <-w.ctx.Done():
			return
		case <-w.ask:
		case <-tick:
		}
		w.look()
		if w.topic.Gap > 0 && !w.pause() {
			return
		}
	}
}

func (w *watch) pause() bool {
	t := time.NewTimer(w.topic.Gap)
	defer t.Stop()
	select {
	case <-w.ctx.Done():
		return false
	case <-t.C:
		return true
	}
}

// look sends the value when it differs from the last one sent.
func (w *watch) look() {
	ctx, cancel := context.WithTimeout(w.ctx, 10*time.Second)
	defer cancel()
	v, err := w.topic.Snapshot(ctx, w.c.caller, w.arg)
	if err != nil {
		if w.ctx.Err() == nil {
			w.c.refuse(Refused{Topic: w.name}, w.name, err)
			w.retrySoon()
		}
		return
	}
	raw, err := json.Marshal(v)
	if err != nil {
		w.c.hub.o.Log.Error("encoding a topic", "topic", w.name, "error", err)
		return
	}
	if w.seq > 0 && bytes.Equal(raw, w.last) {
		return
	}
	kind := "chg"
	if w.seq == 0 {
		kind = "snap"
	}
	w.seq++
	w.last = raw
	w.c.send(Value{T: kind, Topic: w.name, Seq: w.seq, Data: raw})
}

// retrySoon looks again in a second: the database may be back.
func (w *watch) retrySoon() {
	time.AfterFunc(time.Second, func() {
		if w.ctx.Err() == nil {
			w.dirty()
		}
	})
}
