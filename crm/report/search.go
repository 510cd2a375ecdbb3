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

// mostPapers is how many papers that share a beginning are looked at: four characters
// may be the beginning of all of them.
const mostPapers = 200

// Search finds a store's customers by whatever the text may mean: each reading is
// asked and none hides another. With an agent given, only those they may see (spec
// 5.2). Sorted by name.
//
// Beginnings are compared with ~>=~ and ~<~, because LIKE loses its index under a
// policy. The few that were hit are looked up one by one (OFFSET 0): else the planner
// walks all names in order and waits for a hit. What very many rows begin with is cut
// in the index's order, after the right of an agent was asked.
func (r *Report) Search(ctx context.Context, db postgres.DB, store uuid.UUID, agent *uuid.UUID, by customer.Readings, limit int) ([]Hit, error) {
	rows, err := db.Query(ctx, `
		WITH mine AS MATERIALIZED `+ownCustomers("$1")+`,
		hits AS MATERIALIZED (
			SELECT customer_id AS id FROM customer_phone WHERE store_id = $2 AND phone_hash = ANY ($3)
			UNION ALL SELECT customer_id FROM customer_phone WHERE store_id = $2 AND last4 = $4
			UNION ALL SELECT w.customer_id FROM vehicle x JOIN ownership w ON w.vehicle_id = x.id WHERE x.store_id = $2 AND x.vin = $5
			UNION ALL SELECT w.customer_id FROM vehicle x JOIN ownership w ON w.vehicle_id = x.id WHERE x.store_id = $2 AND x.frame_no = $5
			UNION ALL SELECT w.customer_id FROM vehicle x JOIN ownership w ON w.vehicle_id = x.id WHERE x.store_id = $2 AND x.vin8 <> '' AND x.vin8 = $6
			UNION ALL SELECT w.customer_id FROM vehicle x JOIN ownership w ON w.vehicle_id = x.id WHERE x.store_id = $2 AND x.vin8 <> '' AND x.vin6 = $7
			UNION ALL SELECT w.customer_id FROM vehicle x JOIN ownership w ON w.vehicle_id = x.id WHERE x.store_id = $2 AND x.plate <> '' AND x.plate = $8
			UNION ALL (SELECT customer_id FROM work_order WHERE store_id = $2 AND ro_no ~>=~ $9::text AND ro_no ~<~ ($9::text || chr(1114111))
				AND ($1::uuid IS NULL OR customer_id IN (SELECT customer_id FROM mine)) ORDER BY ro_no USING ~<~ LIMIT $12)
			UNION ALL (SELECT customer_id FROM policy WHERE store_id = $2 AND policy_no ~>=~ $9::text AND policy_no ~<~ ($9::text || chr(1114111))
				AND ($1::uuid IS NULL OR customer_id IN (SELECT customer_id FROM mine)) ORDER BY policy_no USING ~<~ LIMIT $12)
			UNION ALL (SELECT id FROM customer WHERE store_id = $2 AND merged_into IS NULL AND name_zh ~>=~ $10::text AND name_zh ~<~ ($10::text || chr(1114111))
				AND ($1::uuid IS NULL OR id IN (SELECT customer_id FROM mine)) ORDER BY name_zh USING ~<~ LIMIT $11)),
		found AS (SELECT c.id, c.name_zh FROM (SELECT DISTINCT id FROM hits) h,
			LATERAL (SELECT k.id, k.name_zh FROM customer k WHERE k.id = h.id AND k.merged_into IS NULL OFFSET 0) c WHERE `+ownCustomer+`
		ORDER BY c.name_zh USING ~<~, c.id LIMIT $11)
		SELECT f.id, f.name_zh AS name, coalesce(v.plate, '') AS plate, coalesce(v.model, '') AS model,
			coalesce((SELECT last4 FROM customer_phone p WHERE p.customer_id = f.id ORDER BY priority LIMIT 1), '') AS last4
		FROM found f LEFT JOIN LATERAL (SELECT w.vehicle_id FROM ownership w WHERE w.customer_id = f.id AND w.to_day IS NULL
			ORDER BY array_position(ARRAY['owner', 'user', 'bringer'], w.role) LIMIT 1) o ON true
		LEFT JOIN vehicle v ON v.id = o.vehicle_id
		ORDER BY f.name_zh USING ~<~, f.id`,
		// Planned anew each time: most readings are null, and what is null costs nothing then.
		pgx.QueryExecModeCacheDescribe, agent, store, by.Phones, by.Last4, by.No, by.Last8, by.Last6, by.Plate, by.Paper, by.Name, limit, mostPapers)
	if err != nil {
		return nil, fmt.Errorf("searching customers: %w", err)
	}
	found, err := pgx.CollectRows(rows, pgx.RowToStructByName[Hit])
	if err != nil {
		return nil, fmt.Errorf("searching customers: %w", err)
	}
	return found, nil
}
