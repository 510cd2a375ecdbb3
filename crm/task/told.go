package task

import (
	"context"
	"fmt"
	"maps"
	"slices"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"

	"ringback/crm/customer"
	"ringback/crm/dealer"
	"ringback/internal/postgres"
)

// tellable is what messages and letters say of store, customers and vehicles beyond
// what the rules look at.
type tellable struct {
	store     dealer.Store
	postcodes map[uuid.UUID]string
	vehicles  map[uuid.UUID]customer.Vehicle
}

// told reads what the words of an occasion need: once for a crowd, when its first
// message or letter is written.
func told(ctx context.Context, tx postgres.DB, o occasion, by customer.By) (*tellable, error) {
	c := crowdOf(ctx)
	if c == nil || c.people[o.customer.ID].ID != o.customer.ID || o.vehicle != nil && !c.vehicles[*o.vehicle] {
		var cars []uuid.UUID
		if o.vehicle != nil {
			cars = []uuid.UUID{*o.vehicle}
		}
		return readTellable(ctx, tx, by.Store, []uuid.UUID{o.customer.ID}, cars)
	}
	if c.tellable == nil {
		all, err := readTellable(ctx, tx, by.Store, slices.Collect(maps.Keys(c.people)), slices.Collect(maps.Keys(c.vehicles)))
		if err != nil {
			return nil, err
		}
		c.tellable = all
	}
	return c.tellable, nil
}

func readTellable(ctx context.Context, tx postgres.DB, store uuid.UUID, people, vehicles []uuid.UUID) (out *tellable, err error) {
	out = &tellable{postcodes: map[uuid.UUID]string{}}
	if out.store, err = dealer.GetStore(ctx, tx, store); err != nil {
		return nil, err
	}
	rows, err := tx.Query(ctx, `SELECT id, postcode FROM customer WHERE id = ANY ($1)`, people)
	if err != nil {
		return nil, fmt.Errorf("reading the postcodes of %d customers: %w", len(people), err)
	}
	var id uuid.UUID
	var postcode string
	if _, err := pgx.ForEachRow(rows, []any{&id, &postcode}, func() error { out.postcodes[id] = postcode; return nil }); err != nil {
		return nil, fmt.Errorf("reading the postcodes of %d customers: %w", len(people), err)
	}
	if len(vehicles) > 0 {
		out.vehicles, err = customer.GetVehicles(ctx, tx, vehicles)
	}
	return out, err
}
