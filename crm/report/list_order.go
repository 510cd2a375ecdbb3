package report

import "ringback/crm/workorder"

func orderKinds() []Word {
	var out []Word
	for _, k := range workorder.Kinds() {
		out = append(out, Word{string(k), k.ZH(), k.EN()})
	}
	return out
}

// OrderStates are the states of a work order as it is kept, in words (spec 2.4.20).
func OrderStates() []Word {
	return []Word{
		{"open", "在修", "opened"},
		{"in_work", "维修中", "in work"},
		{"finished", "质检完", "finished"},
		{"settled", "已结算", "settled"},
		{"delivered", "已交车", "delivered"},
		{"voided", "作废", "void"},
	}
}

// orderCalled is true when somebody was dialled because of order w.
const orderCalled = `EXISTS (SELECT 1 FROM task t JOIN attempt a ON a.task_id = t.id
	WHERE t.customer_id = w.customer_id AND w.id = ANY (t.work_order_ids) AND a.dialed_at IS NOT NULL)`

// holderOf, plateOf and modelOf tell whose and which vehicle a row is about.
func holderOf(alias string) string {
	return `(SELECT c.name_zh FROM customer c WHERE c.id = ` + alias + `.customer_id)`
}

func plateOf(alias string) string {
	return `(SELECT v.plate FROM vehicle v WHERE v.id = ` + alias + `.vehicle_id)`
}

func modelOf(alias string) string {
	return `(SELECT coalesce(nullif(v.model, ''), v.series) FROM vehicle v WHERE v.id = ` + alias + `.vehicle_id)`
}

func orderList() List {
	return List{
		Word: Word{"orders", "工单", "Work orders"}, Sort: "-day",
		from: "work_order w", alias: "w", where: "true", own: "w.customer_id IN {own}", customer: "w.customer_id",
		Columns: []ListColumn{
			cell(TextCell, "no", "工单号", "Order", `w.ro_no`).by(textKey, "ro_no"),
			cell(MomentCell, "day", "日期", "Date", `w.came_at`).by(momentKey, "came_at"),
			cell(CodeCell, "kind", "类型", "Kind", `w.kind`).of(orderKinds()),
			cell(CodeCell, "state", "状态", "State", `w.state`).of(OrderStates()),
			cell(NameCell, "customer", "客户", "Customer", holderOf("w")),
			cell(PhoneCell, "phone", "电话", "Phone", phoneOf("w.customer_id")).more(),
			cell(PlateCell, "plate", "车牌", "Plate", plateOf("w")),
			cell(TextCell, "model", "车型", "Model", modelOf("w")),
			cell(TextCell, "advisor", "服务顾问", "Advisor", `w.advisor_name`),
			cell(TextCell, "technician", "技师", "Technician", `w.technician`).more(),
			cell(NumberCell, "mileage", "里程", "Mileage (km)", `w.mileage_in`).more(),
			cell(MoneyCell, "amount", "金额", "Amount", `w.total_fen`).orLast(wholeKey, "total_fen"),
			cell(MoneyCell, "parts", "配件", "Parts", `w.parts_fen`).more(),
			cell(MoneyCell, "labour", "工时", "Labour", `w.labour_fen`).more(),
			cell(YesCell, "called", "已回访", "Called", orderCalled),
			cell(MomentCell, "promised", "约定交车", "Promised", `w.promised_at`).more(),
			cell(MomentCell, "delivered", "交车时间", "Delivered", `w.delivered_at`).more(),
			cell(TextCell, "items", "项目", "Work done", `w.items_text`).long(),
			cell(TextCell, "fault", "故障描述", "Complaint", `w.fault_text`).long(),
			cell(TextCell, "advice", "建议", "Advice", `w.advice_text`).long(),
		},
		Filters: []ListFilter{
			by(DaysFilter, "day", "日期", "Date", func(a *arguments, v filterValue) string { return v.moments(a, "w.came_at") }),
			choice("kind", "类型", "Kind", orderKinds(), oneOf("w.kind")),
			choice("state", "状态", "State", OrderStates(), oneOf("w.state")),
			by(TextFilter, "advisor", "服务顾问", "Advisor", func(a *arguments, v filterValue) string { return v.part(a, "w.advisor_name") }),
			by(MoneyFilter, "amount", "金额（元）", "Amount (yuan)", func(a *arguments, v filterValue) string { return v.numbers(a, "w.total_fen") }),
			by(YesFilter, "called", "已回访", "Called", func(_ *arguments, v filterValue) string { return v.is(orderCalled) }),
			by(RowFilter, "customer", "客户", "Customer", sameID("w.customer_id")),
			by(RowFilter, "vehicle", "车辆", "Vehicle", sameID("w.vehicle_id")),
			by(RowFilter, "id", "工单", "Order", sameID("w.id")),
		},
	}
}
