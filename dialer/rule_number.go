package dialer

import "ringback/crm/customer"

// numberRule is CG-01: a number that may be dialed, and synthetic ones only by
// the simulator, real ones never.
func numberRule(f Facts) Check {
	test := f.Rules.Test(f.Number)
	invented := test || f.Synthetic
	switch {
	case f.Number == "":
		return stop(ByFile, "没有可拨的电话号码，请补全客户电话。", "There is no number to call; complete the customer's phones.", nil)
	case !customer.Status(f.PhoneStatus).Callable():
		return stop(ByFile, "号码已标记为"+statusZH(f.PhoneStatus)+"，请核对客户电话。",
			"The number is marked as "+statusEN(f.PhoneStatus)+"; check the customer's phones.", map[string]any{"status": f.PhoneStatus})
	case !f.Rules.Allowed(f.Number) && !test:
		return stop(ByFile, "号码不在允许拨打的范围内（短号、特服、国际号码不外呼），请核对客户电话。",
			"The number is not one that may be dialed (short, special and international numbers are not); check the customer's phones.", nil)
	case len(f.Lines) > 0 && invented && !f.Lines[0].IsSimulator:
		return stop(ByHouse, "演示号码只能走模拟线路，不会拨到真实线路；请为外呼活动选择模拟线路的主叫号码。",
			"A synthetic number is only sent to the simulated trunk, never to a real one; choose a caller number on the simulated trunk.", nil)
	case len(f.Lines) > 0 && !invented && f.Lines[0].IsSimulator:
		return stop(ByHouse, "真实号码不能走模拟线路，请为外呼活动选择真实线路的主叫号码。",
			"A real number is not sent to the simulated trunk; choose a caller number on a real trunk.", nil)
	}
	return pass()
}

func statusZH(s string) string {
	return firstOf(map[string]string{
		"wrong": "错号", "empty": "空号", "suspended": "停机", "staff": "员工号码", "shared": "多人共用（待确认）", "fake": "占位号",
	}[s], "不可拨")
}

func statusEN(s string) string {
	return firstOf(map[string]string{
		"wrong": "wrong", "empty": "not allocated", "suspended": "suspended", "staff": "an employee's", "shared": "shared by many (to be confirmed)", "fake": "a placeholder",
	}[s], "not callable")
}

func firstOf(a, b string) string {
	if a != "" {
		return a
	}
	return b
}
