package desk

import (
	"fmt"
	"strconv"
	"strings"
	"time"

	"ringback/crm/complaint"
	"ringback/crm/script"
)

type words struct{ zh, en string }

// labelOf is a question in a few words, for crumbs and lists.
func labelOf(prefix string, n *script.Node) words {
	key := n.Key
	if prefix != "" {
		key = "quick." + n.Key
	}
	if l, ok := labels(key); ok {
		return l
	}
	if l, ok := labels(n.Key); ok {
		return l
	}
	return words{brief(n.ZH, 10), brief(n.EN, 24)}
}

func brief(text string, most int) string {
	text = strings.TrimSpace(script.Fill(text, nil))
	rs := []rune(text)
	if len(rs) > most {
		return string(rs[:most]) + "…"
	}
	return text
}

// Label is a question's key in a few words, for lists of answers.
func Label(key string) (zh, en string, ok bool) {
	l, ok := labels(key)
	return l.zh, l.en, ok
}

func labels(key string) (words, bool) {
	l, ok := map[string]words{
		"identity": {"身份", "who speaks"}, "can_talk": {"方便吗", "convenient"}, "callback_at": {"约定时间", "agreed time"},
		"better_time": {"方便时间", "better time"}, "arrival": {"到店", "arrival"}, "speed_reception": {"接待速度", "reception speed"},
		"speed_completion": {"完工速度", "completion speed"}, "speed_checkout": {"结账速度", "checkout speed"},
		"price_parts": {"配件价格", "parts price"}, "price_labour": {"工时费用", "labour price"}, "staff_service": {"服务态度", "attitude"},
		"quoted_first": {"主动报价", "quoted first"}, "explained": {"逐项讲解", "explained"}, "repair_quality": {"维修质量", "repair quality"},
		"fixed_first": {"一次修好", "fixed first time"}, "paint_quality": {"喷漆质量", "paint quality"}, "cleanliness": {"清洁", "cleanliness"},
		"facility": {"客休区", "lounge"}, "overall": {"总体", "overall"}, "why": {"改进", "to improve"}, "nps": {"推荐意愿", "recommend"},
		"opinion": {"意见建议", "opinions"}, "fill_in": {"补充档案", "fill the file"}, "club_interest": {"俱乐部", "club"},
		"car_now": {"车况", "the car now"}, "our_shortcomings": {"我们的不足", "our shortcomings"}, "others_strength": {"别家长处", "others' strengths"},
		"suggestion": {"活动建议", "suggestions"}, "quick.verbatim": {"问题原话", "in their words"}, "quick.category": {"问题类别", "category"},
		"quick.level": {"级别", "level"}, "quick.demand": {"诉求", "demand"}, "quick.safe_to_drive": {"能否安全用车", "safe to drive"},
		"quick.contact_time": {"联系时间", "contact time"},
		"got_letter":         {"收到邀请", "invitation"}, "car_use": {"新车使用", "the new car"}, "mileage": {"里程", "mileage"}, "intent": {"到店意向", "will come"},
		"intent2": {"按活动预约", "at that price"}, "slot": {"预约时段", "slot"}, "elsewhere": {"他店原因", "why elsewhere"}, "why_no": {"不来原因", "why not"},
		"condition": {"用车异常", "anything wrong"}, "price_words": {"价格看法", "on the price"}, "confirm": {"到店确认", "will come"}, "extra": {"加做项目", "besides"},
		"new_slot": {"改期到", "moved to"}, "cancel_reason": {"取消原因", "why cancelled"}, "noshow_reason": {"爽约原因", "why missed"}, "rebook": {"重新预约", "booked again"},
		"care": {"用车情况", "the car"}, "status": {"投保安排", "cover arranged"}, "consent_quote": {"同意试算", "may calculate"}, "insurer_pref": {"意向公司", "insurer"},
		"cover": {"险种", "cover"}, "quote_channel": {"报价方式", "quote by"}, "next_contact": {"下次联系", "next contact"}, "proposal_to": {"建议书发到", "proposal to"},
		"next_time": {"下次联系", "next contact"}, "lost_reason": {"战败原因", "why lost"}, "competitor": {"投保去向", "insured with"}, "lost_words": {"战败原话", "in their words"},
		"received": {"收到报价", "quote received"}, "questions": {"条款疑问", "questions"}, "pay_how": {"支付方式", "pays by"}, "promise_at": {"办理时间", "agreed time"},
		"new_cover": {"调整方案", "other cover"}, "discount_words": {"优惠要求", "discount asked"}, "concern": {"主要比较", "compares"}, "effect": {"维修效果", "result"},
		"effect_words": {"效果原话", "in their words"}, "rework_when": {"返厂时间", "comes back"}, "satisfaction": {"满意度", "satisfaction"},
	}[key]
	return l, ok
}

// valueOf is an answer in words.
func (d *Desk) valueOf(n *script.Node, g script.Given) words {
	switch g.Skipped {
	case script.SkipNA:
		return words{"不适用", "not applicable"}
	case script.SkipRefused:
		return words{"拒答", "refused"}
	case script.SkipNone:
		return words{"无", "nothing"}
	}
	switch {
	case g.Num != nil:
		return number(n, *g.Num)
	case len(g.Codes) > 0:
		return list(n, g.Codes)
	case g.Code != "":
		return d.code(n, g.Code)
	}
	return words{g.Verbatim, g.Verbatim}
}

func number(n *script.Node, v float64) words {
	s := strconv.FormatFloat(v, 'f', -1, 64)
	if strings.HasPrefix(n.Answer.Type, "score") || n.Answer.Type == "nps" {
		return words{s + " 分", s}
	}
	return words{s, s}
}

func list(n *script.Node, codes []string) words {
	var zh, en []string
	for _, c := range codes {
		w := option(n, c)
		zh, en = append(zh, w.zh), append(en, w.en)
	}
	return words{strings.Join(zh, "、"), strings.Join(en, ", ")}
}

func option(n *script.Node, code string) words {
	if o := n.Answer.Option(code); o != nil {
		return words{script.FullWidth(o.ZH), o.EN}
	}
	return words{code, code}
}

func (d *Desk) code(n *script.Node, code string) words {
	switch n.Answer.Type {
	case "yesno":
		if code == "yes" {
			return words{"是", "yes"}
		}
		return words{"否", "no"}
	case "choice":
		return option(n, code)
	case "datetime":
		if at, err := time.Parse(time.RFC3339, code); err == nil {
			return words{at.In(d.zone).Format("1月2日 15:04"), at.In(d.zone).Format("2 Jan 15:04")}
		}
	}
	return words{code, code}
}

// toneOf colours an answer: bad is dissatisfied (D-10), warn is neutral.
func toneOf(n *script.Node, g script.Given) string {
	if g.Skipped != "" {
		return "ok"
	}
	if g.Num != nil {
		return scoreTone(n.Answer.Type, *g.Num)
	}
	if n.Answer.Type == "yesno" && n.Factor == "standard" && g.Code == "no" {
		return "bad"
	}
	return "ok"
}

func scoreTone(kind string, v float64) string {
	limits := map[string][2]float64{"score10": {6, 7}, "score5": {2, 3}, "nps": {6, 8}}
	l, ok := limits[kind]
	switch {
	case !ok:
		return "ok"
	case v <= l[0]:
		return "bad"
	case v <= l[1]:
		return "warn"
	}
	return "ok"
}

// current is what is put into the question on the screen.
func current(n *script.Node, g script.Given) *Current {
	c := &Current{Verbatim: g.Verbatim, Skipped: g.Skipped}
	switch {
	case g.Seq == 0 && n.Answer.Type == "verbatim":
		c.Value = g.Verbatim
	case g.Num != nil:
		c.Value = *g.Num
	case len(g.Codes) > 0:
		c.Value = g.Codes
	case g.Code != "":
		c.Value = g.Code
	case n.Answer.Type == "verbatim" && g.Verbatim != "":
		c.Value = g.Verbatim
	}
	return c
}

func coded(c complaint.Code) Coded { return Coded{Code: c.Code, ZH: c.ZH, EN: c.EN} }

func codedAll(all []complaint.Code, codes []string) []Coded {
	out := make([]Coded, len(codes))
	for i, c := range codes {
		out[i] = coded(complaint.Find(all, c))
	}
	return out
}

func span(d time.Duration) words {
	s := int(d.Round(time.Second) / time.Second)
	if s < 60 {
		return words{fmt.Sprintf("%d 秒", s), fmt.Sprintf("%d s", s)}
	}
	return words{fmt.Sprintf("%d 分 %02d 秒", s/60, s%60), fmt.Sprintf("%d min %02d s", s/60, s%60)}
}
