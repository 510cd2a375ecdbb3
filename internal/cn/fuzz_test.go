package cn_test

import (
	"strings"
	"testing"
	"time"

	"ringback/internal/cn"
)

// Whatever is in a cell, a number that is called valid can be dialled.
func FuzzParsePhones(f *testing.F) {
	for _, s := range []string{"+86 154 0000 0001", "1540000 0001/0510-00001234转8", "1.54E+10", "154****0001", "0510-00001234-802"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, raw string) {
		got := cn.ParsePhones(raw, store())
		if len(got.Valid) > 0 && got.Code != "" {
			t.Fatalf("%q: a number and a code: %+v", raw, got)
		}
		for _, p := range got.Valid {
			if len(p.Digits) < 10 || len(p.Digits) > 12 || strings.Trim(p.Digits, "0123456789") != "" {
				t.Fatalf("%q: no dialable digits: %+v", raw, p)
			}
			again := cn.ParsePhones(p.Digits, store())
			if len(again.Valid) != 1 || again.Valid[0].Digits != p.Digits {
				t.Fatalf("%q: reading %q again gives %+v", raw, p.Digits, again)
			}
		}
	})
}

func FuzzParseVehicleNo(f *testing.F) {
	for _, s := range []string{"L00A1B2C3T0000001", "L0OA1B2C3T0000001", "T0000001", "SF23100055055"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, raw string) {
		got := cn.ParseVehicleNo(raw)
		if got.Valid != (got.VIN != "" && cn.ValidVIN(got.VIN)) {
			t.Fatalf("%q: validity and check digit differ: %+v", raw, got)
		}
		if got.Code == cn.WVINFix && cn.ParseVehicleNo(got.VIN).Code != "" {
			t.Fatalf("%q: the repaired VIN is not clean: %+v", raw, got)
		}
	})
}

func FuzzParseDate(f *testing.F) {
	for _, s := range []string{"2026-1-5", "46027.5", "2026年1月5日", "26-1-5", "2026/1/5 下午2:30"} {
		f.Add(s)
	}
	today := time.Date(2026, 11, 20, 0, 0, 0, 0, time.UTC)
	f.Fuzz(func(t *testing.T, raw string) {
		got := cn.ParseDate(raw, cn.DateOptions{Today: today})
		if got.Code == cn.EDate && !got.At.IsZero() {
			t.Fatalf("%q: E-DATE with a date: %+v", raw, got)
		}
		if !got.At.IsZero() && (got.At.Year() < 1990 || got.At.After(today.AddDate(1, 0, 1))) {
			t.Fatalf("%q: not to be believed: %v", raw, got.At)
		}
	})
}

func FuzzFoldIsStable(f *testing.F) {
	f.Add(`="１５４"`)
	f.Add("宁Z·1 2")
	f.Fuzz(func(t *testing.T, raw string) {
		name, plate := cn.ParseName(raw), ""
		plate, _ = cn.ParsePlate(raw)
		if again, _ := cn.ParsePlate(plate); plate != "" && again != "" && len(again) > len(plate) {
			t.Fatalf("%q: plate grows: %q then %q", raw, plate, again)
		}
		if _, ok := cn.ParseIDNumber(raw); ok && name.Company {
			t.Fatalf("%q is an ID number and a company", raw)
		}
		_ = cn.MaskName(name) + cn.MaskPlate(raw)
		cn.MaskPhone(raw)
		cn.ParseAmount(raw)
		cn.ParseMileage(raw)
	})
}
