package importer

import "strings"

// CodeWords says what a code of spec 7.3 and 7.4 means for a row that was imported
// all the same, and what follows; empty for the codes that reject a row: their reason
// stands at the row.
func CodeWords(code string) (zh, en string) {
	w := map[string][2]string{
		"E-PHONE":      {"号码位数不对，没有可拨的电话", "the number's length is wrong: no number to call"},
		"E-SCI":        {"号码被存成了科学计数，已丢位", "the number was kept in scientific notation and lost digits"},
		"E-MASK":       {"号码被打码，只用尾号核对，不能拨打", "the number is masked: used to compare its end, not to call"},
		"E-VINLEN":     {"车架号位数不对，按车牌找车", "the VIN's length is wrong: the vehicle is found by its plate"},
		"E-DATE":       {"日期不可能，按空处理", "the date is impossible and was left empty"},
		"E-DUP-IN":     {"文件里有完全相同的一行", "the very same row stands in the file twice"},
		"E-DUP-DIFF":   {"同号的行内容不同，取结算较晚的", "rows of one number differ: the one settled later holds"},
		"E-KM":         {"里程不可能，没有采用", "the mileage is impossible and was not used"},
		"E-CONS":       {"营销同意未回答", "consent to marketing stays unanswered"},
		"W-DUP-VIN":    {"文件里同一辆车有两个客户", "the file has two customers for one vehicle"},
		"W-SAME-PLATE": {"车牌已换到别的车上", "the plate has moved to another vehicle"},
		"W-SHARED":     {"5 个以上客户共用的号码，不拨", "five or more customers share the number: not called"},
		"W-STAFF":      {"员工的号码，不作回访", "an employee's number: not surveyed"},
		"W-FAKE":       {"占位号码，不能拨打", "a placeholder, not a number"},
		"W-FUTURE":     {"日期在将来，到日子再生成回访", "in the future: the follow-up waits for the day"},
		"W-AMT":        {"金额读不出或过大，没有采用或请核对", "the amount cannot be read or is very large: left empty, or to be checked"},
		"W-KM":         {"里程比上次少，没有采用", "less mileage than last time: not used"},
		"W-YY":         {"年份只有两位，按 20 开头", "a year of two digits, taken for 20.."},
		"W-TYPE":       {"维修类型不认识，按一般维修", "an unknown kind of work, taken for a repair"},
		"W-VINFIX":     {"车架号里的 O、I、Q 已更正", "O, I or Q in the VIN was corrected"},
		"W-VINCHK":     {"车架号校验位不符，照原样保留", "the VIN's check digit is wrong; kept as it is"},
		"W-VIN8":       {"只有车架号后 8 位，在本店里找车", "only the VIN's last eight: found within the store"},
		"W-SLOT":       {"车间这个时段已满或不接待，先记为待确认", "the workshop is full or closed then: kept as a request"},
		"W-PLATE":      {"车牌里有字母 I 或 O", "the plate holds an I or an O"},
	}[code]
	return w[0], w[1]
}

// Explained gives a row that was imported with codes their words as its reason.
func (r Row) Explained() Row {
	if r.ReasonZH != "" {
		return r
	}
	var zh, en []string
	for _, c := range r.Codes {
		if z, e := CodeWords(c); z != "" {
			zh, en = append(zh, z), append(en, e)
		}
	}
	r.ReasonZH, r.ReasonEN = strings.Join(zh, "；"), strings.Join(en, "; ")
	return r
}
