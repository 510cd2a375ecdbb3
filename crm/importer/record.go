package importer

import (
	"encoding/json"
	"slices"
	"strings"
	"time"

	"ringback/crm/customer"
	"ringback/internal/cn"
)

// record is one row under its header.
type record struct {
	no      int
	columns []Column
	cells   []string
	codes   []cn.Code
	masked  string // last four digits of a masked number
	at      rules
}

// rules are what reading a cell needs to know of store and day.
type rules struct {
	zone      *time.Location
	now       time.Time
	date1904  bool
	phone     cn.PhoneOptions
	synthetic bool // the store is a demo store
}

func (r *record) get(field string) string {
	for i, c := range r.columns {
		if c.Field == field {
			return at(r.cells, i)
		}
	}
	return ""
}

// text is a cell as a person wrote it, null words as nothing.
func (r *record) text(field string) string {
	s := cn.Fold(r.get(field))
	if cn.IsNull(s) {
		return ""
	}
	return s
}

func (r *record) code(c cn.Code) {
	if c == "" {
		return
	}
	for _, have := range r.codes {
		if have == c {
			return
		}
	}
	r.codes = append(r.codes, c)
}

// date reads an optional date: an impossible one is null with E-DATE (spec 7.7).
func (r *record) date(field string) *time.Time {
	d := cn.ParseDate(r.get(field), r.dates(0))
	r.code(d.Code)
	if d.At.IsZero() {
		return nil
	}
	return &d.At
}

func (r *record) dates(months int) cn.DateOptions {
	return cn.DateOptions{Zone: r.at.zone, Today: r.at.now.In(r.at.zone), Date1904: r.at.date1904, Months: months}
}

// mustDate reads a required order or expiry date: an impossible one is the row's
// trouble, and so is one that is not there or one of the zero dates of databases.
func (r *record) mustDate(field, zh string, months int) (time.Time, *trouble) {
	d := cn.ParseDate(r.get(field), r.dates(months))
	switch {
	case d.Code == cn.EDate:
		return time.Time{}, badDate(field, zh, r.text(field))
	case d.At.IsZero():
		bad := required(field, zh)
		bad.code = string(cn.EDate)
		return time.Time{}, bad
	}
	r.code(d.Code)
	return d.At, nil
}

// mustDay is mustDate for a business day.
func (r *record) mustDay(field, zh string, months int) (time.Time, *trouble) {
	t, bad := r.mustDate(field, zh, months)
	return dayOf(t), bad
}

// dayOf is the business day of a moment read in the store's zone.
func dayOf(t time.Time) time.Time {
	y, m, d := t.Date()
	return time.Date(y, m, d, 0, 0, 0, 0, time.UTC)
}

// day reads a date that has no time of day, as a business date.
func (r *record) day(field string) *time.Time {
	t := r.date(field)
	if t == nil {
		return nil
	}
	day := dayOf(*t)
	return &day
}

// far reads a day that may lie years ahead, such as the end of a warranty.
func (r *record) far(field string) *time.Time {
	d := cn.ParseDate(r.get(field), r.dates(20*12))
	if r.code(d.Code); d.At.IsZero() {
		return nil
	}
	day := dayOf(d.At)
	return &day
}

// number is an order, policy or contract number in one spelling.
func number(s string) string { return strings.ToUpper(strings.ReplaceAll(s, " ", "")) }

// vehicle reads the columns of a vehicle as seen on a day.
func (r *record) vehicle(on time.Time) customer.VehicleSeen {
	no := cn.ParseVehicleNo(r.get("vin"))
	r.code(no.Code)
	plate, code := cn.ParsePlate(r.get("plate"))
	if no.Frame != "" {
		plate, code = cn.ParseEbikePlate(r.get("plate"))
	}
	r.code(code)
	return customer.VehicleSeen{
		No: no, Plate: plate, Card: number(r.text("card")), Brand: r.text("brand"), Series: r.text("series"), Model: r.text("model"), On: on,
		Synthetic: r.at.synthetic,
	}
}

// amount is in fen; nil when nothing is written or it cannot be read (W-AMT).
func (r *record) amount(field string) *int64 {
	fen, ok, code := cn.ParseAmount(r.get(field))
	r.code(code)
	if !ok {
		return nil
	}
	return &fen
}

func (r *record) km(field string) *int {
	km, ok, code := cn.ParseMileage(r.get(field))
	r.code(code)
	if !ok {
		return nil
	}
	return &km
}

// phones reads the number columns in their order, mobiles of the first column first.
func (r *record) phones(fields ...string) []cn.Phone {
	var out []cn.Phone
	var code cn.Code
	for _, f := range fields {
		p := cn.ParsePhones(r.get(f), r.at.phone)
		for _, n := range p.Valid {
			if !slices.ContainsFunc(out, func(have cn.Phone) bool { return have.Digits == n.Digits }) {
				out = append(out, n)
			}
		}
		if code == "" {
			code = p.Code
		}
		if p.Masked != "" {
			r.masked = p.Masked
		}
	}
	if len(out) == 0 {
		r.code(code)
	}
	return out
}

// wrongWorld is E-SYN: a synthetic row in a real store or the reverse. It compares
// the row's own mark with the store's (spec 7.7).
func (r *record) wrongWorld() *trouble {
	mark := strings.ToLower(r.text("synthetic"))
	if mark == "" || (mark == "true" || mark == "1" || mark == "是") == r.at.synthetic {
		return nil
	}
	return &trouble{
		code: "E-SYN", field: "is_synthetic",
		zh: "演示数据不能导入正式门店，正式数据也不能导入演示门店。本行未导入。",
		en: "Synthetic rows do not go into a real store, nor real rows into a demo store. The row was not imported.",
	}
}

// extra are the cells of columns nobody knows.
func (r *record) extra() []byte {
	m := map[string]string{}
	for i, c := range r.columns {
		if c.Field == "" && c.Heading != "" {
			if v := cn.Fold(at(r.cells, i)); v != "" {
				m[c.Heading] = v
			}
		}
	}
	raw, err := json.Marshal(m)
	if err != nil { // a map of strings always encodes
		return []byte("{}")
	}
	return raw
}

func badDate(field, zh, text string) *trouble {
	return &trouble{
		code: string(cn.EDate), field: field, zh: zh + "“" + text + "”不可能，本行未导入。请更正后重新导入。",
		en: "The date \"" + text + "\" (" + field + ") is impossible; the row was not imported. Correct it and import again.",
	}
}

func required(field, name string) *trouble {
	return &trouble{
		code: "E-REQ", field: field, zh: "缺少" + name + "，本行未导入。请补全后重新导入。",
		en: "The required " + field + " is empty; the row was not imported. Fill it in and import again.",
	}
}
