package dialer

import (
	"context"
	"fmt"
	"slices"
	"sync"
	"sync/atomic"
	"time"

	"github.com/jackc/pgx/v5"

	"ringback/dialer/sim"
	"ringback/internal/postgres"
)

const (
	playsAtOnce   = 1                      // what-ifs played by a node; the others wait in line
	whatIfBeat    = 500 * time.Millisecond // between two looks at who still waits for it
	whatIfLeft    = 10 * time.Second       // nobody asked how far it is: they have left
	whatIfGone    = 20 * time.Second       // no sign of its node
	whatIfGoodbye = 2 * time.Second
)

// PlayWhatIf answers a question that AskWhatIf has taken down, and keeps the
// answer. It ends early when the question is cancelled, when nobody looks at it
// any more, and when ctx ends.
func (d *Dialer) PlayWhatIf(ctx context.Context, scope postgres.Scope, p WhatIfPlan) error {
	began := time.Now()
	work, stop := context.WithCancel(ctx)
	defer stop()
	var done atomic.Int64 // per cent
	var watching sync.WaitGroup
	watching.Go(func() {
		defer stop()
		d.watchWhatIf(work, scope, p, &done)
	})
	out, err := d.playInTurn(work, p, func(share float64) { done.Store(int64(100 * share)) })
	left := work.Err() != nil
	stop()
	watching.Wait()
	last, cancel := context.WithTimeout(context.WithoutCancel(ctx), whatIfGoodbye)
	defer cancel()
	state := WhatIfDone
	switch {
	case err != nil && left:
		state, err = WhatIfCancelled, nil
	case err != nil:
		state = WhatIfFailed
	}
	ended := d.pool.Scoped(last, scope, func(ctx context.Context, tx pgx.Tx) error {
		return endWhatIf(ctx, tx, p.ID, state, out, time.Since(began))
	})
	if err == nil {
		err = ended
	}
	return err
}

func (d *Dialer) playInTurn(ctx context.Context, p WhatIfPlan, progress func(float64)) (*WhatIfResult, error) {
	select {
	case d.plays <- struct{}{}:
		defer func() { <-d.plays }()
	case <-ctx.Done():
		return nil, ctx.Err()
	}
	return p.play(ctx, progress)
}

// play simulates. The same plan gives the same result.
func (p WhatIfPlan) play(ctx context.Context, progress func(float64)) (*WhatIfResult, error) {
	points, err := sim.Sweep(ctx, p.Then, p.Settings, uint64(p.Question.Seed), progress)
	if err != nil {
		return nil, fmt.Errorf("simulating: %w", err)
	}
	today, err := p.today(ctx, points)
	if err != nil {
		return nil, err
	}
	out := &WhatIfResult{
		Agents: p.Then.Agents, Hours: p.Day, Calls: p.Calls, Sources: p.Sources, Measured: p.Measured, Mode: p.Mode, Today: today, Points: points, Asked: p.Asked,
		Advice: sim.Advise(sim.Case{Points: points, Today: p.Today, Agents: p.Then.Agents, Ahead: p.Ahead}),
	}
	out.AnswerZH, out.AnswerEN = p.answer(out)
	return out, nil
}

// today is how things are: one of the points when neither agents nor hours change.
func (p WhatIfPlan) today(ctx context.Context, points []sim.Point) (sim.Point, error) {
	at := slices.IndexFunc(points, func(x sim.Point) bool { return x.Setting == p.Today })
	if at >= 0 && p.Question.Agents == nil && p.Question.From == nil {
		return points[at], nil
	}
	played, err := sim.Sweep(ctx, p.Now, []sim.Setting{p.Today}, uint64(p.Question.Seed), nil)
	if err != nil {
		return sim.Point{}, fmt.Errorf("simulating today: %w", err)
	}
	return played[0], nil
}

// watchWhatIf writes how far a question is until ctx ends, or until it may end:
// it was cancelled, or nobody looks at it. A database that is away for a moment
// changes nothing.
func (d *Dialer) watchWhatIf(ctx context.Context, scope postgres.Scope, p WhatIfPlan, done *atomic.Int64) {
	t := time.NewTicker(whatIfBeat)
	defer t.Stop()
	for {
		select {
		case <-ctx.Done():
			return
		case <-t.C:
		}
		wanted := true
		err := d.pool.Scoped(ctx, scope, func(ctx context.Context, tx pgx.Tx) (err error) {
			wanted, err = beatWhatIf(ctx, tx, p.ID, int(done.Load()), realNow())
			return err
		})
		if err == nil && !wanted {
			return
		}
	}
}
