package task_test

import (
	"slices"
	"testing"

	"github.com/google/uuid"

	"ringback/crm/task"
)

// Of a long list only the best are read, rank by rank: in the same order as a
// short one that is sorted whole.
func TestALongListComesInTheSameOrder(t *testing.T) {
	inHouse(t, func(h *house) {
		c := h.customer("王华磊", "15400000001")
		_, err := h.tx.Exec(h.ctx, `
			INSERT INTO task (id, group_id, store_id, kind, class, state, customer_id, subject_key, reason, script_id, script_version, priority,
				not_before, due_at, next_attempt_at, callback_at, created_at, updated_at)
			SELECT gen_random_uuid(), $1, $2, 'followup_3d', 'service', CASE WHEN i % 5 = 0 THEN 'retry_wait' ELSE 'queued' END, $3, i::text, 'TR-01', 'csi_followup_3d', 1,
				(ARRAY[0, 50, 60, 95, 100])[i % 5 + 1], $4::timestamptz - (i * 37 % 90 - 3) * interval '1 hour', $4::timestamptz + (i * 11 % 60 - 30) * interval '1 hour',
				CASE WHEN i % 5 = 0 OR i * 37 % 90 < 3 THEN $4::timestamptz + (i % 9 - 8) * interval '1 hour' END,
				CASE WHEN i % 50 = 0 THEN $4::timestamptz - i * interval '1 minute' END, $4::timestamptz + i % 7 * interval '1 second', $4
			FROM generate_series(1, 400) i`, h.by.Group, h.by.Store, c.Customer, h.by.At)
		h.must(err)
		whole, err := task.Due(h.ctx, h.tx, h.by.Store, task.Followup3D, h.by.At, 1000)
		h.must(err)
		if len(whole) < 300 {
			t.Fatalf("only %d are due", len(whole))
		}
		ids := func(due []task.DueTask) (out []uuid.UUID) {
			for _, k := range due {
				out = append(out, k.ID)
			}
			return out
		}
		for _, limit := range []int{1, 5, 60, 250, 1000} {
			byRank, err := task.DueByRank(h.ctx, h.tx, h.by.Store, task.Followup3D, h.by.At, limit)
			h.must(err)
			if want := ids(whole[:min(limit, len(whole))]); !slices.Equal(ids(byRank), want) {
				t.Errorf("the first %d differ: %d read", limit, len(byRank))
			}
		}
	})
}
