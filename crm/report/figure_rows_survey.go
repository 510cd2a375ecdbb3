package report

// The rows behind the figures that answers feed. Every statement here gives one
// row per case with the same columns: what to open, whose it is, and what it adds
// to numerator and denominator. A figure is the sum of these rows, and opening it
// lists them: there is no second condition.
//
// $1 and $2 are the period [from, to), $3 is now.

// standing: a task whose every order is void counts nowhere (4.1 rule 5).
const standing = `(t.work_order_ids = '{}' OR EXISTS (
	SELECT FROM work_order v WHERE v.id = ANY (t.work_order_ids) AND v.state <> 'voided'))`

// surveys are the finished after-service surveys of the period, completed or
// short. One that broke off and was continued by a later call counts as that one.
const surveys = `
	FROM response r JOIN task t ON t.id = r.task_id JOIN attempt c ON c.id = r.attempt_id
	WHERE r.finished_at >= $1 AND r.finished_at < $2 AND (r.completed OR r.short)
	  AND t.kind IN ('followup_3d', 'followup_club') AND ` + standing + `
	  AND NOT (r.outcome = 'C01' AND EXISTS (
	      SELECT FROM response l WHERE l.task_id = r.task_id AND l.started_at >= r.finished_at AND l.finished_at IS NOT NULL AND (l.completed OR l.short)))`

// answered are the surveys' answers, each key once: the survey's own, else the one
// that an earlier call of the same task had brought before it broke off (RP-PARTIAL
// does not ask again).
const answered = `
	SELECT r.id AS survey, r.customer_id, c.agent_id, r.finished_at, g.attempt_id, g.key, g.dept, g.factor, g.value_num, g.value_code
	FROM (SELECT r.id, r.task_id, r.script_id, r.customer_id, r.attempt_id, r.started_at, r.finished_at` + surveys + `) r
	JOIN attempt c ON c.id = r.attempt_id
	CROSS JOIN LATERAL (
	    SELECT DISTINCT ON (a.key) a.key, a.dept, a.factor, a.value_num, a.value_code, a.skipped, p.attempt_id
	    FROM answer a JOIN response p ON p.id = a.response_id
	    WHERE p.task_id = r.task_id AND a.seq > 0
	      AND (p.id = r.id OR (p.script_id = r.script_id AND p.outcome = 'C01' AND p.finished_at <= r.started_at
	           AND a.skipped NOT IN ('short', 'not_applicable') AND strpos(a.key, '.') = 0))
	    ORDER BY a.key, p.id = r.id DESC, a.saved_at DESC, a.repeat_no DESC) g
	WHERE g.skipped = ''`

const answerColumns = `a.customer_id, a.agent_id, a.survey AS cluster, a.finished_at AS at, a.finished_at > $3 AS open`

// scored are the answers that K-02 counts: 10-point scores charged to a department.
const scored = ` FROM (` + answered + `) a WHERE a.value_num IS NOT NULL AND a.dept <> ''
	AND a.factor IN ('initiation', 'advisor', 'facility', 'pickup', 'quality', 'overall')`

const overallRows = `SELECT '' AS part, 'call' AS noun, a.attempt_id AS id, ` + answerColumns + `,
	(a.value_num >= 8)::int AS num, 1 AS den, a.value_num::text AS value
	FROM (` + answered + `) a WHERE a.value_num IS NOT NULL AND a.factor = 'overall'`

const deptRows = `SELECT a.dept AS part, 'call' AS noun, a.attempt_id AS id, ` + answerColumns + `,
	(a.value_num >= 8)::int AS num, 1 AS den, a.key || ' ' || a.value_num AS value` + scored

// deptCustomerRows: one row per customer and department, good when no answer was bad.
const deptCustomerRows = `SELECT a.dept AS part, 'customer' AS noun, a.customer_id AS id, a.customer_id, NULL::uuid AS agent_id,
	a.customer_id AS cluster, max(a.finished_at) AS at, max(a.finished_at) > $3 AS open,
	bool_and(a.value_num > 6)::int AS num, 1 AS den, string_agg(a.key || ' ' || a.value_num, ', ' ORDER BY a.key) AS value` + scored + `
	GROUP BY a.dept, a.customer_id`

const factorRows = `SELECT a.factor AS part, 'call' AS noun, a.attempt_id AS id, ` + answerColumns + `,
	a.value_num::int AS num, 1 AS den, a.key || ' ' || a.value_num AS value
	FROM (` + answered + `) a WHERE a.value_num IS NOT NULL AND a.factor IN ('initiation', 'advisor', 'facility', 'pickup', 'quality')`

const standardRows = `SELECT a.key AS part, 'call' AS noun, a.attempt_id AS id, ` + answerColumns + `,
	(a.value_code = 'yes')::int AS num, 1 AS den, a.value_code AS value
	FROM (` + answered + `) a WHERE a.factor = 'standard' AND a.value_code IN ('yes', 'no')`

const npsRows = `SELECT '' AS part, 'call' AS noun, a.attempt_id AS id, ` + answerColumns + `,
	CASE WHEN a.value_num >= 9 THEN 1 WHEN a.value_num <= 6 THEN -1 ELSE 0 END AS num, 1 AS den, a.value_num::text AS value
	FROM (` + answered + `) a WHERE a.factor = 'nps' AND a.value_num IS NOT NULL`
