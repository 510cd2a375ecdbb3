package report

// Method says how a figure's value and its interval are made of its sums.
type Method string

// Methods.
const (
	Share    Method = "share"    // cases of cases: Wilson
	Exposure Method = "exposure" // events counted beside what they are divided by: Poisson
	Amounts  Method = "amounts"  // sum over sum: linearised
	Net      Method = "net"      // promoters minus detractors
	Weighted Method = "weighted" // the index: weighted means of factors
	Total    Method = "total"    // a count or an amount, no denominator
)

// Definition is one figure of spec 4.1.
type Definition struct {
	ID        string
	Of        string // the figure it is another reading of
	ZH, EN    string
	FormulaZH string
	FormulaEN string
	Key       Word // period key: what puts a row into a period
	Unit      Unit
	Method    Method
	Target    Target // spec 4.1.2
	Parts     string // what its rows are split by: dept, factor, item, kind, order, level, underwriting
	PerAgent  bool   // its rows belong to agents
	rows      string
}

// FigureGroup is a block of the page.
type FigureGroup struct {
	Word
	Figures []Definition
}

func finished() Word  { return Word{"finished", "问卷完成日", "survey finished"} }
func due() Word       { return Word{"due", "任务到期日", "task due"} }
func delivered() Word { return Word{"delivered", "交车日", "delivered"} }
func dialedOn() Word  { return Word{"dialed", "拨打日", "dialled"} }

// FigureTable is spec 4.1, K-01 to K-15, in the order of the page. Percentages are
// shown with one decimal; excluded and void orders never count (rule 5).
func FigureTable() []FigureGroup {
	return []FigureGroup{
		{Word{"survey", "满意度", "Satisfaction"}, surveyFigures()},
		{Word{"followup", "回访", "Follow-up"}, followUpFigures()},
		{Word{"contact", "接通", "Contact"}, contactFigures()},
		{Word{"renewal", "续保", "Renewal"}, renewalFigures()},
		{Word{"care", "投诉返修", "Complaints and rework"}, careFigures()},
	}
}

func surveyFigures() []Definition {
	return []Definition{
		{
			ID: "K-01", ZH: "总体满意度", EN: "Overall satisfaction", Key: finished(), Unit: Percent, Method: Share, Target: atLeast(950), PerAgent: true,
			FormulaZH: "总体评分 8 分及以上的问卷 ÷ 回答了总体评分的问卷", FormulaEN: "surveys with overall ≥ 8 ÷ surveys with overall answered",
			rows: overallRows,
		},
		{
			ID: "K-03", ZH: "客户满意度指数 CSI", EN: "CSI index", Key: finished(), Unit: Index, Method: Weighted, Target: atLeast(9000), Parts: "factor", PerAgent: true,
			FormulaZH: "Σ 权重 × 因子均分 × 100 ÷ Σ 权重（质量 24、取车 21、环境 20、顾问 18、接待 17；只算有回答的因子）",
			FormulaEN: "Σ weight × factor mean × 100 ÷ Σ weight (quality 24, pickup 21, facility 20, advisor 18, initiation 17; answered factors only)",
			rows:      factorRows,
		},
		{
			ID: "K-05", ZH: "净推荐值 NPS", EN: "Net promoter score", Key: finished(), Unit: Points, Method: Net, Target: atLeast(500), PerAgent: true,
			FormulaZH: "（9–10 分的回答 − 0–6 分的回答）÷ 全部回答 × 100", FormulaEN: "(answers 9–10 − answers 0–6) ÷ all answers × 100",
			rows: npsRows,
		},
		{
			ID: "K-02", ZH: "部门满意度", EN: "Department satisfaction", Key: finished(), Unit: Percent, Method: Share, Parts: "dept", PerAgent: true,
			FormulaZH: "8 分及以上的评分 ÷ 全部评分（不含标准项与推荐度；拒答、不适用、未问不计）",
			FormulaEN: "scores ≥ 8 ÷ all scores (standard items and NPS left out; refused, n/a and not asked do not count)",
			rows:      deptRows,
		},
		{
			ID: "K-02c", Of: "K-02", ZH: "部门满意度（按客户）", EN: "Department satisfaction by customer", Key: finished(), Unit: Percent, Method: Share, Parts: "dept",
			FormulaZH: "对该部门没有不满意评分（6 分及以下）的客户 ÷ 评价过该部门的客户",
			FormulaEN: "customers without a dissatisfied score (≤ 6) ÷ customers asked about the department",
			rows:      deptCustomerRows,
		},
		{
			ID: "K-04", ZH: "标准执行率", EN: "Standard execution", Key: finished(), Unit: Percent, Method: Share, Parts: "item", PerAgent: true,
			FormulaZH: "回答“是” ÷ 回答“是”或“否”，按标准项", FormulaEN: "yes ÷ yes or no, per standard item",
			rows: standardRows,
		},
	}
}

func followUpFigures() []Definition {
	return []Definition{
		{
			ID: "K-06", ZH: "三日回访完成率", EN: "Completed within 3 days", Key: due(), Unit: Percent, Method: Share, Target: atLeast(950), PerAgent: true,
			FormulaZH: "到期前完成的三日回访 ÷ 期内到期的三日回访（规则排除、已取消的不计）",
			FormulaEN: "three-day calls completed by their due moment ÷ three-day calls due in the period (excluded and cancelled left out)",
			rows:      inTimeRows,
		},
		{
			ID: "K-06w", Of: "K-06", ZH: "按工作日三天", EN: "in working days", Key: due(), Unit: Percent, Method: Share, PerAgent: true,
			FormulaZH: "交车后第 3 个工作日末个外呼时段结束前完成 ÷ 同一批任务（D-01）",
			FormulaEN: "completed before the last call window of the 3rd working day after delivery closed ÷ the same tasks (D-01)",
			rows:      workingRows,
		},
		{
			ID: "K-06n", Of: "K-06", ZH: "按自然日三天", EN: "in natural days", Key: due(), Unit: Percent, Method: Share, PerAgent: true,
			FormulaZH: "交车后第 3 个自然日末个外呼时段结束前完成 ÷ 同一批任务（D-01）",
			FormulaEN: "completed before the last call window of the 3rd natural day after delivery closed ÷ the same tasks (D-01)",
			rows:      naturalRows,
		},
		{
			ID: "K-06r", Of: "K-06", ZH: "已联系到", EN: "reached", Key: due(), Unit: Percent, Method: Share, PerAgent: true,
			FormulaZH: "完成（含逾期）或客户拒访 ÷ 同一批任务", FormulaEN: "completed (late ones too) or refused by the customer ÷ the same tasks",
			rows: reachedRows,
		},
		{
			ID: "K-06b", ZH: "回访覆盖率", EN: "Follow-up coverage", Key: delivered(), Unit: Percent, Method: Share, Parts: "order",
			FormulaZH: "已完成问卷的工单 ÷ 应回访类型的交车工单（未作任何排除）",
			FormulaEN: "orders with a completed survey ÷ delivered orders of surveyed kinds, before exclusion",
			rows:      coverageRows,
		},
	}
}

func contactFigures() []Definition {
	return []Definition{
		{
			ID: "K-08", ZH: "接通率", EN: "Contact rate", Key: dialedOn(), Unit: Percent, Method: Share, Target: atLeast(450), Parts: "kind", PerAgent: true,
			FormulaZH: "真人接听与放弃 ÷ 拨出的电话（座席取消、线路故障不计）",
			FormulaEN: "answered by a person or abandoned ÷ calls dialled (caller cancel and trunk fault left out)",
			rows:      contactRows,
		},
		{
			ID: "K-08b", ZH: "有效接触率", EN: "Right-party contact", Key: dialedOn(), Unit: Percent, Method: Share, Parts: "kind", PerAgent: true,
			FormulaZH: "与本人谈成的电话（结果码为有效接触）÷ 同一分母", FormulaEN: "calls with a right-party disposition ÷ the same denominator",
			rows: rightPartyRows(),
		},
		{
			ID: "K-07", ZH: "首呼成功率", EN: "First-contact success", Key: Word{"first", "首次拨打日", "first dialled"}, Unit: Percent, Method: Share, Parts: "kind", PerAgent: true,
			FormulaZH: "第一次拨打即完成的任务 ÷ 拨打过的任务", FormulaEN: "tasks completed on attempt 1 ÷ tasks dialled at least once",
			rows: firstCallRows,
		},
		{
			ID: "K-09", ZH: "接触完成率", EN: "Completion on contact", Key: dialedOn(), Unit: Percent, Method: Share, Parts: "kind", PerAgent: true,
			FormulaZH: "走完话术的答卷 ÷ 有效接触的电话", FormulaEN: "completed responses ÷ calls with a right-party disposition",
			rows: onContactRows(),
		},
	}
}
