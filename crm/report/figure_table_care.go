package report

func careFigures() []Definition {
	month := Word{"month", "登记日 / 交车日", "registered / delivered"}
	return []Definition{
		{
			ID: "K-13", ZH: "投诉闭环率", EN: "Complaint closing rate", Key: Word{"registered", "登记日", "registered"}, Unit: Percent, Method: Share,
			FormulaZH: "期内登记且已闭环的投诉 ÷ 期内登记的投诉（不成立的不计）",
			FormulaEN: "complaints registered in the period that are closed ÷ complaints registered in the period, invalid ones left out",
		},
		{
			ID: "K-14", ZH: "投诉率", EN: "Complaint rate", Key: month, Unit: PerMille, Method: Exposure, Parts: "level",
			FormulaZH: "L4–L7 售后投诉（快速处理表）÷ 交车工单 × 1000", FormulaEN: "L4–L7 forms about service ÷ delivered orders × 1000",
			rows: complaintRows,
		},
		{
			ID: "K-14g", Of: "K-14", ZH: "抱怨率", EN: "Grumble rate", Key: month, Unit: PerMille, Method: Exposure, Parts: "level",
			FormulaZH: "L1–L3 抱怨（快速处理表）÷ 交车工单 × 1000", FormulaEN: "L1–L3 forms about service ÷ delivered orders × 1000",
			rows: grumbleRows,
		},
		{
			ID: "K-15", ZH: "返修率", EN: "Rework rate", Key: Word{"reported", "报告日 / 交车日", "reported / delivered"}, Unit: Percent, Method: Exposure, Target: atMost(15),
			FormulaZH: "已确认的返修（客户使用原因不计）÷ 交车工单（维修、事故、钣喷、索赔、定保、首保）",
			FormulaEN: "reworks confirmed, cause not the customer's use ÷ delivered orders (repair, accident, paint, warranty, periodic, first)",
			rows:      reworkRows,
		},
	}
}
