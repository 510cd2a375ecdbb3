package httpapi

import (
	"context"
	"strings"

	"github.com/jackc/pgx/v5"

	"ringback/crm/dealer"
	"ringback/crm/policy"
	"ringback/internal/auth"
)

// What changes a store's settings is called in the audit log.
const (
	insurerAdded   = "insurer.add"
	insurerDropped = "insurer.drop"
	windowsChanged = "store.windows"
)

// InsurerList are the insurers the store may quote, and who changed them last.
type InsurerList struct {
	Names []string   `json:"names"`
	Last  *auth.Last `json:"last,omitempty"`
}

// mayInsure: the list of insurers belongs to whoever sets the store up and to whoever
// runs its renewals.
func mayInsure(p auth.Principal) error {
	if p.May(auth.RunRenewals) {
		return nil
	}
	_, err := allowed(p, auth.ManageStore)
	return err
}

func (s *Server) insurers(ctx context.Context, p auth.Principal, _ *struct{}) (InsurerList, error) {
	return s.changeInsurers(ctx, p, func(context.Context, pgx.Tx) error { return nil })
}

type insurerInput struct {
	Body struct {
		Name string `json:"name" maxLength:"500"`
	}
}

func (s *Server) insurerAdd(ctx context.Context, p auth.Principal, in *insurerInput) (InsurerList, error) {
	return s.changeInsurers(ctx, p, func(ctx context.Context, tx pgx.Tx) error {
		name, err := policy.AddInsurer(ctx, tx, p.Store, in.Body.Name)
		if err != nil {
			return err
		}
		return s.audit(ctx, tx, p, insurerAdded, p.Store, map[string]string{"insurer": name})
	})
}

type insurerDropInput struct {
	Name string `query:"name" required:"true" maxLength:"500"`
}

func (s *Server) insurerDrop(ctx context.Context, p auth.Principal, in *insurerDropInput) (InsurerList, error) {
	return s.changeInsurers(ctx, p, func(ctx context.Context, tx pgx.Tx) error {
		if err := policy.DropInsurer(ctx, tx, p.Store, in.Name); err != nil {
			return err
		}
		return s.audit(ctx, tx, p, insurerDropped, p.Store, map[string]string{"insurer": in.Name})
	})
}

// changeInsurers changes the list and answers with it.
func (s *Server) changeInsurers(ctx context.Context, p auth.Principal, change func(ctx context.Context, tx pgx.Tx) error) (out InsurerList, err error) {
	if err := mayInsure(p); err != nil {
		return out, err
	}
	return out, s.read(ctx, p, func(ctx context.Context, tx pgx.Tx) error {
		if err := change(ctx, tx); err != nil {
			return err
		}
		if out.Names, err = policy.Approved(ctx, tx, p.Store); err != nil {
			return err
		}
		out.Last, err = auth.LastOf(ctx, tx, p.Store, insurerAdded, insurerDropped)
		return err
	})
}

// CallWindows is when the store's automatic calls are made, the rule pack's own windows
// and the wall that all lie in (CG-02, CG-03).
type CallWindows struct {
	Windows  []dealer.Window `json:"windows"`
	Defaults []dealer.Window `json:"defaults"`
	Wall     dealer.Window   `json:"wall"`
	Last     *auth.Last      `json:"last,omitempty"`
}

func (s *Server) callWindows(ctx context.Context, p auth.Principal, _ *struct{}) (out CallWindows, err error) {
	return out, s.read(ctx, p, func(ctx context.Context, tx pgx.Tx) error {
		out, err = callWindowsOf(ctx, tx, p)
		return err
	})
}

type windowsInput struct {
	Body struct {
		Windows []dealer.Window `json:"windows" doc:"1 to 4 spans of the day, in order, apart, inside the wall"`
	}
}

func (s *Server) callWindowsSet(ctx context.Context, p auth.Principal, in *windowsInput) (out CallWindows, err error) {
	err = s.read(ctx, p, func(ctx context.Context, tx pgx.Tx) error {
		before, err := dealer.GetStore(ctx, tx, p.Store)
		if err != nil {
			return err
		}
		kept, err := dealer.SetWindows(ctx, tx, p.Store, in.Body.Windows)
		if err != nil {
			return err
		}
		if err := s.audit(ctx, tx, p, windowsChanged, p.Store, map[string]string{"before": spansOf(before.CallWindows), "after": spansOf(kept)}); err != nil {
			return err
		}
		out, err = callWindowsOf(ctx, tx, p)
		return err
	})
	if err == nil {
		s.Dialer.LookAgain(p.Store) // tasks that nothing but the old windows held
	}
	return out, err
}

func callWindowsOf(ctx context.Context, tx pgx.Tx, p auth.Principal) (out CallWindows, err error) {
	st, err := dealer.GetStore(ctx, tx, p.Store)
	if err != nil {
		return out, err
	}
	out.Windows = st.CallWindows
	if out.Defaults, out.Wall, err = dealer.ShippedWindows(); err != nil {
		return out, err
	}
	out.Last, err = auth.LastOf(ctx, tx, p.Store, windowsChanged)
	return out, err
}

// spansOf writes windows for the audit log: 10:00-12:00 15:00-18:00.
func spansOf(windows []dealer.Window) string {
	return strings.Join(mapped(windows, func(w dealer.Window) string { return w.From + "-" + w.To }), " ")
}
