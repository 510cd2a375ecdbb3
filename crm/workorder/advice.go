package workorder

import "strings"

// DeclinedSafety reads the workshop's advice (维修建议) for items that concern safety
// and were declined (TR-18): "前制动片磨损，客户暂不更换; 建议换空调滤芯" gives the first.
func DeclinedSafety(advice string) []string {
	var out []string
	for _, item := range strings.FieldsFunc(advice, func(r rune) bool { return strings.ContainsRune(";；。\n|", r) }) {
		if anyOf(item, "制动", "刹车", "轮胎", "转向", "安全", "气囊", "悬挂", "球头", "灯光", "大灯", "漏油", "电池包") &&
			anyOf(item, "拒", "暂不", "未做", "未换", "未修", "不做", "不换", "不修", "下次", "再说", "考虑") {
			out = append(out, strings.TrimSpace(item))
		}
	}
	return out
}

func anyOf(s string, words ...string) bool {
	for _, w := range words {
		if strings.Contains(s, w) {
			return true
		}
	}
	return false
}
