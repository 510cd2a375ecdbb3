package report

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"

	"ringback/internal/errs"
	"ringback/internal/postgres"
)

// View is a way to look at a list that somebody keeps: filters, order and columns
// under a name. Shared views are the store's; the others only their owner's.
type View struct {
	ID      uuid.UUID
	List    string
	OwnerID uuid.UUID
	Owner   string
	Name    string
	Shared  bool
	Filters []string
	Sort    string
	Columns []string
	Opens   bool // the page of the person who asks begins with it
}

// mostViews is how many a person may keep of one list, and a store share.
const mostViews = 50

// longestName is how long a view's name may be, in characters.
const longestName = 30

// Views are a person's and the store's views of a list, by name. A view whose filter
// is no longer valid is among them: ReadList says what is wrong with it.
func (r *Report) Views(ctx context.Context, db postgres.DB, user uuid.UUID, list string) ([]View, error) {
	rows, err := db.Query(ctx, `
		SELECT v.id, v.list, v.owner_id, coalesce(u.name_zh, '') AS owner, v.name, v.shared, v.filters, v.sort, v.columns, d.view_id IS NOT NULL AS opens
		FROM list_view v LEFT JOIN app_user u ON u.id = v.owner_id LEFT JOIN list_view_default d ON d.view_id = v.id AND d.user_id = $1
		WHERE v.list = $2 AND (v.shared OR v.owner_id = $1) ORDER BY v.shared, v.name, v.id`, user, list)
	if err != nil {
		return nil, fmt.Errorf("reading the views of %s: %w", list, err)
	}
	out, err := pgx.CollectRows(rows, pgx.RowToStructByName[View])
	if err != nil {
		return nil, fmt.Errorf("reading the views of %s: %w", list, err)
	}
	return out, nil
}

// view finds one that a person may change: their own, or a shared one if they may share.
func view(ctx context.Context, db postgres.DB, k Keeper, list string, id uuid.UUID) (shared bool, err error) {
	err = db.QueryRow(ctx, `SELECT shared FROM list_view WHERE id = $1 AND list = $2 AND (shared OR owner_id = $3)`, id, list, k.User).Scan(&shared)
	if errors.Is(err, pgx.ErrNoRows) {
		return false, errs.New(errs.NotFound, "view_unknown", "没有这个视图，可能已被删除。请刷新页面。", "There is no such view; it may have been deleted. Reload the page.")
	}
	if err != nil {
		return false, fmt.Errorf("finding view %s: %w", id, err)
	}
	if shared && !k.Shares {
		return false, notShared()
	}
	return shared, nil
}

func notShared() error {
	return errs.New(errs.Forbidden, "view_not_yours", "全店共享的视图只有主管和经理可以增加、修改、删除。您可以另存为自己的视图。",
		"Only supervisors and managers add, change and delete views shared with the store. Save it as one of your own instead.")
}

// Keeper is who keeps views, in which store; Shares: also the store's.
type Keeper struct {
	Group, Store, User uuid.UUID
	Shares             bool
	Now                time.Time // real time
}

// SaveView keeps a view under a name: a new one without an id, else in the place of
// the one named. errs.Invalid "view_name", errs.Conflict "view_name_taken",
// "view_many"; errs.Forbidden "view_not_yours". What it holds must have passed ReadList.
func (r *Report) SaveView(ctx context.Context, db postgres.DB, k Keeper, v View) (uuid.UUID, error) {
	v.Name = strings.TrimSpace(v.Name)
	if n := len([]rune(v.Name)); n == 0 || n > longestName {
		return v.ID, errs.New(errs.Invalid, "view_name", fmt.Sprintf("请给视图起一个名字，最多 %d 个字。", longestName), fmt.Sprintf("Give the view a name of up to %d characters.", longestName)).At("name")
	}
	if v.Shared && !k.Shares {
		return v.ID, notShared()
	}
	if v.ID == uuid.Nil {
		return r.addView(ctx, db, k, v)
	}
	if _, err := view(ctx, db, k, v.List, v.ID); err != nil {
		return v.ID, err
	}
	_, err := db.Exec(ctx, `UPDATE list_view SET name = $2, shared = $3, filters = $4, sort = $5, columns = $6, updated_at = $7 WHERE id = $1`,
		v.ID, v.Name, v.Shared, v.Filters, v.Sort, v.Columns, k.Now)
	if err == nil && !v.Shared { // nobody opens what they no longer see
		_, err = db.Exec(ctx, `DELETE FROM list_view_default d USING list_view v WHERE d.view_id = $1 AND v.id = d.view_id AND d.user_id <> v.owner_id`, v.ID)
	}
	return v.ID, nameTaken(err, v.Name)
}

func (r *Report) addView(ctx context.Context, db postgres.DB, k Keeper, v View) (uuid.UUID, error) {
	var n int
	err := db.QueryRow(ctx, `SELECT count(*) FROM list_view WHERE list = $1 AND shared = $2 AND ($2 OR owner_id = $3)`, v.List, v.Shared, k.User).Scan(&n)
	if err != nil {
		return v.ID, fmt.Errorf("counting the views of %s: %w", v.List, err)
	}
	if n >= mostViews {
		return v.ID, errs.New(errs.Conflict, "view_many", fmt.Sprintf("已经有 %d 个视图，请先删除不用的。", n), fmt.Sprintf("There are %d views already; delete those that are not used.", n))
	}
	v.ID = uuid.Must(uuid.NewV7())
	_, err = db.Exec(ctx, `INSERT INTO list_view (id, group_id, store_id, list, owner_id, name, shared, filters, sort, columns, created_at, updated_at)
		VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $11)`, v.ID, k.Group, k.Store, v.List, k.User, v.Name, v.Shared, v.Filters, v.Sort, v.Columns, k.Now)
	return v.ID, nameTaken(err, v.Name)
}

func nameTaken(err error, name string) error {
	var pg *pgconn.PgError
	if errors.As(err, &pg) && pg.Code == "23505" {
		return errs.New(errs.Conflict, "view_name_taken", "已经有名为“"+name+"”的视图，请换一个名字。", "There is a view named "+name+" already; choose another name.").At("name").Because(err)
	}
	if err != nil {
		return fmt.Errorf("saving view %q: %w", name, err)
	}
	return nil
}

// DropView forgets a view, also as anybody's first.
func (r *Report) DropView(ctx context.Context, db postgres.DB, k Keeper, list string, id uuid.UUID) error {
	if _, err := view(ctx, db, k, list, id); err != nil {
		return err
	}
	if _, err := db.Exec(ctx, `DELETE FROM list_view WHERE id = $1`, id); err != nil {
		return fmt.Errorf("deleting view %s: %w", id, err)
	}
	return nil
}

// OpenWith makes a view the one a person's page begins with; nil: none.
func (r *Report) OpenWith(ctx context.Context, db postgres.DB, k Keeper, list string, id *uuid.UUID) error {
	if id == nil {
		if _, err := db.Exec(ctx, `DELETE FROM list_view_default WHERE user_id = $1 AND list = $2`, k.User, list); err != nil {
			return fmt.Errorf("clearing the first view of %s: %w", list, err)
		}
		return nil
	}
	k.Shares = true // to open with one changes nothing in it
	if _, err := view(ctx, db, k, list, *id); err != nil {
		return err
	}
	_, err := db.Exec(ctx, `INSERT INTO list_view_default (store_id, user_id, list, view_id) VALUES ($1, $2, $3, $4)
		ON CONFLICT (store_id, user_id, list) DO UPDATE SET view_id = EXCLUDED.view_id`, k.Store, k.User, list, *id)
	if err != nil {
		return fmt.Errorf("setting the first view of %s: %w", list, err)
	}
	return nil
}

// Persons are whom a filter may name: the store's active users, by name.
func (r *Report) Persons(ctx context.Context, db postgres.DB, store uuid.UUID) ([]Ref, error) {
	rows, err := db.Query(ctx, `SELECT u.id, u.name_zh AS name FROM app_user u
		WHERE u.active AND EXISTS (SELECT FROM user_role r WHERE r.user_id = u.id AND r.store_id = $1 AND r.role <> 'admin') ORDER BY u.name_zh, u.id`, store)
	if err != nil {
		return nil, fmt.Errorf("naming the users of store %s: %w", store, err)
	}
	out, err := pgx.CollectRows(rows, pgx.RowToStructByName[Ref])
	if err != nil {
		return nil, fmt.Errorf("naming the users of store %s: %w", store, err)
	}
	return out, nil
}
