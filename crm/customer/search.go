package customer

import (
	"context"
	"fmt"
	"strings"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"

	"ringback/internal/cn"
	"ringback/internal/postgres"
)

// Hit is one line of a search's answer.
type Hit struct {
	ID     uuid.UUID `json:"id"`
	NameZH string    `json:"name_zh"`
	Kind   string    `json:"kind"`
	Last4  string    `json:"last4"`
	Plate  string    `json:"plate"`
	VIN    string    `json:"vin" db:"vin"`
	Model  string    `json:"model"`
}

const hitColumns = `SELECT c.id, c.name_zh, c.kind,
	coalesce((SELECT last4 FROM customer_phone p WHERE p.customer_id = c.id ORDER BY priority LIMIT 1), '') AS last4,
	coalesce(v.plate, '') AS plate, coalesce(v.vin, v.frame_no, '') AS vin, coalesce(v.model, '') AS model
	FROM customer c LEFT JOIN LATERAL (SELECT w.vehicle_id FROM ownership w WHERE w.customer_id = c.id AND w.to_day IS NULL
		ORDER BY array_position(ARRAY['owner', 'user', 'bringer'], w.role) LIMIT 1) o ON true
	LEFT JOIN vehicle v ON v.id = o.vehicle_id
	WHERE c.merged_into IS NULL AND c.store_id = $1 AND `

// Search finds customers of one store by whole number, last four digits, plate,
// VIN (whole, or its last 8 or 6), frame number, or the beginning of a name.
// Numbers of orders and policies are package report's.
func (f *Files) Search(ctx context.Context, db postgres.DB, store uuid.UUID, text string, limit int) ([]Hit, error) {
	text = strings.TrimSpace(cn.Fold(text))
	if text == "" {
		return nil, nil
	}
	for _, try := range f.tries(text) {
		hits, err := queryHits(ctx, db, hitColumns+try.where+` ORDER BY c.name_zh, c.id LIMIT $3`, store, try.arg, limit)
		if err != nil || len(hits) > 0 {
			return hits, err
		}
	}
	return nil, nil
}

type try struct {
	where string
	arg   any
}

const byVehicle = `EXISTS (SELECT 1 FROM ownership w JOIN vehicle x ON x.id = w.vehicle_id WHERE w.customer_id = c.id AND x.store_id = $1 AND `

// tries are the readings of a search text, the most exact first.
func (f *Files) tries(text string) []try {
	var out []try
	if p := cn.ParsePhones(text, cn.PhoneOptions{}); len(p.Valid) > 0 {
		out = append(out, try{`c.id IN (SELECT customer_id FROM customer_phone WHERE store_id = $1 AND phone_hash = ANY ($2))`, f.hashes(p.Valid)})
	}
	if len(text) == 4 && strings.Trim(text, "0123456789") == "" {
		out = append(out, try{`c.id IN (SELECT customer_id FROM customer_phone WHERE store_id = $1 AND last4 = $2)`, text})
	}
	if no := cn.ParseVehicleNo(text); no.VIN != "" || no.Frame != "" {
		out = append(out, try{byVehicle + `(x.vin = $2 OR x.frame_no = $2))`, no.VIN + no.Frame})
	} else if no.Last8 != "" {
		out = append(out, try{byVehicle + `x.vin8 <> '' AND x.vin8 = $2)`, no.Last8})
	}
	if last := strings.ToUpper(text); len(last) == 6 && strings.ContainsAny(last, "0123456789") && isAlnum(last) {
		out = append(out, try{byVehicle + `x.vin8 <> '' AND right(x.vin8, 6) = $2)`, last})
	}
	if plate, _ := cn.ParsePlate(text); plate != "" {
		out = append(out, try{byVehicle + `x.plate = $2)`, plate})
	}
	return append(out, try{`c.name_zh LIKE $2`, likePrefix(text)})
}

func isAlnum(s string) bool {
	return !strings.ContainsFunc(s, func(r rune) bool { return (r < '0' || r > '9') && (r < 'A' || r > 'Z') })
}

// Hits are the search lines of these customers, those that were merged left out.
func (f *Files) Hits(ctx context.Context, db postgres.DB, store uuid.UUID, ids []uuid.UUID, limit int) ([]Hit, error) {
	return queryHits(ctx, db, hitColumns+`c.id = ANY ($2) ORDER BY c.name_zh, c.id LIMIT $3`, store, ids, limit)
}

func likePrefix(s string) string {
	return strings.NewReplacer(`\`, `\\`, `%`, `\%`, `_`, `\_`).Replace(s) + "%"
}

func queryHits(ctx context.Context, db postgres.DB, sql string, args ...any) ([]Hit, error) {
	rows, err := db.Query(ctx, sql, args...)
	if err != nil {
		return nil, fmt.Errorf("searching customers: %w", err)
	}
	hits, err := pgx.CollectRows(rows, pgx.RowToStructByName[Hit])
	if err != nil {
		return nil, fmt.Errorf("searching customers: %w", err)
	}
	return hits, nil
}
