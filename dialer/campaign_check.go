package dialer

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"unicode/utf8"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"

	"ringback/crm/task"
	"ringback/internal/errs"
	"ringback/internal/postgres"
)

// check fills what may be left out and says what is wrong.
func (in *NewCampaign) check() error {
	in.Name = strings.TrimSpace(in.Name)
	if in.RingSeconds == 0 {
		in.RingSeconds = 30
	}
	if in.Mode == "" {
		in.Mode = Progressive
	}
	_, known := task.FindKind(in.TaskKind)
	switch {
	case in.Name == "" || utf8.RuneCountInString(in.Name) > 60:
		return invalid("campaign_name", "请填写活动名称（不超过 60 个字）。", "Give the campaign a name of at most 60 characters.", "/name")
	case !known:
		return invalid("campaign_task_kind", "请选择任务类型。", "Choose a kind of task.", "/taskKind")
	case in.Mode != Preview && in.Mode != Progressive:
		return invalid("campaign_mode", "拨号方式只能是预览或渐进。", "The mode is preview or progressive.", "/mode")
	case in.RingSeconds < 20 || in.RingSeconds > 35:
		return invalid("campaign_ring", "振铃时间应在 20 到 35 秒之间。", "Ring time is 20 to 35 seconds.", "/ringSeconds")
	}
	return nil
}

func invalid(code, zh, en, field string) error {
	return errs.New(errs.Invalid, code, zh, en).At(field)
}

func checkNumber(ctx context.Context, tx postgres.DB, number uuid.UUID) error {
	if number == uuid.Nil {
		return nil
	}
	var one int
	err := tx.QueryRow(ctx, `SELECT 1 FROM caller_number WHERE id = $1`, number).Scan(&one)
	if errors.Is(err, pgx.ErrNoRows) {
		return invalid("campaign_caller_number_unknown", "没有这个主叫号码，请重新选择。", "There is no such caller number; choose another.", "/callerNumberId")
	}
	if err != nil {
		return fmt.Errorf("looking for the caller number: %w", err)
	}
	return nil
}

// ready tells whether a campaign could do anything if it were started; each
// error says what to do first.
func (d *Dialer) ready(ctx context.Context, tx postgres.DB, c Campaign) error {
	l, err := readLoad(ctx, tx, c.ID)
	if err != nil {
		return err
	}
	if _, ok := l.line(); !ok {
		return errs.New(errs.Invalid, "campaign_no_caller_number",
			"活动没有可用的主叫号码，无法外呼。请在活动设置里选择一个主叫号码（其线路需已启用）。",
			"The campaign has no usable caller number, so it cannot call. Choose one in its settings; its trunk must be active.").At("/callerNumberId")
	}
	users, err := agentsOf(ctx, tx, c.ID)
	if err != nil {
		return err
	}
	if len(users) == 0 {
		return errs.New(errs.Invalid, "campaign_no_agents",
			"活动还没有分配座席。请在活动设置里勾选至少一名座席。",
			"The campaign has no agents yet. Tick at least one agent in its settings.").At("/agentIds")
	}
	left, err := tasksLeft(ctx, tx, c.StoreID, c.TaskKind)
	if err != nil {
		return err
	}
	if left == 0 {
		return errs.New(errs.Invalid, "campaign_no_tasks",
			"没有待拨打的任务。请先导入工单（交车的工单会自动生成回访任务），或选择别的任务类型。",
			"There are no tasks to call. Import work orders first (delivered ones make follow-up tasks), or choose another kind.").At("/taskKind")
	}
	return nil
}

// tasksLeft counts the tasks of a kind that may still be called.
func tasksLeft(ctx context.Context, db postgres.DB, store uuid.UUID, kind string) (int, error) {
	var n int
	err := db.QueryRow(ctx, `SELECT count(*) FROM task WHERE store_id = $1 AND kind = $2
		AND state IN ('pending','queued','in_progress','retry_wait')`, store, kind).Scan(&n)
	if err != nil {
		return 0, fmt.Errorf("counting the tasks left: %w", err)
	}
	return n, nil
}
