package customer

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"slices"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"

	"ringback/internal/postgres"
)

// rowName names a row of the record: its table and key.
type rowName struct{ noun, key string }

// picture is every row of two files by column, as JSON.
type picture map[rowName]map[string]json.RawMessage

// takePicture reads all rows of the files, and the tasks of who shares their numbers.
func takePicture(ctx context.Context, db postgres.DB, by By, files ...uuid.UUID) (picture, error) {
	type pictured struct {
		Noun string
		Key  string
		Row  string
	}
	found, err := collect[pictured](ctx, db, rowsOfTwo(), files, by.At)
	if err != nil {
		return nil, fmt.Errorf("reading the rows of a merge: %w", err)
	}
	out := picture{}
	for _, r := range found {
		var columns map[string]json.RawMessage
		if err := json.Unmarshal([]byte(r.Row), &columns); err != nil {
			return nil, fmt.Errorf("reading a row of %s: %w", r.Noun, err)
		}
		out[rowName{r.Noun, r.Key}] = columns
	}
	return out, nil
}

// difference is what happened to one row; a nil before: the row is new.
type difference struct {
	rowName
	before, after map[string]json.RawMessage
}

// notRestored are columns that count or follow by themselves.
func notRestored(column string) bool { return column == "version" || column == "last_visit_at" }

// differences compares two pictures, in no order.
func differences(before, after picture) (out []difference) {
	for name, now := range after {
		was, known := before[name]
		if !known {
			out = append(out, difference{rowName: name})
			continue
		}
		d := difference{name, map[string]json.RawMessage{}, map[string]json.RawMessage{}}
		for column, v := range now {
			if !notRestored(column) && !bytes.Equal(v, was[column]) {
				d.before[column], d.after[column] = was[column], v
			}
		}
		if len(d.before) > 0 {
			out = append(out, d)
		}
	}
	return out
}

// keepJournal writes what a merge changed.
func keepJournal(ctx context.Context, db postgres.DB, by By, merge uuid.UUID, changes []difference) error {
	var rows postgres.Columns
	for _, d := range changes {
		var before, after *string
		if d.before != nil {
			var err error
			if before, err = asJSON(d.before); err != nil {
				return err
			}
			if after, err = asJSON(d.after); err != nil {
				return err
			}
		}
		rows.Add(d.noun, d.key, before, after)
	}
	if len(rows) == 0 {
		return nil
	}
	_, err := db.Exec(ctx, `INSERT INTO customer_merge_row (merge_id, store_id, noun, row_id, before, after)
		SELECT $5, $6, noun, key, before::jsonb, after::jsonb FROM unnest($1::text[], $2::text[], $3::text[], $4::text[]) AS r (noun, key, before, after)`,
		rows.Args(merge, by.Store)...)
	if err != nil {
		return fmt.Errorf("keeping the journal of merge %s: %w", merge, err)
	}
	return nil
}

func asJSON(columns map[string]json.RawMessage) (*string, error) {
	raw, err := json.Marshal(columns)
	if err != nil {
		return nil, fmt.Errorf("encoding the journal of a merge: %w", err)
	}
	s := string(raw)
	return &s, nil
}

// restore gives every row of the journal its former values, column by column, except
// where somebody changed the value since the merge.
func restore(ctx context.Context, db postgres.DB, merge uuid.UUID) error {
	columns, err := changedColumns(ctx, db, merge)
	if err != nil {
		return err
	}
	for _, j := range journal() {
		if len(columns[j.table]) == 0 {
			continue
		}
		if _, err := db.Exec(ctx, j.restore(columns[j.table]), merge, j.table); err != nil {
			return fmt.Errorf("undoing merge %s in %s: %w", merge, j.table, err)
		}
	}
	return nil
}

func (j journaled) restore(columns []string) string {
	sets, values := "", ""
	for i, c := range columns {
		if i > 0 {
			sets, values = sets+", ", values+", "
		}
		name := pgx.Identifier{c}.Sanitize()
		sets, values = sets+name, values+"p."+name
	}
	if j.versioned() {
		sets, values = sets+", version", values+", r.version + 1"
	}
	return `UPDATE ` + j.table + ` r SET (` + sets + `) = (SELECT ` + values + ` FROM jsonb_populate_record(r, (
			SELECT coalesce(jsonb_object_agg(k, v), '{}') FROM jsonb_each(c.before) e (k, v) WHERE to_jsonb(r) -> k = c.after -> k)) p)
		FROM customer_merge_row c WHERE c.merge_id = $1 AND c.noun = $2 AND c.before IS NOT NULL AND r.` + j.key + ` = c.row_id::` + j.cast + ` AND r.store_id = c.store_id`
}

func changedColumns(ctx context.Context, db postgres.DB, merge uuid.UUID) (map[string][]string, error) {
	type changed struct {
		Noun   string
		Column string
	}
	found, err := collect[changed](ctx, db, `SELECT DISTINCT noun, k AS column FROM customer_merge_row, jsonb_object_keys(before) k WHERE merge_id = $1`, merge)
	if err != nil {
		return nil, fmt.Errorf("reading the journal of merge %s: %w", merge, err)
	}
	out := map[string][]string{}
	for _, r := range found {
		out[r.Noun] = append(out[r.Noun], r.Column)
	}
	for _, list := range out {
		slices.Sort(list)
	}
	return out, nil
}
