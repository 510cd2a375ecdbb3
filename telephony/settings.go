package telephony

import (
	"context"
	"fmt"

	"github.com/google/uuid"

	"ringback/internal/postgres"
	"ringback/internal/seal"
)

// TrunkSetting is a carrier or gateway as it is set up.
type TrunkSetting struct {
	Group       uuid.UUID
	Name        string
	Address     string // host:port
	Transport   string // udp or tcp; empty: udp
	Username    string
	Password    string
	MaxCPS      int // calls begun per second
	MaxChannels int
	IsSimulator bool // takes test numbers only (spec 6.1.2)
}

// SaveTrunk makes a trunk, or changes the one of that name in the group.
func SaveTrunk(ctx context.Context, tx postgres.DB, box *seal.Box, t TrunkSetting) (id uuid.UUID, err error) {
	if t.Transport == "" {
		t.Transport = "udp"
	}
	err = tx.QueryRow(ctx, `
		INSERT INTO trunk (id, group_id, name, address, transport, username, password_enc, max_cps, max_channels, is_simulator)
		VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)
		ON CONFLICT (group_id, name) DO UPDATE SET address = $4, transport = $5, username = $6, password_enc = $7, max_cps = $8,
		    max_channels = $9, is_simulator = $10, active = true
		RETURNING id`,
		uuid.Must(uuid.NewV7()), t.Group, t.Name, t.Address, t.Transport, t.Username, box.Seal(seal.Secret, []byte(t.Password)),
		t.MaxCPS, t.MaxChannels, t.IsSimulator).Scan(&id)
	if err != nil {
		return uuid.Nil, fmt.Errorf("saving trunk %s: %w", t.Name, err)
	}
	return id, nil
}

// SaveCallerNumber lets a store show number on a trunk's calls.
func SaveCallerNumber(ctx context.Context, tx postgres.DB, group, store, trunk uuid.UUID, number string) (id uuid.UUID, err error) {
	err = tx.QueryRow(ctx, `
		INSERT INTO caller_number (id, group_id, store_id, trunk_id, number) VALUES ($1, $2, $3, $4, $5)
		ON CONFLICT (store_id, number) DO UPDATE SET trunk_id = $4 RETURNING id`,
		uuid.Must(uuid.NewV7()), group, store, trunk, number).Scan(&id)
	if err != nil {
		return uuid.Nil, fmt.Errorf("saving caller number %s: %w", number, err)
	}
	return id, nil
}
