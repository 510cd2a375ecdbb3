package importer

import (
	"regexp"
	"strings"

	"ringback/internal/cn"
)

// Kind of a file (spec 7.1).
type Kind string

// Kinds that are recognised. Imported are those with a plan in plans.
const (
	WorkOrders Kind = "work_order"
	Customers  Kind = "customer"
	Users      Kind = "users"
	DNC        Kind = "dnc"
	Deliveries Kind = "delivery"
	Policies   Kind = "policy"
)

// column is a field and the headings dealers give it, the house's own first.
// Columns of one alt group stand in for each other: one of them is required.
type column struct {
	field    string
	required bool
	alt      string
	names    string // separated by spaces
}

// layout is what a kind's file looks like. Layouts are tried in this order when
// two fit equally well.
type layout struct {
	kind    Kind
	zh, en  string
	columns []column
}

func layouts() []layout {
	return []layout{
		{WorkOrders, "维修工单", "work orders", []column{
			{"ro_no", true, "", "工单号 委托书号 派工单号 维修单号 RO号 结算单号 施工单号"},
			{"plate", true, "", "车牌号 牌照号 车牌 车牌号码"},
			{"opened", true, "", "开单日期 进厂日期 接车时间 送修时间 开单时间 进厂时间 接车日期 送修日期"},
			{"kind", true, "", "维修类型 业务类型 修理性质 维修类别"},
			{"bringer", false, "person", "送修人 送修人姓名"},
			{"owner", false, "person", "车主 客户名称 客户姓名 车主姓名 客户"},
			{"phone", true, "", "电话 送修人电话 送修人手机 联系电话 客户电话 手机 手机号 移动电话 车主电话"},
			{"vin", false, "", "VIN 车架号 底盘号 车辆识别代号 VIN码 车辆识别代码"},
			{"model", false, "", "车型 车型名称"},
			{"series", false, "", "车系"},
			{"brand", false, "", "品牌"},
			{"mileage", false, "", "进厂里程 行驶里程 公里数 里程"},
			{"advisor", false, "", "服务顾问 接待员 接车员 SA 业务接待"},
			{"technician", false, "", "技师 主修人 维修技师 班组"},
			{"promised", false, "", "承诺交车时间 预计交车 预交车时间 预计交车时间"},
			{"inspected", false, "", "竣工时间 完工时间 质检时间 竣工日期 完工日期"},
			{"settled", false, "", "结算日期 结算时间 结账日期 结账时间"},
			{"delivered", false, "", "交车时间 出厂时间 离店时间 交车日期 出厂日期"},
			{"labour", false, "", "工时费"},
			{"parts", false, "", "配件费 材料费"},
			{"other", false, "", "附加费"},
			{"discount", false, "", "优惠金额"},
			{"total", false, "", "应收金额 结算金额 合计金额 总金额"},
			{"paid_by", false, "", "付款方式"},
			{"fault", false, "", "故障描述 客户描述"},
			{"items", false, "", "维修项目"},
			{"advice", false, "", "建议项目"},
			{"next_date", false, "", "下次保养日期"},
			{"next_km", false, "", "下次保养里程"},
			{"call_time", false, "", "方便联系时间 回访时间"},
			{"member", false, "", "会员号"},
			{"note", false, "", "备注"},
			{"state", false, "", "工单状态"},
			{"synthetic", false, "", "is_synthetic"},
		}},
		{Policies, "保单", "policies", []column{
			{"policy_no", true, "", "保单号 保单号码 保险单号"},
			{"insurer", true, "", "保险公司 承保公司 承保保险公司"},
			{"line", true, "", "险种 保险类型 险别"},
			{"plate", false, "vehicle", "车牌号 车牌 牌照号 车牌号码"},
			{"vin", false, "vehicle", "VIN VIN码 车架号 底盘号 车辆识别代号"},
			{"from", true, "", "起保日期 生效日期 保险起期 起保时间"},
			{"to", true, "", "终保日期 到期日期 保险止期 终保时间"},
			{"name", false, "", "被保险人 被保险人姓名 车主 客户名称 客户姓名"},
			{"applicant", false, "", "投保人 投保人姓名"},
			{"phone", false, "", "电话 联系电话 手机 客户电话 手机号 被保险人电话"},
			{"model", false, "", "车型"},
			{"premium", false, "", "保费 签单保费 含税保费"},
			{"tax", false, "", "车船税"},
			{"rate", false, "", "手续费率 手续费比例"},
			{"commission", false, "", "手续费 手续费金额"},
			{"underwriting", false, "", "承保类型 业务类型"},
			{"claims", false, "", "出险次数"},
			{"seller", false, "", "出单员"},
			{"sold", false, "", "出单日期 签单日期"},
			{"previous", false, "", "上年承保公司 上年保险公司"},
			{"channel", false, "", "渠道"},
			{"synthetic", false, "", "is_synthetic"},
		}},
		{Deliveries, "交车登记", "deliveries", []column{
			{"delivered", true, "", "交车日期 交车时间 交付日期 提车日期"},
			{"name", true, "", "客户名称 客户姓名 车主 车主姓名 购车人"},
			{"phone", true, "", "电话 联系电话 手机 客户电话 手机号 移动电话"},
			{"vin", true, "", "VIN 车架号 VIN码 底盘号 车辆识别代号"},
			{"model", true, "", "车型 车型名称"},
			{"series", false, "", "车系"},
			{"brand", false, "", "品牌"},
			{"plate", false, "", "车牌号 车牌"},
			{"consultant", false, "", "销售顾问"},
			{"contract", false, "", "合同号 合同编号"},
			{"price", false, "", "开票价 开票金额"},
			{"first_until", false, "", "首保到期 首保到期日"},
			{"insurer", false, "", "保险公司 承保公司"},
			{"policy_no", false, "", "保单号"},
			{"gifts", false, "", "赠品"},
			{"documents", false, "", "档案七项 档案"},
			{"note", false, "", "备注"},
			{"synthetic", false, "", "is_synthetic"},
		}},
		{Customers, "客户档案", "customers", []column{
			{"name", true, "", "客户名称 姓名 客户姓名"},
			{"phone", true, "", "手机 移动电话 手机号 手机号码 电话 联系电话"},
			{"sex", false, "", "性别"},
			{"id_no", false, "", "证件号 身份证号 证件号码"},
			{"birthday", false, "", "生日 出生日期"},
			{"address", false, "", "地址 联系地址"},
			{"postcode", false, "", "邮编"},
			{"phone2", false, "", "电话2 备用电话 第二电话"},
			{"email", false, "", "邮箱"},
			{"type", false, "", "客户类型"},
			{"source", false, "", "客户来源"},
			{"filed", false, "", "建档日期"},
			{"advisor", false, "", "服务顾问"},
			{"agent", false, "", "客服专员"},
			{"level", false, "", "会员级别"},
			{"tags", false, "", "标签"},
			{"marketing", false, "", "是否同意营销 营销授权"},
			{"synthetic", false, "", "is_synthetic"},
		}},
		{Users, "员工", "employees", []column{
			{"employee_no", true, "", "工号 员工号 员工编号"},
			{"name", true, "", "姓名 员工姓名"},
			{"phone", true, "", "手机 电话 手机号 联系电话"},
			{"position", true, "", "岗位 职务 职位"},
			{"department", false, "", "部门"},
			{"extension", false, "", "分机"},
			{"synthetic", false, "", "is_synthetic"},
		}},
		{DNC, "勿扰名单", "do-not-call numbers", []column{
			{"phone", true, "", "电话 手机 号码 电话号码 手机号 联系电话"},
			{"scope", false, "", "范围 勿扰范围"},
			{"source", false, "", "来源"},
			{"from", false, "", "日期 登记日期"},
			{"synthetic", false, "", "is_synthetic"},
		}},
	}
}

func layoutOf(k Kind) layout {
	for _, l := range layouts() {
		if l.kind == k {
			return l
		}
	}
	return layout{}
}

var (
	bracketed = regexp.MustCompile(`[(\[【（].*?[)\]】）]`)
	nameNoise = regexp.MustCompile(`[\s\p{P}]`)
)

// heading folds a column's name for comparison (spec 7.1).
func heading(s string) string {
	folded := bracketed.ReplaceAllString(cn.Fold(s), "")
	if strings.TrimSpace(folded) == "is_synthetic" {
		return "is_synthetic"
	}
	return strings.ToUpper(nameNoise.ReplaceAllString(folded, ""))
}

// field finds what a heading means: an equal synonym first, then the longest one
// it contains, the earliest of equals. Single characters are never searched for.
func (l layout) field(head string) string {
	if head == "" {
		return ""
	}
	for _, c := range l.columns {
		for _, n := range strings.Fields(c.names) {
			if strings.EqualFold(n, head) {
				return c.field
			}
		}
	}
	return l.contained(head)
}

func (l layout) contained(head string) string {
	best, bestLen, bestAt := "", 0, 0
	for _, c := range l.columns {
		for _, n := range strings.Fields(c.names) {
			at := strings.Index(head, strings.ToUpper(n))
			if at < 0 || len([]rune(n)) < 3 {
				continue
			}
			if len(n) > bestLen || (len(n) == bestLen && at < bestAt) {
				best, bestLen, bestAt = c.field, len(n), at
			}
		}
	}
	return best
}

// missing lists the required columns that fields lack, by the house's names.
func (l layout) missing(fields map[string]bool) []string {
	var out []string
	alts := map[string][]string{}
	met := map[string]bool{}
	for _, c := range l.columns {
		first := strings.Fields(c.names)[0]
		if c.alt != "" {
			alts[c.alt] = append(alts[c.alt], first)
			met[c.alt] = met[c.alt] || fields[c.field]
		} else if c.required && !fields[c.field] {
			out = append(out, first)
		}
	}
	for alt, names := range alts {
		if !met[alt] {
			out = append(out, strings.Join(names, "/"))
		}
	}
	return out
}
