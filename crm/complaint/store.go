package complaint

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"

	"ringback/internal/clock"
	"ringback/internal/errs"
	"ringback/internal/events"
	"ringback/internal/postgres"
)

// Forms writes quick forms and reports of rework.
type Forms struct{ bus *events.Bus }

// NewForms publishes what it saves on bus.
func NewForms(bus *events.Bus) *Forms { return &Forms{bus: bus} }

const formColumns = `id, group_id, store_id, no, attempt_id, response_id, customer_id, vehicle_id, work_order_id, verbatim, categories,
	level, demand, contact_time, safe_to_drive, departments, created_by, created_at`

// Create numbers a form (KS + store code + yyyymmdd + 3 digits, per store and
// day in Shanghai), writes it and publishes quick_form.saved. Numbers have no
// gaps: whoever is next waits for this transaction.
func (f *Forms) Create(ctx context.Context, db postgres.DB, q QuickForm) (QuickForm, error) {
	var err error
	q.ID = uuid.Must(uuid.NewV7())
	if len(q.Departments) == 0 {
		q.Departments = DepartmentsOf(q.Categories)
	}
	if q.No, err = nextNo(ctx, db, q.StoreID, q.CreatedAt); err != nil {
		return QuickForm{}, err
	}
	_, err = db.Exec(ctx, `INSERT INTO quick_form (`+formColumns+`)
		VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18)`,
		q.ID, q.GroupID, q.StoreID, q.No, q.AttemptID, q.ResponseID, q.CustomerID, q.VehicleID, q.WorkOrderID, q.Verbatim, noNil(q.Categories),
		q.Level, q.Demand, q.ContactTime, q.SafeToDrive, noNil(q.Departments), q.CreatedBy, q.CreatedAt)
	if err != nil {
		return QuickForm{}, fmt.Errorf("writing quick form %s: %w", q.No, err)
	}
	return q, f.publish(ctx, db, q)
}

// Amend writes over what was said, when an answer of the form is corrected in
// the same call. The number stays.
func (f *Forms) Amend(ctx context.Context, db postgres.DB, q QuickForm) error {
	_, err := db.Exec(ctx, `UPDATE quick_form SET verbatim = $2, categories = $3, level = $4, demand = $5, contact_time = $6, safe_to_drive = $7,
		departments = $8 WHERE id = $1`,
		q.ID, q.Verbatim, noNil(q.Categories), q.Level, q.Demand, q.ContactTime, q.SafeToDrive, noNil(q.Departments))
	if err != nil {
		return fmt.Errorf("amending quick form %s: %w", q.No, err)
	}
	return f.publish(ctx, db, q)
}

func (f *Forms) publish(ctx context.Context, db postgres.DB, q QuickForm) error {
	subject := events.Subjects{"quick_form": q.ID, "customer": q.CustomerID, "agent": q.CreatedBy}
	if q.AttemptID != nil {
		subject["attempt"] = *q.AttemptID
	}
	return f.bus.Publish(ctx, db, events.Event{
		Kind: events.QuickFormSaved, Group: q.GroupID, Store: q.StoreID, At: q.CreatedAt,
		Actor: q.CreatedBy, Subject: subject,
	}, map[string]any{"no": q.No, "level": q.Level, "categories": q.Categories})
}

func noNil(list []string) []string {
	if list == nil {
		return []string{}
	}
	return list
}

// nextNo holds the store's day until the transaction ends.
func nextNo(ctx context.Context, db postgres.DB, store uuid.UUID, at time.Time) (string, error) {
	var code string
	if err := db.QueryRow(ctx, `SELECT code FROM store WHERE id = $1`, store).Scan(&code); err != nil {
		return "", fmt.Errorf("reading the store's code: %w", err)
	}
	prefix := "KS" + code + at.In(clock.Shanghai()).Format("20060102")
	if _, err := db.Exec(ctx, `SELECT pg_advisory_xact_lock(hashtextextended($1, 0))`, store.String()+prefix); err != nil {
		return "", fmt.Errorf("waiting for the number of a quick form: %w", err)
	}
	var last int
	err := db.QueryRow(ctx, `SELECT coalesce(max(substr(no, length($2) + 1)::int), 0) FROM quick_form
		WHERE store_id = $1 AND starts_with(no, $2)`, store, prefix).Scan(&last)
	if err != nil {
		return "", fmt.Errorf("numbering a quick form: %w", err)
	}
	return fmt.Sprintf("%s%03d", prefix, last+1), nil
}

// ByID is one form; errs.NotFound "quick_form_not_found".
func ByID(ctx context.Context, db postgres.DB, id uuid.UUID) (QuickForm, error) {
	found, err := query(ctx, db, `SELECT `+formColumns+` FROM quick_form WHERE id = $1`, id)
	if err == nil && len(found) == 0 {
		err = errs.New(errs.NotFound, "quick_form_not_found", "没有这张快速处理表。", "There is no such quick form.")
	}
	if err != nil {
		return QuickForm{}, err
	}
	return found[0], nil
}

// OfResponse is the form of a call's response, nil when there is none.
func OfResponse(ctx context.Context, db postgres.DB, response uuid.UUID) (*QuickForm, error) {
	found, err := query(ctx, db, `SELECT `+formColumns+` FROM quick_form WHERE response_id = $1 ORDER BY created_at LIMIT 1`, response)
	if err != nil || len(found) == 0 {
		return nil, err
	}
	return &found[0], nil
}

// Filter of a list of forms. Zero values do not narrow it.
type Filter struct {
	Customer, Attempt uuid.UUID
	From, To          time.Time // business time, To not included
	Limit             int       // 0: 100
}

// List gives forms, newest first.
func List(ctx context.Context, db postgres.DB, f Filter) ([]QuickForm, error) {
	if f.Limit <= 0 {
		f.Limit = 100
	}
	return query(ctx, db, `SELECT `+formColumns+` FROM quick_form
		WHERE ($1::uuid IS NULL OR customer_id = $1) AND ($2::uuid IS NULL OR attempt_id = $2)
			AND ($3::timestamptz IS NULL OR created_at >= $3) AND ($4::timestamptz IS NULL OR created_at < $4)
		ORDER BY created_at DESC, no DESC LIMIT $5`, idOrNull(f.Customer), idOrNull(f.Attempt), timeOrNull(f.From), timeOrNull(f.To), f.Limit)
}

func query(ctx context.Context, db postgres.DB, sql string, args ...any) ([]QuickForm, error) {
	rows, err := db.Query(ctx, sql, args...)
	if err != nil {
		return nil, fmt.Errorf("reading quick forms: %w", err)
	}
	found, err := pgx.CollectRows(rows, pgx.RowToStructByName[QuickForm])
	if err != nil && !errors.Is(err, pgx.ErrNoRows) {
		return nil, fmt.Errorf("reading quick forms: %w", err)
	}
	return found, nil
}

// Count of the forms made in [from, to), business time.
func Count(ctx context.Context, db postgres.DB, from, to time.Time) (int, error) {
	var n int
	if err := db.QueryRow(ctx, `SELECT count(*) FROM quick_form WHERE created_at >= $1 AND created_at < $2`, from, to).Scan(&n); err != nil {
		return 0, fmt.Errorf("counting quick forms: %w", err)
	}
	return n, nil
}

// ReportRework notes that work must be done again.
func (f *Forms) ReportRework(ctx context.Context, db postgres.DB, r Rework) error {
	_, err := db.Exec(ctx, `INSERT INTO rework (id, store_id, work_order_id, customer_id, response_id, fault_text, state, reported_at, cause)
		VALUES ($1, $2, $3, $4, $5, $6, 'reported', $7, $8)`,
		uuid.Must(uuid.NewV7()), r.StoreID, r.WorkOrderID, r.CustomerID, r.ResponseID, r.FaultText, r.ReportedAt, r.Cause)
	if err != nil {
		return fmt.Errorf("reporting rework of customer %s: %w", r.CustomerID, err)
	}
	return nil
}

func idOrNull(id uuid.UUID) *uuid.UUID {
	if id == uuid.Nil {
		return nil
	}
	return &id
}

func timeOrNull(t time.Time) *time.Time {
	if t.IsZero() {
		return nil
	}
	return &t
}
