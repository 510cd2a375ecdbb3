package importer

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/json"
	"fmt"
	"strings"
	"time"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"

	"ringback/internal/postgres"
)

// savedMapping is what a store's earlier file said about a set of headings (spec
// 7.1): the next file with the same ones is read the same way.
type savedMapping struct {
	Kind         Kind
	HeadingsHash []byte
	Columns      []byte
}

// headingsHash is over the headings in their order, folded.
func headingsHash(columns []Column) []byte {
	heads := make([]string, len(columns))
	for i, c := range columns {
		heads[i] = heading(c.Heading)
	}
	for len(heads) > 0 && heads[len(heads)-1] == "" {
		heads = heads[:len(heads)-1]
	}
	sum := sha256.Sum256([]byte(strings.Join(heads, "\x00")))
	return sum[:]
}

func mappings(ctx context.Context, db postgres.DB, store uuid.UUID) ([]savedMapping, error) {
	rows, err := db.Query(ctx, `SELECT kind, headings_hash, columns FROM import_mapping WHERE store_id = $1`, store)
	if err != nil {
		return nil, fmt.Errorf("reading saved mappings: %w", err)
	}
	found, err := pgx.CollectRows(rows, pgx.RowToStructByName[savedMapping])
	if err != nil {
		return nil, fmt.Errorf("reading saved mappings: %w", err)
	}
	return found, nil
}

// saveMapping remembers how a committed file was read.
func saveMapping(ctx context.Context, db postgres.DB, store uuid.UUID, b Batch, m mapping, at time.Time, user uuid.UUID) error {
	raw, err := json.Marshal(m.Columns)
	if err != nil {
		return fmt.Errorf("encoding a mapping: %w", err)
	}
	_, err = db.Exec(ctx, `INSERT INTO import_mapping (store_id, kind, headings_hash, columns, saved_at, saved_by) VALUES ($1, $2, $3, $4, $5, $6)
		ON CONFLICT (store_id, headings_hash) DO UPDATE SET kind = $2, columns = $4, saved_at = $5, saved_by = $6`,
		store, b.Kind, headingsHash(m.Columns), raw, at, userOrNull(user))
	if err != nil {
		return fmt.Errorf("saving a mapping: %w", err)
	}
	return nil
}

// recognise finds the header of a table: a person's word, else the store's saved
// mapping, else by the names.
func recognise(top []line, c Correction, learned []savedMapping) (headed, bool) {
	h, ok := findHeader(top)
	switch {
	case c.HeaderRow > 0:
		h, ok = headerAt(top, c.HeaderRow, c.Kind)
	case c.Kind != "" && (h.columns == nil || h.layout.kind != c.Kind):
		h, ok = headerOf(top, c.Kind)
	case c.Kind == "" && len(c.Fields) == 0:
		if s, known := remembered(top, h, learned); known {
			return s, true
		}
	}
	if len(c.Fields) > 0 && h.columns != nil {
		return h.corrected(c.Fields), true
	}
	return h, ok
}

// remembered finds a header that the store knows: the recognised one, or a row whose
// names only a person could tell.
func remembered(top []line, h headed, learned []savedMapping) (headed, bool) {
	if s, ok := h.remembered(learned); ok {
		return s, true
	}
	for _, l := range top[:min(len(top), headerRows)] {
		row := layout{}.read(l.cells)
		row.row = l.no
		if s, ok := row.remembered(learned); ok {
			return s, true
		}
	}
	return h, false
}

func (h headed) remembered(learned []savedMapping) (headed, bool) {
	if h.columns == nil {
		return h, false
	}
	for _, m := range learned {
		if bytes.Equal(m.HeadingsHash, headingsHash(h.columns)) {
			return h.learnt(m)
		}
	}
	return h, false
}

// headerAt reads the header in the row that a person named.
func headerAt(top []line, row int, kind Kind) (headed, bool) {
	for i, l := range top {
		if l.no != row {
			continue
		}
		h, ok := bestLayout(l.cells)
		if kind != "" {
			h, ok = layoutOf(kind).read(l.cells), true
		}
		if !ok {
			h = mostNames(l.cells)
		}
		if h.row = l.no; h.columns != nil {
			if j := twoRows(top, i, h); kind == "" || j.layout.kind == kind {
				h = j
			}
		}
		return h, h.columns != nil
	}
	return headed{}, false
}

// headerOf reads the row that fits a kind best.
func headerOf(top []line, kind Kind) (best headed, ok bool) {
	for i, l := range top[:min(len(top), headerRows)] {
		if h := layoutOf(kind).read(l.cells); h.score > best.score {
			h.row, h.below = l.no, 0
			if j := twoRows(top, i, h); j.layout.kind == kind {
				h = j
			}
			best = h
		}
	}
	return best, best.score > 0
}

// corrected gives the columns the fields that a person chose.
func (h headed) corrected(fields map[string]string) headed {
	given, have := map[string]bool{}, map[string]bool{}
	for _, f := range fields {
		given[f] = f != ""
	}
	columns := make([]Column, len(h.columns))
	h.score = 0
	for i, c := range h.columns {
		f, said := fields[c.Heading]
		switch {
		case said && f != "" && h.layout.names(f) && !have[f]:
			c.Field = f
		case said, given[c.Field]:
			c.Field = ""
		}
		if columns[i] = c; c.Field != "" {
			have[c.Field] = true
			h.score++
		}
	}
	h.columns, h.missing = columns, h.layout.missing(have)
	return h
}

// names tells whether the layout has a field. phone2 is where a second number goes.
func (l layout) names(field string) bool {
	for _, c := range l.columns {
		if c.field == field {
			return true
		}
	}
	return field == "phone2"
}

// learnt gives the columns the fields of a saved mapping.
func (h headed) learnt(m savedMapping) (headed, bool) {
	var columns []Column
	if err := json.Unmarshal(m.Columns, &columns); err != nil {
		return h, false
	}
	fields := map[string]string{}
	for _, c := range columns {
		fields[c.Heading] = c.Field
	}
	out := headed{layout: layoutOf(m.Kind), columns: make([]Column, len(h.columns)), row: h.row, below: h.below, saved: true}
	have := map[string]bool{}
	for i, c := range h.columns {
		out.columns[i] = Column{Heading: c.Heading, Field: fields[c.Heading]}
		if f := fields[c.Heading]; f != "" {
			have[f] = true
			out.score++
		}
	}
	out.exact, out.missing = out.score, out.layout.missing(have)
	return out, len(out.missing) == 0
}
