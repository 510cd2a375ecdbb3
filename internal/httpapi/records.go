package httpapi

import (
	"context"
	"strconv"
	"time"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"

	"ringback/crm/report"
	"ringback/crm/task"
	"ringback/internal/auth"
	"ringback/internal/clock"
)

// CustomerHit is one line of a search.
type CustomerHit struct {
	ID     uuid.UUID `json:"id"`
	Name   string    `json:"name"`
	Phones []string  `json:"phones"`
	Plates []string  `json:"plates"`
	Model  string    `json:"model"`
}

// shownHits is how many a search shows.
const shownHits = 30

type searchInput struct {
	Q string `query:"q" maxLength:"100"`
}

func (s *Server) customers(ctx context.Context, p auth.Principal, in *searchInput) (out listOf[CustomerHit], err error) {
	out.Items = []CustomerHit{}
	return out, s.read(ctx, p, func(ctx context.Context, tx pgx.Tx) error {
		by, ok := s.Customers.ReadSearch(in.Q)
		if !ok {
			return nil
		}
		hits, err := s.Report.Search(ctx, tx, p.Store, onlyOwn(p), by, shownHits)
		if err != nil {
			return err
		}
		for _, h := range hits {
			hit := CustomerHit{ID: h.ID, Name: h.Name, Phones: []string{}, Plates: []string{}, Model: h.Model}
			if h.Last4 != "" {
				hit.Phones = append(hit.Phones, report.Masked(h.Last4))
			}
			if h.Plate != "" {
				hit.Plates = append(hit.Plates, h.Plate)
			}
			out.Items = append(out.Items, hit)
		}
		out.Total = len(out.Items)
		return nil
	})
}

func taskKind(code string) report.Word {
	if k, ok := task.FindKind(code); ok {
		return report.Word{Code: code, ZH: k.ZH, EN: k.EN}
	}
	return report.Word{Code: code, ZH: code, EN: code}
}

func callWord(code string) report.Word {
	if d, ok := task.FindDisposition(code); ok {
		return report.Word{Code: code, ZH: d.ZH, EN: d.EN}
	}
	if w := report.LineResult(code); w.ZH != code {
		return w
	}
	return report.AttemptState(code)
}

// whole reads a stored number such as "8" or "8.0"; nil when it is none.
func whole(text string) *int {
	f, err := strconv.ParseFloat(text, 64)
	if err != nil {
		return nil
	}
	n := int(f)
	return &n
}

// daysUntil is the number of days from now's business day to day.
func daysUntil(day, now time.Time) int {
	l := now.In(clock.Shanghai())
	today := time.Date(l.Year(), l.Month(), l.Day(), 0, 0, 0, 0, time.UTC)
	return int(day.Sub(today) / (24 * time.Hour))
}
