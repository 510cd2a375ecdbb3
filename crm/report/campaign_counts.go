package report

import (
	"context"
	"fmt"
	"slices"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"

	"ringback/internal/postgres"
)

// lineSums are the calls by what the line said, in the order of spec 2.4.1.
func lineSums(ctx context.Context, db postgres.DB, campaign uuid.UUID, p Period) ([]ResultSums, error) {
	rows, err := db.Query(ctx, `SELECT a.line_result AS code, count(*)::int AS n, coalesce(sum(extract(epoch FROM a.ended_at - a.bridged_at) * 1000), 0)::bigint AS talk_ms`+
		ofCampaign+` GROUP BY 1`, campaign, p.From, p.To)
	return resultsOf(rows, err, append(LineResults(), Word{"", "正在进行", "under way"}))
}

// dispositionSums are the calls that were put through by what the agent recorded, in
// the order of spec 2.4.2.
func dispositionSums(ctx context.Context, db postgres.DB, campaign uuid.UUID, p Period) ([]ResultSums, error) {
	rows, err := db.Query(ctx, `SELECT coalesce(nullif(a.disposition, ''), 'none') AS code, count(*)::int AS n,
			coalesce(sum(extract(epoch FROM a.ended_at - a.bridged_at) * 1000), 0)::bigint AS talk_ms`+
		ofCampaign+` AND `+wasTalked+` GROUP BY 1`, campaign, p.From, p.To)
	return resultsOf(rows, err, append(dispositionWords(), Word{"none", "还没有记结果", "not recorded yet"}))
}

// resultsOf puts counts by code into words, in the words' order.
func resultsOf(rows pgx.Rows, err error, words []Word) ([]ResultSums, error) {
	type counts struct {
		Code   string
		N      int
		TalkMS int64
	}
	if err != nil {
		return nil, fmt.Errorf("counting a campaign's results: %w", err)
	}
	found, err := pgx.CollectRows(rows, pgx.RowToStructByName[counts])
	if err != nil {
		return nil, fmt.Errorf("counting a campaign's results: %w", err)
	}
	out := []ResultSums{}
	for _, w := range words {
		if i := slices.IndexFunc(found, func(c counts) bool { return c.Code == w.Code }); i >= 0 {
			out = append(out, ResultSums{w, found[i].N, found[i].TalkMS})
		}
	}
	return out, nil
}
