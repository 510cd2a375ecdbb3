package report

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"

	"ringback/internal/errs"
	"ringback/internal/postgres"
)

// ListRow is one record: its cells in the order of the asked columns.
type ListRow struct {
	ID         uuid.UUID  `json:"id"`
	CustomerID *uuid.UUID `json:"customerId,omitempty" doc:"whose file it opens; missing: nobody's that may be seen"`
	Key        *string    `json:"-"`
	Cells      []string   `json:"cells"`
}

// ListPage is one page of a list. Next and Prev are cursors; empty: nothing there.
type ListPage struct {
	Rows []ListRow
	From int // number of the first row, as far as rows have not moved since
	Next string
	Prev string
}

// The time a statement of a list may take.
const (
	pageTime  = 8 * time.Second
	countTime = 1500 * time.Millisecond
	fileTime  = 3 * time.Minute
)

// within bounds what the transaction's next statements may take, and what is done
// between them: the last sheet of a large file takes its time.
func within(ctx context.Context, db postgres.DB, d time.Duration) error {
	_, err := db.Exec(ctx, `SELECT set_config('statement_timeout', $1, true), set_config('idle_in_transaction_session_timeout', $1, true)`, fmt.Sprint(d.Milliseconds()))
	return err
}

// tooLong: the database gave a statement up because its time ran out.
func tooLong(err error) bool {
	var pg *pgconn.PgError
	return errors.As(err, &pg) && pg.Code == "57014"
}

func (q ListQuery) failed(doing string, err error) error {
	if tooLong(err) {
		return errs.New(errs.Invalid, "list_too_wide", "这样筛选要查的数据太多，没有在规定时间内查完。请再加一个条件，例如日期范围。",
			"There is too much to look through for this. Add one more filter, such as a range of days.").Because(err)
	}
	return fmt.Errorf("%s the list of %s: %w", doing, q.List.Code, err)
}

// ListPage reads one page. It costs the same at any depth: the sort's index is
// entered behind the last row.
func (r *Report) ListPage(ctx context.Context, db postgres.DB, q ListQuery) (out ListPage, err error) {
	if err := within(ctx, db, pageTime); err != nil {
		return out, q.failed("bounding", err)
	}
	back := q.at != nil && q.at.Back
	var rows []ListRow
	for _, missing := range q.parts(back) {
		some, err := q.part(ctx, db, missing, back, q.ask.Limit+1-len(rows))
		if err != nil {
			return out, q.failed("reading", err)
		}
		if rows = append(rows, some...); len(rows) > q.ask.Limit {
			break
		}
	}
	if back && len(rows) == 0 { // all before it are gone
		q.at = nil
		return r.ListPage(ctx, db, q)
	}
	return q.page(rows, back), nil
}

// cover masks the numbers of a row.
func (q ListQuery) cover(cells []string) {
	for i, c := range q.Columns {
		if c.Kind == PhoneCell {
			cells[i] = Masked(cells[i])
		}
	}
}

func (q ListQuery) page(rows []ListRow, back bool) ListPage {
	more := len(rows) > q.ask.Limit
	rows = rows[:min(len(rows), q.ask.Limit)]
	for _, r := range rows {
		q.cover(r.Cells)
	}
	out := ListPage{Rows: rows, From: 1}
	if back {
		slices.Reverse(rows)
		if more {
			out.From = max(2, q.at.From-len(rows))
		}
	} else if q.at != nil {
		out.From = q.at.From
	}
	if len(rows) == 0 {
		return out
	}
	first, last := rows[0], rows[len(rows)-1]
	if more || back {
		out.Next = cursor{Of: q.belongs(), Key: last.Key, ID: last.ID, From: out.From + len(rows)}.text()
	}
	if back && more || !back && q.at != nil {
		out.Prev = cursor{Of: q.belongs(), Key: first.Key, ID: first.ID, From: out.From, Back: true}.text()
	}
	return out
}

// parts are the stretches to read in order: rows with the key, then those without.
func (q ListQuery) parts(back bool) []bool {
	out := []bool{false}
	if q.key.nullable {
		out = append(out, true)
	}
	if back {
		slices.Reverse(out)
	}
	if q.at != nil && q.at.Key == nil && !back || q.at != nil && q.at.Key != nil && back {
		return []bool{q.at.Key == nil}
	}
	return out
}

// part reads rows of one stretch behind the cursor, or backwards before it.
func (q ListQuery) part(ctx context.Context, db postgres.DB, missing, back bool, limit int) ([]ListRow, error) {
	var a arguments
	where, order := q.where(&a), q.order(back)
	where = append(where, q.stretch(missing))
	if q.at != nil && (q.at.Key == nil) == missing {
		where = append(where, q.behind(&a, back))
	}
	inner := "SELECT " + q.List.alias + ".* FROM " + q.List.from + " WHERE " + strings.Join(where, " AND ") + order + " LIMIT " + a.add(limit)
	sql := "SELECT " + q.List.alias + ".id, " + q.whose(&a) + " AS customer_id, " + q.List.alias + "." + q.key.key + "::text AS key, " + q.cells(&a) + " AS cells FROM (" + inner + ") " + q.List.alias + order
	// Planned anew each time: which index is right depends on what is asked.
	rows, err := db.Query(ctx, sql, slices.Concat([]any{pgx.QueryExecModeCacheDescribe}, a)...)
	if err != nil {
		return nil, err
	}
	return pgx.CollectRows(rows, pgx.RowToStructByName[ListRow])
}

// theStore is the first parameter of every list's query.
const theStore = "$1"

// where are the conditions of every row of the query. It comes before all else.
func (q ListQuery) where(a *arguments) []string {
	*a = append(*a, q.ask.Store)
	out := []string{q.List.alias + ".store_id = " + theStore, q.List.where}
	if q.ask.Agent != nil {
		out = append(out, strings.ReplaceAll(q.List.own, "{own}", ownCustomers(a.add(*q.ask.Agent))))
	}
	for _, f := range q.filters {
		out = append(out, f.sql(a, f.value))
	}
	return out
}

func (q ListQuery) stretch(missing bool) string {
	if missing {
		return q.List.alias + "." + q.key.key + " IS NULL"
	}
	return q.List.alias + "." + q.key.key + " IS NOT NULL"
}

func (q ListQuery) order(back bool) string {
	way := ""
	if q.down != back {
		way = " DESC"
	}
	return " ORDER BY " + q.List.alias + "." + q.key.key + way + ", " + q.List.alias + ".id" + way
}

// behind is true for rows after the cursor's, as the rows are read.
func (q ListQuery) behind(a *arguments, back bool) string {
	way := " > "
	if q.down != back {
		way = " < "
	}
	if q.at.Key == nil {
		return q.List.alias + ".id" + way + a.add(q.at.ID)
	}
	return "(" + q.List.alias + "." + q.key.key + ", " + q.List.alias + ".id)" + way + "(" + a.add(*q.at.Key) + "::text::" + string(q.key.keyKind) + ", " + a.add(q.at.ID) + "::uuid)"
}

// cells are the asked columns as an array of texts.
func (q ListQuery) cells(a *arguments) string {
	out := make([]string, 0, len(q.Columns))
	for _, c := range q.Columns {
		sql := q.piece(a, c.sql)
		switch c.Kind {
		case MomentCell, MinuteCell:
			sql = "to_char((" + sql + `) AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS"Z"')`
		case YesCell:
			sql = "CASE WHEN (" + sql + ") THEN '1' END"
		}
		out = append(out, "coalesce(("+sql+")::text, '')")
	}
	return "ARRAY[" + strings.Join(out, ", ") + "]::text[]"
}

func (q ListQuery) whose(a *arguments) string { return "(" + q.piece(a, q.List.customer) + ")" }

// piece fills in what a column may depend on: the moment, and whom an agent may see.
func (q ListQuery) piece(a *arguments, sql string) string {
	if strings.Contains(sql, "{now}") {
		sql = strings.ReplaceAll(sql, "{now}", a.add(q.ask.Now))
	}
	if strings.Contains(sql, ownedMark) {
		owned := ""
		if q.ask.Agent != nil {
			owned = " AND o.customer_id IN " + ownCustomers(a.add(*q.ask.Agent))
		}
		sql = strings.ReplaceAll(sql, ownedMark, owned)
	}
	return sql
}

// ownedMark stands in a column where an agent's right belongs.
const ownedMark = "{owned:o.customer_id}"

// ListCount is how many rows a query has; More: that many were counted and there are
// more, or counting took too long.
type ListCount struct {
	N    int  `json:"n"`
	More bool `json:"more"`
}

// CountedTo is how far a page's count goes.
const CountedTo = 10_000

// ListCount counts a query's rows up to a number; 0 counts them all.
func (r *Report) ListCount(ctx context.Context, db postgres.DB, q ListQuery, most int) (out ListCount, err error) {
	patience := countTime
	if most == 0 {
		patience, most = fileTime, 1<<31-2
	}
	if err := within(ctx, db, patience); err != nil {
		return out, q.failed("bounding", err)
	}
	if _, err := db.Exec(ctx, `SAVEPOINT counting`); err != nil {
		return out, q.failed("bounding", err)
	}
	var a arguments
	where := q.where(&a)
	sql := "SELECT count(*) FROM (SELECT 1 FROM " + q.List.from + " WHERE " + strings.Join(where, " AND ") + " LIMIT " + a.add(most+1) + ") x"
	err = db.QueryRow(ctx, sql, slices.Concat([]any{pgx.QueryExecModeCacheDescribe}, a)...).Scan(&out.N)
	if tooLong(err) && patience == countTime { // the transaction goes on without the count
		if _, err := db.Exec(ctx, `ROLLBACK TO SAVEPOINT counting`); err != nil {
			return out, q.failed("giving up counting", err)
		}
		return ListCount{More: true}, nil
	}
	if err != nil {
		return out, q.failed("counting", err)
	}
	if out.N > most {
		out = ListCount{N: most, More: true}
	}
	return out, nil
}

// ListEach hands every row of a query on, in order and one at a time: a million rows
// are never in memory.
func (r *Report) ListEach(ctx context.Context, db postgres.DB, q ListQuery, fn func(cells []string) error) error {
	if err := within(ctx, db, fileTime); err != nil {
		return q.failed("bounding", err)
	}
	for _, missing := range q.parts(false) {
		var a arguments
		where := append(q.where(&a), q.stretch(missing))
		sql := "SELECT " + q.cells(&a) + " FROM " + q.List.from + " WHERE " + strings.Join(where, " AND ") + q.order(false)
		rows, err := db.Query(ctx, sql, slices.Concat([]any{pgx.QueryExecModeCacheDescribe}, a)...)
		if err != nil {
			return q.failed("reading", err)
		}
		var cells []string
		if _, err := pgx.ForEachRow(rows, []any{&cells}, func() error {
			q.cover(cells)
			return fn(cells)
		}); err != nil {
			return q.failed("reading", err)
		}
	}
	return nil
}
