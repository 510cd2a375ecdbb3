package report

// Complaints are counted beside the orders they are divided by: a row is either a
// form or an order. Orders belong to no level (part NULL) and stand under each.

const deliveredOrders = `SELECT NULL AS part, 'order' AS noun, o.id, o.customer_id, NULL::uuid AS agent_id, o.id AS cluster, o.delivered_at AS at,
	false AS open, 0 AS num, 1 AS den, o.ro_no AS value
	FROM work_order o WHERE o.delivered_at >= $1 AND o.delivered_at < $2 AND o.state <> 'voided'`

// forms about service: at least one category that is neither sales nor insurance.
const forms = `SELECT f.level AS part, 'form' AS noun, f.id, f.customer_id, f.created_by AS agent_id, f.id AS cluster, f.created_at AS at,
	f.created_at > $3 AS open, 1 AS num, 0 AS den, f.no AS value
	FROM quick_form f WHERE f.created_at >= $1 AND f.created_at < $2
	  AND (f.categories = '{}' OR NOT f.categories <@ ARRAY['claim', 'renewal', 'sale.delivery', 'sale.promise'])`

const complaintRows = forms + ` AND f.level IN ('L4', 'L5', 'L6', 'L7') UNION ALL ` + deliveredOrders

const grumbleRows = forms + ` AND f.level IN ('L1', 'L2', 'L3') UNION ALL ` + deliveredOrders

// reworkRows: a report that nobody confirmed or rejected yet is open: it is not
// counted and may still be.
const reworkRows = `SELECT NULL AS part, 'rework' AS noun, w.id, w.customer_id, NULL::uuid AS agent_id, w.id AS cluster, w.reported_at AS at,
	w.state = 'reported' AND w.reported_at <= $3 AS open,
	(w.state NOT IN ('reported', 'rejected') AND w.cause <> 'customer_use')::int AS num, 0 AS den, w.state AS value
	FROM rework w WHERE w.reported_at >= $1 AND w.reported_at < $2 AND w.state <> 'rejected'
	UNION ALL ` + deliveredOrders + ` AND o.kind IN ('repair', 'accident', 'paint', 'warranty', 'periodic', 'first')`
