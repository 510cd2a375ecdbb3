package report

import (
	"context"
	"fmt"
	"math/big"
	"slices"
	"time"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"

	csi "ringback/crm/satisfaction"
	"ringback/internal/errs"
	"ringback/internal/postgres"
)

// FigureQuery chooses what figures are read over. Stores are those of the
// transaction's scope: a group's figure is the sum of its stores' sums.
type FigureQuery struct {
	Period Period
	Now    time.Time  // business time
	Agent  *uuid.UUID // only this agent's rows
}

// Reading is one figure as read.
type Reading struct {
	Definition
	Sums
	Value    *big.Rat  // exact, in the raw unit; nil when the denominator is 0
	Interval *Interval // 95 %, raw unit
	Cases    int64     // what the value rests on: the denominator, or the events of an exposure
	Status   Status
	Split    []PartReading
	Before   *Reading // the period before; nil inside itself
}

// PartReading is one part of a figure.
type PartReading struct {
	Word
	Sums
	Value    *big.Rat
	Interval *Interval
	Cases    int64
}

// Part is the figure's own numbers, in the shape of a part.
func (g Reading) Part() PartReading {
	return PartReading{Sums: g.Sums, Value: g.Value, Interval: g.Interval, Cases: g.Cases}
}

// HasSource tells whether there are tables to read the figure from.
func (d Definition) HasSource() bool { return d.rows != "" }

// Small tells that a value rests on few cases.
func Small(v *big.Rat, cases int64) bool { return v != nil && cases < SmallSample }

// FigureByID finds a definition; errs.NotFound "figure_unknown".
func FigureByID(id string) (Definition, error) {
	for _, g := range FigureTable() {
		for _, d := range g.Figures {
			if d.ID == id {
				return d, nil
			}
		}
	}
	return Definition{}, errs.New(errs.NotFound, "figure_unknown", "没有这个指标。", "There is no such figure.")
}

// Figure reads one figure with the period before it.
func (r *Report) Figure(ctx context.Context, db postgres.DB, d Definition, q FigureQuery) (Reading, error) {
	now, err := r.read(ctx, db, d, q)
	if err != nil || !d.HasSource() {
		return now, err
	}
	q.Period = q.Period.Before()
	before, err := r.read(ctx, db, d, q)
	now.Before = &before
	return now, err
}

func (r *Report) read(ctx context.Context, db postgres.DB, d Definition, q FigureQuery) (Reading, error) {
	out := Reading{Definition: d, Status: Unjudged}
	if !d.HasSource() || q.Agent != nil && !d.PerAgent {
		return out, nil
	}
	parts, err := sums(ctx, db, d, q)
	if err != nil {
		return out, err
	}
	out.fold(parts)
	if d.Method == Weighted && out.Value != nil {
		if err := weightedInterval(ctx, db, q, &out); err != nil {
			return out, err
		}
	}
	return out, nil
}

type sumRow struct {
	Part  *string
	Whole bool
	Sums
}

func sums(ctx context.Context, db postgres.DB, d Definition, q FigureQuery) ([]sumRow, error) {
	rows, err := db.Query(ctx, `
		SELECT x.part, grouping(x.part) = 1 AS whole, coalesce(sum(x.num), 0)::bigint AS num, coalesce(sum(x.den), 0)::bigint AS den,
		       count(*)::int AS rows, (count(*) FILTER (WHERE x.open))::int AS open, (count(*) FILTER (WHERE `+restRows+`))::int AS rest,
		       coalesce(sum(x.num::float8 * x.num), 0) AS nn, coalesce(sum(x.num::float8 * x.den), 0) AS nd, coalesce(sum(x.den::float8 * x.den), 0) AS dd
		FROM (`+d.rows+`) x WHERE $4::uuid IS NULL OR x.agent_id = $4
		GROUP BY GROUPING SETS ((x.part), ()) ORDER BY whole DESC, x.part`, q.Period.From, q.Period.To, q.Now, q.Agent)
	if err != nil {
		return nil, fmt.Errorf("reading figure %s: %w", d.ID, err)
	}
	out, err := pgx.CollectRows(rows, pgx.RowToStructByName[sumRow])
	if err != nil {
		return nil, fmt.Errorf("reading figure %s: %w", d.ID, err)
	}
	return out, nil
}

// fold makes values of the sums. Rows without a part stand under every part.
func (g *Reading) fold(rows []sumRow) {
	var shared Sums
	for _, x := range rows {
		switch {
		case x.Whole:
			g.Sums = x.Sums
		case x.Part == nil:
			shared = x.Sums
		}
	}
	for _, x := range rows {
		if x.Whole || x.Part == nil || *x.Part == "" {
			continue
		}
		p := PartReading{Word: partWord(g.Parts, *x.Part), Sums: x.Sums.Plus(shared)}
		p.Value, p.Interval, p.Cases = g.valueOf(p.Sums)
		g.Split = append(g.Split, p)
	}
	slices.SortStableFunc(g.Split, func(a, b PartReading) int { return partRank(g.Parts, a.Code) - partRank(g.Parts, b.Code) })
	g.Value, g.Interval, g.Cases = g.valueOf(g.Sums)
	if g.Method == Weighted {
		g.Value, g.Interval = g.index(), nil
	}
	g.Status = g.Target.Judge(g.Unit, g.Value, g.best())
}

// valueOf makes value, interval and number of cases of sums by the method.
func (g *Reading) valueOf(s Sums) (*big.Rat, *Interval, int64) {
	var i Interval
	var ok bool
	v, cases := Rate(s.Num, s.Den), s.Den
	switch g.Method {
	case Share:
		i, ok = Wilson(s.Num, s.Den)
	case Exposure:
		i, ok = PerExposure(s.Num, s.Den)
	case Net: // of +1, 0 and −1: the squares count both ends, the sum their difference
		ends := int64(s.NN)
		i, ok = NPSInterval((ends+s.Num)/2, (ends-s.Num)/2, s.Den)
	case Amounts:
		cases = int64(s.Rows)
		i, ok = RatioInterval(s, cases)
	case Weighted: // one factor: its mean on the scale of the index
		v, i, ok = factorMean(s)
	case Total:
		return Rate(s.Num, 1), nil, int64(s.Rows)
	}
	if !ok {
		return v, nil, cases
	}
	return v, &i, cases
}

// factorMean is a factor's mean score times 100.
func factorMean(s Sums) (*big.Rat, Interval, bool) {
	if s.Den == 0 {
		return nil, Interval{}, false
	}
	i, ok := RatioInterval(s, s.Den)
	return big.NewRat(s.Num*100, s.Den), Interval{i.Low * 100, i.High * 100}, ok
}

func (g *Reading) index() *big.Rat {
	means := map[string]Mean{}
	for _, p := range g.Split {
		means[p.Code] = Mean{p.Num, p.Den}
	}
	return CSI(means)
}

// best is the value should every open row still be counted.
func (g *Reading) best() *big.Rat {
	if g.Open == 0 || g.Value == nil || g.Method != Share && g.Method != Exposure {
		return g.Value
	}
	return Rate(g.Num+int64(g.Open), g.Den)
}

// weightedInterval estimates the index' variance from the surveys, each taken as
// one unit: what it adds to the weighted means, linearised. Answers of one
// customer go together and must not count as independent.
func weightedInterval(ctx context.Context, db postgres.DB, q FigureQuery, g *Reading) error {
	var factors []string
	var share []float64
	total := 0.0
	for _, w := range csi.Weights() {
		for _, p := range g.Split {
			if p.Code == w.Factor {
				factors, share, total = append(factors, w.Factor), append(share, float64(w.Weight)*100), total+float64(w.Weight)
			}
		}
	}
	for i := range share {
		share[i] /= total
	}
	var units int64
	var spread float64
	err := db.QueryRow(ctx, `
		WITH x AS MATERIALIZED (SELECT y.part, y.cluster, y.num, y.den FROM (`+g.rows+`) y WHERE $4::uuid IS NULL OR y.agent_id = $4),
		     f AS (SELECT part, sum(num)::float8 / sum(den) AS mean, sum(den)::float8 AS n FROM x GROUP BY part),
		     z AS (SELECT x.cluster, sum(w.share * (x.num - f.mean * x.den) / f.n) AS pull
		           FROM x JOIN f ON f.part = x.part JOIN unnest($5::text[], $6::float8[]) w(part, share) ON w.part = x.part GROUP BY x.cluster)
		SELECT count(*), coalesce(sum(pull * pull), 0) FROM z`,
		q.Period.From, q.Period.To, q.Now, q.Agent, factors, share).Scan(&units, &spread)
	if err != nil {
		return fmt.Errorf("reading the interval of figure %s: %w", g.ID, err)
	}
	g.Cases = units
	if units < 2 {
		return nil
	}
	v, _ := g.Value.Float64()
	if i, ok := Around(v, spread*float64(units)/float64(units-1), units); ok {
		g.Interval = &Interval{max(0, i.Low), min(1000, i.High)}
	}
	return nil
}
