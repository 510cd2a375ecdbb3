package report_test

import (
	"context"
	"slices"
	"testing"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"

	"ringback/crm/report"
)

func TestAnAgentsListsHoldOnlyTheirCustomers(t *testing.T) {
	s := newShelf(t)
	s.db.Exec(t, `INSERT INTO campaign (id, group_id, store_id, name, task_kind, mode, state, created_at) VALUES ($1, $2, $3, '三日', 'followup_3d', 'progressive', 'running', $4)`, s.customer, s.group, s.store, today())
	for _, inCampaign := range []bool{false, true} {
		if inCampaign {
			s.db.Exec(t, `INSERT INTO campaign_agent (campaign_id, store_id, user_id) VALUES ($1, $2, $3)`, s.customer, s.store, s.agent)
		}
		mine := map[uuid.UUID]bool{}
		everybody, _ := s.walk("customers", report.ListAsk{Columns: short()}, nil)
		s.db.Scoped(t, s.store, func(ctx context.Context, tx pgx.Tx) error {
			for _, r := range everybody {
				yes, err := s.report.OwnCustomer(ctx, tx, s.agent, r.id)
				if err != nil {
					return err
				}
				if yes {
					mine[r.id] = true
				}
			}
			return nil
		})
		if len(mine) == 0 || len(mine) == len(everybody) {
			t.Fatalf("%d of %d customers are the agent's", len(mine), len(everybody))
		}
		for _, l := range report.Lists() {
			all, _ := s.walk(l.Code, report.ListAsk{Columns: short()}, nil)
			var want []uuid.UUID
			for _, r := range all {
				if r.whose != nil && mine[*r.whose] {
					want = append(want, r.id)
				}
			}
			got, _ := s.walk(l.Code, report.ListAsk{Agent: &s.agent, Columns: short(), Limit: 20}, nil)
			if !slices.Equal(ids(got), want) || len(got) == 0 && l.Code != "policies" {
				t.Errorf("%s (campaign %v): the agent's has %d rows, want %d", l.Code, inCampaign, len(got), len(want))
			}
		}
	}
}

func TestAVehicleOfTwoIsToldToAnAgentByTheOneTheyMaySee(t *testing.T) {
	s := newShelf(t)
	mine := uuid.MustParse("00000000-0000-7000-8001-000000000069") // the agent's task is about order 70
	v := uuid.MustParse("00000000-0000-7000-8003-000000000001")    // customer 1 owns it
	s.db.Exec(t, `INSERT INTO ownership (id, store_id, vehicle_id, customer_id, role) VALUES ($1, $2, $3, $4, 'bringer')`, id(), s.store, v, mine)
	ask := report.ListAsk{Filters: []string{"id:" + v.String()}}
	if got, _ := s.walk("vehicles", ask, nil); len(got) != 1 || *got[0].whose == mine {
		t.Errorf("the store is told %+v", got)
	}
	ask.Agent = &s.agent
	got, _ := s.walk("vehicles", ask, nil)
	if len(got) != 1 || *got[0].whose != mine || got[0].cells["phone"] != "*******0069" {
		t.Errorf("the agent is told %+v", got)
	}
}

func TestAListOfAnotherStoreIsEmpty(t *testing.T) {
	s := newShelf(t)
	other := shelf{s.world, s.report}
	other.store = id()
	for _, l := range report.Lists() {
		if got, _ := other.walk(l.Code, report.ListAsk{}, nil); len(got) > 0 {
			t.Errorf("%s of another store has %d rows", l.Code, len(got))
		}
	}
}

// What a row sorts by stands in it, whoever changes what it comes from.
func TestLastVisitAndFirstEndFollowOrdersAndPolicies(t *testing.T) {
	s := newShelf(t)
	wrong := func(when string) {
		t.Helper()
		var n int
		s.db.Scoped(t, s.store, func(ctx context.Context, tx pgx.Tx) error {
			return tx.QueryRow(ctx, `SELECT (SELECT count(*) FROM customer c WHERE c.last_visit_at IS DISTINCT FROM
					(SELECT max(coalesce(w.delivered_at, w.settled_at)) FROM work_order w WHERE w.customer_id = c.id AND w.state <> 'voided'))
				+ (SELECT count(*) FROM vehicle v WHERE v.last_visit_at IS DISTINCT FROM
					(SELECT max(coalesce(w.delivered_at, w.settled_at)) FROM work_order w WHERE w.vehicle_id = v.id AND w.state <> 'voided'))
				+ (SELECT count(*) FROM vehicle v WHERE v.policy_end IS DISTINCT FROM
					(SELECT min(x.d) FROM (SELECT max(p.end_day) AS d FROM policy p WHERE p.vehicle_id = v.id GROUP BY p.kind) x))`).Scan(&n)
		})
		if n > 0 {
			t.Errorf("%s: %d rows do not follow", when, n)
		}
	}
	wrong("as written")
	s.db.Exec(t, `UPDATE work_order SET delivered_at = delivered_at + interval '5 years' WHERE ro_no LIKE '%1'`)
	wrong("delivered later")
	s.db.Exec(t, `UPDATE work_order SET state = 'voided' WHERE ro_no LIKE '%2'`)
	wrong("voided")
	s.db.Exec(t, `UPDATE work_order SET customer_id = $1 WHERE ro_no LIKE '%3'`, s.customer)
	wrong("moved to another customer")
	s.db.Exec(t, `DELETE FROM work_order WHERE ro_no LIKE '%7'`)
	s.db.Exec(t, `DELETE FROM policy WHERE policy_no LIKE '%8'`)
	s.db.Exec(t, `UPDATE policy SET end_day = end_day + 365 WHERE policy_no LIKE '%2'`)
	wrong("deleted and renewed")
}
