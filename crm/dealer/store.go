package dealer

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"time"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"

	"ringback/internal/errs"
	"ringback/internal/postgres"
)

// CreateGroup writes a group; a zero ID is filled. Its code must be new.
func CreateGroup(ctx context.Context, db postgres.DB, g Group, now time.Time) (Group, error) {
	if g.ID == uuid.Nil {
		g.ID = uuid.Must(uuid.NewV7())
	}
	if _, err := db.Exec(ctx, `INSERT INTO store_group (id, name, code, created_at) VALUES ($1, $2, $3, $4)`,
		g.ID, g.Name, g.Code, now); err != nil {
		return Group{}, fmt.Errorf("creating group %s: %w", g.Code, err)
	}
	return g, nil
}

// CreateStore writes a store; a zero ID is filled, empty windows are D-04's.
// errs.Invalid "call_windows" when the windows break the hard wall.
func CreateStore(ctx context.Context, db postgres.DB, s Store, now time.Time) (Store, error) {
	if err := s.check(); err != nil {
		return Store{}, err
	}
	if s.ID == uuid.Nil {
		s.ID = uuid.Must(uuid.NewV7())
	}
	windows, err := windowsJSON(s.CallWindows)
	if err != nil {
		return Store{}, err
	}
	_, err = db.Exec(ctx, `
		INSERT INTO store (id, group_id, code, name_zh, short_name_zh, kind, hotline, area_code, city, address_zh,
			call_windows, call_days, day_mode, is_synthetic, created_at)
		VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15)`,
		s.ID, s.GroupID, s.Code, s.NameZH, s.ShortNameZH, s.Kind, s.Hotline, s.AreaCode, s.City, s.AddressZH,
		windows, s.CallDays, s.DayMode, s.IsSynthetic, now)
	if err != nil {
		return Store{}, fmt.Errorf("creating store %s: %w", s.Code, err)
	}
	return s, nil
}

type storeRow struct {
	ID          uuid.UUID
	GroupID     uuid.UUID
	Code        string
	NameZH      string
	ShortNameZH string
	Kind        string
	Hotline     string
	AreaCode    string
	City        string
	AddressZH   string
	CallWindows []byte
	CallDays    []int32
	DayMode     string
	IsSynthetic bool
}

func (r storeRow) store() (Store, error) {
	s := Store{
		ID: r.ID, GroupID: r.GroupID, Code: r.Code, NameZH: r.NameZH, ShortNameZH: r.ShortNameZH, Kind: r.Kind,
		Hotline: r.Hotline, AreaCode: r.AreaCode, City: r.City, AddressZH: r.AddressZH, CallDays: r.CallDays,
		DayMode: r.DayMode, IsSynthetic: r.IsSynthetic,
	}
	if err := json.Unmarshal(r.CallWindows, &s.CallWindows); err != nil {
		return Store{}, fmt.Errorf("reading the call windows of store %s: %w", r.Code, err)
	}
	return s, nil
}

// GetStore reads one store; errs.NotFound "store_not_found" when it does not exist.
func GetStore(ctx context.Context, db postgres.DB, id uuid.UUID) (Store, error) {
	found, err := queryStores(ctx, db, `
		SELECT id, group_id, code, name_zh, short_name_zh, kind, hotline, area_code, city, address_zh,
			call_windows, call_days, day_mode, is_synthetic
		FROM store WHERE id = $1`, id)
	if err != nil {
		return Store{}, err
	}
	if len(found) == 0 {
		return Store{}, noStore()
	}
	return found[0], nil
}

// ListStores gives the stores of a group in the order of their codes; uuid.Nil
// means all groups.
func ListStores(ctx context.Context, db postgres.DB, group uuid.UUID) ([]Store, error) {
	return queryStores(ctx, db, `
		SELECT id, group_id, code, name_zh, short_name_zh, kind, hotline, area_code, city, address_zh,
			call_windows, call_days, day_mode, is_synthetic
		FROM store WHERE group_id = $1 OR $1 = '00000000-0000-0000-0000-000000000000' ORDER BY code`, group)
}

func queryStores(ctx context.Context, db postgres.DB, sql string, args ...any) ([]Store, error) {
	rows, err := db.Query(ctx, sql, args...)
	if err != nil {
		return nil, fmt.Errorf("reading stores: %w", err)
	}
	found, err := pgx.CollectRows(rows, pgx.RowToStructByName[storeRow])
	if err != nil {
		return nil, fmt.Errorf("reading stores: %w", err)
	}
	out := make([]Store, 0, len(found))
	for _, r := range found {
		s, err := r.store()
		if err != nil {
			return nil, err
		}
		out = append(out, s)
	}
	return out, nil
}

// GroupByCode finds a group; errs.NotFound "group_not_found".
func GroupByCode(ctx context.Context, db postgres.DB, code string) (Group, error) {
	var g Group
	err := db.QueryRow(ctx, `SELECT id, name, code FROM store_group WHERE code = $1`, code).Scan(&g.ID, &g.Name, &g.Code)
	if errors.Is(err, pgx.ErrNoRows) {
		return Group{}, errs.New(errs.NotFound, "group_not_found", "没有这个集团。", "There is no such group.")
	}
	if err != nil {
		return Group{}, fmt.Errorf("reading group %s: %w", code, err)
	}
	return g, nil
}
