package main

import (
	"context"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/jackc/pgx/v5"
)

// crashSteps hears of every step of every call, and which server made it: from the
// carrier, from the consoles and from the record.
type crashSteps struct {
	mu    sync.Mutex // guards the fields below
	armed []string
	fire  func(step string, node int) bool // false: not at this one

	moved chan struct{} // an attempt or an agent has changed in the record
}

// arm has fire called at the next of these steps, until it says yes.
func (s *crashSteps) arm(steps []string, fire func(step string, node int) bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.armed, s.fire = steps, fire
}

func (s *crashSteps) happened(step string, node int) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if node >= 0 && slices.Contains(s.armed, step) && s.fire(step, node) {
		s.armed = nil
	}
}

// carrierSaw hears of the steps on the wire.
func (h *crashHouse) carrierSaw(step, source string) {
	h.steps.happened(step, slices.IndexFunc(h.nodes, func(n *crashNode) bool { return n.sip == source }))
}

// stepTriggers make the record tell of each change at its commit. A call that
// another server closes for a lost one is no step of the lost one.
const stepTriggers = `
	CREATE FUNCTION crash_attempt() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER AS $$ BEGIN
		PERFORM pg_notify('crash', CASE NEW.detail WHEN 'node_lost' THEN 'lost' ELSE NEW.state END || ' ' || coalesce((SELECT n.name FROM node n WHERE n.id = CASE WHEN NEW.state = 'planned'
			THEN (SELECT l.node_id FROM campaign_lease l WHERE l.campaign_id = NEW.campaign_id) ELSE NEW.node_id END), ''));
		RETURN NULL; END $$;
	CREATE TRIGGER crash_attempt AFTER INSERT OR UPDATE OF state ON attempt FOR EACH ROW EXECUTE FUNCTION crash_attempt();
	CREATE FUNCTION crash_agent() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER AS $$ BEGIN NOTIFY crash, 'agent -'; RETURN NULL; END $$;
	CREATE TRIGGER crash_agent AFTER INSERT OR UPDATE ON agent_session FOR EACH STATEMENT EXECUTE FUNCTION crash_agent();`

// followSteps hears what the record tells until the house is closed.
func (h *crashHouse) followSteps() {
	c, err := pgx.Connect(h.t.Context(), h.cluster.ownerURL())
	must(h.t, err)
	_, err = c.Exec(h.t.Context(), stepTriggers+ledgerActs+ledgerCredit)
	must(h.t, err)
	ctx, stop := context.WithCancel(context.Background())
	done := make(chan struct{})
	go func() {
		defer close(done)
		for ctx.Err() == nil {
			h.listenSteps(ctx, c)
			pause(20 * time.Millisecond)
			c, _ = h.connected(ctx, nil)
		}
	}()
	h.t.Cleanup(func() { stop(); <-done })
}

// listenSteps listens until the connection breaks.
func (h *crashHouse) listenSteps(ctx context.Context, c *pgx.Conn) {
	if c == nil {
		return
	}
	defer func() { _ = c.Close(context.Background()) }()
	if _, err := c.Exec(ctx, `LISTEN crash`); err != nil {
		return
	}
	for {
		n, err := c.WaitForNotification(ctx)
		if err != nil {
			return
		}
		select {
		case h.steps.moved <- struct{}{}:
		default:
		}
		state, name, _ := strings.Cut(n.Payload, " ")
		if step := recordSteps[state]; step != "" {
			h.steps.happened(step, slices.IndexFunc(h.nodes, func(n *crashNode) bool { return n.name() == name }))
		}
	}
}

// recordSteps are the steps that only the record shows, by the state of the attempt.
var recordSteps = map[string]string{"planned": "planned", "dialing": "claimed", "bridged": "bridged", "wrap": "hung up"}
