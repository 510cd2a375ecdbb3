package httpapi

import (
	"context"

	"github.com/jackc/pgx/v5"

	"ringback/crm/policy"
	"ringback/internal/auth"
)

// What changes a store's settings is called in the audit log.
const (
	insurerAdded   = "insurer.add"
	insurerDropped = "insurer.drop"
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
