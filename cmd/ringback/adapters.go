package main

import (
	"context"
	"errors"
	"fmt"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"

	"ringback/dialer"
	"ringback/internal/desk"
	"ringback/internal/postgres"
	"ringback/telephony/acd"
)

// deskAgents is acd as the desk asks for it.
type deskAgents struct{ *acd.Agents }

// SignOn begins a shift.
func (a deskAgents) SignOn(ctx context.Context, tx postgres.DB, in desk.SignOn) error {
	_, err := a.Agents.SignOn(ctx, tx, acd.SignOnInput{User: in.User, Group: in.Group, Store: in.Store, Device: in.Device, TakeOver: in.TakeOver})
	return err
}

// deskDialer is the dialer as the desk asks for it.
type deskDialer struct{ *dialer.Dialer }

// Wrapped ends an attempt's wrap-up.
func (d deskDialer) Wrapped(ctx context.Context, tx postgres.DB, attempt uuid.UUID, disposition string) error {
	_, err := d.Dialer.Wrapped(ctx, tx, attempt, disposition)
	return err
}

// Overdue marks a wrap-up whose time is over; false when it is over already.
func (d deskDialer) Overdue(ctx context.Context, tx postgres.DB, attempt uuid.UUID) (bool, error) {
	_, err := d.Dialer.Overdue(ctx, tx, attempt)
	if errors.Is(err, dialer.ErrNotMoved) {
		return false, nil
	}
	return err == nil, err
}

// personOf names a user for the desk.
func personOf(ctx context.Context, db postgres.DB, user uuid.UUID) (p desk.Person, err error) {
	err = db.QueryRow(ctx, `SELECT name_zh, employee_no FROM app_user WHERE id = $1`, user).Scan(&p.Name, &p.EmployeeNo)
	if err != nil {
		return p, fmt.Errorf("naming user %s: %w", user, err)
	}
	return p, nil
}

// usersNamed finds the users of a store by name: an order's advisor may not survey it.
func usersNamed(ctx context.Context, db postgres.DB, store uuid.UUID, name string) ([]uuid.UUID, error) {
	rows, err := db.Query(ctx, `
		SELECT u.id FROM app_user u WHERE u.name_zh = $2 AND EXISTS (SELECT FROM user_role r WHERE r.user_id = u.id AND r.store_id = $1)`, store, name)
	if err != nil {
		return nil, fmt.Errorf("finding users named so: %w", err)
	}
	return pgx.CollectRows(rows, pgx.RowTo[uuid.UUID])
}
