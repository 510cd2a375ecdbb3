package report

func renewalFigures() []Definition {
	sold := Word{"sold", "出单日", "sold"}
	return []Definition{
		{
			ID: "K-11p", ZH: "续保产能（件数）", EN: "Policies sold", Key: sold, Unit: Count, Method: Total, Parts: "underwriting",
			FormulaZH: "期内出单的保单件数，按承保类型", FormulaEN: "policies sold in the period, by underwriting type",
			rows: soldPolicies("1"),
		},
		{
			ID: "K-11pa", Of: "K-11p", ZH: "保费", EN: "premium", Key: sold, Unit: Yuan, Method: Total, Parts: "underwriting",
			FormulaZH: "期内出单保单的保费合计（不含车船税）", FormulaEN: "premium of the policies sold in the period, vehicle tax left out",
			rows: soldPolicies("p.premium_fen"),
		},
		{
			ID: "K-11pc", Of: "K-11p", ZH: "手续费", EN: "commission", Key: sold, Unit: Yuan, Method: Total, Parts: "underwriting",
			FormulaZH: "期内出单保单的手续费合计", FormulaEN: "commission of the policies sold in the period",
			rows: soldPolicies("p.commission_fen"),
		},
	}
}
