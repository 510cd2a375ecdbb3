package customer

import (
	"context"
	"errors"
	"fmt"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"

	"ringback/internal/cn"
	"ringback/internal/errs"
	"ringback/internal/events"
	"ringback/internal/postgres"
	"ringback/internal/seal"
)

// Hash is the keyed hash a number is found by, in customer_phone, number_dnc,
// number_staff and number_attempt alike.
func (f *Files) Hash(digits string) []byte { return f.box.Hash(seal.Phone, digits) }

// Dial is a clear number, for the dialer only.
type Dial struct {
	Digits string
	Hash   []byte
	Last4  string
	Status Status
}

// Dialable opens a number to be dialled. errs.NotFound when it is not there,
// errs.Invalid "phone_not_callable" when its status forbids calls.
func (f *Files) Dialable(ctx context.Context, db postgres.DB, phoneID uuid.UUID) (Dial, error) {
	var sealed []byte
	var d Dial
	err := db.QueryRow(ctx, `SELECT phone_enc, phone_hash, last4, status FROM customer_phone WHERE id = $1`, phoneID).
		Scan(&sealed, &d.Hash, &d.Last4, &d.Status)
	if errors.Is(err, pgx.ErrNoRows) {
		return Dial{}, errs.New(errs.NotFound, "phone_not_found", "没有这个电话号码。", "There is no such number.")
	}
	if err != nil {
		return Dial{}, fmt.Errorf("reading number %s: %w", phoneID, err)
	}
	if !d.Status.Callable() {
		return Dial{}, errs.New(errs.Invalid, "phone_not_callable",
			"该号码不可拨打（状态："+string(d.Status)+"）。请换用客户的其他号码。",
			"This number may not be dialled (status: "+string(d.Status)+"). Use another number of the customer.")
	}
	plain, err := f.box.Open(seal.Phone, sealed)
	if err != nil {
		return Dial{}, fmt.Errorf("opening number %s: %w", phoneID, err)
	}
	d.Digits = string(plain)
	return d, nil
}

type phoneRow struct {
	ID        uuid.UUID
	PhoneEnc  []byte
	PhoneHash []byte
	Last4     string
	Kind      string
	Ext       string
	Role      string
	Priority  int
	Status    Status
}

const phoneColumns = `id, phone_enc, phone_hash, last4, kind, ext, role, priority, status`

// Phones lists a customer's numbers by priority, masked.
func (f *Files) Phones(ctx context.Context, db postgres.DB, customer uuid.UUID) ([]Phone, error) {
	rows, err := db.Query(ctx, `SELECT `+phoneColumns+` FROM customer_phone WHERE customer_id = $1 ORDER BY priority, created_at, id`, customer)
	if err != nil {
		return nil, fmt.Errorf("reading the numbers of %s: %w", customer, err)
	}
	found, err := pgx.CollectRows(rows, pgx.RowToStructByName[phoneRow])
	if err != nil {
		return nil, fmt.Errorf("reading the numbers of %s: %w", customer, err)
	}
	out := make([]Phone, 0, len(found))
	for _, r := range found {
		out = append(out, f.masked(r))
	}
	return out, nil
}

// masked is a number as everyone may see it.
func (f *Files) masked(r phoneRow) Phone {
	masked := "*******" + r.Last4
	if plain, err := f.box.Open(seal.Phone, r.PhoneEnc); err == nil {
		masked = cn.MaskPhone(string(plain))
	}
	return Phone{
		ID: r.ID, Masked: masked, Last4: r.Last4, Kind: r.Kind, Ext: r.Ext, Role: r.Role,
		Priority: r.Priority, Status: r.Status, Hash: r.PhoneHash,
	}
}

// MarkStaff gives status staff to every file of an employee's number.
func (f *Files) MarkStaff(ctx context.Context, db postgres.DB, by By, digits string) error {
	return f.markAll(ctx, db, by, f.Hash(digits), StaffNo)
}

func (f *Files) markAll(ctx context.Context, db postgres.DB, by By, hash []byte, status Status) error {
	rows, err := db.Query(ctx, `SELECT id FROM customer_phone WHERE store_id = $1 AND phone_hash = $2 AND status IN ('ok', 'unknown')`, by.Store, hash)
	if err != nil {
		return fmt.Errorf("finding the files of a number: %w", err)
	}
	ids, err := pgx.CollectRows(rows, pgx.RowTo[uuid.UUID])
	if err != nil {
		return fmt.Errorf("finding the files of a number: %w", err)
	}
	for _, id := range ids {
		if err := f.MarkPhone(ctx, db, by, id, status); err != nil {
			return err
		}
	}
	return nil
}

// MarkPhone gives a number another status and, when it may not be dialled any
// more, publishes phone.invalidated (subjects phone and customer).
func (f *Files) MarkPhone(ctx context.Context, db postgres.DB, by By, phoneID uuid.UUID, status Status) error {
	var customer uuid.UUID
	var last4 string
	err := db.QueryRow(ctx, `UPDATE customer_phone SET status = $2 WHERE id = $1 RETURNING customer_id, last4`, phoneID, status).Scan(&customer, &last4)
	if errors.Is(err, pgx.ErrNoRows) {
		return errs.New(errs.NotFound, "phone_not_found", "没有这个电话号码。", "There is no such number.")
	}
	if err != nil {
		return fmt.Errorf("marking number %s: %w", phoneID, err)
	}
	if status.Callable() {
		return nil
	}
	return f.publish(ctx, db, by, events.PhoneInvalidated, events.Subjects{"phone": phoneID, "customer": customer},
		map[string]string{"last4": last4, "status": string(status)})
}
