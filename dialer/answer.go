package dialer

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"

	"ringback/internal/postgres"
	"ringback/telephony"
	"ringback/telephony/acd"
)

// answered: a person is on the line. The agent is picked in the transaction of
// the answer, so that lines and ready agents change together.
func (c *call) answered(ctx context.Context, e telephony.CallEvent) error {
	var agent uuid.UUID
	err := c.d.in(ctx, c.attempt.GroupID, c.attempt.StoreID, func(ctx context.Context, tx pgx.Tx) error {
		a, err := c.d.move(ctx, tx, c.attempt.ID, evAnswer, change{Answered: e.At, LineResult: telephony.ResultAnswered, onNode: c.d.node})
		if err != nil {
			return err
		}
		if err := c.d.markAnswered(ctx, tx, a); err != nil {
			return err
		}
		if agent, err = c.assign(ctx, tx, a); errors.Is(err, acd.ErrNobody) {
			return nil
		}
		return err
	})
	if errors.Is(err, ErrNotMoved) {
		return c.resume(ctx, e)
	}
	if err != nil {
		return err
	}
	c.d.moved.ring()
	c.answeredAt, c.waiting = e.At, agent == uuid.Nil
	if agent != uuid.Nil && c.attempt.AgentID == nil { // a fixed agent is connected by the exchange
		c.connect(ctx, agent)
	}
	return nil
}

// resume goes on after an answer whose commit was done although the connection
// broke before it could say so.
func (c *call) resume(ctx context.Context, e telephony.CallEvent) error {
	var a Attempt
	err := c.d.in(ctx, c.attempt.GroupID, c.attempt.StoreID, func(ctx context.Context, tx pgx.Tx) (err error) {
		a, err = c.d.ByID(ctx, tx, c.attempt.ID)
		return err
	})
	if err != nil || a.State != Answered {
		return err
	}
	c.answeredAt, c.waiting = e.At, a.AgentID == nil
	if a.AgentID != nil {
		c.connect(ctx, *a.AgentID)
	}
	return nil
}

// markAnswered keeps that the number was reached (CG-08, CG-09).
func (d *Dialer) markAnswered(ctx context.Context, tx postgres.DB, a Attempt) error {
	_, err := tx.Exec(ctx, `
		UPDATE number_attempt SET answered = true
		WHERE group_id = $1 AND phone_hash = $2 AND attempt_id = $3`,
		a.GroupID, a.PhoneHash, a.ID)
	if err != nil {
		return fmt.Errorf("keeping that the number was reached: %w", err)
	}
	return nil
}

// assign gives the call to its fixed agent, or to the longest-idle ready one.
func (c *call) assign(ctx context.Context, tx postgres.DB, a Attempt) (uuid.UUID, error) {
	if a.AgentID != nil {
		return *a.AgentID, nil
	}
	not, err := notUsers(ctx, tx, a.TaskID)
	if err != nil {
		return uuid.Nil, err
	}
	agent, err := c.d.agents.PickFor(ctx, tx, *a.CampaignID, a.ID, a.TaskID, append(not, c.refusedBy...))
	if err != nil {
		return uuid.Nil, err
	}
	_, err = tx.Exec(ctx, `UPDATE attempt SET agent_id = $2 WHERE id = $1`, a.ID, agent)
	if err != nil {
		return uuid.Nil, fmt.Errorf("assigning the agent: %w", err)
	}
	return agent, nil
}

func notUsers(ctx context.Context, tx postgres.DB, task uuid.UUID) ([]uuid.UUID, error) {
	var not []uuid.UUID
	err := tx.QueryRow(ctx, `
		SELECT t.not_user_ids || ARRAY(SELECT k.user_id FROM user_skill k WHERE k.store_id = t.store_id AND t.skill <> ''
			GROUP BY k.user_id HAVING NOT bool_or(k.skill = t.skill))
		FROM task t WHERE t.id = $1`, task).Scan(&not)
	if err != nil {
		return nil, fmt.Errorf("reading who may not take the task: %w", err)
	}
	return not, nil
}

// connect lets customer and agent hear each other. An agent whose audio does not
// come is marked lost and the call waits for another, while there is time.
func (c *call) connect(ctx context.Context, agent uuid.UUID) {
	err := c.d.exchange.Bridge(c.attempt.ID, agent)
	switch {
	case err == nil, errors.Is(err, telephony.ErrCallGone): // gone: its end is in the queue
		c.waiting = false
	case errors.Is(err, telephony.ErrCallState): // the apology has begun
		c.unassign(ctx, agent, c.d.agents.Over)
		c.abandon(ctx)
	default:
		c.d.log.Warn("an agent could not be connected", "attempt", c.attempt.ID, "agent", agent, "error", err)
		c.unassign(ctx, agent, c.d.agents.NotTaken)
		c.refusedBy, c.waiting = append(c.refusedBy, agent), true
	}
}

// unassign takes the call back from an agent, who moves by free.
func (c *call) unassign(ctx context.Context, agent uuid.UUID, free func(ctx context.Context, tx postgres.DB, user, attempt uuid.UUID) error) {
	err := c.d.in(ctx, c.attempt.GroupID, c.attempt.StoreID, func(ctx context.Context, tx pgx.Tx) error {
		if _, err := tx.Exec(ctx, `UPDATE attempt SET agent_id = NULL WHERE id = $1 AND state = 'answered'`, c.attempt.ID); err != nil {
			return fmt.Errorf("taking the call back: %w", err)
		}
		return free(ctx, tx, agent, c.attempt.ID)
	})
	if err != nil {
		c.d.log.Error("an agent could not be freed", "attempt", c.attempt.ID, "agent", agent, "error", err)
	}
}

// seek looks for an agent for a waiting call until spec 2.8's two seconds are
// over, on every move of an agent and every 100 ms.
func (c *call) seek(ctx context.Context, moved <-chan struct{}) {
	if time.Since(c.answeredAt) >= c.patience {
		c.abandon(ctx)
		return
	}
	agent, err := c.pickAgain(ctx)
	switch {
	case err == nil:
		c.d.moved.ring()
		c.connect(ctx, agent)
		return
	case errors.Is(err, ErrNotMoved):
		c.waiting = false
		return
	case !errors.Is(err, acd.ErrNobody):
		c.d.log.Warn("no agent could be picked", "attempt", c.attempt.ID, "error", err)
	}
	t := time.NewTimer(min(pickEvery, c.patience-time.Since(c.answeredAt)))
	defer t.Stop()
	select {
	case <-ctx.Done():
	case <-c.signal:
		c.ringSelf()
	case <-moved:
	case <-t.C:
	}
}

// ringSelf puts back a signal that was taken while seeking.
func (c *call) ringSelf() {
	select {
	case c.signal <- struct{}{}:
	default:
	}
}

func (c *call) pickAgain(ctx context.Context) (agent uuid.UUID, err error) {
	err = c.d.in(ctx, c.attempt.GroupID, c.attempt.StoreID, func(ctx context.Context, tx pgx.Tx) error {
		a, err := oneAttempt(ctx, tx, `SELECT `+attemptColumns+` FROM attempt a WHERE a.id = $1 AND a.state = 'answered'
			AND a.agent_id IS NULL FOR UPDATE`, c.attempt.ID)
		if isMissing(err) {
			return ErrNotMoved
		}
		if err != nil {
			return err
		}
		agent, err = c.assign(ctx, tx, a)
		return err
	})
	return agent, err
}

// abandon: nobody came in time. The apology comes first, the record after it.
func (c *call) abandon(ctx context.Context) {
	c.waiting = false
	c.apologise()
	for ctx.Err() == nil {
		err := c.d.in(ctx, c.attempt.GroupID, c.attempt.StoreID, func(ctx context.Context, tx pgx.Tx) error {
			return c.d.abandonIn(ctx, tx, c.attempt.ID, change{})
		})
		if err == nil || errors.Is(err, ErrNotMoved) {
			c.d.moved.ring()
			return
		}
		c.d.log.Warn("an abandoned call has to wait for its record", "attempt", c.attempt.ID, "error", err)
		pause(ctx, retryEvery)
	}
}

func (d *Dialer) abandonIn(ctx context.Context, tx postgres.DB, id uuid.UUID, c change) error {
	without := false
	c.hasAgent, c.LineResult = &without, telephony.ResultAbandoned
	a, err := d.move(ctx, tx, id, evAbandon, c)
	if err != nil {
		return err
	}
	d.metrics.finished.WithLabelValues(telephony.ResultAbandoned).Inc()
	return d.unreached(ctx, tx, a, telephony.ResultAbandoned)
}

// bridged: customer and agent hear each other. The desk opens its page in this
// transaction.
func (c *call) bridged(ctx context.Context, e telephony.CallEvent) error {
	c.waiting = false
	return c.d.in(ctx, c.attempt.GroupID, c.attempt.StoreID, func(ctx context.Context, tx pgx.Tx) error {
		a, err := c.d.move(ctx, tx, c.attempt.ID, evBridge, change{Bridged: e.At, onNode: c.d.node})
		if err != nil {
			return err
		}
		if a.AnsweredAt != nil {
			c.d.metrics.answering.Observe(e.At.Sub(*a.AnsweredAt).Seconds())
		}
		if a.AgentID == nil {
			return nil
		}
		return c.d.agents.Talking(ctx, tx, *a.AgentID, a.ID)
	})
}

// moveTo is a step that changes the attempt alone.
func (c *call) moveTo(ctx context.Context, e attemptEvent, ch change) error {
	ch.onNode = c.d.node
	return c.d.in(ctx, c.attempt.GroupID, c.attempt.StoreID, func(ctx context.Context, tx pgx.Tx) error {
		_, err := c.d.move(ctx, tx, c.attempt.ID, e, ch)
		return err
	})
}
