package customer

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"

	"ringback/internal/cn"
	"ringback/internal/postgres"
	"ringback/internal/seal"
)

type hitRow struct {
	CustomerID uuid.UUID
	Why        string // phone, mobile, vehicle, id, company
}

// candidates reads everyone who shares a number, the vehicle, the ID number or
// the company's name with the row. Shared, staff and placeholder numbers join
// nobody.
func (f *Files) candidates(ctx context.Context, db postgres.DB, by By, s Sighting, vehicle uuid.UUID) (cands []candidate, owned bool, err error) {
	hits, err := queryWhy(ctx, db, `
		SELECT customer_id, CASE kind WHEN 'mobile' THEN 'mobile' ELSE 'phone' END AS why FROM customer_phone
			WHERE store_id = $1 AND phone_hash = ANY ($2) AND status NOT IN ('staff', 'shared', 'fake')
		UNION ALL SELECT customer_id, 'vehicle' FROM ownership WHERE vehicle_id = $3 AND to_day IS NULL`, by.Store, f.joining(s), vehicle)
	if err != nil {
		return nil, false, err
	}
	if s.IDNumber != "" {
		more, err := queryWhy(ctx, db, `SELECT id AS customer_id, 'id' AS why FROM customer WHERE store_id = $1 AND id_no_hash = $2`, by.Store, f.idHash(s.IDNumber))
		if err != nil {
			return nil, false, err
		}
		hits = append(hits, more...)
	}
	if s.Name.Company {
		more, err := queryWhy(ctx, db, `SELECT id AS customer_id, 'company' AS why FROM customer
			WHERE store_id = $1 AND kind = 'company' AND name_zh = ANY ($2)`, by.Store, companyNames(s.Name))
		if err != nil {
			return nil, false, err
		}
		hits = append(hits, more...)
	}
	owned = slices.ContainsFunc(hits, func(h hitRow) bool { return h.Why == "vehicle" })
	cands, err = named(ctx, db, hits)
	return cands, owned, err
}

func queryWhy(ctx context.Context, db postgres.DB, sql string, args ...any) ([]hitRow, error) {
	rows, err := db.Query(ctx, sql, args...)
	if err != nil {
		return nil, fmt.Errorf("finding customers: %w", err)
	}
	hits, err := pgx.CollectRows(rows, pgx.RowToStructByName[hitRow])
	if err != nil {
		return nil, fmt.Errorf("finding customers: %w", err)
	}
	return hits, nil
}

type nameRow struct {
	ID        uuid.UUID
	NameZH    string
	SurnameZH string
	Kind      string
}

// named reads the hits' names, oldest file first, and joins the reasons.
func named(ctx context.Context, db postgres.DB, hits []hitRow) ([]candidate, error) {
	if len(hits) == 0 {
		return nil, nil
	}
	ids := make([]uuid.UUID, len(hits))
	for i, h := range hits {
		ids[i] = h.CustomerID
	}
	rows, err := db.Query(ctx, `SELECT id, name_zh, surname_zh, kind FROM customer WHERE id = ANY ($1) AND merged_into IS NULL ORDER BY created_at, id`, ids)
	if err != nil {
		return nil, fmt.Errorf("reading customers: %w", err)
	}
	found, err := pgx.CollectRows(rows, pgx.RowToStructByName[nameRow])
	if err != nil {
		return nil, fmt.Errorf("reading customers: %w", err)
	}
	out := make([]candidate, len(found))
	for i, r := range found {
		out[i] = candidate{id: r.ID, name: r.NameZH, surname: r.SurnameZH, company: r.Kind == "company"}
		for _, h := range hits {
			if h.CustomerID == r.ID {
				out[i].because(h.Why)
			}
		}
	}
	return out, nil
}

func (c *candidate) because(why string) {
	switch why {
	case "mobile":
		c.byPhone, c.byMobile = true, true
	case "phone":
		c.byPhone = true
	case "vehicle":
		c.byVehicle = true
	case "id":
		c.byID = true
	case "company":
		c.byCompany = true
	}
}

// joining are the numbers that may tell who somebody is.
func (f *Files) joining(s Sighting) [][]byte {
	if s.Shared {
		return nil
	}
	return f.hashes(s.Phones)
}

func (f *Files) hashes(phones []cn.Phone) [][]byte {
	out := make([][]byte, 0, len(phones))
	for _, p := range phones {
		out = append(out, f.Hash(p.Digits))
	}
	return out
}

func (f *Files) idHash(id string) []byte {
	if id == "" {
		return nil
	}
	return f.box.Hash(seal.IDNumber, id)
}

func companyNames(n cn.Name) []string {
	if !n.Company {
		return nil
	}
	short := strings.ReplaceAll(n.Full, "有限责任公司", "有限公司")
	return []string{n.Full, short, strings.ReplaceAll(short, "有限公司", "有限责任公司")}
}
