package dealer

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"

	"ringback/internal/postgres"
	"ringback/internal/seal"
)

// Staff is one employee of a store; whether they may sign in is package auth's.
type Staff struct {
	ID         uuid.UUID
	EmployeeNo string
	NameZH     string
	Position   string
	Department string
	Mobile     string // digits, empty when unknown
}

// Saved is what writing a row did.
type Saved string

// What writing did.
const (
	New     Saved = "new"
	Same    Saved = "same"
	Updated Saved = "updated"
)

type staffRow struct {
	ID          uuid.UUID
	NameZH      string
	Position    string
	Department  string
	MobileLast4 string
	MobileEnc   []byte
}

// SaveStaff writes an employee by employee number and remembers that the mobile
// is a staff number of the group (W-STAFF). An old mobile stays a staff number
// (spec 5.3.7).
func SaveStaff(ctx context.Context, db postgres.DB, box *seal.Box, group, store uuid.UUID, s Staff, now time.Time) (uuid.UUID, Saved, error) {
	known, err := staffByNo(ctx, db, store, s.EmployeeNo)
	if err != nil {
		return uuid.Nil, "", err
	}
	saved := compareStaff(box, known, s)
	id := uuid.Must(uuid.NewV7())
	if known != nil {
		id = known.ID
	}
	if saved != Same {
		if err := writeStaff(ctx, db, box, group, store, id, s, now); err != nil {
			return uuid.Nil, "", err
		}
	}
	return id, saved, nil
}

func staffByNo(ctx context.Context, db postgres.DB, store uuid.UUID, no string) (*staffRow, error) {
	rows, err := db.Query(ctx, `SELECT id, name_zh, position, department, mobile_last4, mobile_enc
		FROM staff WHERE store_id = $1 AND employee_no = $2`, store, no)
	if err != nil {
		return nil, fmt.Errorf("reading staff %s: %w", no, err)
	}
	r, err := pgx.CollectExactlyOneRow(rows, pgx.RowToStructByName[staffRow])
	if errors.Is(err, pgx.ErrNoRows) {
		return nil, nil
	}
	if err != nil {
		return nil, fmt.Errorf("reading staff %s: %w", no, err)
	}
	return &r, nil
}

func compareStaff(box *seal.Box, known *staffRow, s Staff) Saved {
	if known == nil {
		return New
	}
	mobile := ""
	if known.MobileEnc != nil {
		if plain, err := box.Open(seal.Phone, known.MobileEnc); err == nil {
			mobile = string(plain)
		}
	}
	if known.NameZH == s.NameZH && known.Position == s.Position && known.Department == s.Department && mobile == s.Mobile {
		return Same
	}
	return Updated
}

func writeStaff(ctx context.Context, db postgres.DB, box *seal.Box, group, store, id uuid.UUID, s Staff, now time.Time) error {
	var enc []byte
	last4 := ""
	if s.Mobile != "" {
		enc, last4 = box.Seal(seal.Phone, []byte(s.Mobile)), s.Mobile[max(0, len(s.Mobile)-4):]
	}
	if _, err := db.Exec(ctx, `
		INSERT INTO staff (id, group_id, store_id, employee_no, name_zh, position, department, mobile_enc, mobile_last4, created_at)
		VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)
		ON CONFLICT (store_id, employee_no) DO UPDATE SET name_zh = $5, position = $6, department = $7, mobile_enc = $8, mobile_last4 = $9`,
		id, group, store, s.EmployeeNo, s.NameZH, s.Position, s.Department, enc, last4, now); err != nil {
		return fmt.Errorf("writing staff %s: %w", s.EmployeeNo, err)
	}
	if s.Mobile == "" {
		return nil
	}
	if _, err := db.Exec(ctx, `INSERT INTO number_staff (group_id, phone_hash, staff_id, since) VALUES ($1, $2, $3, $4)
		ON CONFLICT DO NOTHING`, group, box.Hash(seal.Phone, s.Mobile), id, now); err != nil {
		return fmt.Errorf("writing staff number of %s: %w", s.EmployeeNo, err)
	}
	return nil
}

// IsStaffNumber tells whether any employee of the group has or had this number.
func IsStaffNumber(ctx context.Context, db postgres.DB, group uuid.UUID, phoneHash []byte) (bool, error) {
	var yes bool
	err := db.QueryRow(ctx, `SELECT EXISTS (SELECT 1 FROM number_staff WHERE group_id = $1 AND phone_hash = $2)`,
		group, phoneHash).Scan(&yes)
	if err != nil {
		return false, fmt.Errorf("looking up a staff number: %w", err)
	}
	return yes, nil
}
