package importer_test

import (
	"strings"
	"testing"
)

// BenchmarkImport reads and commits a file of 2,000 new work orders with their
// customers, vehicles and tasks (T-I09 asks for 50,000 in 60 s).
func BenchmarkImport(b *testing.B) {
	var file strings.Builder
	file.WriteString(orderHead)
	for n := range 2000 {
		file.WriteString(orderLine(n+1, "100"))
	}
	for b.Loop() {
		b.StopTimer()
		s := open(b, morning())
		b.StartTimer()
		batch, err := s.im.Upload(b.Context(), s.scope, "many.csv", strings.NewReader(file.String()))
		if err != nil {
			b.Fatal(err)
		}
		if _, err := s.im.Commit(b.Context(), s.scope, batch.ID, nil); err != nil {
			b.Fatal(err)
		}
	}
	b.ReportMetric(2000*float64(b.N)/b.Elapsed().Seconds(), "rows/s")
}
