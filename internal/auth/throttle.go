package auth

import (
	"context"
	"fmt"
	"time"

	"github.com/jackc/pgx/v5"

	"ringback/internal/postgres"
)

// Five wrong passwords of one login, or thirty from one address, begin a pause
// that doubles from 15 s up to 15 min; ten quiet minutes forget them.
const (
	freeLogin   = 5
	freeAddress = 30
	firstPause  = 15 * time.Second
	longest     = 15 * time.Minute
	forgetAfter = 10 * time.Minute
)

func pauseAfter(failures, free int) time.Duration {
	if failures < free {
		return 0
	}
	return min(firstPause<<min(failures-free, 10), longest)
}

func keys(login, ip string) map[string]int {
	return map[string]int{"login:" + login: freeLogin, "ip:" + ip: freeAddress}
}

// blocked is how long login or ip must still wait; zero when it may try.
func (s *Service) blocked(ctx context.Context, login, ip string) (left time.Duration, err error) {
	err = s.pool.AllStores(ctx, func(ctx context.Context, tx pgx.Tx) error {
		var until *time.Time
		err := tx.QueryRow(ctx, `SELECT max(blocked_until) FROM login_throttle WHERE key = ANY ($1)`,
			[]string{"login:" + login, "ip:" + ip}).Scan(&until)
		if err == nil && until != nil {
			left = time.Until(*until)
		}
		return err
	})
	return max(left, 0), err
}

// failed counts a wrong password against the login and the address.
func (s *Service) failed(ctx context.Context, login, ip string) error {
	now := time.Now()
	return s.pool.AllStores(ctx, func(ctx context.Context, tx pgx.Tx) error {
		for key, free := range keys(login, ip) {
			var n int
			err := tx.QueryRow(ctx, `
				INSERT INTO login_throttle (key, failures, blocked_until, last_at) VALUES ($1, 1, $2, $2)
				ON CONFLICT (key) DO UPDATE SET last_at = $2,
				    failures = CASE WHEN login_throttle.last_at < $3 THEN 1 ELSE login_throttle.failures + 1 END
				RETURNING failures`, key, now, now.Add(-forgetAfter)).Scan(&n)
			if err != nil {
				return fmt.Errorf("counting a wrong password: %w", err)
			}
			if _, err := tx.Exec(ctx, `UPDATE login_throttle SET blocked_until = $2 WHERE key = $1`,
				key, now.Add(pauseAfter(n, free))); err != nil {
				return fmt.Errorf("pausing a login: %w", err)
			}
		}
		return nil
	})
}

func clearFailures(ctx context.Context, tx postgres.DB, login string) error {
	_, err := tx.Exec(ctx, `DELETE FROM login_throttle WHERE key = $1`, "login:"+login)
	return err
}
