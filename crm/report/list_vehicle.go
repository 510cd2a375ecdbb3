package report

// holder is who a vehicle v is told by: its owner, else its user, else who brings it;
// for an agent, among the customers they may see.
const holder = `(SELECT o.customer_id FROM ownership o WHERE o.vehicle_id = v.id AND o.to_day IS NULL{owned:o.customer_id}
	ORDER BY array_position(ARRAY['owner', 'user', 'bringer'], o.role), o.id LIMIT 1)`

func vehicleStates() []Word {
	return []Word{{"active", "在用", "in use"}, {"sold", "已售出", "sold"}, {"scrapped", "已报废", "scrapped"}, {"idle", "停用", "idle"}, {"stolen", "被盗", "stolen"}}
}

func vehicleList() List {
	return List{
		Word: Word{"vehicles", "车辆", "Vehicles"}, Sort: "-lastVisit",
		from: "vehicle v", alias: "v", where: "true", customer: holder,
		own: `v.id IN (SELECT o.vehicle_id FROM ownership o WHERE o.to_day IS NULL AND o.customer_id IN {own})`,
		Columns: []ListColumn{
			cell(PlateCell, "plate", "车牌", "Plate", `v.plate`),
			cell(TextCell, "vin", "VIN / 车架号", "VIN or frame number", `coalesce(v.vin, v.frame_no, v.vin8)`).more(),
			cell(TextCell, "brand", "品牌", "Brand", `v.brand`).more(),
			cell(TextCell, "model", "车型", "Model", `coalesce(nullif(v.model, ''), v.series)`),
			cell(NameCell, "holder", "车主", "Holder", `(SELECT c.name_zh FROM customer c WHERE c.id = `+holder+`)`),
			cell(PhoneCell, "phone", "电话", "Phone", phoneOf(holder)),
			cell(DayCell, "saleDate", "交车日期", "Delivered", `v.sale_date`).orLast(dayKey, "sale_date"),
			cell(MomentCell, "lastVisit", "最近来店", "Last visit", `v.last_visit_at`).orLast(momentKey, "last_visit_at"),
			cell(NumberCell, "mileage", "里程", "Mileage (km)", `v.mileage_last`).orLast(wholeKey, "mileage_last"),
			cell(DayCell, "nextDue", "下次保养", "Next service", `v.next_due_date`).orLast(dayKey, "next_due_date"),
			cell(NumberCell, "nextDueKm", "下次保养里程", "Next service at (km)", `v.next_due_km`).more(),
			cell(DayCell, "policyEnd", "保险到期", "Cover ends", `v.policy_end`).orLast(dayKey, "policy_end"),
			cell(DayCell, "warrantyEnd", "质保到期", "Warranty ends", `v.warranty_end_date`).more(),
			cell(CodeCell, "status", "状态", "State", `v.status`).of(vehicleStates()).more(),
			cell(TextCell, "energy", "能源", "Energy", `v.energy`).more(),
			cell(TextCell, "colour", "颜色", "Colour", `v.colour`).more(),
			cell(MomentCell, "created", "建档时间", "On file since", `v.created_at`).by(momentKey, "created_at").more(),
		},
		Filters: []ListFilter{
			by(TextFilter, "model", "车型", "Model", func(a *arguments, v filterValue) string { return v.part(a, "v.model", "v.series", "v.brand") }),
			by(DaysFilter, "saleDate", "交车日期", "Delivered", func(a *arguments, v filterValue) string { return v.days(a, "v.sale_date") }),
			by(DaysFilter, "lastVisit", "最近来店", "Last visit", func(a *arguments, v filterValue) string { return v.moments(a, "v.last_visit_at") }),
			by(NumberFilter, "mileage", "里程", "Mileage (km)", func(a *arguments, v filterValue) string { return v.numbers(a, "v.mileage_last") }),
			by(DaysFilter, "nextDue", "下次保养", "Next service", func(a *arguments, v filterValue) string { return v.days(a, "v.next_due_date") }),
			by(DaysFilter, "policyEnd", "保险到期", "Cover ends", func(a *arguments, v filterValue) string { return v.days(a, "v.policy_end") }),
			choice("status", "状态", "State", vehicleStates(), oneOf("v.status")),
			by(RowFilter, "customer", "客户", "Customer", func(a *arguments, v filterValue) string {
				return "v.id IN (SELECT o.vehicle_id FROM ownership o WHERE o.to_day IS NULL AND o.customer_id = " + a.add(v.id) + ")"
			}),
			by(RowFilter, "id", "车辆", "Vehicle", sameID("v.id")),
		},
	}
}
