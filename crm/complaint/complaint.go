// Package complaint owns the quick-handling form (快速处理表): its number, what
// the customer said, categories, level and the departments concerned; and the
// report of work to be done again (返修) that comes with it.
//
// It does not own the script that asks for them (crm/script), nor deadlines and
// second calls, which follow from the form later.
package complaint

import (
	"slices"
	"time"

	"github.com/google/uuid"
)

// Code is one value of an enumeration with its words.
type Code struct {
	Code string
	ZH   string
	EN   string
	Dept string // responsible department, categories only
}

// Departments of spec 2.4.8.
func Departments() []Code {
	return []Code{
		{Code: "reception", ZH: "前台接待（服务顾问）", EN: "front desk / service advisors"},
		{Code: "workshop", ZH: "维修车间（机电）", EN: "mechanical workshop"},
		{Code: "bodypaint", ZH: "钣金喷漆", EN: "body and paint"},
		{Code: "parts", ZH: "配件", EN: "parts"},
		{Code: "cashier", ZH: "收银结算", EN: "cashier"},
		{Code: "wash", ZH: "洗车", EN: "car wash"},
		{Code: "lounge", ZH: "客休区/环境设施", EN: "lounge and facilities"},
		{Code: "warranty", ZH: "索赔/三包", EN: "warranty claims"},
		{Code: "insurance", ZH: "保险（续保/理赔）", EN: "insurance"},
		{Code: "sales", ZH: "销售", EN: "sales"},
		{Code: "cs", ZH: "客服", EN: "customer service"},
		{Code: "other", ZH: "其他", EN: "other"},
	}
}

// Categories of spec 2.4.9, each with its department.
func Categories() []Code {
	return []Code{
		{"quality.mech", "维修质量-机电", "repair quality, mechanical/electrical", "workshop"},
		{"quality.body", "维修质量-钣金", "repair quality, body", "bodypaint"},
		{"quality.paint", "维修质量-喷漆", "repair quality, paint", "bodypaint"},
		{"quality.notfixed", "维修质量-故障未排除", "fault not fixed", "workshop"},
		{"quality.damage", "维修质量-造成新损伤", "new damage caused", "workshop"},
		{"clean.wash", "清洁-洗车不净", "car not clean", "wash"},
		{"time.reception", "时效-接待等待", "waiting at reception", "reception"},
		{"time.repair", "时效-完工延误", "late completion", "workshop"},
		{"time.checkout", "时效-结账慢", "slow checkout", "cashier"},
		{"time.parts", "时效-配件到货慢", "parts late", "parts"},
		{"price.parts", "价格-配件贵/不透明", "parts price", "parts"},
		{"price.labour", "价格-工时贵/不透明", "labour price", "reception"},
		{"price.overcharge", "价格-多收/未告知增项", "charged without notice", "reception"},
		{"staff.attitude", "人员-服务态度", "attitude", "reception"},
		{"staff.skill", "人员-专业能力", "competence", "reception"},
		{"staff.promise", "人员-承诺未兑现", "promise not kept", "reception"},
		{"staff.noquote", "流程-未主动报价", "no quote before work", "reception"},
		{"staff.noexplain", "流程-未逐项讲解", "items not explained at delivery", "reception"},
		{"parts.quality", "配件质量", "parts quality", "parts"},
		{"facility", "环境设施", "facilities", "lounge"},
		{"product", "产品质量（三包）", "product quality (statutory warranty)", "warranty"},
		{"claim", "保险理赔", "insurance claim", "insurance"},
		{"renewal", "续保服务", "renewal service", "insurance"},
		{"sale.delivery", "销售-交车问题", "sales delivery", "sales"},
		{"sale.promise", "销售-承诺/赠品未兑现", "sales promise not kept", "sales"},
		{"nuisance", "来电骚扰", "too many calls", "cs"},
		{"privacy", "信息泄露", "data leak", "cs"},
		{"other", "其他", "other", "other"},
	}
}

// Levels of spec 2.4.10.
func Levels() []Code {
	return []Code{
		{Code: "L1", ZH: "轻微抱怨", EN: "light grumble"},
		{Code: "L2", ZH: "一般抱怨", EN: "ordinary grumble"},
		{Code: "L3", ZH: "严重抱怨", EN: "serious grumble"},
		{Code: "L4", ZH: "一般投诉", EN: "complaint"},
		{Code: "L5", ZH: "紧急投诉", EN: "urgent complaint"},
		{Code: "L6", ZH: "升级/重大投诉", EN: "escalated or major"},
		{Code: "L7", ZH: "三方投诉（监管/厂家/媒体）", EN: "third-party complaint"},
	}
}

// Find a code in a list; a code that is not there stands for itself.
func Find(list []Code, code string) Code {
	if i := slices.IndexFunc(list, func(c Code) bool { return c.Code == code }); i >= 0 {
		return list[i]
	}
	return Code{Code: code, ZH: code, EN: code}
}

// categoryOf is the category that a failing survey item points to.
func categoryOf(key string) string {
	switch key {
	case "speed_reception", "arrival":
		return "time.reception"
	case "speed_completion":
		return "time.repair"
	case "speed_checkout":
		return "time.checkout"
	case "price_parts":
		return "price.parts"
	case "price_labour":
		return "price.labour"
	case "staff_service":
		return "staff.attitude"
	case "quoted_first":
		return "staff.noquote"
	case "explained":
		return "staff.noexplain"
	case "repair_quality":
		return "quality.mech"
	case "fixed_first":
		return "quality.notfixed"
	case "paint_quality":
		return "quality.paint"
	case "cleanliness":
		return "clean.wash"
	case "facility":
		return "facility"
	}
	return ""
}

// Item is a failing answer: its key and the department charged with it.
type Item struct{ Key, Dept string }

// Propose gives the categories that failing items point to (3.2.12): the item's
// own, else the first of its department. The overall score points nowhere.
func Propose(items []Item) []string {
	var out []string
	for _, it := range items {
		code := categoryOf(it.Key)
		if code == "" && it.Dept != "cs" {
			code = firstOf(it.Dept)
		}
		if code != "" && !slices.Contains(out, code) {
			out = append(out, code)
		}
	}
	return out
}

func firstOf(dept string) string {
	all := Categories()
	if i := slices.IndexFunc(all, func(c Code) bool { return c.Dept == dept }); i >= 0 {
		return all[i].Code
	}
	return ""
}

// DepartmentsOf categories, each once, in their order.
func DepartmentsOf(categories []string) []string {
	var out []string
	for _, c := range categories {
		if d := Find(Categories(), c).Dept; d != "" && !slices.Contains(out, d) {
			out = append(out, d)
		}
	}
	return out
}

// QuickForm is a quick-handling form (spec 2.2.21).
type QuickForm struct {
	ID          uuid.UUID
	GroupID     uuid.UUID
	StoreID     uuid.UUID
	No          string
	AttemptID   *uuid.UUID
	ResponseID  *uuid.UUID
	CustomerID  uuid.UUID
	VehicleID   *uuid.UUID
	WorkOrderID *uuid.UUID
	Verbatim    string
	Categories  []string
	Level       string
	Demand      string
	ContactTime string
	SafeToDrive string
	Departments []string
	CreatedBy   uuid.UUID
	CreatedAt   time.Time // business time
}

// Rework is a report that work must be done again (spec 2.2.23).
type Rework struct {
	ID          uuid.UUID
	StoreID     uuid.UUID
	WorkOrderID *uuid.UUID
	CustomerID  uuid.UUID
	ResponseID  *uuid.UUID
	FaultText   string
	Cause       string // rework_cause of enums.yaml as far as the call tells; empty: not known
	State       string
	ReportedAt  time.Time
}
