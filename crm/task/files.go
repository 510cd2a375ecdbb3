package task

import (
	"context"
	"encoding/json"
	"fmt"
	"strings"
	"time"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"

	"ringback/crm/customer"
	"ringback/internal/events"
	"ringback/internal/postgres"
)

// auditHour is when the day's new files are looked through (TR-08, T-A2).
const auditHour = 17

// newFile is a customer file opened with a visit of the day.
type newFile struct {
	CustomerID  uuid.UUID
	WorkOrderID uuid.UUID
	Missing     []string
}

// lookAtFiles is the 17:00 audit: a file that was opened for a visit of the last day
// and has gaps is a task of the advisor who opened it.
func (t *Tasks) lookAtFiles(ctx context.Context, tx postgres.DB, by customer.By) (made int, err error) {
	s, err := t.schedule(ctx, tx, by.Store, by.At)
	if err != nil {
		return 0, err
	}
	until := s.Day(by.At).Add(auditHour * time.Hour)
	if by.At.Before(until) {
		until = until.AddDate(0, 0, -1)
	}
	if by.At.Sub(until) > 7*time.Hour { // the audit of a day is over at its end
		return 0, nil
	}
	found, err := gaps(ctx, tx, by.Store, until.AddDate(0, 0, -1), until)
	if err != nil {
		return 0, err
	}
	for _, f := range found {
		c, err := t.files.Get(ctx, tx, f.CustomerID)
		if err != nil {
			return made, err
		}
		o := occasion{on: fileOpened, anchor: by.At, subject: f.CustomerID.String(), customer: c, note: "档案缺项：" + strings.Join(f.Missing, "、")}
		if o.order, err = newestOrder(ctx, tx, Task{WorkOrderIDs: []uuid.UUID{f.WorkOrderID}}); err != nil {
			return made, err
		}
		n, err := t.apply(ctx, tx, o, by)
		if err != nil {
			return made, err
		}
		made += n
	}
	return made, nil
}

// gaps finds files opened in a span of time together with a visit of that time, with
// what they lack: the bringer's number, the owner's address, plate, VIN, sale date.
func gaps(ctx context.Context, tx postgres.DB, store uuid.UUID, from, to time.Time) ([]newFile, error) {
	rows, err := tx.Query(ctx, `
		SELECT * FROM (
			SELECT DISTINCT ON (c.id) c.id AS customer_id, w.id AS work_order_id, array_remove(ARRAY[
				CASE WHEN NOT EXISTS (SELECT FROM customer_phone p WHERE p.customer_id = c.id AND p.status IN ('ok', 'unknown')) THEN '电话' END,
				CASE WHEN c.address_zh = '' AND NOT c.bringer_only THEN '地址' END,
				CASE WHEN v.plate = '' THEN '车牌' END,
				CASE WHEN v.vin IS NULL AND v.frame_no IS NULL THEN 'VIN' END,
				CASE WHEN v.sale_date IS NULL THEN '购车日期' END], NULL) AS missing
			FROM customer c JOIN work_order w ON w.customer_id = c.id JOIN vehicle v ON v.id = w.vehicle_id
			WHERE c.store_id = $1 AND c.created_at > $2 AND c.created_at <= $3 AND w.opened_at > $2::timestamptz - interval '1 day' AND w.opened_at <= $3
				AND w.state <> 'voided' AND c.merged_into IS NULL
			ORDER BY c.id, w.opened_at DESC) f
		WHERE cardinality(missing) > 0`, store, from, to)
	if err != nil {
		return nil, fmt.Errorf("looking for gaps in new files: %w", err)
	}
	found, err := pgx.CollectRows(rows, pgx.RowToStructByName[newFile])
	if err != nil {
		return nil, fmt.Errorf("looking for gaps in new files: %w", err)
	}
	return found, nil
}

// onFinished is TR-04: a call with a dissatisfied answer ended without its quick form.
func (t *Tasks) onFinished(ctx context.Context, tx postgres.DB, e events.Event) error {
	var said struct {
		Failing int `json:"failing"`
	}
	if err := json.Unmarshal(e.Data, &said); err != nil || said.Failing == 0 {
		return nil //nolint:nilerr // an event without the figure says nothing about it
	}
	var written bool
	err := tx.QueryRow(ctx, `SELECT EXISTS (SELECT FROM quick_form q JOIN response r ON r.id = q.response_id WHERE r.task_id = $1)`, e.Subject["task"]).Scan(&written)
	if err != nil {
		return fmt.Errorf("looking for the quick form of a call: %w", err)
	}
	if written {
		return nil
	}
	k, err := Get(ctx, tx, e.Subject["task"])
	if err != nil {
		return err
	}
	c, err := t.files.Get(ctx, tx, k.CustomerID)
	if err != nil {
		return err
	}
	_, err = t.apply(ctx, tx, occasion{
		on: formMissing, anchor: e.At, subject: k.ID.String(), customer: c, vehicle: k.VehicleID, agent: e.Subject["agent"],
		note: "客户有不满意的回答，请补填快速处理表",
	}, byOf(e))
	return err
}

// onForm ends the task that asked for a form which is written now.
func (t *Tasks) onForm(ctx context.Context, tx postgres.DB, e events.Event) error {
	_, err := t.end(ctx, tx, byOf(e), cancel, ReasonCorrected, `customer_id = $1 AND kind = $2 AND `+waiting, e.Subject["customer"], QuickForm)
	return err
}
