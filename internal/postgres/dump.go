package postgres

import (
	"bytes"
	"context"
	"fmt"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
)

// What differs between two pg_dump versions, or says nothing about the schema.
var dumpNoise = regexp.MustCompile(`(?m)^(--.*|SET .*;|SELECT pg_catalog\.set_config.*|\\(un)?restrict .*)$\n?`)

var blankLines = regexp.MustCompile(`\n{3,}`)

// Dump is the schema of the database as SQL text, without goose's and River's
// tables; bin is the directory of pg_dump. schema.sql keeps it.
func Dump(ctx context.Context, bin, ownerURL string) (string, error) {
	cmd := exec.CommandContext(ctx, filepath.Join(bin, "pg_dump"), "--schema-only", "--no-owner", "--no-privileges", "--schema=public",
		"--exclude-table=goose_db_version", "--exclude-table=goose_db_version_id_seq", "--exclude-table=river_*", "--dbname="+ownerURL)
	var out, trouble bytes.Buffer
	cmd.Stdout, cmd.Stderr = &out, &trouble
	if err := cmd.Run(); err != nil {
		return "", fmt.Errorf("dumping the schema: %w: %s", err, strings.TrimSpace(trouble.String()))
	}
	text := dumpNoise.ReplaceAllString(out.String(), "")
	return strings.TrimSpace(blankLines.ReplaceAllString(text, "\n\n")) + "\n", nil
}
