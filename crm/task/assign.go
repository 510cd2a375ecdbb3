package task

import (
	"context"
	"fmt"

	"github.com/google/uuid"

	"ringback/crm/customer"
	"ringback/internal/postgres"
)

// assign gives the task to the customer's own agent when there is one, and keeps it
// from the order's advisor when it surveys that order (D-03, CG-13).
func (t *Tasks) assign(ctx context.Context, tx postgres.DB, k *Task, o occasion, by customer.By) error {
	k.NotUserIDs = []uuid.UUID{}
	advisor := o.customer.AdvisorName
	if o.order != nil {
		advisor = o.order.AdvisorName
	}
	users, err := t.named(ctx, tx, by.Store, advisor)
	if err != nil {
		return fmt.Errorf("finding the advisor's user: %w", err)
	}
	if IsSurvey(k.Kind) && o.order != nil {
		k.NotUserIDs = append(k.NotUserIDs, users...)
	}
	switch k.Pool {
	case Advisor:
		if len(users) > 0 {
			k.AssigneeID = &users[0]
		}
	case SameAgent:
		k.AssigneeID = orNil(o.agent)
	case Renewal:
		if o.renewal != nil && o.renewal.AgentID != nil { // the same specialist
			k.AssigneeID, k.CallbackUserID = o.renewal.AgentID, o.renewal.AgentID
			return nil
		}
		return ownAgent(ctx, tx, k)
	case CSAgent, SeniorCS:
		return ownAgent(ctx, tx, k)
	}
	return nil
}

// ownAgent is the agent of the customer's own for this work, if any.
func ownAgent(ctx context.Context, tx postgres.DB, k *Task) error {
	var cs, renewal *uuid.UUID
	if f := factsOf(ctx, k.CustomerID); f != nil {
		k.own(f.CSAgent, f.RenewalAgent)
		return nil
	}
	err := tx.QueryRow(ctx, `SELECT cs_agent_id, renewal_agent_id FROM customer WHERE id = $1`, k.CustomerID).Scan(&cs, &renewal)
	if err != nil {
		return fmt.Errorf("reading the agents of customer %s: %w", k.CustomerID, err)
	}
	k.own(cs, renewal)
	return nil
}

func (k *Task) own(cs, renewal *uuid.UUID) {
	k.AssigneeID = cs
	if k.Pool == Renewal {
		k.AssigneeID = renewal
	}
}

func orNil(id uuid.UUID) *uuid.UUID {
	if id == uuid.Nil {
		return nil
	}
	return &id
}
