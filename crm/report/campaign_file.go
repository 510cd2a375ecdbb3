package report

import (
	"fmt"
	"io"
	"math"
	"strings"
	"time"

	"github.com/xuri/excelize/v2"
)

// ResultsFile is a campaign's results to take along: figures only, no customer is in
// it.
type ResultsFile struct {
	English  bool
	Store    string // name
	Campaign string // name
	By       string // who takes it
	Period   Period
	Made     time.Time
	Results  CampaignResults
	zone     *time.Location
}

// NewResultsFile prepares a file of results.
func (r *Report) NewResultsFile(english bool, store, campaign, by string, p Period, made time.Time, results CampaignResults) ResultsFile {
	return ResultsFile{english, store, campaign, by, p, made, results, r.zone}
}

func (f ResultsFile) say(zh, en string) string {
	if f.English {
		return en
	}
	return zh
}

// Write writes the file as csv or xlsx and gives its number of lines of figures.
func (f ResultsFile) Write(format string, to io.Writer) (n int, err error) {
	var w rowWriter = &sheets{to: to, name: f.say("外呼结果", "Results"), head: f.sumHeads(""), file: excelize.NewFile()}
	if format == "csv" {
		if w, err = newCommas(to); err != nil {
			return 0, fmt.Errorf("beginning a campaign's results: %w", err)
		}
	}
	lines := f.lines()
	for _, line := range lines {
		if err := w.write(line); err != nil {
			return 0, fmt.Errorf("writing a campaign's results: %w", err)
		}
	}
	if err := w.end(); err != nil {
		return 0, fmt.Errorf("ending a campaign's results: %w", err)
	}
	return len(f.Results.Dispositions) + len(f.Results.Lines) + len(f.Results.Hours) + len(f.Results.Agents) + 1, nil
}

// lines are the tables one below the other, each under its heads.
func (f ResultsFile) lines() [][]any {
	from, to := f.Period.Days()
	out := [][]any{{f.say("外呼结果：", "Results: ") + f.Campaign}, {strings.Join([]string{
		f.say("门店：", "Store: ") + f.Store, f.say("统计期间：", "Period: ") + from + f.say(" 至 ", " to ") + to,
		f.say("导出人：", "Taken by: ") + f.By, f.say("时间：", "At: ") + f.Made.In(f.zone).Format("2006-01-02 15:04"),
	}, " · ")}}
	out = append(out, f.sumHeads(f.say("合计", "Total")), f.sums("", f.Results.Total), []any{})
	out = append(out, f.resultHeads(f.say("结果", "Result")))
	for _, r := range f.Results.Dispositions {
		out = append(out, f.result(r, f.Results.Total.Talked))
	}
	out = append(out, []any{}, f.resultHeads(f.say("线路结果", "Line result")))
	for _, r := range f.Results.Lines {
		out = append(out, f.result(r, f.Results.Total.Dialed))
	}
	out = append(out, []any{}, f.sumHeads(f.say("时段", "Hour")))
	for _, h := range f.Results.Hours {
		out = append(out, f.sums(fmt.Sprintf("%02d:00–%02d:00", h.Hour, h.Hour+1), h.CallSums))
	}
	out = append(out, []any{}, f.sumHeads(f.say("座席", "Agent")))
	for _, a := range f.Results.Agents {
		name := f.say("没有座席接", "nobody")
		if a.Agent != nil {
			name = a.Agent.Name
		}
		out = append(out, f.sums(name, a.CallSums))
	}
	return out
}

func (f ResultsFile) sumHeads(first string) []any {
	if f.English {
		return []any{first, "Dialled", "Answered", "Contact rate (%)", "Talked", "Abandoned", "Abandon rate (%)", "Talk (min)", "Wrap-up (min)", "Waiting (min)", "Talk share (%)"}
	}
	return []any{first, "拨打", "接起", "接通率（%）", "通话", "放弃", "放弃率（%）", "通话（分）", "整理（分）", "等待（分）", "通话占比（%）"}
}

func (f ResultsFile) sums(name string, s CallSums) []any {
	busy := s.TalkMS + s.WrapMS
	return []any{
		name, int64(s.Dialed), int64(s.Answered), shareOf(int64(s.Answered), int64(s.Counted)), int64(s.Talked), int64(s.Abandoned),
		shareOf(int64(s.Abandoned), int64(s.Answered)), minutes(s.TalkMS), minutes(s.WrapMS), minutes(s.WaitMS), shareOf(busy, busy+s.WaitMS),
	}
}

func (f ResultsFile) resultHeads(first string) []any {
	return []any{first, f.say("代码", "Code"), f.say("电话", "Calls"), f.say("占比（%）", "Share (%)"), f.say("通话（分）", "Talk (min)")}
}

func (f ResultsFile) result(r ResultSums, of int) []any {
	return []any{f.say(r.ZH, r.EN), r.Code, int64(r.N), shareOf(int64(r.N), int64(of)), minutes(r.TalkMS)}
}

// shareOf is a percentage with two places; nothing to divide by is a dash.
func shareOf(num, den int64) any {
	if den == 0 {
		return Nothing
	}
	return math.Round(float64(num)*10000/float64(den)) / 100
}

func minutes(ms int64) any { return math.Round(float64(ms)/600) / 100 }
