package auth_test

import (
	"context"
	"errors"
	"slices"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"

	"ringback/internal/auth"
	"ringback/internal/errs"
	"ringback/internal/postgres"
	"ringback/internal/postgres/pgtest"
)

type world struct {
	svc  *auth.Service
	pool *postgres.Pool
}

func newWorld(t *testing.T) world {
	t.Helper()
	db := pgtest.New(t)
	group, store := pgtest.Store(t, db)
	svc, err := auth.New(db.Pool)
	if err != nil {
		t.Fatal(err)
	}
	err = db.Pool.AllStores(t.Context(), func(ctx context.Context, tx pgx.Tx) error {
		_, err := svc.CreateUser(ctx, tx, auth.NewUser{
			Group: group, Store: store, Login: "lin", NameZH: "林晓禾",
			EmployeeNo: "2007", Password: "correct horse", Roles: []auth.Role{auth.CSAgent},
		}, time.Now())
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return world{svc, db.Pool}
}

func (w world) login(t *testing.T, password string) (auth.Principal, string, error) {
	t.Helper()
	return w.svc.Login(t.Context(), "lin", password, "127.0.0.1", "test")
}

func TestASessionIsFoundByItsTokenUntilItIsEnded(t *testing.T) {
	w := newWorld(t)
	p, token, err := w.login(t, "correct horse")
	if err != nil {
		t.Fatal(err)
	}
	if !p.May(auth.UseDesk) || p.May(auth.ManageCampaigns) {
		t.Fatalf("an agent may %v", auth.PermissionsOf(p.Roles))
	}
	got, err := w.svc.Resolve(t.Context(), token)
	if err != nil || got.User.Login != "lin" || got.CSRF != p.CSRF {
		t.Fatalf("got %+v, %v", got, err)
	}
	if _, err := w.svc.Resolve(t.Context(), token+"x"); errs.KindOf(err) != errs.SignedOut {
		t.Fatalf("a wrong token: %v", err)
	}
	if err := w.svc.Logout(t.Context(), p); err != nil {
		t.Fatal(err)
	}
	if _, err := w.svc.Resolve(t.Context(), token); errs.KindOf(err) != errs.SignedOut {
		t.Fatalf("after signing out: %v", err)
	}
}

func TestFiveWrongPasswordsBeginAPauseThatARightOneDoesNotShorten(t *testing.T) {
	w := newWorld(t)
	for i := range 5 {
		if _, _, err := w.login(t, "wrong"); !errors.Is(err, errs.New(errs.SignedOut, "login_failed", "", "")) {
			t.Fatalf("try %d: %v", i+1, err)
		}
	}
	if _, _, err := w.login(t, "correct horse"); errs.KindOf(err) != errs.TooMany {
		t.Fatalf("after five wrong passwords: %v", err)
	}
}

func TestAnUnknownLoginIsAnsweredLikeAWrongPassword(t *testing.T) {
	w := newWorld(t)
	_, _, known := w.login(t, "wrong")
	_, _, unknown := w.svc.Login(t.Context(), "nobody", "wrong", "127.0.0.2", "test")
	if known == nil || unknown == nil || known.Error() != unknown.Error() {
		t.Fatalf("known: %v; unknown: %v", known, unknown)
	}
}

func TestALoginIsTakenOnceAndShortPasswordsAreRefused(t *testing.T) {
	w := newWorld(t)
	p, _, err := w.login(t, "correct horse")
	if err != nil {
		t.Fatal(err)
	}
	for password, code := range map[string]string{"another long one": "login_taken", "short": "password_short"} {
		err := w.pool.AllStores(t.Context(), func(ctx context.Context, tx pgx.Tx) error {
			_, err := w.svc.CreateUser(ctx, tx, auth.NewUser{Group: p.User.Group, Store: p.Store, Login: "lin", Password: password}, time.Now())
			return err
		})
		if e, ok := errs.Of(err); !ok || e.Code != code {
			t.Errorf("password %q: got %v, want %s", password, err, code)
		}
	}
}

func TestAnAdminSeesNoCustomers(t *testing.T) {
	if slices.Contains(auth.PermissionsOf([]auth.Role{auth.Admin}), auth.SeeCustomers) {
		t.Fatal("spec 5.3.4: administrators have no customer data")
	}
	if got := auth.PermissionsOf([]auth.Role{"nobody"}); len(got) != 0 {
		t.Fatalf("an unknown role may %v", got)
	}
}

func TestOnlyManagersAndAdminsSetTheStoreUp(t *testing.T) {
	for role, may := range map[auth.Role]bool{auth.CSAgent: false, auth.InfoClerk: false, auth.Supervisor: false, auth.CSManager: true, auth.Admin: true} {
		if got := slices.Contains(auth.PermissionsOf([]auth.Role{role}), auth.ManageStore); got != may {
			t.Errorf("%s may change the store's settings: %v", role, got)
		}
	}
}

func TestALocaleIsKeptAndAStrangeStoreRefused(t *testing.T) {
	w := newWorld(t)
	p, _, err := w.login(t, "correct horse")
	if err != nil {
		t.Fatal(err)
	}
	if p, err = w.svc.SetLocale(t.Context(), p, "en"); err != nil || p.User.Locale != "en" {
		t.Fatalf("got %q, %v", p.User.Locale, err)
	}
	if _, err := w.svc.SetLocale(t.Context(), p, "fr"); errs.KindOf(err) != errs.Invalid {
		t.Fatalf("fr: %v", err)
	}
	if _, err := w.svc.SwitchStore(t.Context(), p, p.User.ID); errs.KindOf(err) != errs.NotFound {
		t.Fatalf("a store of someone else: %v", err)
	}
}
