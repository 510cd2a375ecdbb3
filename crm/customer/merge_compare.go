package customer

import (
	"context"

	"github.com/google/uuid"

	"ringback/internal/errs"
	"ringback/internal/postgres"
	"ringback/internal/seal"
)

// Comparison is two files beside each other, as a merge would join them.
type Comparison struct {
	Survivor, Merged uuid.UUID
	Fields           []FieldPair
	Obstacle         error // why they cannot be merged as they are; nil: nothing known
}

// FieldPair is what both files say of one thing, and whose word would hold.
type FieldPair struct {
	Code     string
	Survivor string // empty: it does not say
	Merged   string
	Differs  bool // both say something, and not the same: a person may choose
	Holds    Side
}

// Compare shows what a merge of two files would give. errs.NotFound
// "customer_not_found" also for another store's.
func (f *Files) Compare(ctx context.Context, db postgres.DB, by By, a, b uuid.UUID) (Comparison, error) {
	two, err := readFiles(ctx, db, a, b)
	if err != nil {
		return Comparison{}, err
	}
	if len(two) != 2 || two[0].StoreID != by.Store || two[1].StoreID != by.Store {
		return Comparison{}, errs.New(errs.NotFound, "customer_not_found", "没有这位客户的档案。", "There is no such customer.")
	}
	s, m := survives(&two[0], &two[1])
	out := Comparison{Survivor: s.ID, Merged: m.ID, Obstacle: mayMerge(s, m, nil)}
	for _, d := range fields() {
		x, y := d.says(s), d.says(m)
		p := FieldPair{Code: d.code, Survivor: x, Merged: y, Differs: x != "" && y != "" && x != y, Holds: d.holds(s, m, nil)}
		if d.code == "id_no" {
			p.Survivor, p.Merged = f.lastOfID(s), f.lastOfID(m)
		}
		out.Fields = append(out.Fields, p)
	}
	return out, nil
}

// lastOfID is an ID number covered but for its last four characters.
func (f *Files) lastOfID(c *file) string {
	if c.IDNoEnc == nil {
		return ""
	}
	plain, err := f.box.Open(seal.IDNumber, c.IDNoEnc)
	if err != nil || len(plain) < 4 {
		return "**************"
	}
	return "**************" + string(plain[len(plain)-4:])
}
