package importer

import (
	"regexp"
	"slices"
	"strings"
	"unicode/utf8"

	"ringback/internal/cn"
)

// Kind of a file (spec 7.1).
type Kind string

// Kinds that are recognised. Those that the record has no tables for yet are named to
// the user and not imported (imported).
const (
	WorkOrders   Kind = "work_order"
	OrderLines   Kind = "work_order_line"
	Customers    Kind = "customer"
	Vehicles     Kind = "vehicle"
	Deliveries   Kind = "delivery"
	Policies     Kind = "policy"
	FirstService Kind = "first_service"
	Appointments Kind = "appointment"
	Members      Kind = "member"
	Visitors     Kind = "visitor"
	EbikeSales   Kind = "ebike_sale"
	DNC          Kind = "dnc"
	Users        Kind = "users"
)

// imported tells whether files of a kind are taken over.
func (k Kind) imported() bool {
	switch k {
	case WorkOrders, Customers, Vehicles, Deliveries, Policies, Members, EbikeSales, DNC, Users, Appointments:
		return true
	}
	return false
}

// rank is the order in which files of one drop are taken over: who is not to be
// called first, what happened last.
func (k Kind) rank() int {
	return slices.Index([]Kind{Users, DNC, Customers, Members, Vehicles, EbikeSales, Deliveries, Policies, Appointments, WorkOrders}, k)
}

// column is a field and the headings dealers give it, the house's own first.
// Columns of one alt group stand in for each other: one of them is required.
type column struct {
	field    string
	required bool
	alt      string
	names    string // separated by spaces
}

// layout is what a kind's file looks like. Layouts are tried in this order when two
// fit equally well.
type layout struct {
	kind    Kind
	zh, en  string
	columns []column
}

// layouts are the kinds' columns with the headings of spec 7.1 and others that
// dealers' systems write.
func layouts() []layout {
	return []layout{
		{WorkOrders, "维修工单", "work orders", []column{
			{"ro_no", true, "", "工单号 委托书号 派工单号 维修单号 RO号 结算单号 施工单号 工单编号 委托单号 维修工单号 单据号 维修单编号 工单编码 RO编号 RONO RO单号 委托书编号 委托单编号 结算单编号 业务单号"},
			{"plate", true, "", "车牌号 牌照号 车牌 车牌号码 牌照 车辆牌照 车辆号牌 号牌号码 车号 牌号 车辆牌号 车牌照 汽车牌照"},
			{"opened", true, "", "开单日期 进厂日期 接车时间 送修时间 开单时间 进厂时间 接车日期 送修日期 来厂日期 来厂时间 进店日期 进店时间 进站日期 进站时间 入厂日期 入厂时间 报修日期 报修时间 来站时间 来站日期 接待时间 接待日期 登记日期 登记时间 工单日期 制单日期 制单时间 委托日期 建单时间 建单日期"},
			{"kind", true, "", "维修类型 业务类型 修理性质 维修类别 维修性质 工单类型 服务类型 维修种类 业务类别 业务种类 作业类型 修理类型 修理类别 工单类别 工单性质 服务类别"},
			{"bringer", false, "person", "送修人 送修人姓名 送修客户 报修人 来修人 联系人 联系人姓名"},
			{"owner", false, "person", "车主 客户名称 客户姓名 车主姓名 客户 用户名称 用户姓名 单位名称 顾客姓名 车主单位 车主名称 客户名 所有人"},
			{"phone", false, "phone", "电话 送修人电话 送修人手机 联系电话 客户电话 手机 手机号 移动电话 送修电话 送修人联系电话 联系方式 手机号码 电话号码 联系人手机 联系人电话 报修人电话 报修人手机 联系手机 客户手机 用户电话 用户手机 手机1 电话1 手机电话"},
			{"owner_phone", false, "phone", "车主电话 车主手机 车主手机号 车主联系电话 车主移动电话 车主电话号码"},
			{"vin", false, "", "VIN 车架号 底盘号 车辆识别代号 VIN码 车辆识别代码 VIN号 车架号码 车身号码 车辆识别号 大架号"},
			{"model", false, "", "车型 车型名称 车型描述 车款 车型代码 车辆型号"},
			{"series", false, "", "车系"},
			{"brand", false, "", "品牌"},
			{"mileage", false, "", "进厂里程 行驶里程 公里数 里程 里程数 里程表读数 入厂里程 当前里程 进站里程 本次里程 进店里程 表显里程 公里"},
			{"advisor", false, "", "服务顾问 接待员 接车员 SA 业务接待 接待人 接待 接待顾问 维修顾问 服务接待 前台接待"},
			{"technician", false, "", "技师 主修人 维修技师 班组 主修技师 维修工 责任技师 施工人 作业人员 维修班组"},
			{"promised", false, "", "承诺交车时间 预计交车 预交车时间 预计交车时间 预计交车日期 约定交车时间 承诺交车日期 预交车日期 预计完工时间 预计完工日期 预计出厂时间 预计出厂日期 预计提车时间 约定交车日期 预约交车时间"},
			{"inspected", false, "", "竣工时间 完工时间 质检时间 竣工日期 完工日期 终检时间 完检时间 维修完成时间 竣工检验时间"},
			{"settled", false, "", "结算日期 结算时间 结账日期 结账时间 收银时间 结帐日期 结帐时间 收款日期 收款时间 收银日期 结算完成时间 交款时间"},
			{"delivered", false, "", "交车时间 出厂时间 离店时间 交车日期 出厂日期 离店日期 离厂时间 离厂日期 实际交车时间 出站时间 出站日期 提车时间 提车日期 取车时间 取车日期 放行时间 离站时间"},
			{"labour", false, "", "工时费 工时金额 工时费用 人工费"},
			{"parts", false, "", "配件费 材料费 配件金额 零件费 备件费 备件金额 材料金额"},
			{"other", false, "", "附加费 其他费用 其它费用 外加费用 其他费"},
			{"discount", false, "", "优惠金额 折扣金额 优惠 减免金额 折让金额 优惠合计"},
			{"total", false, "", "应收金额 结算金额 合计金额 总金额 总费用 应收合计 实收金额 结算总额 实收合计 费用合计 合计 总计 工单总额 应收总额"},
			{"paid_by", false, "", "付款方式 结算方式 支付方式 收款方式 付费方式"},
			{"fault", false, "", "故障描述 客户描述 故障现象 客户陈述 报修内容 客户诉求 用户描述 问题描述"},
			{"items", false, "", "维修项目 维修内容 作业项目 修理项目"},
			{"advice", false, "", "建议项目 建议维修项目 维修建议"},
			{"next_date", false, "", "下次保养日期 下次保养时间 下次保养日"},
			{"next_km", false, "", "下次保养里程 下次保养公里数"},
			{"call_time", false, "", "方便联系时间 回访时间 方便回访时间 方便联系时段"},
			{"member", false, "", "会员号 会员卡号"},
			{"note", false, "", "备注"},
			{"state", false, "", "工单状态 单据状态 状态 结算状态 维修状态"},
			{"synthetic", false, "", "is_synthetic"},
		}},
		{Policies, "保单", "policies", []column{
			{"policy_no", true, "", "保单号 保单号码 保险单号 保单编号"},
			{"insurer", true, "", "保险公司 承保公司 承保保险公司 承保单位 承保机构 保司 投保公司"},
			{"line", true, "", "险种 保险类型 险别 险类 保单类型"},
			{"plate", false, "vehicle", "车牌号 车牌 牌照号 车牌号码 号牌号码 车号"},
			{"vin", false, "vehicle", "VIN VIN码 车架号 底盘号 车辆识别代号"},
			{"from", true, "", "起保日期 生效日期 保险起期 起保时间 保险开始日期 起期 保险起始日期 起始日期 保单生效日 开始日期 起保日"},
			{"to", true, "", "终保日期 到期日期 保险止期 终保时间 保险到期日 保险结束日期 止期 保险终止日期 终止日期 结束日期 到期日 保单到期日 终保日 截止日期"},
			{"name", false, "", "被保险人 被保险人姓名 车主 客户名称 客户姓名 被保人"},
			{"applicant", false, "", "投保人 投保人姓名"},
			{"phone", false, "", "电话 联系电话 手机 客户电话 手机号 被保险人电话 被保险人手机 投保人电话"},
			{"model", false, "", "车型"},
			{"premium", false, "", "保费 签单保费 含税保费 保费合计 总保费 实收保费 保费金额 保险费"},
			{"tax", false, "", "车船税 车船使用税"},
			{"rate", false, "", "手续费率 手续费比例"},
			{"commission", false, "", "手续费 手续费金额"},
			{"underwriting", false, "", "承保类型 业务类型 续保类型 投保类型"},
			{"claims", false, "", "出险次数"},
			{"seller", false, "", "出单员 业务员 出单人 出单人员 经办人"},
			{"sold", false, "", "出单日期 签单日期 出单时间 承保日期"},
			{"previous", false, "", "上年承保公司 上年保险公司"},
			{"channel", false, "", "渠道"},
			{"synthetic", false, "", "is_synthetic"},
		}},
		{Deliveries, "交车登记", "deliveries", []column{
			{"delivered", true, "", "交车日期 交车时间 交付日期 提车日期 交车日 提车时间 出库日期"},
			{"name", true, "", "客户名称 客户姓名 车主 车主姓名 购车人 购车客户 买方名称 客户 用户姓名 用户名称 购车人姓名"},
			{"phone", true, "", "电话 联系电话 手机 客户电话 手机号 移动电话"},
			{"vin", true, "", "VIN 车架号 VIN码 底盘号 车辆识别代号"},
			{"model", true, "", "车型 车型名称 车款 车辆型号"},
			{"series", false, "", "车系"},
			{"brand", false, "", "品牌"},
			{"plate", false, "", "车牌号 车牌"},
			{"consultant", false, "", "销售顾问 销售人员 销售员"},
			{"contract", false, "", "合同号 合同编号 订单号"},
			{"price", false, "", "开票价 开票金额 发票金额 成交价"},
			{"first_until", false, "", "首保到期 首保到期日"},
			{"insurer", false, "", "保险公司 承保公司"},
			{"policy_no", false, "", "保单号"},
			{"gifts", false, "", "赠品"},
			{"documents", false, "", "档案七项 档案"},
			{"note", false, "", "备注"},
			{"synthetic", false, "", "is_synthetic"},
		}},
		{Customers, "客户档案", "customers", []column{
			{"external", false, "", "客户编号 客户代码 客户号 客户ID"},
			{"name", true, "", "客户名称 姓名 客户姓名 车主姓名 车主 用户名称 用户姓名 顾客姓名 客户 联系人"},
			{"phone", true, "", "手机 移动电话 手机号 手机号码 电话 联系电话 联系方式 客户电话 客户手机"},
			{"sex", false, "", "性别"},
			{"id_no", false, "", "证件号 身份证号 证件号码 身份证 身份证号码 证件编号"},
			{"birthday", false, "", "生日 出生日期 出生年月日 出生年月 客户生日"},
			{"address", false, "", "地址 联系地址 通讯地址 家庭地址 家庭住址 住址 客户地址"},
			{"postcode", false, "", "邮编 邮政编码 邮编号码"},
			{"phone2", false, "", "电话2 备用电话 第二电话 手机2 其他电话 固定电话 家庭电话 座机 单位电话 备用手机"},
			{"email", false, "", "邮箱 电子邮箱 电子邮件 EMAIL"},
			{"type", false, "", "客户类型 客户性质 客户类别"},
			{"source", false, "", "客户来源"},
			{"filed", false, "", "建档日期 建档时间 登记日期 创建日期 建卡日期"},
			{"advisor", false, "", "服务顾问 专属顾问"},
			{"agent", false, "", "客服专员"},
			{"level", false, "", "会员级别 会员等级 客户级别 客户等级"},
			{"tags", false, "", "标签"},
			{"marketing", false, "", "是否同意营销 营销授权 是否接受营销 同意营销 营销同意"},
			{"synthetic", false, "", "is_synthetic"},
		}},
		{Vehicles, "车辆档案", "vehicles", []column{
			{"vin", true, "", "VIN 车架号 VIN码 底盘号 车辆识别代号 VIN号"},
			{"plate", true, "", "车牌号 车牌 牌照号 车牌号码"},
			{"model", true, "", "车型 车型名称"},
			{"series", false, "", "车系"},
			{"brand", false, "", "品牌"},
			{"name", false, "", "车主 车主姓名 客户名称 客户姓名"},
			{"phone", false, "", "车主电话 车主手机 电话 联系电话 手机"},
			{"engine", false, "", "发动机号"},
			{"colour", false, "", "颜色 车身颜色"},
			{"sold", false, "", "购车日期 销售日期 开票日期"},
			{"registered", false, "", "上牌日期 初次登记日期"},
			{"sale_store", false, "", "首次销售店 销售店"},
			{"use", false, "", "车辆性质 使用性质"},
			{"energy", false, "", "能源类型 燃料类型"},
			{"warranty", false, "", "保修到期 质保到期 保修到期日"},
			{"mileage", false, "", "最后里程 行驶里程 里程"},
			{"visited", false, "", "末次进厂 末次进厂日期 最近进厂日期"},
			{"synthetic", false, "", "is_synthetic"},
		}},
		{EbikeSales, "购车用户登记", "e-bike sales", []column{
			{"name", true, "", "姓名 客户姓名 购车人"},
			{"phone", true, "", "联系电话 电话 手机"},
			{"id_no", true, "", "身份证号 证件号 身份证"},
			{"card", true, "", "购车卡号"},
			{"model", true, "", "车型"},
			{"delivered", true, "", "购车日期 销售日期"},
			{"vin", false, "", "车架号 整车编码"},
			{"motor", false, "", "电机号"},
			{"battery", false, "", "电池 电池类型"},
			{"invoice", false, "", "发票号"},
			{"dealer", false, "", "经销商"},
			{"address", false, "", "地址"},
			{"synthetic", false, "", "is_synthetic"},
		}},
		{Members, "会员", "club members", []column{
			{"member", true, "", "会员号 会员卡号 会员编号"},
			{"name", true, "", "姓名 会员姓名 客户姓名 客户名称"},
			{"phone", true, "", "手机 手机号 电话 联系电话"},
			{"level", false, "", "级别 会员级别 会员等级"},
			{"joined", false, "", "入会日期"},
			{"expires", false, "", "到期日 到期日期 有效期"},
			{"points", false, "", "积分"},
			{"synthetic", false, "", "is_synthetic"},
		}},
		{FirstService, "首保单", "first services", []column{
			{"date", true, "", "首保日期"},
			{"plate", false, "vehicle", "车牌号 车牌"},
			{"vin", false, "vehicle", "VIN 车架号"},
			{"mileage", true, "", "里程 行驶里程"},
			{"voucher", false, "", "凭证号"},
			{"advisor", false, "", "服务顾问"},
			{"name", false, "", "客户 客户名称"},
			{"phone", false, "", "电话 联系电话"},
		}},
		{Appointments, "预约", "appointments", []column{
			{"date", true, "", "预约日期 预约到店日期"},
			{"time", true, "", "预约时间 预约到店时间 预约时段"},
			{"plate", false, "who", "车牌号 车牌"},
			{"name", false, "who", "客户 客户名称 客户姓名"},
			{"phone", true, "", "电话 联系电话 手机"},
			{"items", false, "", "项目 预约项目"},
			{"advisor", false, "", "服务顾问"},
			{"state", false, "", "状态 预约状态"},
			{"synthetic", false, "", "is_synthetic"},
		}},
		{Visitors, "来店登记表", "visitors", []column{
			{"date", true, "", "来店日期 到店日期"},
			{"name", true, "", "姓名 客户姓名"},
			{"phone", true, "", "电话 联系电话 手机"},
			{"model", false, "", "意向车型"},
			{"reason", false, "", "未成交原因"},
			{"shop", false, "", "购买店"},
			{"address", false, "", "地址"},
			{"consent", false, "", "是否同意联系"},
			{"consultant", false, "", "销售顾问"},
		}},
		{OrderLines, "维修工单明细", "work order lines", []column{
			{"ro_no", true, "", "工单号 委托书号"},
			{"item", true, "", "项目名称 配件名称"},
			{"code", false, "", "项目代码 配件代码"},
			{"type", false, "", "类型"},
			{"qty", false, "", "数量"},
			{"price", false, "", "单价"},
			{"amount", false, "", "金额"},
			{"technician", false, "", "技师"},
		}},
		{Users, "员工", "employees", []column{
			{"employee_no", true, "", "工号 员工号 员工编号 人员编号 编号 员工代码 人员代码"},
			{"name", true, "", "姓名 员工姓名 人员姓名 员工"},
			{"phone", true, "", "手机 电话 手机号 联系电话 联系方式"},
			{"position", true, "", "岗位 职务 职位 岗位名称 角色"},
			{"department", false, "", "部门 所属部门 班组 部门名称"},
			{"extension", false, "", "分机 分机号"},
			{"synthetic", false, "", "is_synthetic"},
		}},
		{DNC, "勿扰名单", "do-not-call numbers", []column{
			{"phone", true, "", "电话 手机 号码 电话号码 手机号 联系电话 手机号码 勿扰号码 拒访号码"},
			{"scope", false, "", "范围 勿扰范围 勿扰类型 拒访类型 屏蔽范围 免打扰范围 类型"},
			{"source", false, "", "来源 登记来源 来源渠道 数据来源"},
			{"from", false, "", "日期 登记日期 生效日期 登记时间 加入日期 添加时间 创建时间"},
			{"synthetic", false, "", "is_synthetic"},
		}},
	}
}

// Words are the kind's names for people; empty for a kind that was not recognised.
func (k Kind) Words() (zh, en string) {
	l := layoutOf(k)
	return l.zh, l.en
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

// exact is the field whose synonym a heading equals.
func (l layout) exact(head string) string {
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
	return ""
}

// notCustomers are words that make a number somebody else's: the advisor's, the
// insurer's. Such a heading is a customer's number only by its whole name.
var notCustomers = regexp.MustCompile(`顾问|接待|技师|业务员|销售员|出单|经办|员工|门店|公司|店|保险|救援|紧急`)

var (
	anotherTime = regexp.MustCompile(`上次|上一|上年|去年|往年|历史`)       // what was before is not what is
	onlyPlanned = regexp.MustCompile(`预计|预估|预定|预约|约定|承诺|计划|期望`) // what is promised has not happened
	aboutPeople = regexp.MustCompile(`地址|性别|证件|身份|生日|关系|紧急|类型|类别|级别|编号|代码|来源|签字|签名`)
)

// otherwise tells whether a heading speaks of another time or thing than the column does:
// 上年终保日期, 预估交车时间, 联系人地址.
func (c column) otherwise(head string) bool {
	switch c.field {
	case "bringer", "owner", "name", "applicant":
		return aboutPeople.MatchString(head)
	case "delivered", "inspected", "settled", "opened":
		return anotherTime.MatchString(head) || onlyPlanned.MatchString(head)
	}
	return anotherTime.MatchString(head)
}

// contained is the field with the longest synonym that a heading contains, the
// earliest of equals. Single characters and pairs are never searched for.
func (l layout) contained(head string) string {
	return l.inside(head, 3, func(column) bool { return true })
}

// inside is contained for the wanted columns and synonyms of so many characters.
func (l layout) inside(head string, letters int, wanted func(column) bool) string {
	best, bestLen, bestAt := "", 0, 0
	number := strings.Contains(head, "电话") || strings.Contains(head, "手机")
	for _, c := range l.columns {
		isNumber := strings.Contains(c.field, "phone")
		if number != isNumber || (isNumber && notCustomers.MatchString(head)) || !wanted(c) || c.otherwise(head) {
			continue
		}
		for _, n := range strings.Fields(c.names) {
			at := strings.Index(head, strings.ToUpper(n))
			if at < 0 || utf8.RuneCountInString(n) < letters {
				continue
			}
			if len(n) > bestLen || (len(n) == bestLen && at < bestAt) {
				best, bestLen, bestAt = c.field, len(n), at
			}
		}
	}
	return best
}

func (l layout) column(field string) column {
	for _, c := range l.columns {
		if c.field == field {
			return c
		}
	}
	return column{}
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
	for _, c := range l.columns { // in the order of the layout, each group once
		if names := alts[c.alt]; c.alt != "" && !met[c.alt] && names != nil {
			out = append(out, strings.Join(names, "/"))
			delete(alts, c.alt)
		}
	}
	return out
}
