package report

// moments is everything that happened with customer $1, one SELECT per table.
const moments = `
	SELECT coalesce(w.delivered_at, w.settled_at, w.opened_at, w.created_at) AS at, 'visit' AS kind, w.id AS ref_id,
	       (coalesce(w.delivered_at, w.settled_at, w.opened_at, w.created_at) AT TIME ZONE 'Asia/Shanghai')::time = '00:00' AS day_only, w.vehicle_id,
	       w.kind AS code, w.state, w.ro_no AS no, w.advisor_name AS who, w.items_text AS words, w.advice_text AS more, w.total_fen AS amount_fen,
	       CASE WHEN w.delivered_at > w.promised_at THEN (extract(epoch FROM w.delivered_at - w.promised_at) / 60)::int END AS figure,
	       w.mileage_in AS km, w.promised_at AS until_at
	FROM work_order w WHERE w.customer_id = $1
	   OR w.vehicle_id = ANY (ARRAY(SELECT o.vehicle_id FROM ownership o WHERE o.customer_id = $1 AND o.role = 'owner' AND o.to_day IS NULL))
	UNION ALL
	SELECT a.business_at, 'call', a.id, false, t.vehicle_id, t.kind,
	       CASE WHEN a.disposition <> '' THEN a.disposition WHEN a.line_result <> '' THEN a.line_result ELSE a.state END,
	       '', coalesce(u.name_zh, ''), coalesce(o.notes, ''), '', NULL, extract(epoch FROM a.ended_at - a.bridged_at)::int, NULL, NULL
	FROM attempt a JOIN task t ON t.id = a.task_id LEFT JOIN app_user u ON u.id = a.agent_id LEFT JOIN call_outcome o ON o.attempt_id = a.id
	WHERE a.customer_id = $1 AND a.state <> 'void'
	UNION ALL
	SELECT f.created_at, 'form', f.id, false, f.vehicle_id, f.level, array_to_string(f.categories, ','), f.no, coalesce(u.name_zh, ''),
	       f.verbatim, f.demand, NULL, NULL, NULL, NULL
	FROM quick_form f LEFT JOIN app_user u ON u.id = f.created_by WHERE f.customer_id = $1
	UNION ALL
	SELECT coalesce(p.sold_on, p.start_day)::timestamp AT TIME ZONE 'Asia/Shanghai', 'policy', p.id, true, p.vehicle_id, p.kind, p.underwriting,
	       p.policy_no, p.insurer, '', '', p.premium_fen, NULL, NULL, p.end_day::timestamp AT TIME ZONE 'Asia/Shanghai'
	FROM policy p WHERE p.customer_id = $1
	UNION ALL
	SELECT d.delivered_at, 'delivery', d.id, false, d.vehicle_id, '', '', d.contract_no, d.consultant_name, d.documents, d.gifts, d.invoice_fen,
	       NULL, NULL, d.first_service_until::timestamp AT TIME ZONE 'Asia/Shanghai'
	FROM sale_delivery d WHERE d.customer_id = $1
	UNION ALL
	SELECT t.created_at, 'task', t.id, false, t.vehicle_id, t.kind, t.state, '', t.reason, t.blocked_reason, '', NULL, t.attempts, NULL, t.due_at
	FROM task t WHERE t.customer_id = $1
	UNION ALL
	SELECT coalesce(s.sent_at, s.created_at), 'message', s.id, false, NULL, s.template, s.state, '', '', s.text_zh, s.reason, NULL, NULL, NULL, NULL
	FROM sms s WHERE s.customer_id = $1
	UNION ALL
	SELECT k.at, 'consent', k.id, false, NULL, k.purpose, k.state, '', coalesce(u.name_zh, ''), k.evidence, k.channel, NULL, NULL, NULL, NULL
	FROM consent k LEFT JOIN app_user u ON u.id = k.by_user WHERE k.customer_id = $1`
