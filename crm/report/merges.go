package report

import (
	"context"
	"fmt"
	"time"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"

	"ringback/internal/postgres"
)

// ReviewRow is one question about files (spec 7.5), open or answered.
type ReviewRow struct {
	ID         uuid.UUID  `json:"id"`
	Kind       string     `json:"kind" enum:"same_person,ownership,phone,fill_blank"`
	Rule       string     `json:"rule" doc:"of spec 7.5 that asked, or hand; empty: not noted"`
	SeenName   string     `json:"seenName" doc:"the other spelling, when one file came under two names"`
	Words      string     `json:"words" doc:"what the customer said on the phone, of fill_blank"`
	State      string     `json:"state" enum:"open,same,different,done"`
	CreatedAt  time.Time  `json:"createdAt"`
	ClosedAt   *time.Time `json:"closedAt,omitempty"`
	ClosedBy   string     `json:"closedBy"`
	Note       string     `json:"note"`
	ProposedBy string     `json:"proposedBy"`
	ProposedAt *time.Time `json:"proposedAt,omitempty"`
	Proposal   string     `json:"proposal"`
	VehicleID  *uuid.UUID `json:"vehicleId,omitempty"`
	Plate      string     `json:"plate"`
	MergeID    *uuid.UUID `json:"mergeId,omitempty" doc:"the merge that stands on the answer"`
	MergedAt   *time.Time `json:"mergedAt,omitempty"`
	CustomerID uuid.UUID  `json:"-"`
	OtherID    *uuid.UUID `json:"-"`
	counted
}

const reviewColumns = `m.id, m.kind, coalesce(m.evidence->>'rule', '') AS rule, coalesce(m.evidence->>'name', '') AS seen_name, coalesce(m.evidence->>'text', '') AS words, m.state, m.created_at, m.closed_at, coalesce(cu.name_zh, '') AS closed_by, m.note,
	coalesce(pu.name_zh, '') AS proposed_by, m.proposed_at, m.proposal, m.vehicle_id, coalesce(v.plate, '') AS plate, g.id AS merge_id, g.at AS merged_at,
	m.customer_id, m.other_id, (count(*) OVER ())::int AS total`

const reviewTables = `merge_case m LEFT JOIN app_user cu ON cu.id = m.closed_by LEFT JOIN app_user pu ON pu.id = m.proposed_by LEFT JOIN vehicle v ON v.id = m.vehicle_id
	LEFT JOIN customer_merge g ON g.undone_at IS NULL AND m.kind = 'same_person' AND g.survivor_id IN (m.customer_id, m.other_id) AND g.merged_id IN (m.customer_id, m.other_id)`

// ReviewFilter narrows the list of questions; empty fields do not.
type ReviewFilter struct {
	State, Kind   string
	Customer      *uuid.UUID
	Limit, Offset int
}

// Reviews lists questions about files: proposed ones first, then the oldest open, or
// the newest answered.
func (r *Report) Reviews(ctx context.Context, db postgres.DB, f ReviewFilter) ([]ReviewRow, int, error) {
	rows, err := db.Query(ctx, `SELECT `+reviewColumns+` FROM `+reviewTables+`
		WHERE ($1 = '' OR m.state = $1) AND ($2 = '' OR m.kind = $2) AND ($3::uuid IS NULL OR m.customer_id = $3 OR m.other_id = $3)
		ORDER BY m.state <> 'open', m.proposed_at IS NULL, m.closed_at DESC, m.created_at, m.id LIMIT $4 OFFSET $5`, f.State, f.Kind, f.Customer, f.Limit, f.Offset)
	return page[ReviewRow](rows, err, "questions about files")
}

// Review reads one question; pgx.ErrNoRows when there is none.
func (r *Report) Review(ctx context.Context, db postgres.DB, id uuid.UUID) (ReviewRow, error) {
	rows, err := db.Query(ctx, `SELECT `+reviewColumns+` FROM `+reviewTables+` WHERE m.id = $1`, id)
	if err != nil {
		return ReviewRow{}, fmt.Errorf("reading question %s: %w", id, err)
	}
	return pgx.CollectExactlyOneRow(rows, pgx.RowToStructByName[ReviewRow])
}

// ReviewFile is one of the files of a question, as one tells them apart.
type ReviewFile struct {
	ID          uuid.UUID  `json:"id"`
	Name        string     `json:"name"`
	Honorific   string     `json:"honorific"`
	Kind        string     `json:"kind" enum:"person,company"`
	BringerOnly bool       `json:"bringerOnly"`
	Gone        bool       `json:"gone" doc:"merged into another file"`
	CreatedAt   time.Time  `json:"createdAt"`
	Orders      int        `json:"orders"`
	OpenTasks   int        `json:"openTasks"`
	LastVisit   *time.Time `json:"lastVisit,omitempty"`
	LastContact *time.Time `json:"lastContact,omitempty" doc:"the last call that was answered"`
	Plates      []string   `json:"plates"`
	Last4       []string   `json:"last4" doc:"of the numbers, by priority"`
}

// ReviewFiles reads the files of questions by id.
func (r *Report) ReviewFiles(ctx context.Context, db postgres.DB, ids []uuid.UUID) (map[uuid.UUID]ReviewFile, error) {
	rows, err := db.Query(ctx, `SELECT c.id, c.name_zh AS name, c.honorific, c.kind, c.bringer_only, c.merged_into IS NOT NULL AS gone, c.created_at,
			(SELECT count(*) FROM work_order w WHERE w.customer_id = c.id AND w.state <> 'voided')::int AS orders,
			(SELECT count(*) FROM task k WHERE k.customer_id = c.id AND k.state IN ('pending', 'queued', 'in_progress', 'retry_wait', 'blocked'))::int AS open_tasks,
			c.last_visit_at AS last_visit, (SELECT max(a.answered_at) FROM attempt a WHERE a.customer_id = c.id) AS last_contact,
			ARRAY(SELECT DISTINCT v.plate FROM ownership o JOIN vehicle v ON v.id = o.vehicle_id WHERE o.customer_id = c.id AND o.to_day IS NULL AND v.plate <> '') AS plates,
			ARRAY(SELECT p.last4 FROM customer_phone p WHERE p.customer_id = c.id ORDER BY p.priority, p.created_at, p.id) AS last4
		FROM customer c WHERE c.id = ANY ($1)`, ids)
	if err != nil {
		return nil, fmt.Errorf("reading the files of questions: %w", err)
	}
	found, err := pgx.CollectRows(rows, pgx.RowToStructByName[ReviewFile])
	if err != nil {
		return nil, fmt.Errorf("reading the files of questions: %w", err)
	}
	out := map[uuid.UUID]ReviewFile{}
	for _, f := range found {
		out[f.ID] = f
	}
	return out, nil
}

// MergeTrace is a merge as it shows on the survivor's page.
type MergeTrace struct {
	ID     uuid.UUID `json:"id"`
	FileID uuid.UUID `json:"fileId" doc:"of the file that was merged in"`
	Name   string    `json:"name" doc:"what that file was called"`
	At     time.Time `json:"at"`
	By     string    `json:"by"`
	Note   string    `json:"note"`
	Above  bool      `json:"above" doc:"a later merge stands on it: that one is undone first"`
}

// MergesOf lists the merges that stand on a customer's file, the newest first.
func (r *Report) MergesOf(ctx context.Context, db postgres.DB, customer uuid.UUID) ([]MergeTrace, error) {
	rows, err := db.Query(ctx, `SELECT g.id, g.merged_id AS file_id, c.name_zh AS name, g.at, coalesce(u.name_zh, '') AS by, g.note,
			EXISTS (SELECT FROM customer_merge o WHERE o.undone_at IS NULL AND (o.at, o.id) > (g.at, g.id)
				AND (o.survivor_id IN (g.survivor_id, g.merged_id) OR o.merged_id IN (g.survivor_id, g.merged_id))) AS above
		FROM customer_merge g JOIN customer c ON c.id = g.merged_id LEFT JOIN app_user u ON u.id = g.by_user
		WHERE g.undone_at IS NULL AND c.merged_into = $1 ORDER BY g.at DESC, g.id DESC`, customer)
	if err != nil {
		return nil, fmt.Errorf("reading the merges of %s: %w", customer, err)
	}
	found, err := pgx.CollectRows(rows, pgx.RowToStructByName[MergeTrace])
	if err != nil {
		return nil, fmt.Errorf("reading the merges of %s: %w", customer, err)
	}
	return found, nil
}
