package complaint

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"

	"ringback/internal/errs"
	"ringback/internal/postgres"
)

// ReworkState of a report that work must be done again (spec 2.5.9):
//
//	reported ─ confirm (with its cause) ─▶ confirmed
//	    └───── reject (with words) ──────▶ rejected
type ReworkState string

// States so far: the workshop's way from booked to closed follows with its orders.
const (
	Reported  ReworkState = "reported"
	Confirmed ReworkState = "confirmed"
	Rejected  ReworkState = "rejected"
)

// Causes of rework (spec 2.4.13). customer_use is none of ours: K-15 leaves it out.
func Causes() []string {
	return []string{
		"misdiagnosis", "workmanship", "part_defect", "wrong_part", "omission", "qc_escape", "paint_defect", "no_part", "intermittent", "same_fault",
		"customer_use", "other",
	}
}

// Decision is the service manager's word on a report (TR-20): confirmed with a cause,
// or rejected, then the words say why.
type Decision struct {
	Confirm bool
	Cause   string
	Words   string
	By      uuid.UUID
	At      time.Time
}

func (d Decision) check() error {
	known := false
	for _, c := range Causes() {
		known = known || c == d.Cause
	}
	switch {
	case d.Confirm && !known:
		return errs.New(errs.Invalid, "rework_cause", "确认返修要选择原因。", "Confirming rework needs its cause.").At("cause")
	case !d.Confirm && strings.TrimSpace(d.Words) == "":
		return errs.New(errs.Invalid, "rework_words", "不认定返修要写明理由。", "Rejecting rework needs a reason.").At("words")
	}
	return nil
}

// DecideRework moves a report on. errs.Conflict "rework_decided" when somebody has
// decided already; errs.Invalid "rework_cause", "rework_words".
func (f *Forms) DecideRework(ctx context.Context, db postgres.DB, id uuid.UUID, d Decision) error {
	if err := d.check(); err != nil {
		return err
	}
	to, cause := Rejected, ""
	if d.Confirm {
		to, cause = Confirmed, d.Cause
	}
	err := db.QueryRow(ctx, `UPDATE rework SET state = $2, cause = $3, decided_words = $4, decided_by = $5, decided_at = $6
		WHERE id = $1 AND state = 'reported' RETURNING id`, id, to, cause, strings.TrimSpace(d.Words), d.By, d.At).Scan(&id)
	if errors.Is(err, pgx.ErrNoRows) {
		return errs.New(errs.Conflict, "rework_decided", "这条返修已经有人处理过。请刷新后查看。", "Somebody has decided about this rework already. Refresh to see it.")
	}
	if err != nil {
		return fmt.Errorf("deciding about rework %s: %w", id, err)
	}
	return nil
}
