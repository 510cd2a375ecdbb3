package acd

import (
	"context"
	"fmt"
	"reflect"
	"time"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"

	"ringback/internal/events"
	"ringback/internal/postgres"
)

const columns = `id, group_id, store_id, user_id, node_id, page_node_id, page_client, device, state, reason, since, before_lost, wants, wants_reason,
	campaign_id, task_id, attempt_id, muted, audio_up, signed_on_at, signed_off_at`

// sessions reads open sessions; where ends the statement.
func sessions(ctx context.Context, db postgres.DB, where string, args ...any) ([]Session, error) {
	rows, err := db.Query(ctx, `SELECT `+columns+` FROM agent_session WHERE signed_off_at IS NULL AND `+where, args...)
	if err != nil {
		return nil, fmt.Errorf("reading agent sessions: %w", err)
	}
	found, err := pgx.CollectRows(rows, pgx.RowToStructByName[Session])
	if err != nil {
		return nil, fmt.Errorf("reading agent sessions: %w", err)
	}
	for i := range found {
		found[i].Since = found[i].Since.UTC()
	}
	return found, nil
}

// ByUser is the user's open session, or ErrNotSignedOn.
func (a *Agents) ByUser(ctx context.Context, db postgres.DB, user uuid.UUID) (Session, error) {
	found, err := sessions(ctx, db, `user_id = $1`, user)
	if err != nil {
		return Session{}, err
	}
	if len(found) == 0 {
		return Session{}, ErrNotSignedOn
	}
	return found[0], nil
}

// OfStore is every open session of the stores in scope, by user.
func (a *Agents) OfStore(ctx context.Context, db postgres.DB) ([]Session, error) {
	return sessions(ctx, db, `true ORDER BY signed_on_at, id`)
}

// CountReady is how many ready agents count for a campaign.
func (a *Agents) CountReady(ctx context.Context, db postgres.DB, campaign uuid.UUID) (int, error) {
	var n int
	err := db.QueryRow(ctx, `SELECT count(*) FROM agent_session
		WHERE campaign_id = $1 AND signed_off_at IS NULL AND state = 'ready' AND audio_up`, campaign).Scan(&n)
	if err != nil {
		return 0, fmt.Errorf("counting ready agents: %w", err)
	}
	return n, nil
}

func insertSession(ctx context.Context, tx postgres.DB, s Session) error {
	tag, err := tx.Exec(ctx, `INSERT INTO agent_session (`+columns+`)
		VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, $19, $20, $21)
		ON CONFLICT DO NOTHING`,
		s.ID, s.GroupID, s.StoreID, s.UserID, s.NodeID, s.PageNodeID, s.PageClient, s.Device, string(s.State), s.Reason, s.Since, string(s.BeforeLost),
		string(s.Wants), s.WantsReason, s.CampaignID, s.TaskID, s.AttemptID, s.Muted, s.AudioUp, s.SignedOnAt, s.SignedOffAt)
	if err != nil {
		return fmt.Errorf("signing an agent on: %w", err)
	}
	if tag.RowsAffected() == 0 { // another tab was first
		return ErrElsewhere
	}
	return nil
}

// save writes a session that was from and is to, its log and its event, all or
// nothing. Somebody else's move in between is errRaced. No difference is nothing.
func (a *Agents) save(ctx context.Context, tx postgres.DB, from, to Session) error {
	to = a.sentAway(to)
	if reflect.DeepEqual(from, to) {
		return nil
	}
	if err := update(ctx, tx, from, to); err != nil {
		return err
	}
	if from.State != to.State || from.Reason != to.Reason || !from.Since.Equal(to.Since) {
		if err := turnLog(ctx, tx, to); err != nil {
			return err
		}
	}
	return a.publish(ctx, tx, from.State, to)
}

// update is conditional on the state, its moment and what hangs on them. A session
// that is over keeps its last state: offline is signed_off_at.
func update(ctx context.Context, tx postgres.DB, from, to Session) error {
	if to.State == Offline {
		to.State = from.State
	}
	tag, err := tx.Exec(ctx, `
		UPDATE agent_session SET state = $4, reason = $5, since = $6, before_lost = $7, wants = $8, wants_reason = $9, campaign_id = $10,
			task_id = $11, attempt_id = $12, muted = $13, audio_up = $14, signed_off_at = $15, device = $16, node_id = $17, page_node_id = $22, page_client = $24
		WHERE id = $1 AND state = $2 AND since = $3 AND signed_off_at IS NULL
			AND before_lost = $18 AND wants = $19 AND audio_up = $20 AND campaign_id IS NOT DISTINCT FROM $21 AND page_node_id IS NOT DISTINCT FROM $23`,
		from.ID, string(from.State), from.Since, string(to.State), to.Reason, to.Since, string(to.BeforeLost), string(to.Wants), to.WantsReason,
		to.CampaignID, to.TaskID, to.AttemptID, to.Muted, to.AudioUp, to.SignedOffAt, to.Device, to.NodeID,
		string(from.BeforeLost), string(from.Wants), from.AudioUp, from.CampaignID,
		to.PageNodeID, from.PageNodeID, to.PageClient)
	if err != nil {
		return fmt.Errorf("moving an agent from %s to %s: %w", from.State, to.State, err)
	}
	if tag.RowsAffected() == 0 {
		return errRaced
	}
	return nil
}

// turnLog ends the open row of the log and begins the next at the same moment.
func turnLog(ctx context.Context, tx postgres.DB, s Session) error {
	_, err := tx.Exec(ctx, `UPDATE agent_state_log SET to_at = $2 WHERE session_id = $1 AND to_at IS NULL`, s.ID, s.Since)
	if err != nil {
		return fmt.Errorf("ending a row of the agent's log: %w", err)
	}
	if s.State == Offline {
		return nil
	}
	return beginLog(ctx, tx, s)
}

func beginLog(ctx context.Context, tx postgres.DB, s Session) error {
	_, err := tx.Exec(ctx, `
		INSERT INTO agent_state_log (id, session_id, store_id, user_id, state, reason, attempt_id, from_at)
		VALUES ($1, $2, $3, $4, $5, $6, $7, $8)`,
		uuid.Must(uuid.NewV7()), s.ID, s.StoreID, s.UserID, string(s.State), s.Reason, s.AttemptID, s.Since)
	if err != nil {
		return fmt.Errorf("beginning a row of the agent's log: %w", err)
	}
	return nil
}

// publish tells agent.state_changed, and wakes the index.
func (a *Agents) publish(ctx context.Context, tx postgres.DB, from State, s Session) error {
	select {
	case a.moved <- struct{}{}:
	default:
	}
	subject := events.Subjects{"user": s.UserID, "session": s.ID}
	for noun, id := range map[string]*uuid.UUID{"campaign": s.CampaignID, "attempt": s.AttemptID, "task": s.TaskID} {
		if id != nil {
			subject[noun] = *id
		}
	}
	e := events.Event{Kind: events.AgentChanged, Group: s.GroupID, Store: s.StoreID, At: a.o.Clock.Now(), Actor: actor(ctx), Subject: subject}
	return a.o.Bus.Publish(ctx, tx, e, moved{State: s.State, From: from, Since: s.Since, Reason: s.Reason, Wants: s.Wants, AudioUp: s.AudioUp})
}

// moved is the data of agent.state_changed.
type moved struct {
	State   State     `json:"state"`
	From    State     `json:"from"`
	Since   time.Time `json:"since"` // real time
	Reason  string    `json:"reason,omitempty"`
	Wants   State     `json:"wants,omitempty"`
	AudioUp bool      `json:"audioUp"`
}

func actor(ctx context.Context) uuid.UUID {
	s, _ := postgres.ScopeOf(ctx)
	return s.User
}
