package pgtest

import (
	"testing"
	"time"

	"github.com/google/uuid"
)

// Store inserts a dealer group and one store of it, a 4S dealership open for
// calls at the usual hours, and returns their ids. Each call makes a new group.
func Store(t testing.TB, db *DB) (group, store uuid.UUID) {
	t.Helper()
	group = newID(t)
	db.Exec(t, `insert into store_group (id, name, code, created_at) values ($1, '测试集团 ' || $2, $2, $3)`, group, group.String(), founded())
	return group, StoreIn(t, db, group)
}

// StoreIn inserts one more store into group.
func StoreIn(t testing.TB, db *DB, group uuid.UUID) uuid.UUID {
	t.Helper()
	store := newID(t)
	db.Exec(t, `insert into store (id, group_id, code, name_zh, short_name_zh, kind, hotline, area_code, city, address_zh, call_windows, created_at)
		values ($1, $2, $3, '测试店 ' || $3, '测试店', 'car_4s', '057188880000', '0571', '杭州', '浙江省杭州市测试路 1 号',
			'[{"from":"10:00","to":"12:00"},{"from":"15:00","to":"18:00"}]', $4)`,
		store, group, store.String()[24:], founded())
	return store
}

func founded() time.Time { return time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC) }

func newID(t testing.TB) uuid.UUID {
	t.Helper()
	id, err := uuid.NewV7()
	if err != nil {
		t.Fatalf("pgtest: making an id: %v", err)
	}
	return id
}
