package report

import (
	"context"
	"encoding/base64"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"

	"ringback/internal/errs"
	"ringback/internal/postgres"
)

// Moment is one entry of a customer's time line. At is business time; what a field
// holds depends on the kind:
//
//	kind      code         state        no        who         words       more        figure             until
//	visit     order type   order state  order no  advisor     items       advice      minutes late       promised
//	call      task kind    result code            agent       notes                   seconds of talk
//	form      level        categories   form no   made by     verbatim    demand
//	policy    policy kind  underwriting policy no insurer                                                end of cover
//	delivery                            contract  consultant  documents   gifts                          first service until
//	task      task kind    task state             rule        reason                  attempts           due
//	message   template     state                              text        reason
//	consent   purpose      given …                by          evidence    channel
type Moment struct {
	At        time.Time
	Kind      string
	RefID     uuid.UUID
	DayOnly   bool // the hour is not known
	VehicleID *uuid.UUID
	Code      string
	State     string
	No        string
	Who       string
	Words     string
	More      string
	AmountFen *int64
	Figure    *int
	Km        *int
	UntilAt   *time.Time
}

// MomentKinds are the kinds in the order of the filter.
func MomentKinds() []string {
	return []string{"visit", "call", "form", "policy", "delivery", "task", "message", "consent"}
}

// Story asks for a part of a time line: all kinds when Kinds is empty, the newest
// first, from Before on.
type Story struct {
	Customer uuid.UUID
	Kinds    []string
	Vehicle  *uuid.UUID
	Text     string // in words, numbers or names
	Before   Mark
	Limit    int
}

// Mark is a place in a time line: what comes after it is older.
type Mark struct {
	At time.Time
	ID uuid.UUID
}

// String is the mark as it travels to a page and back.
func (m Mark) String() string {
	if m.At.IsZero() {
		return ""
	}
	return base64.RawURLEncoding.EncodeToString([]byte(m.At.UTC().Format(time.RFC3339Nano) + " " + m.ID.String()))
}

// ParseMark reads a mark; empty is the newest end. errs.Invalid "cursor_invalid".
func ParseMark(text string) (Mark, error) {
	if text == "" {
		return Mark{}, nil
	}
	bad := errs.New(errs.Invalid, "cursor_invalid", "页码已失效，请从头打开这一页。", "This place in the list is not valid; open the page from its beginning.").At("cursor")
	raw, err := base64.RawURLEncoding.DecodeString(text)
	if err != nil {
		return Mark{}, bad
	}
	at, id, found := strings.Cut(string(raw), " ")
	m := Mark{}
	if m.At, err = time.Parse(time.RFC3339Nano, at); err != nil || !found {
		return Mark{}, bad
	}
	if m.ID, err = uuid.Parse(id); err != nil {
		return Mark{}, bad
	}
	return m, nil
}

// Story reads a part of a customer's time line, and where the next part begins
// (zero: it was the last). An owner's time line has every visit of the vehicle.
func (r *Report) Story(ctx context.Context, db postgres.DB, s Story) (found []Moment, next Mark, err error) {
	for _, k := range s.Kinds {
		if !slices.Contains(MomentKinds(), k) {
			return nil, Mark{}, errs.New(errs.Invalid, "kind_unknown", "没有“"+k+"”这种来往。", "There is no such kind of entry.").At("kinds")
		}
	}
	var before *time.Time
	if !s.Before.At.IsZero() {
		before = &s.Before.At
	}
	rows, err := db.Query(ctx, `SELECT * FROM (`+moments+`) m
		WHERE ($2::text[] IS NULL OR m.kind = ANY ($2)) AND ($3::uuid IS NULL OR m.vehicle_id = $3)
		  AND ($4::text = '' OR strpos(lower(concat_ws(' ', m.no, m.who, m.words, m.more)), lower($4)) > 0)
		  AND ($5::timestamptz IS NULL OR (m.at, m.ref_id) < ($5, $6::uuid))
		ORDER BY m.at DESC, m.ref_id DESC LIMIT $7`, s.Customer, noneIsNull(s.Kinds), s.Vehicle, s.Text, before, s.Before.ID, s.Limit+1)
	if err != nil {
		return nil, Mark{}, fmt.Errorf("reading the time line of customer %s: %w", s.Customer, err)
	}
	found, err = pgx.CollectRows(rows, pgx.RowToStructByName[Moment])
	if err != nil {
		return nil, Mark{}, fmt.Errorf("reading the time line of customer %s: %w", s.Customer, err)
	}
	if len(found) > s.Limit {
		last := found[s.Limit-1]
		found, next = found[:s.Limit], Mark{last.At, last.RefID}
	}
	return found, next, nil
}

// StoryCounts tells how many entries of each kind a customer's time line has.
func (r *Report) StoryCounts(ctx context.Context, db postgres.DB, customer uuid.UUID) (map[string]int, error) {
	rows, err := db.Query(ctx, `SELECT m.kind, count(*)::int AS n FROM (`+moments+`) m GROUP BY m.kind`, customer)
	if err != nil {
		return nil, fmt.Errorf("counting the time line of customer %s: %w", customer, err)
	}
	type kindCount struct {
		Kind string
		N    int
	}
	found, err := pgx.CollectRows(rows, pgx.RowToStructByName[kindCount])
	if err != nil {
		return nil, fmt.Errorf("counting the time line of customer %s: %w", customer, err)
	}
	out := map[string]int{}
	for _, k := range found {
		out[k.Kind] = k.N
	}
	return out, nil
}

func noneIsNull(kinds []string) []string {
	if len(kinds) == 0 {
		return nil
	}
	return kinds
}
