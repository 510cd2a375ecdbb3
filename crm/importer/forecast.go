package importer

import (
	"bytes"
	"cmp"
	"context"
	"fmt"
	"slices"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"

	"ringback/internal/postgres"
)

// forecast is what committing a file would do, told before anything is written: how
// many waiting rows would be new, changed, or the same as the record has them.
type forecast struct {
	rows []foreseen
}

type foreseen struct {
	no int32
	as Outcome
}

// look compares waiting rows with the record. Orders and policies are known by their
// numbers; of the others only the commit can tell who they are.
func (f *forecast) look(ctx context.Context, db postgres.DB, store uuid.UUID, kind Kind, rows []verdict) error {
	var keys []string
	for _, v := range rows {
		if v.outcome == Waiting && v.key != "" {
			keys = append(keys, v.key)
		}
	}
	known, err := knownHashes(ctx, db, store, kind, keys)
	if err != nil || known == nil {
		return err
	}
	for _, v := range rows {
		if v.outcome != Waiting || v.key == "" {
			continue
		}
		as := Created
		if hash, ok := known[v.key]; ok {
			if as = Updated; bytes.Equal(hash, v.hash) {
				as = Same
			}
		}
		f.rows = append(f.rows, foreseen{int32(v.no), as})
	}
	return nil
}

// knownHashes are the contents of the orders or policies that are there already; nil
// for kinds without numbers. Nothing is locked: a forecast is a look, and a file is
// read for long.
func knownHashes(ctx context.Context, db postgres.DB, store uuid.UUID, kind Kind, keys []string) (map[string][]byte, error) {
	var sql string
	switch kind {
	case WorkOrders:
		sql = `SELECT ro_no AS no, content_hash AS hash FROM work_order WHERE store_id = $1 AND ro_no = ANY ($2)`
	case Policies:
		sql = `SELECT policy_no AS no, content_hash AS hash FROM policy WHERE store_id = $1 AND policy_no = ANY ($2)`
	default:
		return nil, nil
	}
	type known struct {
		No   string
		Hash []byte
	}
	rows, err := db.Query(ctx, sql, store, keys)
	if err != nil {
		return nil, fmt.Errorf("looking ahead: %w", err)
	}
	found, err := pgx.CollectRows(rows, pgx.RowToStructByName[known])
	if err != nil {
		return nil, fmt.Errorf("looking ahead: %w", err)
	}
	out := make(map[string][]byte, len(found))
	for _, k := range found {
		out[k.No] = k.Hash
	}
	return out, nil
}

// tally counts what is foreseen, without the rows that the comparison of the file
// settled.
func (f *forecast) tally(settled []verdict) map[string]int {
	out := map[string]int{}
	for _, r := range f.rows {
		i, found := slices.BinarySearchFunc(settled, int(r.no), func(v verdict, no int) int { return cmp.Compare(v.no, no) })
		if !found || settled[i].outcome == Waiting {
			out[string(r.as)]++
		}
	}
	return out
}
