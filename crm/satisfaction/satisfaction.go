// Package satisfaction turns answers into figures: the rates of K-01 and K-02,
// the index of K-03 and the NPS of K-05 (spec 4.1).
//
// It owns no table; answers are package script's. Figures are kept as numerator
// and denominator, never as a rounded rate.
package satisfaction

import (
	"context"
	"fmt"
	"math"
	"time"

	"github.com/jackc/pgx/v5"

	"ringback/crm/script"
	"ringback/internal/postgres"
)

// Figure over scores of 1 to 10 (D-10): satisfied from 8, dissatisfied to 6.
type Figure struct {
	Sum          int64
	N            int
	Satisfied    int
	Dissatisfied int
}

// Dept is the figure of one department (K-02).
type Dept struct {
	Dept string
	Figure
}

// Day is what the answers of a span say.
type Day struct {
	Overall   Figure // K-01, of the key "overall"
	ByDept    []Dept // by department code
	Promoters int    // K-05: 9 and 10
	Passives  int
	Detractor int // 0 to 6
}

// NPS is numerator and denominator of K-05, to be shown times 100.
func (d Day) NPS() (num, den int) {
	return d.Promoters - d.Detractor, d.Promoters + d.Passives + d.Detractor
}

type row struct {
	Dept         string
	Kind         string
	Total        int64
	N            int
	Satisfied    int
	Dissatisfied int
	Promoters    int
	Detractors   int
}

// Between reads the figures of the after-service surveys (followup_3d,
// followup_club) whose answers were saved in [from, to), business time. Each
// answer counts once; refused, na, short and not applicable do not count.
func Between(ctx context.Context, db postgres.DB, from, to time.Time) (Day, error) {
	rows, err := db.Query(ctx, `
		SELECT a.dept, CASE WHEN a.key = 'overall' THEN 'overall' WHEN a.factor = 'nps' THEN 'nps' ELSE 'item' END AS kind,
			sum(a.value_num)::bigint AS total, count(*)::int AS n,
			count(*) FILTER (WHERE a.value_num >= 8)::int AS satisfied, count(*) FILTER (WHERE a.value_num <= 6)::int AS dissatisfied,
			count(*) FILTER (WHERE a.value_num >= 9)::int AS promoters, count(*) FILTER (WHERE a.value_num <= 6)::int AS detractors
		FROM answer a JOIN response r ON r.id = a.response_id
		WHERE a.saved_at >= $1 AND a.saved_at < $2 AND a.skipped = '' AND a.value_num IS NOT NULL AND a.dept <> '' AND a.factor <> 'standard'
			AND r.script_id IN ('csi_followup_3d', 'followup_club')
		GROUP BY 1, 2 ORDER BY 1, 2`, from, to)
	if err != nil {
		return Day{}, fmt.Errorf("reading satisfaction: %w", err)
	}
	found, err := pgx.CollectRows(rows, pgx.RowToStructByName[row])
	if err != nil {
		return Day{}, fmt.Errorf("reading satisfaction: %w", err)
	}
	return fold(found), nil
}

func fold(rows []row) Day {
	d := Day{ByDept: []Dept{}}
	for _, r := range rows {
		if r.Kind == "nps" {
			d.Promoters += r.Promoters
			d.Detractor += r.Detractors
			d.Passives += r.N - r.Promoters - r.Detractors
			continue
		}
		f := Figure{Sum: r.Total, N: r.N, Satisfied: r.Satisfied, Dissatisfied: r.Dissatisfied}
		if r.Kind == "overall" {
			d.Overall.add(f)
		}
		d.dept(r.Dept).add(f)
	}
	return d
}

func (d *Day) dept(code string) *Figure {
	if n := len(d.ByDept); n > 0 && d.ByDept[n-1].Dept == code {
		return &d.ByDept[n-1].Figure
	}
	d.ByDept = append(d.ByDept, Dept{Dept: code})
	return &d.ByDept[len(d.ByDept)-1].Figure
}

func (f *Figure) add(x Figure) {
	f.Sum += x.Sum
	f.N += x.N
	f.Satisfied += x.Satisfied
	f.Dissatisfied += x.Dissatisfied
}

// Weight of one factor in the index, in hundredths (K-03).
type Weight struct {
	Factor string
	Weight int
}

// Weights are the default weights of K-03; they add to 100.
func Weights() []Weight {
	return []Weight{{"quality", 24}, {"facility", 20}, {"pickup", 21}, {"advisor", 18}, {"initiation", 17}}
}

// weight of a factor in the index; not ok for standard, overall, nps.
func weight(factor string) (float64, bool) {
	for _, w := range Weights() {
		if w.Factor == factor {
			return float64(w.Weight), true
		}
	}
	return 0, false
}

// Index is the customer satisfaction index of these answers (K-03), 0 to 1000:
// the weighted mean of the factors' means, of the factors that have answers.
// Nil when none has.
func Index(given []script.Given) *int {
	sums, counts := map[string]float64{}, map[string]float64{}
	for _, g := range given {
		if _, ok := weight(g.Factor); ok && g.Skipped == "" && g.Num != nil {
			sums[g.Factor] += *g.Num
			counts[g.Factor]++
		}
	}
	var total, weights float64
	for _, w := range Weights() {
		if counts[w.Factor] > 0 {
			total += float64(w.Weight) * sums[w.Factor] / counts[w.Factor] * 100
			weights += float64(w.Weight)
		}
	}
	if weights == 0 {
		return nil
	}
	index := int(math.Floor(total/weights + 0.5))
	return &index
}

// NPSOf is the answer to the question of recommendation, 0 to 10; nil when it was not given.
func NPSOf(given []script.Given) *int {
	for _, g := range given {
		if g.Factor == "nps" && g.Skipped == "" && g.Num != nil {
			n := int(*g.Num)
			return &n
		}
	}
	return nil
}
