package message

import "strings"

// Paper is a letter as it is printed: title, lines of the body, and what stands on the
// envelope.
type Paper struct {
	Title    string   `json:"title"`
	Body     []string `json:"body"`
	Closing  string   `json:"closing"`
	Envelope []string `json:"envelope"`
}

// Print merges a letter's fields into its page (spec 3.5). A line that lacks its
// figure is left out.
func Print(template string, f map[string]string) Paper {
	p := Paper{Title: "定期保养邀请信", Closing: f["store_name"] + "　" + f["hotline"]}
	who := f["call_name"]
	p.line(who + "：")
	switch template {
	case "first_service_thanks":
		p.Title = "首保感谢信"
		p.with("感谢您", "first_date_zh", f, "来我店为爱车"+car(f)+"做首次保养。按时保养是爱车长久好用的保证，也关系到您的质保权益。")
		p.with("下次保养在", "next_due_date_zh", f, "或 "+f["next_due_km"]+" 公里，以先到为准；届时我们会再提醒您。")
	default:
		p.with("您的爱车"+car(f)+"上次保养是", "last_service_zh", f, "。")
		p.with("按保养周期，下次保养在", "next_due_date_zh", f, "或 "+f["next_due_km"]+" 公里，以先到为准。")
		p.with("这次建议项目：", "recommended_items_zh", f, "。")
	}
	p.with("提前预约可以减少等待，预约电话 ", "hotline", f, "。")
	p.Envelope = compact(f["postcode"], f["address"], who+"　收", f["store_address_zh"], f["store_name"])
	return p
}

func car(f map[string]string) string {
	if f["model"]+f["plate"] == "" {
		return ""
	}
	return "（" + strings.TrimSpace(f["model"]+" "+f["plate"]) + "）"
}

func (p *Paper) line(text string) { p.Body = append(p.Body, text) }

// with adds a line around a field that is there.
func (p *Paper) with(before, field string, f map[string]string, after string) {
	if f[field] != "" {
		p.line(before + f[field] + after)
	}
}

func compact(lines ...string) (out []string) {
	for _, l := range lines {
		if strings.TrimSpace(l) != "" {
			out = append(out, l)
		}
	}
	return out
}
