package main

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"time"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"

	"ringback/crm/dealer"
	"ringback/internal/auth"
	"ringback/internal/errs"
	"ringback/internal/postgres"
)

// userCmd adds a user; with --store-name it makes the store first.
type userCmd struct {
	Data      string    `default:"./var" help:"Data directory; not used when RINGBACK_DATABASE_URL is set."`
	Store     string    `required:"" help:"Code of the store."`
	StoreName string    `help:"Make the store under this name when there is none of the code."`
	Hotline   string    `help:"The new store's service number, digits only."`
	AreaCode  string    `help:"The new store's area code, e.g. 0510."`
	Login     string    `required:"" help:"Login."`
	Name      string    `required:"" help:"The person's name."`
	No        string    `help:"Employee number."`
	Role      auth.Role `required:"" enum:"cs_agent,info_clerk,supervisor,cs_manager,admin" help:"Role: ${enum}."`
	Password  string    `help:"Password; one is made and printed when left out."`
}

// Run adds the user.
func (c *userCmd) Run(e *env) (err error) {
	t, err := openRecords(e, c.Data)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, t.close()) }()
	scope, err := c.scope(e.ctx, t.pool)
	if err != nil {
		return err
	}
	people, err := auth.New(t.pool)
	if err != nil {
		return err
	}
	made := c.Password == ""
	if made {
		c.Password = rand.Text()[:16]
	}
	err = t.pool.Scoped(e.ctx, scope, func(ctx context.Context, tx pgx.Tx) error {
		_, err := people.CreateUser(ctx, tx, auth.NewUser{
			Group: scope.Group, Store: scope.Stores[0], Login: c.Login, NameZH: c.Name,
			EmployeeNo: c.No, Password: c.Password, Roles: []auth.Role{c.Role},
		}, time.Now())
		return err
	})
	if err != nil {
		return err
	}
	fmt.Fprintf(e.out, "%s may sign in as %s with role %s.\n", c.Name, c.Login, c.Role)
	if made {
		fmt.Fprintf(e.out, "Password: %s\n", c.Password)
	}
	return nil
}

func (c *userCmd) scope(ctx context.Context, pool *postgres.Pool) (postgres.Scope, error) {
	s, err := storeScope(ctx, pool, c.Store)
	if err == nil || c.StoreName == "" || errs.KindOf(err) != errs.NotFound {
		return s, err
	}
	err = pool.AllStores(ctx, func(ctx context.Context, tx pgx.Tx) error {
		if err := dealer.SeedCalendar(ctx, tx); err != nil {
			return err
		}
		g, err := dealer.GroupByCode(ctx, tx, "MAIN")
		if errs.KindOf(err) == errs.NotFound {
			g, err = dealer.CreateGroup(ctx, tx, dealer.Group{Name: c.StoreName, Code: "MAIN"}, time.Now())
		}
		if err != nil {
			return err
		}
		st, err := dealer.CreateStore(ctx, tx, dealer.Store{
			GroupID: g.ID, Code: c.Store, NameZH: c.StoreName, ShortNameZH: c.StoreName,
			Kind: "car_4s", Hotline: c.Hotline, AreaCode: c.AreaCode, CallDays: []int32{0, 1, 2, 3, 4, 5, 6}, DayMode: "workday",
		}, time.Now())
		s = postgres.Scope{Stores: []uuid.UUID{st.ID}, Group: g.ID}
		return err
	})
	return s, err
}
