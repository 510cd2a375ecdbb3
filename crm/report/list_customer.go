package report

import "slices"

// phoneOf is the last four digits of a customer's first number.
func phoneOf(customer string) string {
	return `(SELECT p.last4 FROM customer_phone p WHERE p.customer_id = ` + customer + ` ORDER BY p.priority, p.created_at LIMIT 1)`
}

// ofMain reads something of customer c's main vehicle v.
func ofMain(what string) string {
	return `(SELECT ` + what + ` FROM (VALUES (1)) one` + mainVehicle + `)`
}

// noCalls is true for a customer c with a number that is not to be called now.
func noCalls(now string) string {
	return `EXISTS (SELECT 1 FROM customer_phone p JOIN number_dnc d ON d.group_id = c.group_id AND d.phone_hash = p.phone_hash
		WHERE p.customer_id = c.id AND d.from_at <= ` + now + ` AND (d.to_at IS NULL OR d.to_at > ` + now + `))`
}

func consentStates() []Word {
	return []Word{{"given", "同意", "given"}, {"refused", "不同意", "refused"}, {"withdrawn", "撤回", "withdrawn"}, {"none", "未答复", "not asked"}}
}

func consentNow(purpose string) string {
	return `coalesce((SELECT k.state FROM consent k WHERE k.customer_id = c.id AND k.purpose = '` + purpose + `' ORDER BY k.at DESC LIMIT 1), 'none')`
}

// consentFilter reads the answers themselves, so that the few who withdrew are found
// without asking about everybody; who was never asked has none to read.
func consentFilter(purpose string) func(a *arguments, v filterValue) string {
	return func(a *arguments, v filterValue) string {
		never := `NOT EXISTS (SELECT 1 FROM consent k WHERE k.customer_id = c.id AND k.purpose = '` + purpose + `')`
		given := slices.DeleteFunc(slices.Clone(v.codes), func(code string) bool { return code == "none" })
		switch {
		case len(given) == 0:
			return never
		case len(given) < len(v.codes):
			return `(` + never + ` OR ` + consentNow(purpose) + ` = ANY (` + a.add(given) + `))`
		}
		return `c.id IN (SELECT k.customer_id FROM consent k WHERE k.store_id = ` + theStore + ` AND k.purpose = '` + purpose + `' AND k.state = ANY (` + a.add(given) + `)
			AND NOT EXISTS (SELECT 1 FROM consent n WHERE n.customer_id = k.customer_id AND n.purpose = k.purpose AND n.at > k.at))`
	}
}

// noCallsFilter begins with the few numbers that are not to be called.
func noCallsFilter(a *arguments, v filterValue) string {
	now := a.add(v.now)
	if !v.yes {
		return `NOT ` + noCalls(now)
	}
	return `c.id IN (SELECT p.customer_id FROM number_dnc d JOIN customer_phone p ON p.phone_hash = d.phone_hash
		WHERE p.store_id = ` + theStore + ` AND d.group_id = (SELECT group_id FROM store WHERE id = ` + theStore + `)
			AND d.from_at <= ` + now + ` AND (d.to_at IS NULL OR d.to_at > ` + now + `))`
}

// gapFilter is true where one of the named items is missing.
func gapFilter(a *arguments, v filterValue) string {
	out := "false"
	for _, item := range required() {
		for _, code := range v.codes {
			if item.Code == code {
				out += ` OR ` + item.missing
			}
		}
	}
	return ofMain(out)
}

const vehiclesOf = `(SELECT count(*) FROM ownership o WHERE o.customer_id = c.id AND o.to_day IS NULL)`

func customerList() List {
	return List{
		Word: Word{"customers", "客户", "Customers"}, Sort: "-lastVisit",
		from: "customer c", alias: "c", where: "c.merged_into IS NULL", own: "c.id IN {own}", customer: "c.id",
		Columns: []ListColumn{
			cell(NameCell, "name", "姓名", "Name", `c.name_zh`).by(textKey, "name_zh"),
			cell(PhoneCell, "phone", "电话", "Phone", phoneOf("c.id")),
			cell(PlateCell, "plate", "车牌", "Plate", ofMain("v.plate")),
			cell(TextCell, "model", "车型", "Model", ofMain("coalesce(nullif(v.model, ''), v.series)")),
			cell(NumberCell, "vehicles", "车辆数", "Vehicles", vehiclesOf).more(),
			cell(TextCell, "level", "会员级别", "Club level", `c.club_level`),
			cell(TextCell, "tags", "标签", "Tags", `array_to_string(c.tags, '、')`).more(),
			cell(MomentCell, "lastVisit", "最近来店", "Last visit", `c.last_visit_at`).orLast(momentKey, "last_visit_at"),
			cell(YesCell, "dnc", "勿扰", "Do not call", noCalls("{now}")),
			cell(CodeCell, "serviceConsent", "回访授权", "Service calls", consentNow("service_call")).of(consentStates()).more(),
			cell(CodeCell, "marketingConsent", "营销授权", "Marketing", consentNow("marketing")).of(consentStates()).more(),
			cell(PercentCell, "complete", "档案完整", "File complete", ofMain(`(20 - cardinality(`+gapsOf()+`)) * 5`)),
			cell(CodesCell, "gaps", "档案缺项", "Missing in file", ofMain(`array_to_string(`+gapsOf()+`, ',')`)).of(Required()).more(),
			cell(TextCell, "advisor", "服务顾问", "Advisor", `c.advisor_name`),
			cell(TextCell, "agent", "客服专员", "Agent", `(SELECT u.name_zh FROM app_user u WHERE u.id = c.cs_agent_id)`).more(),
			cell(TextCell, "renewalAgent", "续保专员", "Renewal agent", `(SELECT u.name_zh FROM app_user u WHERE u.id = c.renewal_agent_id)`).more(),
			cell(CodeCell, "kind", "类别", "Kind", `c.kind`).of([]Word{{"person", "个人", "person"}, {"company", "单位", "company"}}).more(),
			cell(MomentCell, "created", "建档时间", "On file since", `c.created_at`).by(momentKey, "created_at").more(),
		},
		Filters: []ListFilter{
			by(TextFilter, "level", "会员级别", "Club level", func(a *arguments, v filterValue) string { return v.part(a, "c.club_level") }),
			by(TextFilter, "tag", "标签", "Tag", func(a *arguments, v filterValue) string { return a.add(v.text) + "::text = ANY (c.tags)" }),
			by(DaysFilter, "lastVisit", "最近来店", "Last visit", func(a *arguments, v filterValue) string { return v.moments(a, "c.last_visit_at") }),
			by(YesFilter, "visited", "来过店", "Has visited", func(_ *arguments, v filterValue) string { return v.is("c.last_visit_at IS NOT NULL") }),
			by(YesFilter, "dnc", "勿扰", "Do not call", noCallsFilter),
			choice("serviceConsent", "回访授权", "Service calls", consentStates(), consentFilter("service_call")),
			choice("marketingConsent", "营销授权", "Marketing", consentStates(), consentFilter("marketing")),
			choice("gap", "档案缺项", "Missing in file", Required(), gapFilter),
			by(NumberFilter, "vehicles", "车辆数", "Vehicles", func(a *arguments, v filterValue) string { return v.numbers(a, vehiclesOf) }),
			by(TextFilter, "advisor", "服务顾问", "Advisor", func(a *arguments, v filterValue) string { return v.part(a, "c.advisor_name") }),
			by(PersonFilter, "agent", "专员", "Agent", func(a *arguments, v filterValue) string {
				id := a.add(v.id)
				return "(c.cs_agent_id = " + id + " OR c.renewal_agent_id = " + id + ")"
			}),
			by(RowFilter, "id", "客户", "Customer", sameID("c.id")),
		},
	}
}
