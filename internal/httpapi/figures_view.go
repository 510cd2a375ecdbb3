package httpapi

import "ringback/crm/report"

// FigureView is one figure: as it is kept, and as it is shown.
type FigureView struct {
	ID        string `json:"id"`
	Of        string `json:"of" doc:"the figure this is another reading of"`
	ZH        string `json:"zh"`
	EN        string `json:"en"`
	FormulaZH string `json:"formulaZh"`
	FormulaEN string `json:"formulaEn"`
	KeyZH     string `json:"keyZh" doc:"what puts a row into the period"`
	KeyEN     string `json:"keyEn"`
	Unit      string `json:"unit" enum:"percent,permille,index,points,seconds,count,yuan"`
	Method    string `json:"method" enum:"share,exposure,amounts,net,weighted,total"`
	Target    string `json:"target"`
	Status    string `json:"status" enum:"in,near,missed,open,none"`
	HasSource bool   `json:"hasSource" doc:"false: no module records it yet"`
	FigureNumbers
	Before *FigureNumbers `json:"before,omitempty" doc:"the period before"`
	Change string         `json:"change"`
	Better *bool          `json:"better,omitempty"`
	Parts  []FigurePart   `json:"parts"`
}

// FigureNumbers are a value with what it rests on. Value, Low and High are in the
// unit shown and not rounded; a dash is shown when the denominator is 0.
type FigureNumbers struct {
	Num      int64    `json:"num"`
	Den      int64    `json:"den"`
	Rows     int      `json:"rows"`
	Open     int      `json:"open" doc:"rows that may still change"`
	Rest     int      `json:"rest" doc:"rows of the denominator that add nothing to the numerator for good"`
	Cases    int64    `json:"cases" doc:"what the value rests on"`
	Few      bool     `json:"few" doc:"fewer than 30 cases"`
	Value    *float64 `json:"value,omitempty"`
	Shown    string   `json:"shown"`
	Low      *float64 `json:"low,omitempty"`
	High     *float64 `json:"high,omitempty"`
	Interval string   `json:"interval" doc:"95 % confidence"`
}

// FigurePart is one department, item, kind or level of a figure.
type FigurePart struct {
	report.Word
	FigureNumbers
}

func figureBox(b report.FigureBlock) FigureBox {
	return FigureBox{Word: b.Word, Figures: mapped(b.Readings, figureView)}
}

func figureView(f report.Reading) FigureView {
	v := FigureView{
		ID: f.ID, Of: f.Of, ZH: f.ZH, EN: f.EN, FormulaZH: f.FormulaZH, FormulaEN: f.FormulaEN, KeyZH: f.Key.ZH, KeyEN: f.Key.EN,
		Unit: string(f.Unit), Method: string(f.Method), Target: f.Target.Show(f.Unit), Status: string(f.Status), HasSource: f.HasSource(),
		FigureNumbers: numbers(f.Definition, f.Part()),
		Parts: mapped(f.Split, func(p report.PartReading) FigurePart {
			return FigurePart{Word: p.Word, FigureNumbers: numbers(f.Definition, p)}
		}),
	}
	if f.Before != nil {
		n := numbers(f.Definition, f.Before.Part())
		v.Before, v.Change = &n, f.Unit.ShowChange(f.Value, f.Before.Value)
		if better, ok := f.Target.Better(f.Value, f.Before.Value); ok {
			v.Better = &better
		}
	}
	return v
}

func numbers(d report.Definition, p report.PartReading) FigureNumbers {
	n := FigureNumbers{
		Num: p.Num, Den: p.Den, Rows: p.Rows, Open: p.Open, Rest: p.Rest, Cases: p.Cases, Few: d.Method != report.Total && report.Small(p.Value, p.Cases),
		Value: d.Unit.Plain(p.Value), Shown: d.Unit.Show(p.Value), Interval: d.Unit.ShowInterval(p.Interval),
	}
	n.Low, n.High = d.Unit.PlainInterval(p.Interval)
	return n
}
