package postgres_test

import (
	"context"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"

	"ringback/internal/postgres/pgtest"
)

type person struct {
	ID      uuid.UUID
	Parent  *uuid.UUID
	Friends []uuid.UUID
}

func TestUUIDsTravelAsGoValues(t *testing.T) {
	t.Parallel()
	db := pgtest.New(t)
	parent := uuid.New()
	want := []person{
		{ID: uuid.UUID{1}, Parent: &parent, Friends: []uuid.UUID{uuid.New(), uuid.New()}},
		{ID: uuid.UUID{2}, Friends: []uuid.UUID{}},
	}
	db.Scoped(t, uuid.New(), func(ctx context.Context, tx pgx.Tx) error {
		if _, err := tx.Exec(ctx, `create temp table person (id uuid, parent uuid, friends uuid[])`); err != nil {
			return err
		}
		for _, p := range want {
			if _, err := tx.Exec(ctx, `insert into person values ($1, $2, $3)`, p.ID, p.Parent, p.Friends); err != nil {
				return err
			}
		}
		found, err := tx.Query(ctx, `select id, parent, friends from person where id = any($1) order by id`, []uuid.UUID{want[0].ID, want[1].ID})
		if err != nil {
			return err
		}
		got, err := pgx.CollectRows(found, pgx.RowToStructByName[person])
		if err != nil {
			return err
		}
		if d := cmp.Diff(want, got); d != "" {
			t.Error(d)
		}
		return nil
	})
}

func TestAnUntypedUUIDIsAUUIDAndANullOneNeedsAPointer(t *testing.T) {
	t.Parallel()
	db := pgtest.New(t)
	id := uuid.New()
	db.Scoped(t, id, func(ctx context.Context, tx pgx.Tx) error {
		var got, array any
		if err := tx.QueryRow(ctx, `select $1::uuid, array[$1::uuid]`, id).Scan(&got, &array); err != nil {
			return err
		}
		if d := cmp.Diff([]any{id, []any{id}}, []any{got, array}); d != "" {
			t.Error(d)
		}
		var text uuid.UUID
		if err := tx.QueryRow(ctx, `select $1::uuid`, id.String()).Scan(&text); err != nil || text != id {
			t.Errorf("from a string: %v, %v", text, err)
		}
		var nullable *uuid.UUID
		if err := tx.QueryRow(ctx, `select null::uuid`).Scan(&nullable); err != nil || nullable != nil {
			t.Errorf("NULL into a pointer: %v, %v", nullable, err)
		}
		var plain uuid.UUID
		if err := tx.QueryRow(ctx, `select null::uuid`).Scan(&plain); err == nil {
			t.Error("NULL went into a plain uuid.UUID unnoticed")
		}
		return nil
	})
}
