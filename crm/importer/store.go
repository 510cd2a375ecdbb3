package importer

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"

	"ringback/internal/cn"
	"ringback/internal/errs"
	"ringback/internal/postgres"
	"ringback/internal/seal"
)

type batchRow struct {
	ID         uuid.UUID
	FileName   string
	SizeBytes  int64
	Kind       Kind
	Encoding   string
	Sheet      string
	HeaderRow  int
	Mapping    []byte
	State      State
	ErrorCode  string
	ErrorZH    string `db:"error_zh"`
	ErrorEN    string `db:"error_en"`
	DataRows   int
	RowsDone   int
	Counts     []byte
	CreatedAt  time.Time
	FinishedAt *time.Time
}

type counts struct {
	Outcomes map[string]int `json:"outcomes"`
	Codes    map[string]int `json:"codes"`
}

// mapping is how a batch's columns are kept.
type mapping struct {
	Columns  []Column `json:"columns"`
	Date1904 bool     `json:"date1904,omitempty"`
}

const batchColumns = `id, file_name, size_bytes, kind, encoding, sheet, header_row, mapping, state, error_code, error_zh, error_en,
	data_rows, rows_done, counts, created_at, finished_at`

const repeatCode = "import_same_file"

func (r batchRow) batch() (Batch, mapping, error) {
	var m mapping
	var c counts
	if err := errors.Join(json.Unmarshal(r.Mapping, &m), json.Unmarshal(r.Counts, &c)); err != nil {
		return Batch{}, m, fmt.Errorf("reading batch %s: %w", r.ID, err)
	}
	return Batch{
		ID: r.ID, FileName: r.FileName, SizeBytes: r.SizeBytes, Kind: r.Kind, Encoding: r.Encoding, Sheet: r.Sheet, HeaderRow: r.HeaderRow,
		Columns: m.Columns, State: r.State, Repeat: r.ErrorCode == repeatCode, ErrorCode: r.ErrorCode, ErrorZH: r.ErrorZH, ErrorEN: r.ErrorEN,
		DataRows: r.DataRows, RowsDone: r.RowsDone, Outcomes: c.Outcomes, Codes: c.Codes, CreatedAt: r.CreatedAt, FinishedAt: r.FinishedAt,
	}, m, nil
}

func queryBatches(ctx context.Context, db postgres.DB, sql string, args ...any) ([]batchRow, error) {
	rows, err := db.Query(ctx, sql, args...)
	if err != nil {
		return nil, fmt.Errorf("reading import batches: %w", err)
	}
	found, err := pgx.CollectRows(rows, pgx.RowToStructByName[batchRow])
	if err != nil {
		return nil, fmt.Errorf("reading import batches: %w", err)
	}
	return found, nil
}

func batchByID(ctx context.Context, db postgres.DB, id uuid.UUID, lock string) (Batch, mapping, error) {
	found, err := queryBatches(ctx, db, `SELECT `+batchColumns+` FROM import_batch WHERE id = $1`+lock, id)
	if err != nil {
		return Batch{}, mapping{}, err
	}
	if len(found) == 0 {
		return Batch{}, mapping{}, errs.New(errs.NotFound, "import_not_found", "没有这个导入批次。", "There is no such import.")
	}
	return found[0].batch()
}

// doneBefore finds a finished batch of the same bytes.
func doneBefore(ctx context.Context, db postgres.DB, store uuid.UUID, sum []byte) (Batch, bool, error) {
	found, err := queryBatches(ctx, db, `SELECT `+batchColumns+` FROM import_batch
		WHERE store_id = $1 AND sha256 = $2 AND state = 'done' AND error_code = '' ORDER BY created_at DESC LIMIT 1`, store, sum)
	if err != nil || len(found) == 0 {
		return Batch{}, false, err
	}
	b, _, err := found[0].batch()
	return b, true, err
}

func insertBatch(ctx context.Context, db postgres.DB, s postgres.Scope, b Batch, sum []byte, m mapping) error {
	columns, err1 := json.Marshal(m)
	figures, err2 := json.Marshal(counts{Outcomes: b.Outcomes, Codes: b.Codes})
	if err := errors.Join(err1, err2); err != nil {
		return fmt.Errorf("encoding batch %s: %w", b.FileName, err)
	}
	_, err := db.Exec(ctx, `
		INSERT INTO import_batch (id, group_id, store_id, file_name, sha256, size_bytes, kind, encoding, sheet, header_row, mapping, state,
			error_code, error_zh, error_en, data_rows, rows_done, counts, created_at, finished_at, created_by)
		VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, $19, $20, $21)`,
		b.ID, s.Group, s.Stores[0], b.FileName, sum, b.SizeBytes, b.Kind, b.Encoding, b.Sheet, b.HeaderRow, columns, b.State,
		b.ErrorCode, b.ErrorZH, b.ErrorEN, b.DataRows, b.RowsDone, figures, b.CreatedAt, b.FinishedAt, userOrNull(s.User))
	if err != nil {
		return fmt.Errorf("writing batch %s: %w", b.FileName, err)
	}
	return nil
}

func userOrNull(id uuid.UUID) *uuid.UUID {
	if id == uuid.Nil {
		return nil
	}
	return &id
}

// insertRows writes parsed rows, a thousand at a time.
func insertRows(ctx context.Context, db postgres.DB, box *seal.Box, store, batch uuid.UUID, rows []verdict) error {
	for len(rows) > 0 {
		n := min(len(rows), 1000)
		if err := insertSome(ctx, db, box, store, batch, rows[:n]); err != nil {
			return err
		}
		rows = rows[n:]
	}
	return nil
}

func insertSome(ctx context.Context, db postgres.DB, box *seal.Box, store, batch uuid.UUID, rows []verdict) error {
	var nos []int32
	var raws [][]byte
	var codes, outcomes, fields, zh, en []string
	for _, v := range rows {
		raw, err := json.Marshal(v.cells)
		if err != nil {
			return fmt.Errorf("encoding row %d: %w", v.no, err)
		}
		nos, raws = append(nos, int32(v.no)), append(raws, box.Seal(seal.RawRow, raw))
		codes, outcomes, fields = append(codes, joinCodes(v.codes)), append(outcomes, string(v.outcome)), append(fields, v.trouble.field)
		zh, en = append(zh, v.trouble.zh), append(en, v.trouble.en)
	}
	_, err := db.Exec(ctx, `
		INSERT INTO import_row (batch_id, store_id, row_no, raw_enc, codes, outcome, field, reason_zh, reason_en)
		SELECT $1, $2, no, raw, CASE WHEN codes = '' THEN '{}' ELSE string_to_array(codes, ',') END, outcome, field, zh, en
		FROM unnest($3::integer[], $4::bytea[], $5::text[], $6::text[], $7::text[], $8::text[], $9::text[]) AS r (no, raw, codes, outcome, field, zh, en)`,
		batch, store, nos, raws, codes, outcomes, fields, zh, en)
	if err != nil {
		return fmt.Errorf("keeping rows: %w", err)
	}
	return nil
}

func joinCodes(codes []cn.Code) string {
	s := make([]string, len(codes))
	for i, c := range codes {
		s[i] = string(c)
	}
	return strings.Join(s, ",")
}

type rowRow struct {
	RowNo    int
	RawEnc   []byte
	Codes    []string
	Outcome  Outcome
	Field    string
	ReasonZH string `db:"reason_zh"`
	ReasonEN string `db:"reason_en"`
	TargetID *uuid.UUID
}

const rowColumns = `row_no, raw_enc, codes, outcome, field, reason_zh, reason_en, target_id`

func queryRows(ctx context.Context, db postgres.DB, box *seal.Box, sql string, args ...any) ([]Row, error) {
	rows, err := db.Query(ctx, sql, args...)
	if err != nil {
		return nil, fmt.Errorf("reading imported rows: %w", err)
	}
	found, err := pgx.CollectRows(rows, pgx.RowToStructByName[rowRow])
	if err != nil {
		return nil, fmt.Errorf("reading imported rows: %w", err)
	}
	out := make([]Row, 0, len(found))
	for _, r := range found {
		row := Row{RowNo: r.RowNo, Codes: r.Codes, Outcome: r.Outcome, Field: r.Field, ReasonZH: r.ReasonZH, ReasonEN: r.ReasonEN, TargetID: r.TargetID}
		plain, err := box.Open(seal.RawRow, r.RawEnc)
		if err != nil {
			return nil, fmt.Errorf("opening row %d: %w", r.RowNo, err)
		}
		if err := json.Unmarshal(plain, &row.Cells); err != nil {
			return nil, fmt.Errorf("reading row %d: %w", r.RowNo, err)
		}
		out = append(out, row)
	}
	return out, nil
}

// finishRows keeps what became of the rows of a chunk.
func finishRows(ctx context.Context, db postgres.DB, batch uuid.UUID, rows []Row) error {
	var nos []int32
	var codes, outcomes, fields, zh, en []string
	var targets []*uuid.UUID
	for _, r := range rows {
		nos, codes, outcomes = append(nos, int32(r.RowNo)), append(codes, strings.Join(r.Codes, ",")), append(outcomes, string(r.Outcome))
		fields, zh, en, targets = append(fields, r.Field), append(zh, r.ReasonZH), append(en, r.ReasonEN), append(targets, r.TargetID)
	}
	_, err := db.Exec(ctx, `
		UPDATE import_row i SET codes = CASE WHEN r.codes = '' THEN '{}' ELSE string_to_array(r.codes, ',') END,
			outcome = r.outcome, field = r.field, reason_zh = r.zh, reason_en = r.en, target_id = r.target
		FROM unnest($2::integer[], $3::text[], $4::text[], $5::text[], $6::text[], $7::text[], $8::uuid[]) AS r (no, codes, outcome, field, zh, en, target)
		WHERE i.batch_id = $1 AND i.row_no = r.no`, batch, nos, codes, outcomes, fields, zh, en, targets)
	if err != nil {
		return fmt.Errorf("keeping what became of rows: %w", err)
	}
	return nil
}

type tally struct {
	Name string
	N    int
}

// recount counts the rows of a batch by outcome and by code.
func recount(ctx context.Context, db postgres.DB, batch uuid.UUID) (c counts, done int, err error) {
	if c.Outcomes, err = tallies(ctx, db, `SELECT outcome AS name, count(*)::integer AS n FROM import_row WHERE batch_id = $1 GROUP BY 1`, batch); err != nil {
		return counts{}, 0, err
	}
	if c.Codes, err = tallies(ctx, db, `SELECT unnest(codes) AS name, count(*)::integer AS n FROM import_row WHERE batch_id = $1 GROUP BY 1`, batch); err != nil {
		return counts{}, 0, err
	}
	for outcome, n := range c.Outcomes {
		if outcome != string(Waiting) {
			done += n
		}
	}
	return c, done, nil
}

func tallies(ctx context.Context, db postgres.DB, sql string, args ...any) (map[string]int, error) {
	rows, err := db.Query(ctx, sql, args...)
	if err != nil {
		return nil, fmt.Errorf("counting imported rows: %w", err)
	}
	found, err := pgx.CollectRows(rows, pgx.RowToStructByName[tally])
	if err != nil {
		return nil, fmt.Errorf("counting imported rows: %w", err)
	}
	out := map[string]int{}
	for _, t := range found {
		out[t.Name] = t.N
	}
	return out, nil
}
