package importer

import (
	"context"

	"github.com/google/uuid"

	"ringback/internal/postgres"
)

// Peek is the top of a file as it is, so that a person can say where the header is.
type Peek struct {
	Sheets []string
	Sheet  string
	Lines  []PeekLine
}

// PeekLine is one line of it.
type PeekLine struct {
	No    int
	Cells []string
}

// Look reads the first lines of a batch's original, of the sheet named or the first.
func (im *Importer) Look(ctx context.Context, scope postgres.Scope, id uuid.UUID, sheet, encoding string) (Peek, error) {
	b, err := im.Batch(ctx, scope, id)
	if err != nil {
		return Peek{}, err
	}
	o, err := im.kept.open(b.ID)
	if err != nil {
		return Peek{}, err
	}
	defer func() { _ = o.Close() }()
	tables, err := openTables(o, encoding)
	if err != nil {
		return Peek{}, err
	}
	if sheet == "" {
		sheet = b.Sheet
	}
	p := Peek{Sheet: tables[0].name}
	chosen := tables[0]
	for _, t := range tables {
		if p.Sheets = append(p.Sheets, t.name); t.name == sheet {
			chosen, p.Sheet = t, t.name
		}
	}
	top, err := chosen.top(30)
	if err != nil {
		return Peek{}, readTrouble(err)
	}
	for _, l := range top {
		p.Lines = append(p.Lines, PeekLine{l.no, l.cells})
	}
	return p, nil
}

// Field is something a column may be taken for.
type Field struct {
	Name     string `json:"name"`
	ZH       string `json:"zh"`
	EN       string `json:"en"`
	Required bool   `json:"required"`
}

// Kinds are the kinds that can be imported.
func Kinds() []Kind {
	var out []Kind
	for _, l := range layouts() {
		if l.kind.imported() {
			out = append(out, l.kind)
		}
	}
	return out
}

// FieldsOf are the fields of a kind by the house's own headings.
func FieldsOf(k Kind) []Field {
	var out []Field
	for _, c := range layoutOf(k).columns {
		if c.field != "synthetic" {
			out = append(out, Field{c.field, firstWord(c.names), fieldEN(k, c.field), c.required})
		}
	}
	return out
}

func firstWord(names string) string {
	for i, r := range names {
		if r == ' ' {
			return names[:i]
		}
	}
	return names
}
