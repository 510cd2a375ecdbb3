package importer

import (
	"context"
	"strconv"
	"strings"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"

	"ringback/crm/policy"
	"ringback/crm/workorder"
	"ringback/internal/cn"
	"ringback/internal/postgres"
)

// Sample shows what became of the cells of a batch's first accepted row, by field:
// a person sees at once whether a column was taken for the right one. Numbers of
// phones are masked.
func (im *Importer) Sample(ctx context.Context, scope postgres.Scope, id uuid.UUID) (row int, values map[string]string, err error) {
	values = map[string]string{}
	err = im.o.Pool.Scoped(ctx, scope, func(ctx context.Context, tx pgx.Tx) error {
		b, m, err := batchByID(ctx, tx, id, "")
		if err != nil {
			return err
		}
		rows, err := queryRows(ctx, tx, im.o.Box, `SELECT `+rowColumns+` FROM import_row
			WHERE batch_id = $1 AND outcome <> 'rejected' ORDER BY row_no LIMIT 1`, id)
		if err != nil || len(rows) == 0 {
			return err
		}
		at, err := im.rules(ctx, tx, scope.Stores[0], m.Date1904)
		if err != nil {
			return err
		}
		r := record{no: rows[0].RowNo, columns: m.Columns, cells: rows[0].Cells, at: at}
		row = r.no
		for _, c := range m.Columns {
			if c.Field != "" {
				values[c.Field] = r.shown(b.Kind, c.Field)
			}
		}
		return nil
	})
	return row, values, err
}

// shown is a cell as it is understood.
func (r *record) shown(kind Kind, field string) string {
	switch field {
	case "phone", "phone2", "owner_phone":
		p := cn.ParsePhones(r.get(field), r.at.phone)
		texts := make([]string, 0, len(p.Valid))
		for _, n := range p.Valid {
			texts = append(texts, cn.MaskPhone(n.Digits))
		}
		return firstOf(strings.Join(texts, "、"), string(p.Code))
	case "name", "owner", "bringer", "applicant", "advisor", "consultant", "seller", "technician":
		n := cn.ParseName(r.get(field))
		return strings.TrimSpace(n.Full + " " + n.Honorific)
	case "vin":
		n := cn.ParseVehicleNo(r.get(field))
		return firstOf(n.VIN+n.Frame+n.Last8, string(n.Code))
	case "plate":
		plate, _ := cn.ParsePlate(r.get(field))
		return plate
	case "id_no":
		return maskedID(r.get(field))
	case "mileage", "next_km":
		if km, ok, _ := cn.ParseMileage(r.get(field)); ok {
			return strconv.Itoa(km) + " km"
		}
		return ""
	case "labour", "parts", "other", "discount", "total", "premium", "tax", "commission", "price":
		if fen, ok, _ := cn.ParseAmount(r.get(field)); ok {
			return "¥" + strconv.FormatFloat(float64(fen)/100, 'f', 2, 64)
		}
		return ""
	case "opened", "promised", "inspected", "settled", "delivered", "next_date", "from", "to", "sold", "filed", "registered", "warranty", "visited", "joined", "expires":
		return r.shownDate(field)
	case "kind":
		if k, known := workorder.ParseKind(r.text(field)); kind == WorkOrders && known {
			return k.ZH()
		}
		return r.text(field)
	case "line":
		if k, known := policy.ParseKind(r.text(field)); known {
			return map[policy.Kind]string{policy.Compulsory: "交强险", policy.Commercial: "商业险"}[k]
		}
	}
	return MaskText(r.text(field))
}

func (r *record) shownDate(field string) string {
	d := cn.ParseDate(r.get(field), r.dates(20*12))
	switch {
	case d.At.IsZero():
		return string(d.Code)
	case d.HasTime:
		return d.At.Format("2006-01-02 15:04")
	}
	return d.At.Format("2006-01-02")
}
