package report

// A renewal belongs to the day its cover ends, which is a day in Shanghai. It may
// still be won until 30 days after.

const expiring = `
	FROM renewal n WHERE n.expiry >= ($1::timestamptz AT TIME ZONE 'Asia/Shanghai')::date
	  AND n.expiry < ($2::timestamptz AT TIME ZONE 'Asia/Shanghai')::date`

const renewalOpen = `n.stage NOT IN ('bound', 'lost', 'invalid') AND n.expiry + 30 >= ($3::timestamptz AT TIME ZONE 'Asia/Shanghai')::date`

// boundInTime: a policy issued here begins within -90..+30 days of the expiry (T-E8).
const boundInTime = `(n.stage = 'bound' AND EXISTS (
	SELECT FROM policy b WHERE b.id = ANY (n.bound_policy_ids) AND b.start_day BETWEEN n.expiry - 90 AND n.expiry + 30))`

const withCommercial = ` AND EXISTS (SELECT FROM policy c WHERE c.id = ANY (n.policy_ids) AND c.kind = 'commercial')`

const compulsoryOnly = ` AND NOT EXISTS (SELECT FROM policy c WHERE c.id = ANY (n.policy_ids) AND c.kind = 'commercial')`

// premiumsKnown: a premium that could not be read (W-AMT) is not a premium of 0.
const premiumsKnown = ` AND NOT EXISTS (SELECT FROM policy c WHERE c.id = ANY (n.policy_ids || n.bound_policy_ids) AND c.premium_fen IS NULL)`

const renewalColumns = `'' AS part, 'renewal' AS noun, n.id, n.customer_id, n.agent_id, n.id AS cluster,
	n.expiry::timestamp AT TIME ZONE 'Asia/Shanghai' AS at, ` + renewalOpen + ` AS open, n.stage AS value`

const renewedRows = `SELECT ` + renewalColumns + `, ` + boundInTime + `::int AS num, 1 AS den` + expiring

const (
	notInvalid         = ` AND n.stage <> 'invalid'`
	renewalNetRows     = renewedRows + withCommercial + notInvalid
	renewalGrossRows   = renewedRows + withCommercial
	renewalForcedRows  = renewedRows + compulsoryOnly + notInvalid
	renewalFirstRows   = renewalNetRows + ` AND n.year_index = 1`
	renewalLaterRows   = renewalNetRows + ` AND n.year_index >= 2`
	renewalPremiumRows = `SELECT ` + renewalColumns + `,
	CASE WHEN ` + boundInTime + ` THEN n.premium_after_fen ELSE 0 END AS num, n.premium_before_fen AS den` + expiring + withCommercial + notInvalid + premiumsKnown
)

// quotedRows: opportunities by their first sent quote, and whether a policy
// followed within 45 days of it.
const quotedRows = `SELECT '' AS part, 'renewal' AS noun, n.id, n.customer_id, n.agent_id, n.id AS cluster, q.sent_at AS at,
	n.stage NOT IN ('bound', 'lost', 'invalid') AND q.sent_at + interval '45 days' >= $3 AS open, n.stage AS value,
	(n.stage = 'bound' AND n.bound_at <= q.sent_at + interval '45 days')::int AS num, 1 AS den
	FROM quote q JOIN renewal n ON n.id = q.renewal_id
	WHERE q.sent_at >= $1 AND q.sent_at < $2
	  AND NOT EXISTS (SELECT FROM quote e WHERE e.renewal_id = q.renewal_id AND (e.sent_at, e.version) < (q.sent_at, q.version))`

// quoteCalledRows: each quote that went out, by the moment its follow-up call is
// due (TR-32; 72 hours when no call was planned), and whether by then somebody
// answered or three tries were made.
const quoteCalledRows = `SELECT '' AS part, 'quote' AS noun, q.id, q.customer_id, q.agent_id, q.id AS cluster, q.due AS at,
	NOT c.answered AND c.tries < 3 AND q.due > $3 AS open, q.insurer AS value, (c.answered OR c.tries >= 3)::int AS num, 1 AS den
	FROM (SELECT q.id, q.renewal_id, q.sent_at, q.insurer, n.customer_id, n.agent_id,
	          coalesce((SELECT min(t.due_at) FROM task t WHERE t.renewal_id = q.renewal_id AND t.kind = 'renewal_quote' AND t.created_at >= q.sent_at),
	              q.sent_at + interval '72 hours') AS due
	      FROM quote q JOIN renewal n ON n.id = q.renewal_id WHERE q.sent_at >= $1::timestamptz - interval '30 days' AND q.sent_at < $2) q
	CROSS JOIN LATERAL (
	    SELECT coalesce(bool_or(a.line_result = 'answered_human'), false) AS answered, count(*) AS tries
	    FROM attempt a JOIN task t ON t.id = a.task_id
	    WHERE t.renewal_id = q.renewal_id AND t.kind = 'renewal_quote' AND a.dialed_at IS NOT NULL AND a.business_at BETWEEN q.sent_at AND q.due) c
	WHERE q.due >= $1 AND q.due < $2`
