package report

import (
	"ringback/crm/complaint"
	"ringback/crm/task"
	"ringback/crm/workorder"
)

// partWord is the label of one part of a figure.
func partWord(split, code string) Word {
	switch split {
	case "dept":
		return Department(code)
	case "factor":
		return label(factorWords(), code)
	case "item":
		return label(itemWords(), code)
	case "kind":
		if k, ok := task.FindKind(code); ok {
			return Word{code, k.ZH, k.EN}
		}
	case "order":
		k := workorder.Kind(code)
		return Word{code, k.ZH(), k.EN()}
	case "level":
		l := complaint.Find(complaint.Levels(), code)
		return Word{code, code + " " + l.ZH, code + " " + l.EN}
	}
	return Word{Code: code, ZH: code, EN: code}
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
