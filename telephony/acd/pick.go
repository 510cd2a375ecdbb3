package acd

import (
	"context"
	"fmt"
	"slices"

	"github.com/google/uuid"

	"ringback/internal/postgres"
)

// PickInput says what an agent is wanted for.
type PickInput struct {
	Campaign, Attempt, Task uuid.UUID
	Not                     []uuid.UUID // users who may not take the task (CG-13)
}

// Pick reserves the longest-idle ready agent pledged to the campaign for a
// customer who has answered. It returns ErrNobody at once when there is none. Two
// picks never get one agent: a row that another pick holds is passed over, and
// the move is conditional on it being ready still.
func (a *Agents) Pick(ctx context.Context, tx postgres.DB, in PickInput) (uuid.UUID, error) {
	return a.take(ctx, tx, in.Campaign, in.Not, Reserve, change{task: &in.Task, attempt: &in.Attempt})
}

// PickFor is Pick, as the dialer calls it.
func (a *Agents) PickFor(ctx context.Context, tx postgres.DB, campaign, attempt, task uuid.UUID, not []uuid.UUID) (uuid.UUID, error) {
	return a.Pick(ctx, tx, PickInput{Campaign: campaign, Attempt: attempt, Task: task, Not: not})
}

// ToPreview gives the task to the longest-idle ready agent to read; ErrNobody when
// there is none.
func (a *Agents) ToPreview(ctx context.Context, tx postgres.DB, campaign, task uuid.UUID, not []uuid.UUID) (uuid.UUID, error) {
	return a.take(ctx, tx, campaign, not, Offer, change{task: &task})
}

func (a *Agents) take(ctx context.Context, tx postgres.DB, campaign uuid.UUID, not []uuid.UUID, e Event, c change) (uuid.UUID, error) {
	found, err := sessions(ctx, tx, `campaign_id = $1 AND state = 'ready' AND audio_up AND NOT user_id = ANY ($2)
		ORDER BY since, id LIMIT 1 FOR UPDATE SKIP LOCKED`, campaign, slices.Concat(not, []uuid.UUID{uuid.Nil}))
	if err != nil {
		return uuid.Nil, fmt.Errorf("picking an agent: %w", err)
	}
	if len(found) == 0 {
		return uuid.Nil, ErrNobody
	}
	return found[0].UserID, a.step(ctx, tx, found[0], e, c)
}

// Dialing tells that the agent's own call to the previewed customer is placed.
func (a *Agents) Dialing(ctx context.Context, tx postgres.DB, user, attempt uuid.UUID) error {
	return a.move(ctx, tx, user, Dial, change{attempt: &attempt})
}

// DialingTask tells that the agent calls the customer of a task they chose
// themselves, from ready or from a pause, to which they come back.
func (a *Agents) DialingTask(ctx context.Context, tx postgres.DB, user, task, attempt uuid.UUID) error {
	return a.of(ctx, tx, user, func(s Session) error {
		if !s.AudioUp {
			return ErrAudioMissing
		}
		if s.State != Ready && s.State != Paused {
			return ErrAgentState
		}
		return a.step(ctx, tx, s, Dial, change{task: &task, attempt: &attempt})
	})
}

// Talking tells that agent and customer hear each other. Repeating it, and an
// agent who has left, change nothing.
func (a *Agents) Talking(ctx context.Context, tx postgres.DB, user, attempt uuid.UUID) error {
	return a.ofAny(ctx, tx, user, func(s Session) error {
		if at := s.behind(); at == Talking || at == Holding || at == Consult {
			return nil
		}
		return a.step(ctx, tx, s, Talk, change{attempt: &attempt})
	})
}

// WrapUp tells that the conversation of an attempt is over. An agent who has it not
// in hand, because they have left or are in another call meanwhile, stays as they are.
func (a *Agents) WrapUp(ctx context.Context, tx postgres.DB, user, attempt uuid.UUID) error {
	return a.inHand(ctx, tx, user, attempt, func(s Session) error {
		if at := s.behind(); at == WrapUp || at == Preview || !busy(at) {
			return nil
		}
		return a.step(ctx, tx, s, HangUp, change{})
	})
}

// Over is Done for an agent who has this attempt in hand; others stay as they are.
func (a *Agents) Over(ctx context.Context, tx postgres.DB, user, attempt uuid.UUID) error {
	return a.inHand(ctx, tx, user, attempt, func(s Session) error { return a.done(ctx, tx, s) })
}

// NotTaken marks an agent lost who was given this attempt and whose audio did not
// come (PACING.md §2.2); one who has another in hand stays as they are.
func (a *Agents) NotTaken(ctx context.Context, tx postgres.DB, user, attempt uuid.UUID) error {
	return a.inHand(ctx, tx, user, attempt, func(s Session) error { return a.lose(ctx, tx, s) })
}

// inHand does fn with the session of a user who has the attempt in hand.
func (a *Agents) inHand(ctx context.Context, tx postgres.DB, user, attempt uuid.UUID, fn func(Session) error) error {
	return a.ofAny(ctx, tx, user, func(s Session) error {
		if s.AttemptID == nil || *s.AttemptID != attempt {
			return nil
		}
		return fn(s)
	})
}

// Done ends what the agent has in hand: wrap-up, a skipped task, a call that came
// to nothing. They are ready again, or where they want to be. An agent with empty
// hands, or who has left, stays as they are.
func (a *Agents) Done(ctx context.Context, tx postgres.DB, user uuid.UUID) error {
	return a.ofAny(ctx, tx, user, func(s Session) error { return a.done(ctx, tx, s) })
}

func (a *Agents) done(ctx context.Context, tx postgres.DB, s Session) error {
	if !busy(s.behind()) {
		return nil
	}
	return a.step(ctx, tx, s, Release, change{})
}

// behind is the state, or the one that a lost agent will come back to.
func (s Session) behind() State {
	if s.State == Lost {
		return s.BeforeLost
	}
	return s.State
}

// Pledge makes a user count for a campaign, or for none (nil). Whether a ready
// agent may be taken from one is the dialer's to know.
func (a *Agents) Pledge(ctx context.Context, tx postgres.DB, user uuid.UUID, campaign *uuid.UUID) error {
	return a.ofAny(ctx, tx, user, func(s Session) error {
		to := s
		to.CampaignID = campaign
		return a.save(ctx, tx, s, to)
	})
}

// Unpledge makes a user count for no campaign, if they are ready and count for
// this one.
func (a *Agents) Unpledge(ctx context.Context, tx postgres.DB, user, campaign uuid.UUID) error {
	return a.ofAny(ctx, tx, user, func(s Session) error {
		if s.State != Ready || s.CampaignID == nil || *s.CampaignID != campaign {
			return nil
		}
		to := s
		to.CampaignID = nil
		return a.save(ctx, tx, s, to)
	})
}

// PledgeIdle makes those ready users count for the campaign who count for none.
func (a *Agents) PledgeIdle(ctx context.Context, tx postgres.DB, campaign uuid.UUID, users []uuid.UUID) error {
	idle, err := sessions(ctx, tx, `state = 'ready' AND campaign_id IS NULL AND user_id = ANY ($1) ORDER BY since FOR UPDATE SKIP LOCKED`, users)
	if err != nil {
		return err
	}
	for _, s := range idle {
		to := s
		to.CampaignID = &campaign
		if err := a.save(ctx, tx, s, to); err != nil {
			return err
		}
	}
	return nil
}
