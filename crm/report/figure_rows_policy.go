package report

// soldPolicies are the policies sold in the period, by day of sale; what a customer
// only told of was sold elsewhere. adds is what one policy adds: 1, or fen; a policy
// whose amount could not be read is no row of the sum.
func soldPolicies(adds string) string {
	return `SELECT coalesce(NULLIF(p.underwriting, ''), 'unstated') AS part, 'policy' AS noun, p.id, p.customer_id, NULL::uuid AS agent_id, p.id AS cluster,
	p.sold_on::timestamp AT TIME ZONE 'Asia/Shanghai' AS at, p.sold_on > ($3::timestamptz AT TIME ZONE 'Asia/Shanghai')::date AS open,
	` + adds + ` AS num, 0 AS den, p.insurer || ' ' || p.policy_no AS value
	FROM policy p WHERE p.sold_on >= ($1::timestamptz AT TIME ZONE 'Asia/Shanghai')::date
	  AND p.sold_on < ($2::timestamptz AT TIME ZONE 'Asia/Shanghai')::date AND p.source <> 'heard' AND ` + adds + ` IS NOT NULL`
}
