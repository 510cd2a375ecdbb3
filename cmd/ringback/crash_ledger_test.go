package main

import (
	"context"
	"sync"

	"github.com/jackc/pgx/v5"
)

// ledgerSample is PACING.md §2's inequality at one moment, read in one statement.
type ledgerSample struct {
	CapBP               int `db:"cap_bp"`
	A, B, R, W, I, V, D int
}

// ledgerActs has PostgreSQL judge the two acts that can break the inequality, each
// in its own transaction (PACING.md §2): a line is opened, or an agent leaves ready.
// V is let off by neither: a line asks with all that was abandoned, whoever's fault it
// was. What an agent who vanished within a second of it may have changed under the
// act's feet is listed apart.
const ledgerActs = `
	CREATE TABLE crash_act (id bigint GENERATED ALWAYS AS IDENTITY, what text, cap_bp int, a int, b int, w int, r int, i int, leaving int, ok boolean, apart boolean);
	CREATE FUNCTION crash_judge(campaign_id uuid, what text) RETURNS void LANGUAGE sql SECURITY DEFINER AS $$
		INSERT INTO crash_act (what, cap_bp, a, b, w, r, i, leaving, ok, apart)
		SELECT $2, cap_bp, a, b, w, r, i, leaving, r <= i - leaving OR r = 0 OR 10000 * (b + w + r - (i - leaving)) <= cap_bp * a, apart
		FROM (SELECT c.cap_bp,
			(SELECT count(*) FROM attempt WHERE attempt.campaign_id = $1 AND state IN ('answered','bridged','wrap','wrap_overdue','done','abandoned') AND answered_at IS NOT NULL) AS a,
			(SELECT count(*) FROM attempt WHERE attempt.campaign_id = $1 AND state = 'abandoned') AS b,
			(SELECT count(*) FROM attempt WHERE attempt.campaign_id = $1 AND state = 'answered' AND agent_id IS NULL) AS w,
			(SELECT count(*) FROM attempt WHERE attempt.campaign_id = $1 AND state IN ('planned','dialing','ringing','checking') AND agent_id IS NULL) AS r,
			(SELECT count(*) FROM agent_session g WHERE g.campaign_id = $1 AND g.state = 'ready' AND signed_off_at IS NULL) AS i,
			CASE $2 WHEN 'a line' THEN (SELECT count(*) FROM agent_session g WHERE g.campaign_id = $1 AND g.state = 'ready' AND wants <> '' AND signed_off_at IS NULL) ELSE 0 END AS leaving,
			EXISTS (SELECT FROM campaign_vanished v WHERE v.campaign_id = $1 AND v.at > clock_timestamp() - interval '1 second') AS apart
			FROM campaign c WHERE c.id = $1) x $$;
	CREATE FUNCTION crash_line() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER AS $$ BEGIN PERFORM crash_judge(NEW.campaign_id, 'a line'); RETURN NULL; END $$;
	CREATE TRIGGER crash_line AFTER INSERT ON attempt FOR EACH ROW WHEN (NEW.mode = 'predictive' AND NEW.state = 'planned' AND NEW.agent_id IS NULL) EXECUTE FUNCTION crash_line();
	CREATE FUNCTION crash_leave() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER AS $$ BEGIN PERFORM crash_judge(OLD.campaign_id, 'a break'); RETURN NULL; END $$;
	CREATE TRIGGER crash_leave AFTER UPDATE ON agent_session FOR EACH ROW
		WHEN (OLD.state = 'ready' AND NEW.state = 'paused' AND OLD.campaign_id IS NOT NULL) EXECUTE FUNCTION crash_leave();`

// ledgerCredit answers for the campaign: servers that are killed every two seconds
// abandon far more than any cap allows, and without credit no line would ever be
// opened ahead of the agents. Whenever a call is abandoned, so many persons who
// answered are written that its credit is 20 again.
const ledgerCredit = `
	CREATE FUNCTION crash_credit() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER AS $$
	DECLARE
		wanted int;
		at timestamptz;
	BEGIN
		SELECT ceil((20 + count(*) FILTER (WHERE a.state = 'abandoned')) * 10000.0 / c.cap_bp) - count(*), greatest(c.window_from, now() - interval '15 seconds') INTO wanted, at
		FROM campaign c JOIN attempt a ON a.campaign_id = c.id AND a.answered_at IS NOT NULL AND a.state IN ('answered','bridged','wrap','wrap_overdue','done','abandoned')
		WHERE c.id = NEW.campaign_id GROUP BY c.id;
		INSERT INTO attempt SELECT (jsonb_populate_record(NEW, jsonb_build_object('id', gen_random_uuid(), 'state', 'done', 'detail', 'credit', 'caller_number', '', 'price', 0,
			'dialed_at', at - interval '5 seconds', 'answered_at', at, 'bridged_at', at, 'ended_at', at + interval '10 seconds', 'wrapped_at', at + interval '12 seconds',
			'line_result', 'answered_human'))).* FROM generate_series(1, wanted);
		RETURN NULL;
	END $$;
	CREATE TRIGGER crash_credit AFTER UPDATE OF state ON attempt FOR EACH ROW WHEN (NEW.state = 'abandoned' AND OLD.state <> 'abandoned') EXECUTE FUNCTION crash_credit();`

// checkActs: nothing was granted that the inequality forbade.
func (h *crashHouse) checkActs() {
	h.t.Helper()
	for _, act := range ask[[]string](h, `SELECT coalesce(array_agg(crash_act::text ORDER BY id), '{}') FROM crash_act WHERE NOT ok AND NOT apart`) {
		h.wrong("granted against the ledger (id, what, cap, A, B, w, r, i, leaving): %s", act)
	}
}

// acts counts what was granted.
func (h *crashHouse) acts() string {
	text, err := askOnce[string](h, `SELECT coalesce(string_agg(x, ', ' ORDER BY x), 'nothing') FROM (
		SELECT what || ': ' || count(*) || ' times, ahead of the agents ' || count(*) FILTER (WHERE r > i - leaving) || ', just after somebody vanished ' || count(*) FILTER (WHERE apart)
			|| ', against the ledger ' || count(*) FILTER (WHERE NOT ok AND NOT apart) || ' and then ' || count(*) FILTER (WHERE NOT ok AND apart) AS x
		FROM crash_act GROUP BY what) y`)
	if err != nil {
		return err.Error()
	}
	return text
}

// holds is the inequality; vanished agents (V) and people who lost their call with
// its server (D) are let off when asked.
func (s ledgerSample) holds(apart bool) bool {
	left := s.B + s.W + max(0, s.R-s.I)
	if apart {
		left -= s.V + s.D
	}
	return 10000*left <= s.CapBP*s.A
}

// ledgerSeen is what was read during the run.
type ledgerSeen struct {
	samples, apart int
	broken         []ledgerSample
	most           ledgerSample // with the most lines beyond ready agents
}

// watchLedger reads the ledger whenever an attempt or an agent changes, until the
// house is closed.
func (h *crashHouse) watchLedger() *ledgerWatch {
	w := &ledgerWatch{}
	ctx, stop := context.WithCancel(context.Background())
	done := make(chan struct{})
	go func() {
		defer close(done)
		var c *pgx.Conn
		for ctx.Err() == nil {
			select {
			case <-ctx.Done():
			case <-h.steps.moved:
				if s, err := h.sample(ctx, &c); err == nil {
					w.add(s)
				}
			}
		}
		if c != nil {
			_ = c.Close(context.Background())
		}
	}()
	h.t.Cleanup(func() { stop(); <-done })
	return w
}

// ledgerWatch is what was read so far.
type ledgerWatch struct {
	mu   sync.Mutex // guards the field below
	seen ledgerSeen
}

func (w *ledgerWatch) add(s ledgerSample) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.seen.add(s)
}

func (w *ledgerWatch) sofar() ledgerSeen {
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.seen
}

func (l *ledgerSeen) add(s ledgerSample) {
	l.samples++
	switch {
	case s.holds(false):
	case s.holds(true):
		l.apart++
	default:
		l.broken = append(l.broken, s)
	}
	if s.R-s.I > l.most.R-l.most.I {
		l.most = s
	}
}

func (h *crashHouse) sample(ctx context.Context, c **pgx.Conn) (s ledgerSample, err error) {
	if *c, err = h.connected(ctx, *c); err != nil {
		return s, err
	}
	rows, err := (*c).Query(ctx, `SELECT c.cap_bp,
		(SELECT count(*) FROM attempt WHERE campaign_id = c.id AND state IN ('answered','bridged','wrap','wrap_overdue','done','abandoned') AND answered_at IS NOT NULL) AS a,
		(SELECT count(*) FROM attempt WHERE campaign_id = c.id AND state = 'abandoned') AS b,
		(SELECT count(*) FROM attempt WHERE campaign_id = c.id AND state = 'abandoned' AND detail = 'node_lost') AS d,
		(SELECT count(*) FROM attempt WHERE campaign_id = c.id AND state IN ('planned','dialing','ringing','checking') AND agent_id IS NULL) AS r,
		(SELECT count(*) FROM attempt WHERE campaign_id = c.id AND state = 'answered' AND agent_id IS NULL) AS w,
		(SELECT count(*) FROM agent_session WHERE campaign_id = c.id AND state = 'ready' AND signed_off_at IS NULL) AS i,
		(SELECT count(*) FROM campaign_vanished WHERE campaign_id = c.id) AS v
		FROM campaign c WHERE c.id = $1`, h.campaign)
	if err != nil {
		return s, err
	}
	return pgx.CollectExactlyOneRow(rows, pgx.RowToStructByName[ledgerSample])
}
