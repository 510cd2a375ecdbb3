package importer

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
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
	Sha256     []byte
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
	Source     Source
	Asks       bool
	Notes      []byte
	CommitAt   *time.Time
	UndoneAt   *time.Time
}

// counts are a batch's figures; Cursor is the row number up to which it is committed.
type counts struct {
	Outcomes map[string]int `json:"outcomes"`
	Codes    map[string]int `json:"codes"`
	Cursor   int            `json:"cursor,omitempty"`
	Forecast map[string]int `json:"forecast,omitempty"` // what the commit would make of waiting rows
	Tasks    int            `json:"tasks,omitempty"`    // promises that followed
	Reviews  int            `json:"reviews,omitempty"`  // questions for a clerk that followed
}

// mapping is how a batch was read.
type mapping struct {
	Columns  []Column `json:"columns"`
	Date1904 bool     `json:"date1904,omitempty"`
	Known    bool     `json:"known,omitempty"` // the store's saved mapping said so
	Below    int      `json:"below,omitempty"` // lines of the header under its first
	Force    bool     `json:"force,omitempty"` // also bytes that were imported before
}

const batchColumns = `id, file_name, sha256, size_bytes, kind, encoding, sheet, header_row, mapping, state, error_code, error_zh, error_en,
	data_rows, rows_done, counts, created_at, finished_at, source, asks, notes, commit_at, undone_at`

const repeatCode = "import_same_file"

func (r batchRow) batch() (Batch, mapping, error) {
	var m mapping
	var c counts
	var notes []Note
	if err := errors.Join(json.Unmarshal(r.Mapping, &m), json.Unmarshal(r.Counts, &c), json.Unmarshal(r.Notes, &notes)); err != nil {
		return Batch{}, m, fmt.Errorf("reading batch %s: %w", r.ID, err)
	}
	return Batch{
		ID: r.ID, FileName: r.FileName, SizeBytes: r.SizeBytes, Kind: r.Kind, Encoding: r.Encoding, Sheet: r.Sheet, HeaderRow: r.HeaderRow,
		Columns: m.Columns, State: r.State, Repeat: r.ErrorCode == repeatCode, ErrorCode: r.ErrorCode, ErrorZH: r.ErrorZH, ErrorEN: r.ErrorEN,
		DataRows: r.DataRows, RowsDone: r.RowsDone, Outcomes: c.Outcomes, Codes: c.Codes, CreatedAt: r.CreatedAt, FinishedAt: r.FinishedAt,
		Source: r.Source, Asks: r.Asks, Known: m.Known, Notes: notes, CommitAt: r.CommitAt, UndoneAt: r.UndoneAt, sum: r.Sha256, cursor: c.Cursor, force: m.Force, Forecast: c.Forecast, Tasks: c.Tasks, Reviews: c.Reviews,
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

// batchByID reads one batch; errs.NotFound "import_not_found".
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

// batchesWhere reads the batches that a condition finds.
func batchesWhere(ctx context.Context, db postgres.DB, where string, args ...any) ([]Batch, error) {
	found, err := queryBatches(ctx, db, `SELECT `+batchColumns+` FROM import_batch WHERE `+where, args...)
	if err != nil {
		return nil, err
	}
	out := make([]Batch, 0, len(found))
	for _, r := range found {
		b, _, err := r.batch()
		if err != nil {
			return nil, err
		}
		out = append(out, b)
	}
	return out, nil
}

// sameBytes finds the newest batch of the same file that fits.
func sameBytes(ctx context.Context, db postgres.DB, store uuid.UUID, sum []byte, which string) (Batch, bool, error) {
	found, err := batchesWhere(ctx, db, `store_id = $1 AND sha256 = $2 AND `+which+` ORDER BY created_at DESC, id DESC LIMIT 1`, store, sum)
	if err != nil || len(found) == 0 {
		return Batch{}, false, err
	}
	return found[0], true, nil
}

// encoded are the columns of a batch that are kept as JSON.
func (b Batch) encoded(m mapping) (columns, figures, notes []byte, err error) {
	if b.Notes == nil {
		b.Notes = []Note{}
	}
	columns, err1 := json.Marshal(m)
	figures, err2 := json.Marshal(counts{Outcomes: b.Outcomes, Codes: b.Codes, Cursor: b.cursor, Forecast: b.Forecast, Tasks: b.Tasks, Reviews: b.Reviews})
	notes, err3 := json.Marshal(b.Notes)
	if err := errors.Join(err1, err2, err3); err != nil {
		return nil, nil, nil, fmt.Errorf("encoding batch %s: %w", b.ID, err)
	}
	return columns, figures, notes, nil
}

func insertBatch(ctx context.Context, db postgres.DB, s postgres.Scope, b Batch, m mapping) error {
	columns, figures, notes, err := b.encoded(m)
	if err != nil {
		return err
	}
	_, err = db.Exec(ctx, `
		INSERT INTO import_batch (id, group_id, store_id, file_name, sha256, size_bytes, kind, encoding, sheet, header_row, mapping, state,
			error_code, error_zh, error_en, data_rows, rows_done, counts, created_at, finished_at, created_by, source, asks, notes)
		VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, $19, $20, $21, $22, $23, $24)`,
		b.ID, s.Group, s.Stores[0], b.FileName, b.sum, b.SizeBytes, b.Kind, b.Encoding, b.Sheet, b.HeaderRow, columns, b.State,
		b.ErrorCode, b.ErrorZH, b.ErrorEN, b.DataRows, b.RowsDone, figures, b.CreatedAt, b.FinishedAt, userOrNull(s.User), b.Source, b.Asks, notes)
	if err != nil {
		return fmt.Errorf("writing batch %s: %w", b.ID, err)
	}
	return nil
}

// updateBatch writes everything about a batch but where it came from.
func updateBatch(ctx context.Context, db postgres.DB, _ postgres.Scope, b Batch, m mapping) error {
	columns, figures, notes, err := b.encoded(m)
	if err != nil {
		return err
	}
	_, err = db.Exec(ctx, `
		UPDATE import_batch SET kind = $2, encoding = $3, sheet = $4, header_row = $5, mapping = $6, state = $7, error_code = $8, error_zh = $9,
			error_en = $10, data_rows = $11, rows_done = $12, counts = $13, finished_at = $14, asks = $15, notes = $16, commit_at = $17 WHERE id = $1`,
		b.ID, b.Kind, b.Encoding, b.Sheet, b.HeaderRow, columns, b.State, b.ErrorCode, b.ErrorZH, b.ErrorEN, b.DataRows, b.RowsDone, figures,
		b.FinishedAt, b.Asks, notes, b.CommitAt)
	if err != nil {
		return fmt.Errorf("writing batch %s: %w", b.ID, err)
	}
	return nil
}

// writeProgress writes how far a batch is.
func writeProgress(ctx context.Context, db postgres.DB, b Batch) error {
	_, figures, _, err := b.encoded(mapping{})
	if err != nil {
		return err
	}
	if _, err := db.Exec(ctx, `UPDATE import_batch SET state = $2, rows_done = $3, counts = $4, finished_at = $5, commit_at = $6, asks = false WHERE id = $1`,
		b.ID, b.State, b.RowsDone, figures, b.FinishedAt, b.CommitAt); err != nil {
		return fmt.Errorf("writing the progress of batch %s: %w", b.ID, err)
	}
	return nil
}

func userOrNull(id uuid.UUID) *uuid.UUID {
	if id == uuid.Nil {
		return nil
	}
	return &id
}

// insertRows writes parsed rows.
func insertRows(ctx context.Context, db postgres.DB, box *seal.Box, store, batch uuid.UUID, rows []verdict) error {
	if len(rows) == 0 {
		return nil
	}
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

// addVerdicts adds what the comparison of the whole file found to rows that are kept.
func addVerdicts(ctx context.Context, db postgres.DB, batch uuid.UUID, rows []verdict) error {
	for part := range slices.Chunk(rows, 5000) {
		var nos []int32
		var codes, outcomes []string
		for _, v := range part {
			nos, codes, outcomes = append(nos, int32(v.no)), append(codes, joinCodes(v.codes)), append(outcomes, string(v.outcome))
		}
		_, err := db.Exec(ctx, `
			UPDATE import_row i SET codes = i.codes || CASE WHEN r.codes = '' THEN '{}' ELSE string_to_array(r.codes, ',') END, outcome = r.outcome
			FROM unnest($2::integer[], $3::text[], $4::text[]) AS r (no, codes, outcome) WHERE i.batch_id = $1 AND i.row_no = r.no`, batch, nos, codes, outcomes)
		if err != nil {
			return fmt.Errorf("keeping the comparison of rows: %w", err)
		}
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
