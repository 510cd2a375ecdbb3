package report

import (
	"slices"

	"ringback/crm/complaint"
	"ringback/crm/policy"
	"ringback/crm/task"
	"ringback/crm/workorder"
)

// partWord is the label of one part of a figure.
func partWord(split, code string) Word {
	switch split {
	case "order":
		k := workorder.Kind(code)
		return Word{code, k.ZH(), k.EN()}
	case "level":
		w := label(partWords(split), code)
		return Word{code, code + " " + w.ZH, code + " " + w.EN}
	}
	return label(partWords(split), code)
}

// partWords are the labels of a split in the order they are shown.
func partWords(split string) []Word {
	switch split {
	case "dept":
		return Departments()
	case "factor":
		return factorWords()
	case "item":
		return itemWords()
	case "underwriting":
		return underwritingWords()
	case "kind":
		var out []Word
		for _, k := range task.Kinds() {
			out = append(out, Word{k.Code, k.ZH, k.EN})
		}
		return out
	case "level":
		var out []Word
		for _, l := range complaint.Levels() {
			out = append(out, Word{l.Code, l.ZH, l.EN})
		}
		return out
	}
	return nil
}

// partRank is the place of a part among its kind; unknown ones come last.
func partRank(split, code string) int {
	words := partWords(split)
	if i := slices.IndexFunc(words, func(w Word) bool { return w.Code == code }); i >= 0 {
		return i
	}
	return len(words)
}

// underwritingWords of spec 2.4.16.
func underwritingWords() []Word {
	return []Word{
		{policy.NewCar, "新保", "new car"},
		{policy.RenewSame, "续保（原公司）", "renewed, same insurer"},
		{policy.RenewSwitch, "续保（转公司）", "renewed, other insurer"},
		{policy.WinIn, "他店转入", "won from elsewhere"},
		{policy.LapsedBack, "脱保再投", "back after a lapse"},
		{"unstated", "未注明", "not stated"},
	}
}

// renewalStages of spec 2.4.15.
func renewalStages() []Word {
	return []Word{
		{"listed", "待整理", "listed"},
		{"confirmed", "已整理", "confirmed"},
		{"notified", "已短信告知", "notified"},
		{"contacting", "联系中", "contacting"},
		{"interested", "有意向", "interested"},
		{"quoted", "已报价", "quoted"},
		{"following", "跟进中", "following"},
		{"committed", "承诺续保", "committed"},
		{"bound", "已续保", "bound"},
		{"lost", "战败", "lost"},
		{"lapsed", "脱保", "lapsed"},
		{"invalid", "无效", "invalid"},
	}
}

func factorWords() []Word {
	return []Word{
		{"quality", "维修质量", "service quality"},
		{"pickup", "取车结算", "vehicle pick-up"},
		{"facility", "环境设施", "facility"},
		{"advisor", "服务顾问", "service advisor"},
		{"initiation", "服务接待", "service initiation"},
	}
}

// itemWords are the questions of the after-service surveys, short (spec 3.3).
func itemWords() []Word {
	return []Word{
		{"arrival", "到店引导", "guided on arrival"},
		{"speed_reception", "接待速度", "reception speed"},
		{"speed_completion", "完工速度", "completion speed"},
		{"speed_checkout", "结账速度", "checkout speed"},
		{"price_parts", "配件价格", "parts price"},
		{"price_labour", "工时价格", "labour price"},
		{"staff_service", "人员服务", "staff service"},
		{"quoted_first", "先报价后维修", "quoted before work"},
		{"explained", "逐项讲解", "explained item by item"},
		{"repair_quality", "维修质量", "repair quality"},
		{"fixed_first", "一次修复", "fixed first time"},
		{"paint_quality", "钣喷质量", "paint quality"},
		{"cleanliness", "车辆清洁", "cleanliness"},
		{"facility", "环境设施", "facilities"},
		{"overall", "总体满意", "overall"},
		{"nps", "推荐度", "would recommend"},
	}
}

// ItemWord is the short label of a survey's question.
func ItemWord(key string) Word { return label(itemWords(), key) }
