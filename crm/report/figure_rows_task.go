package report

import (
	"strings"

	"ringback/crm/task"
)

// dueTasks are the three-day calls that were due in the period and not taken out
// by a rule; one that is still ahead or in work before its due moment is open.
const dueTasks = `
	FROM task t WHERE t.kind = 'followup_3d' AND t.due_at >= $1 AND t.due_at < $2
	  AND t.state NOT IN ('excluded', 'cancelled') AND ` + standing

const dueColumns = `'' AS part, 'task' AS noun, t.id, t.customer_id, t.assignee_id AS agent_id, t.id AS cluster, t.due_at AS at,
	t.due_at > $3 AND t.state IN ('pending', 'queued', 'in_progress', 'retry_wait', 'blocked') AS open`

const inTimeRows = `SELECT ` + dueColumns + `,
	(t.state = 'completed' AND t.completed_at <= t.due_at)::int AS num, 1 AS den, t.state AS value` + dueTasks

const reachedRows = `SELECT ` + dueColumns + `,
	(t.state IN ('completed', 'refused'))::int AS num, 1 AS den, t.state AS value` + dueTasks

// naturalRows and workingRows read "three days" both ways for the same tasks
// (D-01), from the newest delivery the task is about to the close of the store's
// last call window on the third day.
const naturalRows = `SELECT ` + dueColumns + `,
	(t.state = 'completed' AND t.completed_at <= (` + deliveredDay + ` + 3 + ` + lastClose + `) AT TIME ZONE 'Asia/Shanghai')::int AS num,
	1 AS den, t.state AS value` + dueTasks

const workingRows = `SELECT ` + dueColumns + `,
	(t.state = 'completed' AND t.completed_at <= (
	    (SELECT d.day FROM (SELECT ` + deliveredDay + ` + n AS day FROM generate_series(1, 30) n) d LEFT JOIN work_day w ON w.day = d.day
	     WHERE coalesce(w.is_workday, extract(isodow FROM d.day) < 6 AND (extract(doy FROM d.day) > 1
	         OR EXISTS (SELECT FROM work_year y WHERE y.year = extract(year FROM d.day))))
	     ORDER BY d.day OFFSET 2 LIMIT 1) + ` + lastClose + `) AT TIME ZONE 'Asia/Shanghai')::int AS num,
	1 AS den, t.state AS value` + dueTasks

const deliveredDay = `(SELECT max(o.delivered_at AT TIME ZONE 'Asia/Shanghai')::date FROM work_order o WHERE o.id = ANY (t.work_order_ids))`

const lastClose = `(SELECT max(w ->> 'to')::time FROM store s, jsonb_array_elements(s.call_windows) w WHERE s.id = t.store_id)`

// coverageRows: each delivered order of a surveyed kind (workorder.Kind.Surveyed),
// before any exclusion, and whether a survey about it was completed.
const coverageRows = `SELECT o.kind AS part, 'order' AS noun, o.id, o.customer_id, NULL::uuid AS agent_id, o.id AS cluster, o.delivered_at AS at,
	NOT s.done AND s.waiting AND o.delivered_at <= $3 AS open, s.done::int AS num, 1 AS den, o.ro_no AS value
	FROM work_order o CROSS JOIN LATERAL (
	    SELECT coalesce(bool_or(EXISTS (SELECT FROM response r WHERE r.task_id = t.id AND r.completed AND r.finished_at IS NOT NULL)), false) AS done,
	           coalesce(bool_or(t.state IN ('pending', 'queued', 'in_progress', 'retry_wait', 'blocked')), false) AS waiting
	    FROM task t WHERE t.customer_id = o.customer_id AND o.id = ANY (t.work_order_ids) AND t.kind IN ('followup_3d', 'followup_club')) s
	WHERE o.delivered_at >= $1 AND o.delivered_at < $2 AND o.state <> 'voided'
	  AND o.kind NOT IN ('accessory', 'pdi', 'internal', 'wash')`

// flying: the call has no result yet.
const flying = `(a.state IN ('dialing', 'ringing', 'checking', 'answered', 'bridged') AND $3::timestamptz IS NOT NULL)`

// firstCallRows: each task by its first dialled attempt; completed on that one
// means that no second was needed.
const firstCallRows = `SELECT t.kind AS part, 'call' AS noun, a.id, a.customer_id, a.agent_id, t.id AS cluster, a.business_at AS at,
	` + flying + ` OR a.state IN ('wrap', 'wrap_overdue') AS open,
	(t.state = 'completed' AND NOT EXISTS (
	    SELECT FROM attempt b WHERE b.task_id = a.task_id AND b.dialed_at IS NOT NULL AND b.id <> a.id))::int AS num,
	1 AS den, t.state AS value
	FROM attempt a JOIN task t ON t.id = a.task_id
	WHERE a.business_at >= $1 AND a.business_at < $2 AND a.dialed_at IS NOT NULL
	  AND NOT EXISTS (SELECT FROM attempt b WHERE b.task_id = a.task_id AND b.dialed_at IS NOT NULL
	      AND (b.planned_at, b.id) < (a.planned_at, a.id))`

const dialled = `
	FROM attempt a JOIN task t ON t.id = a.task_id
	WHERE a.business_at >= $1 AND a.business_at < $2 AND a.dialed_at IS NOT NULL AND a.line_result NOT IN ('caller_cancel', 'trunk_fault')`

const contactRows = `SELECT t.kind AS part, 'call' AS noun, a.id, a.customer_id, a.agent_id, a.id AS cluster, a.business_at AS at,
	` + flying + ` AND a.line_result = '' AS open,
	(a.line_result IN ('answered_human', 'abandoned'))::int AS num, 1 AS den, a.line_result AS value` + dialled

// rightPartyRows and onContactRows ask for dispositions that mean "we spoke with
// the right person" (column rpc of spec 2.4.2).
func rightPartyRows() string {
	return `SELECT t.kind AS part, 'call' AS noun, a.id, a.customer_id, a.agent_id, a.id AS cluster, a.business_at AS at,
	` + flying + ` OR a.state IN ('wrap', 'wrap_overdue') AS open,
	(a.disposition IN (` + rpcCodes() + `))::int AS num, 1 AS den, a.disposition AS value` + dialled
}

func onContactRows() string {
	return `SELECT t.kind AS part, 'call' AS noun, a.id, a.customer_id, a.agent_id, a.id AS cluster, a.business_at AS at,
	a.business_at > $3 AS open,
	(EXISTS (SELECT FROM response r WHERE r.attempt_id = a.id AND r.completed))::int AS num, 1 AS den, a.disposition AS value
	FROM attempt a JOIN task t ON t.id = a.task_id
	WHERE a.business_at >= $1 AND a.business_at < $2 AND a.disposition IN (` + rpcCodes() + `)`
}

// rpcCodes are the codes as an SQL list; they are ours and hold no quotes.
func rpcCodes() string {
	var codes []string
	for _, d := range task.Dispositions() {
		if d.RPC {
			codes = append(codes, "'"+d.Code+"'")
		}
	}
	return strings.Join(codes, ", ")
}
