package importer_test

import (
	"encoding/csv"
	"fmt"
	"io"
	"math/rand/v2"
	"strconv"
	"strings"
	"time"

	"github.com/xuri/excelize/v2"

	"ringback/internal/cn"
)

// sampleOptions of a large synthetic file of work orders as a dealer's own system
// exports it (spec 6: mobiles 154, maker code L00, plates 宁Z/青Z/琼Z/藏Z). The same
// options give the same rows.
type sampleOptions struct {
	Rows      int
	Customers int       // 0: one for every 2.5 rows
	Today     time.Time // the newest order was opened the day before
	Days      int       // over how many days they spread, 0: 1,500
	Seed      uint64
}

// sampleHeader is one of the column orders dealers' systems write.
func sampleHeader() []string {
	return []string{
		"工单号", "车牌号", "进厂日期", "业务类型", "客户名称", "联系电话", "车架号", "车型", "行驶里程(km)", "服务顾问", "主修人", "预计交车", "完工时间", "结算日期",
		"出厂时间", "工时费(元)", "材料费(元)", "优惠金额", "合计金额(元)", "付款方式", "客户描述", "维修项目", "下次保养日期", "下次保养里程", "工单状态", "备注", "is_synthetic",
	}
}

// sampleCSV writes the file as UTF-8 text with a byte order mark.
func sampleCSV(w io.Writer, o sampleOptions) error {
	if _, err := io.WriteString(w, "\ufeff"); err != nil {
		return err
	}
	out := csv.NewWriter(w)
	if err := out.Write(sampleHeader()); err != nil {
		return err
	}
	rows := newSample(o)
	for range o.Rows {
		if err := out.Write(rows.next()); err != nil {
			return err
		}
	}
	out.Flush()
	return out.Error()
}

// sampleXLSX writes the file as a workbook with a title row.
func sampleXLSX(w io.Writer, o sampleOptions) error {
	f := excelize.NewFile()
	defer func() { _ = f.Close() }()
	out, err := f.NewStreamWriter("Sheet1")
	if err != nil {
		return fmt.Errorf("writing the sheet: %w", err)
	}
	rows := newSample(o)
	for i := range o.Rows + 2 {
		cells := []string{"示例一店 维修工单明细表(演示数据)"}
		switch {
		case i == 1:
			cells = sampleHeader()
		case i > 1:
			cells = rows.next()
		}
		values := make([]any, len(cells))
		for j, c := range cells {
			values[j] = c
		}
		if err := out.SetRow("A"+strconv.Itoa(i+1), values); err != nil {
			return fmt.Errorf("writing the sheet: %w", err)
		}
	}
	if err := out.Flush(); err != nil {
		return fmt.Errorf("writing the sheet: %w", err)
	}
	return f.Write(w)
}

// sampleRows makes orders one after the other.
type sampleRows struct {
	o    sampleOptions
	rand *rand.Rand
	n    int
}

func newSample(o sampleOptions) *sampleRows {
	if o.Customers == 0 {
		o.Customers = max(1, o.Rows*2/5)
	}
	if o.Days == 0 {
		o.Days = 1500
	}
	return &sampleRows{o: o, rand: rand.New(rand.NewPCG(o.Seed, 7))}
}

func (r *sampleRows) next() []string {
	c := r.rand.IntN(r.o.Customers)
	day := r.o.Today.AddDate(0, 0, -r.o.Days+r.n*r.o.Days/r.o.Rows-1)
	opened := day.Add(time.Duration(8*60+r.rand.IntN(480)) * time.Minute)
	settled := opened.Add(time.Duration(60+r.rand.IntN(240)) * time.Minute)
	labour, parts := 80+r.rand.IntN(900), 100+r.rand.IntN(2400)
	r.n++
	at := func(t time.Time) string { return t.Format("2006-01-02 15:04") }
	return []string{
		fmt.Sprintf("WT%s%05d", day.Format("060102"), r.n%100000), plate(c), at(opened), pick(kinds, r.rand.IntN(20)), name(c), r.phone(c), vin(c),
		pick(models, c), strconv.Itoa(5000 + c%9*10000 + r.n*30/r.o.Rows*1000), pick(advisors, c), pick(advisors, c+3), at(settled), at(settled.Add(-30 * time.Minute)),
		at(settled), at(settled.Add(20 * time.Minute)), money(labour), money(parts), "0", money(labour + parts), "扫码", "常规保养,检查制动", pick(works, r.rand.IntN(9)),
		day.AddDate(0, 6, 0).Format("2006-01-02"), strconv.Itoa(20000 + c%9*10000), "已交车", "", "true",
	}
}

func money(n int) string { return strconv.Itoa(n) + ".00" }

func (r *sampleRows) phone(c int) string {
	digits := fmt.Sprintf("154%08d", 1000+c)
	switch r.rand.IntN(25) {
	case 0:
		return "+86 " + digits[:3] + " " + digits[3:7] + " " + digits[7:]
	case 1:
		return "86-" + digits
	}
	return digits
}

func plate(c int) string {
	provinces := []rune("宁青琼藏")
	return fmt.Sprintf("%cZ%c%04d", provinces[c%4], "ABCDEFGHJKLMNPQRSTUVWXYZ"[c/40000%24], c/4%10000)
}

// vin is a valid one of customer c's car (spec 6.4).
func vin(c int) string {
	head, tail := "L00A1B2C", fmt.Sprintf("T0%06d", c)
	for _, check := range "0123456789X" {
		if v := head + string(check) + tail; cn.ValidVIN(v) {
			return v
		}
	}
	return ""
}

const (
	surnames = "王李张刘陈杨黄赵吴周徐孙马朱胡郭何林罗高"
	given    = "伟芳娜敏静丽强磊军洋勇艳杰娟涛明超秀霞平刚桂英华"
)

func name(c int) string {
	s, g := []rune(surnames), []rune(given)
	return string([]rune{s[c%len(s)], g[c/len(s)%len(g)], g[c/len(s)/len(g)%len(g)]})
}

const (
	kinds    = "定保 常规保养 保养 定保 一般维修 小修 机修 事故 首保 索赔 钣喷 洗车 保养 定保"
	models   = "示例品牌甲A1 示例品牌乙E5 示例品牌丙P4插混 示例品牌丁N9纯电"
	advisors = "张伟 江芳玲 戴康伟 黄燕生 王萍胜 马力茂 闫雪子"
	works    = "更换机油 清洗蒸发箱 四轮定位 更换前制动片 全车检测"
)

// pick is the i-th word of a list.
func pick(list string, i int) string {
	words := strings.Fields(list)
	return words[i%len(words)]
}
