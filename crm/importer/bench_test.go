package importer_test

import (
	"bytes"
	"io"
	"os"
	"regexp"
	"strconv"
	"testing"
)

// BenchmarkImport50k reads and commits 50,000 work orders of four years with their
// customers, vehicles and promises. Spec 7.6 (T-I09) asks for 60 s and 512 MB: 833
// rows/s. "today" is the dearest case: every order was delivered lately and is
// promised a call or two.
func BenchmarkImport50k(b *testing.B) {
	const rows = 50_000
	for _, c := range []struct {
		name  string
		write func(io.Writer, sampleOptions) error
		days  int
	}{{"csv", sampleCSV, 1500}, {"xlsx", sampleXLSX, 1500}, {"today", sampleCSV, 3}} {
		b.Run(c.name, func(b *testing.B) {
			var file bytes.Buffer
			if err := c.write(&file, sampleOptions{Rows: rows, Days: c.days, Today: morning(), Seed: 1}); err != nil {
				b.Fatal(err)
			}
			for b.Loop() {
				b.StopTimer()
				s := open(b, morning())
				b.StartTimer()
				batch, err := s.im.Upload(b.Context(), s.scope, "many."+c.name, bytes.NewReader(file.Bytes()))
				if err != nil {
					b.Fatal(err)
				}
				if _, err := s.im.Commit(b.Context(), s.scope, batch.ID, nil); err != nil {
					b.Fatal(err)
				}
			}
			b.ReportMetric(rows*float64(b.N)/b.Elapsed().Seconds(), "rows/s")
			b.ReportMetric(peakMB(b), "MB-peak")
		})
	}
}

// peakMB is the most memory this process has ever had, in MiB.
func peakMB(b *testing.B) float64 {
	b.Helper()
	raw, err := os.ReadFile("/proc/self/status")
	if err != nil {
		b.Fatal(err)
	}
	m := regexp.MustCompile(`VmHWM:\s+(\d+) kB`).FindSubmatch(raw)
	if m == nil {
		b.Fatal("no VmHWM in /proc/self/status")
	}
	kb, err := strconv.Atoi(string(m[1]))
	if err != nil {
		b.Fatal(err)
	}
	return float64(kb) / 1024
}
