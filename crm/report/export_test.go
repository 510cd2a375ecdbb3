package report

import "github.com/google/uuid"

// CursorBehind is the place behind a row, as if one had paged there.
func CursorBehind(q ListQuery, key *string, id uuid.UUID, from int) string {
	return cursor{Of: q.belongs(), Key: key, ID: id, From: from}.text()
}

// SortKey is the column of the database that a query is sorted by.
func SortKey(q ListQuery) (table, column string, down bool) { return q.List.from, q.key.key, q.down }
