package httpapi

import (
	"context"
	"fmt"

	"github.com/jackc/pgx/v5"

	"ringback/crm/appointment"
	"ringback/crm/dealer"
	"ringback/internal/auth"
	"ringback/internal/cn"
	"ringback/internal/errs"
)

const bayChanged = "bay.change"

// StoreBay is how many vehicles one kind of bay takes at a time, and when.
type StoreBay struct {
	Kind     string `json:"kind" enum:"fast,general,body"`
	Opens    string `json:"opens" maxLength:"20" doc:"a time of day on the hour or half hour, like 08:30"`
	Closes   string `json:"closes" maxLength:"20"`
	Capacity int    `json:"capacity" doc:"0: none is taken"`
}

// StoreBays are the workshop's bays in the order of a board, the shipped ones, and who
// changed them last.
type StoreBays struct {
	Bays     []StoreBay `json:"bays"`
	Defaults []StoreBay `json:"defaults"`
	Last     *auth.Last `json:"last,omitempty"`
}

func (s *Server) bays(ctx context.Context, p auth.Principal, _ *struct{}) (out StoreBays, err error) {
	return out, s.read(ctx, p, func(ctx context.Context, tx pgx.Tx) error {
		out, err = baysOf(ctx, tx, p)
		return err
	})
}

type baysInput struct {
	Body struct {
		Bays []StoreBay `json:"bays" minItems:"1" maxItems:"3"`
	}
}

func (s *Server) baysSave(ctx context.Context, p auth.Principal, in *baysInput) (out StoreBays, err error) {
	return out, s.read(ctx, p, func(ctx context.Context, tx pgx.Tx) error {
		before, err := appointment.Bays(ctx, tx, p.Store)
		if err != nil {
			return err
		}
		for _, v := range in.Body.Bays {
			b, err := v.bay()
			if err != nil {
				return err
			}
			if b == before[b.Kind] {
				continue
			}
			if err := appointment.SaveBay(ctx, tx, p.Store, b); err != nil {
				return err
			}
			detail := map[string]string{"kind": b.Kind, "before": storeBay(before[b.Kind]).String(), "after": storeBay(b).String()}
			if err := s.audit(ctx, tx, p, bayChanged, p.Store, detail); err != nil {
				return err
			}
		}
		out, err = baysOf(ctx, tx, p)
		return err
	})
}

func baysOf(ctx context.Context, tx pgx.Tx, p auth.Principal) (out StoreBays, err error) {
	found, err := appointment.Bays(ctx, tx, p.Store)
	if err != nil {
		return out, err
	}
	for _, kind := range appointment.Kinds() {
		out.Bays = append(out.Bays, storeBay(found[kind]))
	}
	out.Defaults = mapped(appointment.ShippedBays(), storeBay)
	out.Last, err = auth.LastOf(ctx, tx, p.Store, bayChanged)
	return out, err
}

func storeBay(b appointment.Bay) StoreBay {
	return StoreBay{Kind: b.Kind, Opens: dealer.ClockOf(b.Opens), Closes: dealer.ClockOf(b.Closes), Capacity: b.Capacity}
}

// bay reads the times, full-width or one-digit hours too.
func (v StoreBay) bay() (appointment.Bay, error) {
	opens, closes, err := dealer.Window{From: cn.Fold(v.Opens), To: cn.Fold(v.Closes)}.Minutes()
	if err != nil {
		return appointment.Bay{}, errs.New(errs.Invalid, "bay_time", "工位的开始和结束要写成 08:30 这样的时刻。请修改后再保存。",
			"Write when a bay opens and closes like 08:30, and save again.").At(v.Kind).Because(err)
	}
	return appointment.Bay{Kind: v.Kind, Opens: opens, Closes: closes, Capacity: v.Capacity}, nil
}

// String is a bay in the audit log: 08:30-17:30 3.
func (v StoreBay) String() string { return fmt.Sprintf("%s-%s %d", v.Opens, v.Closes, v.Capacity) }
