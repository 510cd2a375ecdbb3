package customer

import (
	"context"
	"fmt"

	"github.com/google/uuid"

	"ringback/internal/postgres"
)

// subjectsBack names the subjects of the merged file's tasks as before, so that a
// doubled task may open beside the one that was kept: one open task per subject is a
// key of the database. A subject that has an open task by now keeps the new name.
func subjectsBack(ctx context.Context, db postgres.DB, merge uuid.UUID) error {
	if _, err := db.Exec(ctx, `UPDATE task k SET subject_key = r.before ->> 'subject_key' FROM customer_merge_row r
		WHERE r.merge_id = $1 AND r.noun = 'task' AND r.before ? 'subject_key' AND k.id = r.row_id::uuid AND k.subject_key = r.after ->> 'subject_key'
			AND NOT EXISTS (SELECT FROM task o WHERE o.store_id = k.store_id AND o.kind = k.kind AND o.subject_key = r.before ->> 'subject_key' AND o.id <> k.id
				AND o.state IN ('pending', 'queued', 'in_progress', 'retry_wait', 'blocked'))`, merge); err != nil {
		return fmt.Errorf("naming the subjects of merge %s again: %w", merge, err)
	}
	if _, err := db.Exec(ctx, `UPDATE customer_merge_row SET before = before - 'subject_key' WHERE merge_id = $1 AND noun = 'task' AND before ? 'subject_key'`, merge); err != nil {
		return fmt.Errorf("noting the subjects of merge %s: %w", merge, err)
	}
	return nil
}

// leaveDoubles keeps a task ended that the merge ended as a doubled one, when its
// subject has an open task again.
func leaveDoubles(ctx context.Context, db postgres.DB, merge uuid.UUID) error {
	if _, err := db.Exec(ctx, `UPDATE customer_merge_row r SET before = jsonb_strip_nulls(jsonb_build_object('customer_id', r.before -> 'customer_id'))
		FROM task k WHERE r.merge_id = $1 AND r.noun = 'task' AND r.before ? 'state' AND k.id = r.row_id::uuid AND EXISTS (SELECT FROM task o
			WHERE o.store_id = k.store_id AND o.kind = k.kind AND o.subject_key = k.subject_key AND o.id <> k.id
				AND o.state IN ('pending', 'queued', 'in_progress', 'retry_wait', 'blocked'))`, merge); err != nil {
		return fmt.Errorf("comparing the tasks of merge %s: %w", merge, err)
	}
	return nil
}
