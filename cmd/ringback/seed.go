package main

import (
	"context"
	"crypto/rand"
	"fmt"
	"time"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"

	"ringback/crm/dealer"
	"ringback/internal/auth"
	"ringback/internal/errs"
	"ringback/internal/postgres"
	"ringback/internal/seal"
	"ringback/telephony"
)

// demoPassword opens every demo login; the demo listens on loopback only.
const demoPassword = "ringback-demo"

// demoDay is the demo files' own day: the first start of a demo begins there.
func demoDay() time.Time { return time.Date(2026, 11, 20, 2, 0, 0, 0, time.UTC) } // 10:00 in Shanghai

// demoUser is one login of the demo.
type demoUser struct {
	login, name, no string
	role            auth.Role
	extension       string
}

func demoUsers() []demoUser {
	return []demoUser{
		{"agent1", "林晓禾", "2007", auth.CSAgent, "8001"},
		{"agent2", "周予安", "2008", auth.CSAgent, "8002"},
		{"supervisor", "沈知远", "2001", auth.Supervisor, ""},
		{"manager", "许清如", "2000", auth.CSManager, ""},
		{"clerk", "白洛", "2010", auth.InfoClerk, ""},
		{"admin", "管理员", "9000", auth.Admin, ""},
	}
}

// demoStore is the synthetic store; made at the first start, found later.
func demoStore(ctx context.Context, pool *postgres.Pool, now time.Time) (s dealer.Store, made bool, err error) {
	err = pool.AllStores(ctx, func(ctx context.Context, tx pgx.Tx) error {
		if err := dealer.SeedCalendar(ctx, tx); err != nil {
			return err
		}
		var id uuid.UUID
		err := tx.QueryRow(ctx, `SELECT coalesce((SELECT id FROM store ORDER BY created_at LIMIT 1), '00000000-0000-0000-0000-000000000000')`).Scan(&id)
		if err != nil {
			return fmt.Errorf("looking for the demo's store: %w", err)
		}
		if id != uuid.Nil {
			s, err = dealer.GetStore(ctx, tx, id)
			return err
		}
		made = true
		g, err := dealer.CreateGroup(ctx, tx, dealer.Group{Name: "示例集团", Code: "DEMO"}, now)
		if err != nil {
			return err
		}
		s, err = dealer.CreateStore(ctx, tx, dealer.Store{
			GroupID: g.ID, Code: "SL01", NameZH: "示例一店", ShortNameZH: "示例一店", Kind: "car_4s",
			Hotline: "051000008888", AreaCode: "0510", City: "示例市", AddressZH: "示例市示例区示例路 1 号", IsSynthetic: true,
		}, now)
		return err
	})
	return s, made, err
}

// seedPeople makes the demo's users and desk phones; the phones get new secrets
// at every start.
func seedPeople(ctx context.Context, pool *postgres.Pool, people *auth.Service, ext *telephony.Extensions, s dealer.Store, made bool, now time.Time) (phone, error) {
	out := phone{Password: rand.Text()[:12]}
	scope := postgres.Scope{Stores: []uuid.UUID{s.ID}, Group: s.GroupID}
	return out, pool.Scoped(ctx, scope, func(ctx context.Context, tx pgx.Tx) error {
		for _, u := range demoUsers() {
			id, err := demoUserID(ctx, tx, people, s, u, made, now)
			if err != nil || u.extension == "" {
				if err != nil {
					return err
				}
				continue
			}
			if err := ext.Save(ctx, tx, s.GroupID, id, u.extension, out.Password); err != nil {
				return err
			}
		}
		out.Extension, out.Owner = demoUsers()[0].extension, demoUsers()[0].login
		return nil
	})
}

// demoUserID finds a login, or makes it: a store that `ringback import` made has none.
func demoUserID(ctx context.Context, tx postgres.DB, people *auth.Service, s dealer.Store, u demoUser, made bool, now time.Time) (id uuid.UUID, err error) {
	if !made {
		if id, err = people.UserID(ctx, tx, u.login); errs.KindOf(err) != errs.NotFound {
			return id, err
		}
	}
	return people.CreateUser(ctx, tx, auth.NewUser{
		Group: s.GroupID, Store: s.ID, Login: u.login, NameZH: u.name, EmployeeNo: u.no,
		Password: demoPassword, Roles: []auth.Role{u.role},
	}, now)
}

// seedTrunk points the demo's one trunk at the simulated carrier.
func seedTrunk(ctx context.Context, pool *postgres.Pool, box *seal.Box, s dealer.Store, address string) error {
	scope := postgres.Scope{Stores: []uuid.UUID{s.ID}, Group: s.GroupID}
	return pool.Scoped(ctx, scope, func(ctx context.Context, tx pgx.Tx) error {
		trunk, err := telephony.SaveTrunk(ctx, tx, box, telephony.TrunkSetting{
			Group: s.GroupID, Name: "模拟中继", Address: address,
			MaxCPS: 5, MaxChannels: 30, IsSimulator: true,
		})
		if err != nil {
			return err
		}
		_, err = telephony.SaveCallerNumber(ctx, tx, s.GroupID, s.ID, trunk, s.Hotline)
		return err
	})
}
