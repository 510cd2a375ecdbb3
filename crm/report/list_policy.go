package report

import "slices"

func policyKinds() []Word {
	return []Word{{"compulsory", "交强险", "compulsory"}, {"commercial", "商业险", "commercial"}}
}

// renewalOf reads something of the renewal that policy p runs into.
func renewalOf(what string) string {
	return `(SELECT ` + what + ` FROM renewal n WHERE n.store_id = p.store_id AND n.vehicle_id = p.vehicle_id AND p.id = ANY (n.policy_ids) ORDER BY n.expiry DESC LIMIT 1)`
}

func stagesOrNone() []Word {
	return slices.Concat(renewalStages(), []Word{{"none", "未到续保期", "no renewal yet"}})
}

func policyList() List {
	stage := `coalesce(` + renewalOf("n.stage") + `, 'none')`
	return List{
		Word: Word{"policies", "保单", "Policies"}, Sort: "-end",
		from: "policy p", alias: "p", where: "true", own: "p.customer_id IN {own}", customer: "p.customer_id",
		Columns: []ListColumn{
			cell(TextCell, "no", "保单号", "Policy", `p.policy_no`).by(textKey, "policy_no"),
			cell(CodeCell, "kind", "险种", "Kind", `p.kind`).of(policyKinds()),
			cell(TextCell, "insurer", "保险公司", "Insurer", `p.insurer`),
			cell(NameCell, "customer", "客户", "Customer", holderOf("p")),
			cell(PhoneCell, "phone", "电话", "Phone", phoneOf("p.customer_id")).more(),
			cell(PlateCell, "plate", "车牌", "Plate", plateOf("p")),
			cell(TextCell, "model", "车型", "Model", modelOf("p")).more(),
			cell(DayCell, "start", "起保日", "Begins", `p.start_day`).more(),
			cell(DayCell, "end", "到期日", "Ends", `p.end_day`).by(dayKey, "end_day"),
			cell(MoneyCell, "premium", "保费", "Premium", `p.premium_fen`).orLast(wholeKey, "premium_fen"),
			cell(MoneyCell, "tax", "车船税", "Vehicle tax", `p.vehicle_tax_fen`).more(),
			cell(CodeCell, "stage", "续保进度", "Renewal", stage).of(stagesOrNone()),
			cell(TextCell, "agent", "续保专员", "Renewal agent", renewalOf(`(SELECT u.name_zh FROM app_user u WHERE u.id = n.agent_id)`)),
			cell(CodeCell, "underwriting", "承保方式", "Came about", `p.underwriting`).of(underwritingWords()).more(),
			cell(TextCell, "soldBy", "经办人", "Sold by", `p.sold_by`).more(),
			cell(DayCell, "soldOn", "出单日", "Sold on", `p.sold_on`).more(),
			cell(NumberCell, "claims", "出险次数", "Claims", `p.claims_count`).more(),
			cell(NameCell, "insured", "被保险人", "Insured", `p.insured_name`).more(),
		},
		Filters: []ListFilter{
			by(DaysFilter, "end", "到期日", "Ends", func(a *arguments, v filterValue) string { return v.days(a, "p.end_day") }),
			by(TextFilter, "insurer", "保险公司", "Insurer", func(a *arguments, v filterValue) string { return v.part(a, "p.insurer") }),
			choice("kind", "险种", "Kind", policyKinds(), oneOf("p.kind")),
			choice("stage", "续保进度", "Renewal", stagesOrNone(), oneOf(stage)),
			by(PersonFilter, "agent", "续保专员", "Renewal agent", sameID(renewalOf("n.agent_id"))),
			by(RowFilter, "customer", "客户", "Customer", sameID("p.customer_id")),
			by(RowFilter, "vehicle", "车辆", "Vehicle", sameID("p.vehicle_id")),
			by(RowFilter, "id", "保单", "Policy", sameID("p.id")),
		},
	}
}
