package report

import (
	"fmt"

	"github.com/jackc/pgx/v5"
)

// counted is embedded in rows that carry how many there are beyond the page.
type counted struct {
	Total int `json:"-"`
}

func (c counted) all() int { return c.Total }

// page collects the rows of one page with how many there are in all; empty, never
// nil, when there are none. what names them in an error.
func page[T interface{ all() int }](rows pgx.Rows, err error, what string) ([]T, int, error) {
	if err != nil {
		return nil, 0, fmt.Errorf("listing %s: %w", what, err)
	}
	out, err := pgx.CollectRows(rows, pgx.RowToStructByName[T])
	if err != nil {
		return nil, 0, fmt.Errorf("listing %s: %w", what, err)
	}
	if len(out) == 0 {
		return []T{}, 0, nil
	}
	return out, out[0].all(), nil
}
