package report

import (
	"bytes"
	"context"
	"encoding/csv"
	"fmt"
	"math/big"
	"strconv"
	"strings"
	"time"

	"github.com/xuri/excelize/v2"

	"ringback/internal/postgres"
)

// FigureBlock is a group of the page with its figures as read.
type FigureBlock struct {
	Word
	Readings []Reading
}

// Figures reads the whole table. With an agent, figures whose rows belong to no
// agent are left out.
func (r *Report) Figures(ctx context.Context, db postgres.DB, q FigureQuery) ([]FigureBlock, error) {
	var out []FigureBlock
	for _, g := range FigureTable() {
		b := FigureBlock{Word: g.Word}
		for _, d := range g.Figures {
			if q.Agent != nil && !d.PerAgent {
				continue
			}
			f, err := r.Figure(ctx, db, d, q)
			if err != nil {
				return nil, err
			}
			b.Readings = append(b.Readings, f)
		}
		if len(b.Readings) > 0 {
			out = append(out, b)
		}
	}
	return out, nil
}

// Sheet is the figures as a table to take along: no row of a customer is in it.
type Sheet struct {
	English bool
	Stores  string // names
	Period  Period
	Made    time.Time // business time
	Blocks  []FigureBlock
	zone    *time.Location
}

// NewSheet makes the table of figures.
func (r *Report) NewSheet(english bool, stores string, p Period, made time.Time, blocks []FigureBlock) Sheet {
	return Sheet{english, stores, p, made, blocks, r.zone}
}

func (s Sheet) say(zh, en string) string {
	if s.English {
		return en
	}
	return zh
}

// title, stores, period and time of making (spec 4.4, lines 1 and 2).
func (s Sheet) heading() (title, line string) {
	from, to := s.Period.Days()
	return s.say("指标表", "Figures"), s.say("门店：", "Stores: ") + s.Stores + s.say(" · 统计期间：", " · Period: ") + from + s.say(" 至 ", " to ") + to +
		s.say(" · 制表时间：", " · Made: ") + s.Made.In(s.zone).Format("2006-01-02 15:04")
}

func (s Sheet) columns() []string {
	if s.English {
		return []string{"Block", "No.", "Figure", "Part", "Value", "Unit", "95 % interval", "Numerator", "Denominator", "Open", "Few cases", "Target", "Status", "Before", "Change", "Formula", "Period key"}
	}
	return []string{"分组", "编号", "指标", "分项", "值", "单位", "95% 区间", "分子", "分母", "未定", "样本少", "目标", "状态", "上期", "变化", "口径", "归期"}
}

// rows of cells: a *float64 or an int64 is a number, else a string.
func (s Sheet) rows() [][]any {
	var out [][]any
	for _, b := range s.Blocks {
		for _, f := range b.Readings {
			whole := s.row(b, f, "", f.Value, f.Interval, f.Sums, f.Cases)
			if f.HasSource() {
				whole[11], whole[12] = f.Target.Show(f.Unit), s.status(f.Status)
			} else {
				whole[12] = s.say("无数据来源", "no source yet")
			}
			if f.Before != nil {
				whole[13], whole[14] = number(f.Unit, f.Before.Value), f.Unit.ShowChange(f.Value, f.Before.Value)
			}
			out = append(out, whole)
			for _, p := range f.Split {
				out = append(out, s.row(b, f, s.say(p.ZH, p.EN), p.Value, p.Interval, p.Sums, p.Cases))
			}
		}
	}
	return out
}

func (s Sheet) row(b FigureBlock, f Reading, part string, v *big.Rat, i *Interval, sum Sums, cases int64) []any {
	few := ""
	if Small(v, cases) && f.Method != Total {
		few = "n=" + strconv.FormatInt(cases, 10)
	}
	return []any{
		s.say(b.ZH, b.EN), f.ID, s.say(f.ZH, f.EN), part, number(f.Unit, v), strings.TrimSpace(f.Unit.look().suffix), f.Unit.ShowInterval(i),
		sum.Num, sum.Den, int64(sum.Open), few, "", "", "", "", s.say(f.FormulaZH, f.FormulaEN), s.say(f.Key.ZH, f.Key.EN),
	}
}

// number is the value rounded as it is shown, as a number where there is one.
func number(u Unit, v *big.Rat) any {
	if v == nil {
		return Nothing
	}
	f, _ := HalfUp(u.Scaled(v), u.look().decimals).Float64()
	return f
}

func (s Sheet) status(st Status) string {
	switch st {
	case InTarget:
		return s.say("达标", "in target")
	case Near:
		return s.say("接近", "near")
	case Missed:
		return s.say("未达标", "missed")
	case Possible:
		return s.say("未定", "still open")
	}
	return ""
}

// CSV is the table as UTF-8 with a mark, so that Excel reads the Chinese.
func (s Sheet) CSV() ([]byte, error) {
	var out bytes.Buffer
	out.WriteString("\ufeff")
	w := csv.NewWriter(&out)
	title, line := s.heading()
	all := [][]string{{title}, {line}, s.columns()}
	for _, r := range s.rows() {
		cells := make([]string, len(r))
		for i, c := range r {
			cells[i] = text(c)
		}
		all = append(all, cells)
	}
	if err := w.WriteAll(all); err != nil {
		return nil, fmt.Errorf("writing the figures as CSV: %w", err)
	}
	return out.Bytes(), nil
}

func text(c any) string {
	if f, ok := c.(float64); ok {
		return strconv.FormatFloat(f, 'f', -1, 64)
	}
	return fmt.Sprint(c)
}

// XLSX is the same table as a workbook; numbers are numbers.
func (s Sheet) XLSX() (_ []byte, err error) {
	f := excelize.NewFile()
	defer func() {
		if e := f.Close(); err == nil {
			err = e
		}
	}()
	name := s.say("指标表", "Figures")
	if err := f.SetSheetName("Sheet1", name); err != nil {
		return nil, fmt.Errorf("naming the sheet of figures: %w", err)
	}
	if err := s.fill(f, name); err != nil {
		return nil, fmt.Errorf("writing the figures as XLSX: %w", err)
	}
	out, err := f.WriteToBuffer()
	if err != nil {
		return nil, fmt.Errorf("writing the figures as XLSX: %w", err)
	}
	return out.Bytes(), nil
}

func (s Sheet) fill(f *excelize.File, name string) error {
	title, line := s.heading()
	heads := make([]any, 0, len(s.columns()))
	for _, c := range s.columns() {
		heads = append(heads, c)
	}
	for i, row := range append([][]any{{title}, {line}, heads}, s.rows()...) {
		cell, err := excelize.CoordinatesToCellName(1, i+1)
		if err != nil {
			return err
		}
		if err := f.SetSheetRow(name, cell, &row); err != nil {
			return err
		}
	}
	bold, err := f.NewStyle(&excelize.Style{Font: &excelize.Font{Bold: true}})
	if err != nil {
		return err
	}
	if err := f.SetRowStyle(name, 3, 3, bold); err != nil {
		return err
	}
	for _, w := range []struct {
		from, to string
		width    float64
	}{{"A", "B", 10}, {"C", "C", 24}, {"D", "D", 16}, {"E", "F", 10}, {"G", "G", 16}, {"H", "O", 11}, {"P", "P", 60}, {"Q", "Q", 14}} {
		if err := f.SetColWidth(name, w.from, w.to, w.width); err != nil {
			return err
		}
	}
	return f.SetPanes(name, &excelize.Panes{Freeze: true, YSplit: 3, TopLeftCell: "A4", ActivePane: "bottomLeft"})
}
