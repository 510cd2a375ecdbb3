package script

import (
	"bytes"
	"context"
	"crypto/sha256"
	"errors"
	"fmt"
	"time"

	"github.com/jackc/pgx/v5"

	"ringback/internal/errs"
	"ringback/internal/postgres"
)

type versionRow struct {
	ScriptID string
	Version  int
	SHA256   []byte `db:"sha256"`
	Body     string
}

// Publish writes the library's scripts that the database does not have yet, and
// takes up older versions for calls that still use them. A published version
// whose content changed is errs.Conflict "script_changed": give it a new
// version instead (3.2.11).
func (l *Library) Publish(ctx context.Context, db postgres.DB, at time.Time) error {
	for _, s := range l.Scripts() {
		if err := publish(ctx, db, s, at); err != nil {
			return err
		}
	}
	rows, err := db.Query(ctx, `SELECT script_id, version, sha256, body FROM script_version ORDER BY script_id, version`)
	if err != nil {
		return fmt.Errorf("reading published scripts: %w", err)
	}
	found, err := pgx.CollectRows(rows, pgx.RowToStructByName[versionRow])
	if err != nil {
		return fmt.Errorf("reading published scripts: %w", err)
	}
	for _, r := range found {
		if err := l.takeUp(r); err != nil {
			return err
		}
	}
	return nil
}

func publish(ctx context.Context, db postgres.DB, s *Script, at time.Time) error {
	sum := sha256.Sum256(s.body)
	_, err := db.Exec(ctx, `
		INSERT INTO script_version (script_id, version, title_zh, title_en, sha256, body, published_at)
		VALUES ($1, $2, $3, $4, $5, $6, $7) ON CONFLICT DO NOTHING`,
		s.ID, s.Version, s.TitleZH, s.TitleEN, sum[:], string(s.body), at)
	if err != nil {
		return fmt.Errorf("publishing script %s %d: %w", s.ID, s.Version, err)
	}
	return unchanged(ctx, db, s, sum[:])
}

func unchanged(ctx context.Context, db postgres.DB, s *Script, sum []byte) error {
	var kept []byte
	err := db.QueryRow(ctx, `SELECT sha256 FROM script_version WHERE script_id = $1 AND version = $2`, s.ID, s.Version).Scan(&kept)
	if err != nil && !errors.Is(err, pgx.ErrNoRows) {
		return fmt.Errorf("reading script %s %d: %w", s.ID, s.Version, err)
	}
	if bytes.Equal(kept, sum) {
		return nil
	}
	return errs.New(errs.Conflict, "script_changed",
		fmt.Sprintf("话术 %s 第 %d 版已经发布，内容不能再改；请把改动存为新的版本。", s.ID, s.Version),
		fmt.Sprintf("Version %d of script %s is published and cannot be changed; give the new text a new version.", s.Version, s.ID))
}

// takeUp parses a published version that is not in the files any more.
func (l *Library) takeUp(r versionRow) error {
	if l.Version(r.ScriptID, r.Version) != nil {
		return nil
	}
	s, err := parse([]byte(r.Body))
	if err != nil {
		return fmt.Errorf("reading script %s %d: %w", r.ScriptID, r.Version, err)
	}
	l.add(s)
	if l.latest[s.ID] == nil {
		l.latest[s.ID] = s
	}
	return nil
}
