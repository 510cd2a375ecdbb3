package postgres

import (
	"context"
	"embed"
	"errors"
	"fmt"
	"io/fs"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/stdlib"

	"ringback/internal/errs"
)

//go:embed migrations/*.sql
var migrations embed.FS

// Migrations are the numbered SQL files, forward only.
func Migrations() (fs.FS, error) { return fs.Sub(migrations, "migrations") }

// Migrate brings the database of ownerURL to the newest version under an
// advisory lock, so that nodes may start together. It makes the role
// [AppRole] when it is missing and gives it the rows of all tables; a
// migration takes single rights away with REVOKE.
func Migrate(ctx context.Context, ownerURL string) error {
	if err := prepareRole(ctx, ownerURL); err != nil {
		return err
	}
	if err := migrateUp(ctx, ownerURL); err != nil {
		return err
	}
	return inOwnerTx(ctx, ownerURL, grantMissing)
}

func migrateUp(ctx context.Context, ownerURL string) (err error) {
	cfg, err := pgx.ParseConfig(ownerURL)
	if err != nil {
		return fmt.Errorf("reading the owner's database URL: %w", err)
	}
	cfg.RuntimeParams["timezone"] = "UTC"
	db := stdlib.OpenDB(*cfg)
	defer func() { err = errors.Join(err, db.Close()) }()
	up, err := migrator(db)
	if err != nil {
		return err
	}
	if _, err := up.Up(ctx); err != nil {
		return fmt.Errorf("migrating the database: %w", err)
	}
	return nil
}

// inOwnerTx runs fn as the owner, one process at a time.
func inOwnerTx(ctx context.Context, ownerURL string, fn func(context.Context, pgx.Tx) error) error {
	c, err := pgx.Connect(ctx, ownerURL)
	if err != nil {
		return unavailable(fmt.Errorf("connecting as the owner: %w", err))
	}
	defer func() { _ = c.Close(context.WithoutCancel(ctx)) }()
	return pgx.BeginFunc(ctx, c, func(tx pgx.Tx) error {
		if _, err := tx.Exec(ctx, `select pg_advisory_xact_lock(hashtext('ringback roles'))`); err != nil {
			return fmt.Errorf("waiting for the role lock: %w", err)
		}
		return fn(ctx, tx)
	})
}

// prepareRole makes the role before the first migration and lets every table
// that a migration makes belong to it in use.
func prepareRole(ctx context.Context, ownerURL string) error {
	return inOwnerTx(ctx, ownerURL, func(ctx context.Context, tx pgx.Tx) error {
		if err := ensureRole(ctx, tx); err != nil {
			return err
		}
		if _, err := tx.Exec(ctx, defaultGrants); err != nil {
			return fmt.Errorf("granting to %s: %w", AppRole, err)
		}
		return nil
	})
}

const (
	createRole    = `create role ringback_app login nosuperuser nobypassrls nocreatedb nocreaterole`
	defaultGrants = `grant usage on schema public to ringback_app;
		alter default privileges in schema public grant select, insert, update, delete on tables to ringback_app;
		alter default privileges in schema public grant usage, select on sequences to ringback_app`
	roleRights = `select rolsuper or rolbypassrls from pg_roles where rolname = $1`
)

// ensureRole refuses a role that row-level security would not hold.
func ensureRole(ctx context.Context, tx pgx.Tx) error {
	var tooStrong bool
	err := tx.QueryRow(ctx, roleRights, AppRole).Scan(&tooStrong)
	switch {
	case tooStrong:
		return errs.New(errs.Invalid, "app_role_too_strong",
			"数据库角色 ringback_app 拥有超级用户或绕过行级安全的权限，门店数据无法隔离。请执行：ALTER ROLE ringback_app NOSUPERUSER NOBYPASSRLS。",
			"The database role ringback_app is a superuser or bypasses row-level security, so stores would not be kept apart. Run: ALTER ROLE ringback_app NOSUPERUSER NOBYPASSRLS.")
	case errors.Is(err, pgx.ErrNoRows):
		return makeRole(ctx, tx)
	case err != nil:
		return fmt.Errorf("looking for role %s: %w", AppRole, err)
	}
	return nil
}

// makeRole runs in a savepoint: a database beside this one in the same cluster
// may make the role at the same moment.
func makeRole(ctx context.Context, tx pgx.Tx) error {
	err := pgx.BeginFunc(ctx, tx, func(tx pgx.Tx) error {
		_, err := tx.Exec(ctx, createRole)
		return err
	})
	switch sqlState(err) {
	case "42710", "23505": // duplicate_object, unique_violation
		return nil
	case "42501": // insufficient_privilege
		return errs.New(errs.Forbidden, "app_role_missing",
			"数据库角色 ringback_app 不存在，当前账号也无权创建。请让数据库管理员执行：CREATE ROLE ringback_app LOGIN PASSWORD '…'。",
			"The database role ringback_app does not exist and this account may not create it. Ask the database administrator to run: CREATE ROLE ringback_app LOGIN PASSWORD '…'.").Because(err)
	}
	if err != nil {
		return fmt.Errorf("creating role %s: %w", AppRole, err)
	}
	return nil
}

// grantMissing serves databases restored without privileges: a table on which
// the role has nothing at all gets the usual rights. goose's own table is read-only.
func grantMissing(ctx context.Context, tx pgx.Tx) error {
	if _, err := tx.Exec(ctx, grantUngranted); err != nil {
		return fmt.Errorf("granting tables to %s: %w", AppRole, err)
	}
	return nil
}

const grantUngranted = `do $$
declare r record;
begin
	for r in select c.oid::regclass as name, c.relkind from pg_class c
		where c.relnamespace = 'public'::regnamespace and c.relkind in ('r', 'p', 'v', 'm', 'S')
		and pg_get_userbyid(c.relowner) = current_user
		and case c.relkind when 'S' then not has_sequence_privilege('ringback_app', c.oid, 'usage')
			else not has_table_privilege('ringback_app', c.oid, 'select') end
	loop
		if r.relkind = 'S' then
			execute format('grant usage, select on sequence %s to ringback_app', r.name);
		else
			execute format('grant select, insert, update, delete on %s to ringback_app', r.name);
		end if;
	end loop;
	revoke insert, update, delete on goose_db_version from ringback_app;
end $$`

// SetAppPassword gives [AppRole] the password that appURL carries; without one
// it does nothing.
func SetAppPassword(ctx context.Context, ownerURL, appURL string) error {
	cfg, err := pgx.ParseConfig(appURL)
	if err != nil || cfg.User != AppRole || cfg.Password == "" {
		return err
	}
	return inOwnerTx(ctx, ownerURL, func(ctx context.Context, tx pgx.Tx) error {
		if err := ensureRole(ctx, tx); err != nil {
			return err
		}
		var alter string // ALTER ROLE takes no parameters: the server quotes
		if err := tx.QueryRow(ctx, `select format('alter role ringback_app password %L', $1::text)`, cfg.Password).Scan(&alter); err != nil {
			return fmt.Errorf("quoting the password of %s: %w", AppRole, err)
		}
		if _, err := tx.Exec(ctx, alter); err != nil {
			return fmt.Errorf("setting the password of %s: %w", AppRole, err)
		}
		return nil
	})
}
