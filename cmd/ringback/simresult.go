package main

import (
	"encoding/json"
	"fmt"
	"io"
	"os"
	"strings"
	"text/tabwriter"

	"ringback/dialer/sim"
)

// simulated is a run with where its scenario came from.
type simulated struct {
	sim.Result
	Campaign string       `json:"campaign,omitempty"`
	Sources  []sim.Source `json:"sources,omitempty"`
}

func printJSON(w io.Writer, r simulated) error {
	enc := json.NewEncoder(w)
	enc.SetIndent("", "  ")
	return enc.Encode(r)
}

// printTable is for people, in the language of LANG.
func printTable(e *env, r simulated) error {
	zh := strings.HasPrefix(e.getenv("LANG"), "zh")
	w := tabwriter.NewWriter(e.out, 0, 0, 2, ' ', 0)
	row := func(nameZH, nameEN, value string) {
		if zh {
			nameEN = nameZH
		}
		fmt.Fprintf(w, "%s\t%s\n", nameEN, value)
	}
	row("拨号方式", "mode", r.Mode)
	row("座席", "agents", fmt.Sprint(r.Agents))
	row("放弃率上限", "cap", fmt.Sprintf("%.2f %%", 100*r.Cap))
	row("通话占比（含后处理）", "talk share (with wrap-up)", fmt.Sprintf("%.1f %%", 100*r.TalkShare))
	for d, share := range r.TalkShareByDay {
		row(fmt.Sprintf("  第 %d 天", d+1), fmt.Sprintf("  day %d", d+1), fmt.Sprintf("%.1f %%", 100*share))
	}
	row("放弃率", "abandon rate", fmt.Sprintf("%.2f %%", 100*r.AbandonRate))
	row("超过上限的时刻", "moments above the cap", fmt.Sprint(r.MomentsAboveCap))
	row("最小余量（通）", "smallest margin (calls)", fmt.Sprintf("%.1f", r.MinMargin))
	row("外呼", "dials", fmt.Sprint(r.Dials))
	row("真人接听", "answered by persons", fmt.Sprint(r.Answered))
	row("接通座席", "connected to an agent", fmt.Sprint(r.Connected))
	row("放弃", "abandoned", fmt.Sprint(r.Abandoned))
	row("线路最多", "lines at most", fmt.Sprint(r.PeakLines))
	row("随机种子", "seed", fmt.Sprint(r.Seed))
	for _, s := range r.Sources {
		name := figureNames()[s.Figure]
		row("  "+name[0], "  "+name[1], sourceText(s, r.Mode, zh))
	}
	return w.Flush()
}

// bar is a progress bar; it shows on a terminal only.
type bar struct {
	w     io.Writer
	shown int // per cent, -1 before the first
}

const barWidth = 40

func newBar(w io.Writer) *bar {
	if f, ok := w.(*os.File); ok {
		if info, err := f.Stat(); err == nil && info.Mode()&os.ModeCharDevice != 0 {
			return &bar{w: w, shown: -1}
		}
	}
	return &bar{}
}

func (b *bar) show(done float64) {
	now := int(100 * done)
	if b.w == nil || now == b.shown {
		return
	}
	b.shown = now
	full := now * barWidth / 100
	fmt.Fprintf(b.w, "\r[%s%s] %3d %%", strings.Repeat("#", full), strings.Repeat(".", barWidth-full), now)
}

func (b *bar) clear() {
	if b.w != nil {
		fmt.Fprintf(b.w, "\r%s\r", strings.Repeat(" ", barWidth+8))
	}
}
