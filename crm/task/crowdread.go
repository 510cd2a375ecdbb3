package task

import (
	"context"

	"github.com/google/uuid"

	"ringback/crm/customer"
	"ringback/internal/postgres"
)

// What the rules ask about customers: a crowd knows it, else the database does.

func factsOf(ctx context.Context, who uuid.UUID) *customer.Facts {
	if c := crowdOf(ctx); c != nil {
		return c.facts[who]
	}
	return nil
}

func (t *Tasks) phones(ctx context.Context, tx postgres.DB, who uuid.UUID) ([]customer.Phone, error) {
	if f := factsOf(ctx, who); f != nil {
		return f.Phones, nil
	}
	return t.files.Phones(ctx, tx, who)
}

func consentsOf(ctx context.Context, tx postgres.DB, who uuid.UUID) (map[string]string, error) {
	if f := factsOf(ctx, who); f != nil {
		return f.Consents, nil
	}
	return customer.Consents(ctx, tx, who)
}

func (t *Tasks) person(ctx context.Context, tx postgres.DB, who uuid.UUID) (customer.Customer, error) {
	if c := crowdOf(ctx); c != nil {
		if p, ok := c.people[who]; ok {
			return p, nil
		}
	}
	return t.files.Get(ctx, tx, who)
}
