package policy

import (
	"context"
	"errors"
	"fmt"
	"strconv"
	"strings"
	"time"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"

	"ringback/crm/customer"
	"ringback/internal/errs"
	"ringback/internal/postgres"
)

// Quote is one version of what a renewal would cost (spec 2.2.27). Amounts are fen.
//
//	draft ─ the gateway took its SMS ─▶ sent ─▶ viewed ─▶ accepted (a policy follows)
//	any of these ─▶ replaced (a later version) │ expired (valid_until)
type Quote struct {
	ID            uuid.UUID  `json:"id"`
	StoreID       uuid.UUID  `json:"store_id"`
	RenewalID     uuid.UUID  `json:"renewal_id"`
	Version       int        `json:"version"`
	State         string     `json:"state"`
	Insurer       string     `json:"insurer"`
	Asked         string     `json:"asked"` // the cover the customer asked about
	CoverZH       string     `json:"cover_zh" db:"cover_zh"`
	CompulsoryFen int64      `json:"compulsory_fen"`
	TaxFen        int64      `json:"tax_fen"`
	CommercialFen int64      `json:"commercial_fen"`
	TotalFen      int64      `json:"total_fen"`
	ValidUntil    *time.Time `json:"valid_until"`
	Channel       string     `json:"channel"`
	Proposal      bool       `json:"proposal"` // 车辆保险建议书 asked for
	SMSID         *uuid.UUID `json:"sms_id" db:"sms_id"`
	SentAt        *time.Time `json:"sent_at"`
	CreatedAt     time.Time  `json:"created_at"`
}

const quoteColumns = `id, store_id, renewal_id, version, state, insurer, asked, cover_zh, compulsory_fen, tax_fen, commercial_fen, total_fen,
	valid_until, channel, proposal, sms_id, sent_at, created_at`

// GetQuote reads one quote; errs.NotFound "quote_not_found".
func GetQuote(ctx context.Context, db postgres.DB, id uuid.UUID) (Quote, error) {
	return oneQuote(ctx, db, `SELECT `+quoteColumns+` FROM quote WHERE id = $1`, id)
}

// QuotesOf lists a renewal's quotes, the newest first.
func QuotesOf(ctx context.Context, db postgres.DB, renewal uuid.UUID) ([]Quote, error) {
	return quotes(ctx, db, `SELECT `+quoteColumns+` FROM quote WHERE renewal_id = $1 ORDER BY version DESC`, renewal)
}

func oneQuote(ctx context.Context, db postgres.DB, sql string, args ...any) (Quote, error) {
	found, err := quotes(ctx, db, sql, args...)
	if err != nil {
		return Quote{}, err
	}
	if len(found) == 0 {
		return Quote{}, errs.New(errs.NotFound, "quote_not_found", "没有这份报价。", "There is no such quote.")
	}
	return found[0], nil
}

func quotes(ctx context.Context, db postgres.DB, sql string, args ...any) ([]Quote, error) {
	rows, err := db.Query(ctx, sql, args...)
	if err != nil {
		return nil, fmt.Errorf("reading quotes: %w", err)
	}
	found, err := pgx.CollectRows(rows, pgx.RowToStructByName[Quote])
	if err != nil {
		return nil, fmt.Errorf("reading quotes: %w", err)
	}
	return found, nil
}

// Request is a quote a customer wants (I01, I08).
type Request struct {
	Insurer  string // preferred; empty: any approved one
	Asked    string // cover in the customer's words
	Channel  string // sms, email, fax, wechat; empty: sms
	Proposal bool   // the written proposal too (send_proposal)
}

// RequestQuote opens a draft for the specialist to fill in. A draft that is open
// already is amended, not made twice.
func (n *Renewals) RequestQuote(ctx context.Context, db postgres.DB, by customer.By, renewal uuid.UUID, q Request) (Quote, error) {
	if _, err := lockRenewal(ctx, db, renewal); err != nil {
		return Quote{}, err
	}
	open, err := quotes(ctx, db, `
		UPDATE quote SET insurer = CASE WHEN $2 <> '' THEN $2 ELSE insurer END, asked = CASE WHEN $3 <> '' THEN $3 ELSE asked END,
			channel = CASE WHEN $4 <> '' THEN $4 ELSE channel END, proposal = proposal OR $5
		WHERE renewal_id = $1 AND state = 'draft' AND sms_id IS NULL RETURNING `+quoteColumns, renewal, q.Insurer, q.Asked, q.Channel, q.Proposal)
	if err != nil || len(open) > 0 {
		return firstQuote(open), err
	}
	if q.Channel == "" {
		q.Channel = "sms"
	}
	return oneQuote(ctx, db, `
		INSERT INTO quote (id, store_id, renewal_id, version, state, insurer, asked, channel, proposal, created_by, created_at)
		SELECT $1, $2, $3, coalesce(max(version), 0) + 1, 'draft', $4, $5, $6, $7, NULLIF($8, '00000000-0000-0000-0000-000000000000'::uuid), $9
		FROM quote WHERE renewal_id = $3 RETURNING `+quoteColumns,
		uuid.Must(uuid.NewV7()), by.Store, renewal, q.Insurer, q.Asked, q.Channel, q.Proposal, by.Actor, by.At)
}

func firstQuote(found []Quote) Quote {
	if len(found) == 0 {
		return Quote{}
	}
	return found[0]
}

// Approve puts an insurer on the store's list, or takes it off (D-17).
func Approve(ctx context.Context, db postgres.DB, store uuid.UUID, insurer string, approved bool) error {
	_, err := db.Exec(ctx, `INSERT INTO insurer (store_id, name, approved) VALUES ($1, $2, $3) ON CONFLICT (store_id, name) DO UPDATE SET approved = $3`,
		store, insurer, approved)
	if err != nil {
		return fmt.Errorf("writing the insurer %s: %w", insurer, err)
	}
	return nil
}

// Approved lists the insurers the store may quote.
func Approved(ctx context.Context, db postgres.DB, store uuid.UUID) ([]string, error) {
	rows, err := db.Query(ctx, `SELECT name FROM insurer WHERE store_id = $1 AND approved ORDER BY name`, store)
	if err != nil {
		return nil, fmt.Errorf("reading the approved insurers: %w", err)
	}
	found, err := pgx.CollectRows(rows, pgx.RowTo[string])
	if err != nil {
		return nil, fmt.Errorf("reading the approved insurers: %w", err)
	}
	return found, nil
}

func mayQuote(ctx context.Context, db postgres.DB, store uuid.UUID, insurer string) error {
	var yes bool
	err := db.QueryRow(ctx, `SELECT approved FROM insurer WHERE store_id = $1 AND name = $2`, store, insurer).Scan(&yes)
	if err != nil && !errors.Is(err, pgx.ErrNoRows) {
		return fmt.Errorf("looking up the insurer %s: %w", insurer, err)
	}
	if !yes { // T-E7
		return errs.New(errs.Forbidden, "insurer_not_approved", "“"+insurer+"”不在本店认证的保险公司名单里，不能报价。请选择名单内的公司。",
			"\""+insurer+"\" is not on the store's list of approved insurers and may not be quoted. Choose one of the list.")
	}
	return nil
}

// Yuan writes fen as yuan: 2,900 or 2,900.50 without needless noughts.
func Yuan(fen int64) string {
	s := strconv.FormatInt(fen/100, 10)
	for i := len(s) - 3; i > 0; i -= 3 {
		s = s[:i] + "," + s[i:]
	}
	if rest := fen % 100; rest != 0 {
		s += strings.TrimSuffix(fmt.Sprintf(".%02d", rest), "0")
	}
	return s
}

// QuotesSentSince lists a store's quotes that the gateway took since then and that
// still stand.
func QuotesSentSince(ctx context.Context, db postgres.DB, store uuid.UUID, since time.Time) ([]Quote, error) {
	return quotes(ctx, db, `SELECT `+quoteColumns+` FROM quote WHERE store_id = $1 AND state IN ('sent', 'viewed') AND sent_at >= $2 ORDER BY sent_at`, store, since)
}
