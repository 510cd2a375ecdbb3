// Package importer turns the files of a dealer's own system into rows of the
// record: it recognises kind, encoding, header and columns, keeps every row with
// what was found in it, and commits in chunks that can be resumed.
//
// It knows no rule of the business: who is who is package customer's, what a
// changed order means package workorder's, who is called package task's (by the
// events of the chunk's transaction). States of a batch (spec 7.4):
//
//	uploaded ─▶ parsed ─▶ committing ─▶ done ─▶ undone (within 24 h)
//	    └─▶ failed (nothing was written) ─▶ parsed (a person corrected how it is read)
//
// The original is kept sealed, every row with its original cells (sealed), codes,
// outcome and reason. Each step is one transaction, or one per 500 rows, so that a
// crash leaves nothing half: [Importer.Resume] goes on. A file whose bytes were
// imported before changes nothing, unless it is forced.
package importer

import (
	"embed"
	"io/fs"
	"log/slog"
	"os"
	"path/filepath"
	"time"

	"github.com/google/uuid"

	"ringback/crm/appointment"
	"ringback/crm/customer"
	"ringback/crm/policy"
	"ringback/crm/workorder"
	"ringback/internal/clock"
	"ringback/internal/events"
	"ringback/internal/postgres"
	"ringback/internal/seal"
)

//go:embed demo
var demoFiles embed.FS

// DemoFiles are the synthetic files of the demo store, by name; DemoOrder says in
// which order they are imported.
func DemoFiles() (fs.FS, error) { return fs.Sub(demoFiles, "demo") }

// DemoOrder names the demo files in the order they are imported.
func DemoOrder() []string {
	return []string{"users.csv", "dnc.csv", "customers.csv", "deliveries.xlsx", "policies.xlsx", "workorders.xlsx", "workorders_gb18030.csv"}
}

// Options of an importer.
type Options struct {
	Pool   *postgres.Pool
	Bus    *events.Bus
	Box    *seal.Box
	Clock  *clock.Clock
	Logger *slog.Logger // nil: nothing is logged
	Dir    string       // where originals are kept, shared by all nodes; empty: a directory for temporary files
}

// Importer imports files into one store at a time.
type Importer struct {
	o     Options
	files *customer.Files
	kept  originals
	book  *workorder.Book
	cover *policy.Book
	visit *appointment.Book
}

// New makes an importer. Rules that must see imported orders are registered on
// o.Bus before (task.Tasks.Register).
func New(o Options) *Importer {
	if o.Logger == nil {
		o.Logger = slog.New(slog.DiscardHandler)
	}
	if o.Dir == "" {
		o.Dir = filepath.Join(os.TempDir(), "ringback-imports")
	}
	return &Importer{o: o, kept: originals{dir: o.Dir, box: o.Box}, files: customer.NewFiles(o.Box, o.Bus), book: workorder.NewBook(o.Bus), cover: policy.NewBook(o.Bus), visit: appointment.NewBook(o.Bus)}
}

// State of a batch.
type State string

// States.
const (
	Uploaded   State = "uploaded" // kept, not read yet
	Parsed     State = "parsed"
	Committing State = "committing"
	Done       State = "done"
	Failed     State = "failed"
	Undone     State = "undone"
)

// Outcome of a row.
type Outcome string

// Outcomes. Accepted rows are all but the waiting and the rejected.
const (
	Waiting    Outcome = "waiting"
	Created    Outcome = "new"
	Same       Outcome = "same"       // equal content, counted and not written again
	Updated    Outcome = "updated"    // changed an order of an earlier file
	Superseded Outcome = "superseded" // lost against another row of the file
	Merged     Outcome = "merged"     // the person of an earlier row
	Rejected   Outcome = "rejected"
)

// Batch is one uploaded file.
type Batch struct {
	ID         uuid.UUID      `json:"id"`
	FileName   string         `json:"file_name"`
	SizeBytes  int64          `json:"size_bytes"`
	Kind       Kind           `json:"kind"`
	Encoding   string         `json:"encoding"`
	Sheet      string         `json:"sheet"`
	HeaderRow  int            `json:"header_row"`
	Columns    []Column       `json:"columns"`
	State      State          `json:"state"`
	Repeat     bool           `json:"repeat"` // the same bytes were imported before: nothing was changed
	RepeatOf   uuid.UUID      `json:"-"`      // … by this batch; known only to who sent them
	ErrorCode  string         `json:"error_code"`
	ErrorZH    string         `json:"error_zh"`
	ErrorEN    string         `json:"error_en"`
	DataRows   int            `json:"data_rows"`
	RowsDone   int            `json:"rows_done"`
	Outcomes   map[string]int `json:"outcomes"` // outcome to rows
	Codes      map[string]int `json:"codes"`    // code to rows
	CreatedAt  time.Time      `json:"created_at"`
	FinishedAt *time.Time     `json:"finished_at"`
	CommitAt   *time.Time     `json:"commit_at"`
	UndoneAt   *time.Time     `json:"undone_at"`
	Source     Source         `json:"source"`
	Asks       bool           `json:"asks"`  // the store's header changed: a person should look before the commit
	Known      bool           `json:"known"` // read as the store's saved mapping says
	Notes      []Note         `json:"notes"`
	Forecast   map[string]int `json:"forecast"` // what the commit would make of waiting rows, where that can be told
	Tasks      int            `json:"tasks"`    // promises that followed from it
	Reviews    int            `json:"reviews"`  // questions for a clerk that followed from it

	sum    []byte
	cursor int // row number up to which rows are committed
	force  bool
}

// Note is something noticed about a file as a whole.
type Note struct {
	Code string `json:"code"`
	ZH   string `json:"zh"`
	EN   string `json:"en"`
}

// Row is one row of a file as it is shown.
type Row struct {
	RowNo    int        `json:"row_no"`
	Cells    []string   `json:"cells"` // as in the file
	Codes    []string   `json:"codes"`
	Outcome  Outcome    `json:"outcome"`
	Field    string     `json:"field"`
	ReasonZH string     `json:"reason_zh"`
	ReasonEN string     `json:"reason_en"`
	TargetID *uuid.UUID `json:"target_id"`
}

// PreviewRows is how many rows a preview shows.
const PreviewRows = 200

// Preview is a batch with its first rows.
type Preview struct {
	Batch Batch `json:"batch"`
	Rows  []Row `json:"rows"`
}

// chunkRows is how many rows share a transaction (spec 7.4).
const chunkRows = 500
