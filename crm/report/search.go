package report

import (
	"context"
	"fmt"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"

	"ringback/crm/customer"
	"ringback/internal/postgres"
)

// Hit is one line of a search's answer.
type Hit struct {
	ID    uuid.UUID
	Name  string
	Last4 string
	Plate string
	Model string
}

// Search finds a store's customers by whatever the text may mean: each reading is
// asked and none hides another. With an agent given, only those they may see (spec
// 5.2). Sorted by name.
func (r *Report) Search(ctx context.Context, db postgres.DB, store uuid.UUID, agent *uuid.UUID, by customer.Readings, limit int) ([]Hit, error) {
	rows, err := db.Query(ctx, `
		SELECT c.id, c.name_zh AS name, coalesce(v.plate, '') AS plate, coalesce(v.model, '') AS model,
			coalesce((SELECT last4 FROM customer_phone p WHERE p.customer_id = c.id ORDER BY priority LIMIT 1), '') AS last4
		FROM customer c LEFT JOIN LATERAL (SELECT w.vehicle_id FROM ownership w WHERE w.customer_id = c.id AND w.to_day IS NULL
			ORDER BY array_position(ARRAY['owner', 'user', 'bringer'], w.role) LIMIT 1) o ON true
		LEFT JOIN vehicle v ON v.id = o.vehicle_id
		WHERE `+ownCustomer+` AND c.merged_into IS NULL AND c.id IN (
			SELECT customer_id FROM customer_phone WHERE store_id = $2 AND phone_hash = ANY ($3)
			UNION ALL SELECT customer_id FROM customer_phone WHERE store_id = $2 AND last4 = $4
			UNION ALL SELECT w.customer_id FROM vehicle x JOIN ownership w ON w.vehicle_id = x.id WHERE x.store_id = $2 AND x.vin = $5
			UNION ALL SELECT w.customer_id FROM vehicle x JOIN ownership w ON w.vehicle_id = x.id WHERE x.store_id = $2 AND x.frame_no = $5
			UNION ALL SELECT w.customer_id FROM vehicle x JOIN ownership w ON w.vehicle_id = x.id WHERE x.store_id = $2 AND x.vin8 <> '' AND x.vin8 = $6
			UNION ALL SELECT w.customer_id FROM vehicle x JOIN ownership w ON w.vehicle_id = x.id WHERE x.store_id = $2 AND x.vin8 <> '' AND right(x.vin8, 6) = $7
			UNION ALL SELECT w.customer_id FROM vehicle x JOIN ownership w ON w.vehicle_id = x.id WHERE x.store_id = $2 AND x.plate <> '' AND x.plate = $8
			UNION ALL SELECT customer_id FROM work_order WHERE store_id = $2 AND ro_no LIKE $9
			UNION ALL SELECT customer_id FROM policy WHERE store_id = $2 AND policy_no LIKE $9
			UNION ALL SELECT id FROM customer WHERE store_id = $2 AND name_zh LIKE $10)
		ORDER BY c.name_zh, c.id LIMIT $11`,
		agent, store, by.Phones, by.Last4, by.No, by.Last8, by.Last6, by.Plate, by.Paper, by.Name, limit)
	if err != nil {
		return nil, fmt.Errorf("searching customers: %w", err)
	}
	found, err := pgx.CollectRows(rows, pgx.RowToStructByName[Hit])
	if err != nil {
		return nil, fmt.Errorf("searching customers: %w", err)
	}
	return found, nil
}
