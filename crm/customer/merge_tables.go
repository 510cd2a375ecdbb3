package customer

import (
	"strings"
)

// holding is one table with customers' ids, and how its rows pass to the survivor of
// a merge. In its SQL r is a row, $1 the survivor and $2 the merged file.
type holding struct {
	table  string
	column string // of the id; empty: customer_id
	key    string // names a row in the journal; empty: id
	sets   string // what else changes with the id
	stays  string // rows that stay with the merged file: the survivor has the like
}

// holdings is every table with a customer's id; a test compares it with the database's
// foreign keys. Tables of other rooms are here too: the id is this room's own, and one
// statement moves it the same way everywhere. What follows from a merge inside a room
// (one open task per subject) is that room's handler of customer.merged.
//
// Not here: customer_merge itself, which is the history of merges, and
// customer.merged_into, which [follow] keeps.
func holdings() []holding {
	return []holding{
		{table: "appointment"},
		{table: "attempt"},
		{table: "churn_signal"},
		{table: "consent"},
		{table: "customer_external", key: "external_no"},
		{
			table: "customer_phone",
			sets:  `, priority = least(9, r.priority + (SELECT coalesce(max(priority), 0) FROM customer_phone WHERE customer_id = $1))`,
			stays: `EXISTS (SELECT FROM customer_phone k WHERE k.customer_id = $1 AND k.phone_hash = r.phone_hash)`,
		},
		{table: "letter"},
		{table: "merge_case", stays: `r.other_id IS NOT DISTINCT FROM $1`}, // what was asked about the two themselves
		{table: "merge_case", column: "other_id", stays: `r.customer_id = $1`},
		{
			table: "ownership",
			stays: `EXISTS (SELECT FROM ownership k WHERE k.customer_id = $1 AND k.vehicle_id = r.vehicle_id AND k.role = r.role)`,
		},
		{table: "policy"},
		{table: "quick_form"},
		{table: "renewal"},
		{table: "response"},
		{table: "rework"},
		{
			table: "sale_delivery",
			stays: `EXISTS (SELECT FROM sale_delivery k WHERE k.customer_id = $1 AND k.vehicle_id = r.vehicle_id AND k.delivered_day = r.delivered_day)`,
		},
		{table: "sms"},
		{table: "task"},
		{table: "work_order"},
	}
}

func (h holding) idColumn() string {
	if h.column == "" {
		return "customer_id"
	}
	return h.column
}

// move is the statement that passes the rows on.
func (h holding) move() string {
	where := ""
	if h.stays != "" {
		where = ` AND NOT (` + h.stays + `)`
	}
	return `UPDATE ` + h.table + ` r SET ` + h.idColumn() + ` = $1` + h.sets + ` WHERE r.` + h.idColumn() + ` = $2` + where
}

// journaled is a table whose rows a merge may change, and so an undo restores.
type journaled struct {
	table string
	key   string // column that names a row
	mine  string // the rows of two files, $1; $2 is the moment of the merge
	cast  string // type of key
}

// versioned tables count their changes: an undo is one more, never one less.
func (j journaled) versioned() bool {
	switch j.table {
	case "customer", "task", "renewal", "appointment":
		return true
	}
	return false
}

// journal is the files themselves, those that were merged into one of them before,
// and every table of holdings.
func journal() []journaled {
	out := []journaled{{table: "customer", key: "id", cast: "uuid", mine: `r.id = ANY ($1) OR r.merged_into = ANY ($1)`}}
	for _, h := range holdings() {
		mine := `r.` + h.idColumn() + ` = ANY ($1)`
		if last := &out[len(out)-1]; last.table == h.table {
			last.mine += ` OR ` + mine
			continue
		}
		j := journaled{table: h.table, key: "id", cast: "uuid", mine: mine}
		if h.table == "task" { // do-not-call that reaches a number ends the tasks of all who have it
			j.mine += ` OR (r.completed_at = $2 OR r.state IN ('pending', 'queued', 'retry_wait', 'blocked')) AND r.customer_id IN (SELECT o.customer_id
				FROM customer_phone p JOIN customer_phone o ON o.phone_hash = p.phone_hash AND o.store_id = p.store_id WHERE p.customer_id = ANY ($1))`
		}
		if h.key != "" {
			j.key, j.cast = h.key, "text"
		}
		out = append(out, j)
	}
	return out
}

// rows is the statement that reads every row of two files as JSON.
func rowsOfTwo() string {
	var parts []string
	for _, j := range journal() {
		parts = append(parts, `SELECT '`+j.table+`' AS noun, r.`+j.key+`::text AS key, to_jsonb(r)::text AS row FROM `+j.table+` r WHERE `+j.mine)
	}
	return strings.Join(parts, ` UNION ALL `)
}
