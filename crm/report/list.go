package report

import (
	"strconv"
	"strings"

	"ringback/internal/errs"
)

// List is one kind of record as a page shows it: what it may be narrowed by, sorted by,
// and which columns it has. One engine reads every list (list_read.go): a page goes on
// behind the last row's key and id, so that rows which come in meanwhile move nothing.
type List struct {
	Word
	Columns []ListColumn
	Filters []ListFilter
	Sort    string // without a choice: a column's code, with "-" descending

	from     string // table and alias
	alias    string
	where    string // what every row fulfils
	own      string // what an agent's rows fulfil; {own} stands for the set of their customers
	customer string // whose file a row opens
}

// CellKind says how the text of a column's cells is to be read.
type CellKind string

// The kinds of cells. All are text; empty: not known.
const (
	TextCell    CellKind = "text"
	NameCell    CellKind = "name"  // of a person: masked in files (spec 5.3.1)
	PhoneCell   CellKind = "phone" // masked everywhere
	PlateCell   CellKind = "plate"
	DayCell     CellKind = "day"     // YYYY-MM-DD
	MomentCell  CellKind = "moment"  // RFC 3339, UTC; a table shows the day
	MinuteCell  CellKind = "minute"  // RFC 3339, UTC; a table shows day and minute
	MoneyCell   CellKind = "money"   // fen
	NumberCell  CellKind = "number"  // whole
	PercentCell CellKind = "percent" // 0 to 100
	CodeCell    CellKind = "code"    // one of the column's words
	CodesCell   CellKind = "codes"   // several, with commas between
	YesCell     CellKind = "yes"     // "1" or empty
)

// ListColumn is one column of a list.
type ListColumn struct {
	Word
	Kind  CellKind `json:"kind" enum:"text,name,phone,plate,day,moment,minute,money,number,percent,code,codes,yes"`
	Words []Word   `json:"words"`
	Shown bool     `json:"shown" doc:"without a choice of columns"`
	Long  bool     `json:"long" doc:"a long text: of a record, not of a table"`
	Sorts bool     `json:"sorts"`

	sql      string  // its cell
	key      string  // what it sorts by: a column of the table, with an index (store, key, id)
	keyKind  keyKind // how a cursor carries it
	nullable bool    // rows without it come last, either way
}

// keyKind is the type of a sort's key in the database.
type keyKind string

const (
	textKey   keyKind = "text"
	dayKey    keyKind = "date"
	momentKey keyKind = "timestamptz"
	wholeKey  keyKind = "bigint"
)

// FilterKind says what a filter is given.
type FilterKind string

// The kinds of filters. A range is "from..to", either side may be missing.
const (
	ChoiceFilter FilterKind = "choice" // codes of the filter's words, with commas between
	TextFilter   FilterKind = "text"   // a part of it
	DaysFilter   FilterKind = "days"   // 2026-11-01..2026-11-30, business days
	NumberFilter FilterKind = "number" // whole numbers
	MoneyFilter  FilterKind = "money"  // yuan
	YesFilter    FilterKind = "yes"    // yes or no
	PersonFilter FilterKind = "person" // a user's id
	RowFilter    FilterKind = "row"    // a record's id; no field of a page
)

// ListFilter is one condition a list may be narrowed by.
type ListFilter struct {
	Word
	Kind  FilterKind `json:"kind" enum:"choice,text,days,number,money,yes,person,row"`
	Words []Word     `json:"words"`

	sql func(a *arguments, v filterValue) string
}

// arguments are a statement's parameters as it grows.
type arguments []any

// add takes a parameter and gives its place.
func (a *arguments) add(v any) string {
	*a = append(*a, v)
	return "$" + strconv.Itoa(len(*a))
}

// Lists are all lists.
func Lists() []List {
	return []List{customerList(), vehicleList(), orderList(), policyList(), taskList()}
}

// FindList is a list by its code; errs.NotFound "list_unknown".
func FindList(code string) (List, error) {
	for _, l := range Lists() {
		if l.Code == code {
			return l, nil
		}
	}
	return List{}, errs.New(errs.NotFound, "list_unknown", "没有这个列表。", "There is no such list.")
}

func (l List) column(code string) (ListColumn, bool) {
	for _, c := range l.Columns {
		if c.Code == code {
			return c, true
		}
	}
	return ListColumn{}, false
}

func (l List) filter(code string) (ListFilter, bool) {
	for _, f := range l.Filters {
		if f.Code == code {
			return f, true
		}
	}
	return ListFilter{}, false
}

// codes joins what people may choose from, for a sentence.
func codes[T any](all []T, code func(T) string) string {
	out := make([]string, 0, len(all))
	for _, one := range all {
		out = append(out, code(one))
	}
	return strings.Join(out, ", ")
}

// cell makes the columns of the lists' tables short to write.
func cell(kind CellKind, code, zh, en, sql string) ListColumn {
	return ListColumn{Word: Word{code, zh, en}, Kind: kind, sql: sql, Shown: true}
}

// of gives a coded column its words.
func (c ListColumn) of(words []Word) ListColumn { c.Words = words; return c }

// more is a column that is only there when it is chosen.
func (c ListColumn) more() ListColumn { c.Shown = false; return c }

// long is a column of the record's drawer and of files.
func (c ListColumn) long() ListColumn { c.Shown, c.Long = false, true; return c }

// by lets a list be sorted by a column that every row has.
func (c ListColumn) by(kind keyKind, key string) ListColumn {
	c.Sorts, c.keyKind, c.key = true, kind, key
	return c
}

// orLast is by for a column that may be missing.
func (c ListColumn) orLast(kind keyKind, key string) ListColumn {
	c = c.by(kind, key)
	c.nullable = true
	return c
}
