package task

import (
	"context"

	"github.com/google/uuid"

	"ringback/crm/customer"
	"ringback/internal/errs"
	"ringback/internal/events"
	"ringback/internal/postgres"
)

// ForManager writes down what a customer asked for in the call of a task and only a
// manager may grant (T-S6): work at the desk, due at the end of the next working day.
// Once per call, whatever is asked again.
func (t *Tasks) ForManager(ctx context.Context, tx postgres.DB, by customer.By, call uuid.UUID, kind, words string) error {
	k, err := Get(ctx, tx, call)
	if err != nil {
		return err
	}
	known, ok := FindKind(kind)
	if !ok {
		return errs.New(errs.Invalid, "task_kind", "没有“"+kind+"”这种任务。", "There is no task of the kind \""+kind+"\".")
	}
	s, err := t.schedule(ctx, tx, by.Store, by.At)
	if err != nil {
		return err
	}
	asked := Task{
		ID: uuid.Must(uuid.NewV7()), GroupID: k.GroupID, StoreID: k.StoreID, Kind: kind, Class: known.Class, State: Queued, CustomerID: k.CustomerID,
		VehicleID: k.VehicleID, WorkOrderIDs: k.WorkOrderIDs, SubjectKey: k.ID.String() + "/manager", Reason: AskedInCall, ScriptID: k.ScriptID,
		Priority: 80, NotBefore: by.At, DueAt: workdaysFromNow(1)(s, by.At, by.At), Channel: Form, Pool: Manager, RenewalID: k.RenewalID, Note: words,
	}
	created, err := t.insert(ctx, tx, asked, by)
	if err != nil || !created {
		return err
	}
	return t.box.Notify(ctx, tx, by, "cs_manager", "today", words, events.Subjects{"task": asked.ID, "customer": k.CustomerID})
}
