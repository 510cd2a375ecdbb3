package report

func renewalFigures() []Definition {
	sold := Word{"sold", "出单日", "sold"}
	expiry := Word{"expiry", "保险到期日", "cover ends"}
	return []Definition{
		{
			ID: "K-10", ZH: "续保率（台次）", EN: "Renewal rate by count", Key: expiry, Unit: Percent, Method: Share, Target: atLeast(650), PerAgent: true,
			FormulaZH: "期内到期且已在本店续保的商业险机会（新保单起期在到期前 90 天至后 30 天）÷ 期内到期的机会（已售、报废等无效的不计）",
			FormulaEN: "commercial opportunities expiring in the period that are bound (new policy starts −90 to +30 days of expiry) ÷ those expiring, invalid ones left out",
			rows:      renewalNetRows,
		},
		{
			ID: "K-10g", Of: "K-10", ZH: "毛续保率", EN: "gross", Key: expiry, Unit: Percent, Method: Share, PerAgent: true,
			FormulaZH: "同上，分母含无效机会", FormulaEN: "the same, invalid opportunities in the denominator",
			rows: renewalGrossRows,
		},
		{
			ID: "K-10a", Of: "K-10", ZH: "新转续率", EN: "first year", Key: expiry, Unit: Percent, Method: Share, Target: atLeast(550), PerAgent: true,
			FormulaZH: "同续保率，只算新车后的第一次续保", FormulaEN: "as the renewal rate, first renewal after a new car only",
			rows: renewalFirstRows,
		},
		{
			ID: "K-10b", Of: "K-10", ZH: "续转续率", EN: "later years", Key: expiry, Unit: Percent, Method: Share, Target: atLeast(700), PerAgent: true,
			FormulaZH: "同续保率，只算第二次及以后的续保", FormulaEN: "as the renewal rate, second renewal and later only",
			rows: renewalLaterRows,
		},
		{
			ID: "K-10c", Of: "K-10", ZH: "仅交强险", EN: "compulsory cover only", Key: expiry, Unit: Percent, Method: Share, PerAgent: true,
			FormulaZH: "同续保率，只算没有商业险的机会（不计入续保率）", FormulaEN: "as the renewal rate, opportunities without commercial cover (not in the rate above)",
			rows: renewalForcedRows,
		},
		{
			ID: "K-11", ZH: "续保率（金额）", EN: "Renewal rate by amount", Key: expiry, Unit: Percent, Method: Amounts, PerAgent: true,
			FormulaZH: "已续保机会的新保费 ÷ 期内到期机会的原保费（无效的不计，不含车船税）",
			FormulaEN: "premium after of the bound ÷ premium before of those expiring (invalid ones and vehicle tax left out)",
			rows:      renewalPremiumRows,
		},
		{
			ID: "K-12", ZH: "报价转化率", EN: "Quote to bind", Key: Word{"quoted", "首次报价日", "first quoted"}, Unit: Percent, Method: Share, Target: atLeast(450), PerAgent: true,
			FormulaZH: "首次报价后 45 天内出单的机会 ÷ 期内首次报价的机会", FormulaEN: "opportunities bound within 45 days of their first sent quote ÷ opportunities first quoted in the period",
			rows: quotedRows,
		},
		{
			ID: "K-12b", ZH: "报价三日跟进率", EN: "Quotes followed up in 3 days", Key: due(), Unit: Percent, Method: Share, Target: atLeast(1000), PerAgent: true,
			FormulaZH: "到期前有人接听或已拨打三次的报价 ÷ 已发出的报价", FormulaEN: "quotes with an answered call or three tries before the call was due ÷ quotes sent",
			rows: quoteCalledRows,
		},
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
