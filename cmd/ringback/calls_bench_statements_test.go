package main

import (
	"fmt"
	"io"
	"os"
	"strings"
	"testing"
	"text/tabwriter"

	"github.com/jackc/pgx/v5"
)

// statementsAsked: the dearest statements are counted only when they are asked
// for, because counting costs something itself.
func statementsAsked() bool { return os.Getenv("RINGBACK_BENCH_STATEMENTS") != "" }

func statementSettings() map[string]string {
	if !statementsAsked() {
		return nil
	}
	return map[string]string{"shared_preload_libraries": "pg_stat_statements", "pg_stat_statements.track_planning": "on"}
}

// countStatements begins to count.
func countStatements(b *testing.B, owner *pgx.Conn) {
	b.Helper()
	if !statementsAsked() {
		return
	}
	_, err := owner.Exec(b.Context(), `CREATE EXTENSION IF NOT EXISTS pg_stat_statements`)
	fatal(b, err)
	_, err = owner.Exec(b.Context(), `SELECT pg_stat_statements_reset()`)
	fatal(b, err)
}

// statement is what one statement has cost. Times are in milliseconds.
type statement struct {
	Query                string
	Calls                int64
	PlanTime, ExecTime   float64
	PlanCount, BlockHits int64
}

// printStatements shows the dearest statements by time, for so many calls.
func printStatements(b *testing.B, out io.Writer, owner *pgx.Conn, calls int) {
	b.Helper()
	if !statementsAsked() {
		return
	}
	rows, err := owner.Query(b.Context(), `
		SELECT query, calls, total_plan_time AS plan_time, total_exec_time AS exec_time, plans AS plan_count, shared_blks_hit AS block_hits
		FROM pg_stat_statements ORDER BY total_plan_time + total_exec_time DESC LIMIT 40`)
	fatal(b, err)
	found, err := pgx.CollectRows(rows, pgx.RowToStructByName[statement])
	fatal(b, err)
	w := tabwriter.NewWriter(out, 0, 4, 2, ' ', 0)
	fmt.Fprintln(w, "\ntimes per call\tms planning\tms running\tblocks each\tstatement")
	for _, s := range found {
		per := func(v float64) float64 { return v / float64(calls) }
		words := strings.Join(strings.Fields(s.Query), " ")
		fmt.Fprintf(w, "%.1f\t%.2f\t%.2f\t%d\t%.140s\n", per(float64(s.Calls)), per(s.PlanTime), per(s.ExecTime), s.BlockHits/max(1, s.Calls), words)
	}
	_ = w.Flush()
}
