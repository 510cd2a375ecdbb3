package report

import "ringback/crm/task"

func taskKinds() []Word {
	var out []Word
	for _, k := range task.Kinds() {
		out = append(out, Word{k.Code, k.ZH, k.EN})
	}
	if k, ok := task.FindKind(task.QuickForm); ok {
		out = append(out, Word{k.Code, k.ZH, k.EN})
	}
	return out
}

// taskOpen is true for task t while a call may still come of it.
const taskOpen = `t.state IN ('pending', 'queued', 'in_progress', 'retry_wait')`

// taskLate is true for an open task whose time has passed.
const taskLate = taskOpen + ` AND t.due_at < {now}`

func taskList() List {
	return List{
		Word: Word{"tasks", "任务", "Tasks"}, Sort: "due",
		from: "task t", alias: "t", where: "true", own: "t.customer_id IN {own}", customer: "t.customer_id",
		Columns: []ListColumn{
			cell(NameCell, "customer", "客户", "Customer", holderOf("t")),
			cell(PhoneCell, "phone", "电话", "Phone", phoneOf("t.customer_id")).more(),
			cell(CodeCell, "kind", "种类", "Kind", `t.kind`).of(taskKinds()),
			cell(CodeCell, "state", "状态", "State", `t.state`).of(TaskStates()),
			cell(MinuteCell, "due", "到期", "Due", `t.due_at`).by(momentKey, "due_at"),
			cell(YesCell, "late", "逾期", "Overdue", taskLate),
			cell(MinuteCell, "next", "下次拨打", "Next call", `CASE WHEN `+taskOpen+` THEN coalesce(t.next_attempt_at, t.not_before) END`),
			cell(TextCell, "tries", "已拨", "Tries", `t.attempts || ' / ' || t.max_attempts`),
			cell(CodeCell, "last", "上次线路", "Last line result", `t.last_line_result`).of(LineResults()),
			cell(CodeCell, "result", "上次结果", "Last result", `t.last_disposition`).of(dispositionWords()).more(),
			cell(MinuteCell, "agreed", "约定时间", "Agreed time", `t.callback_at`).more(),
			cell(TextCell, "orders", "工单", "Orders", `(SELECT string_agg(w.ro_no, '、' ORDER BY w.ro_no) FROM work_order w WHERE w.id = ANY (t.work_order_ids))`),
			cell(PlateCell, "plate", "车牌", "Plate", plateOf("t")).more(),
			cell(TextCell, "model", "车型", "Model", modelOf("t")).more(),
			cell(TextCell, "assignee", "指定座席", "Assigned to", `(SELECT u.name_zh FROM app_user u WHERE u.id = t.assignee_id)`).more(),
			cell(TextCell, "wish", "方便时间", "Wished time", `t.wish`).more(),
			cell(NumberCell, "priority", "优先级", "Priority", `t.priority`).more(),
			cell(TextCell, "rule", "依据", "Rule", `t.reason`).more(),
			cell(MinuteCell, "made", "建立时间", "Made", `t.created_at`).by(momentKey, "created_at").more(),
			cell(MinuteCell, "done", "完成时间", "Completed", `t.completed_at`).more(),
		},
		Filters: []ListFilter{
			by(YesFilter, "todo", "待办", "To do", func(_ *arguments, v filterValue) string { return v.is(taskOpen) }),
			choice("kind", "种类", "Kind", taskKinds(), oneOf("t.kind")),
			choice("state", "状态", "State", TaskStates(), oneOf("t.state")),
			by(DaysFilter, "due", "到期", "Due", func(a *arguments, v filterValue) string { return v.moments(a, "t.due_at") }),
			by(YesFilter, "late", "逾期", "Overdue", func(a *arguments, v filterValue) string {
				return v.is(taskOpen + " AND t.due_at < " + a.add(v.now))
			}),
			by(YesFilter, "agreed", "有约定时间", "Time agreed", func(_ *arguments, v filterValue) string { return v.is("t.callback_at IS NOT NULL") }),
			choice("last", "上次线路", "Last line result", LineResults(), oneOf("t.last_line_result")),
			by(NumberFilter, "tries", "已拨次数", "Tries", func(a *arguments, v filterValue) string { return v.numbers(a, "t.attempts") }),
			by(PersonFilter, "assignee", "指定座席", "Assigned to", sameID("t.assignee_id")),
			by(RowFilter, "customer", "客户", "Customer", sameID("t.customer_id")),
			by(RowFilter, "vehicle", "车辆", "Vehicle", sameID("t.vehicle_id")),
			by(RowFilter, "id", "任务", "Task", sameID("t.id")),
		},
	}
}
