package dialer

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"

	"ringback/crm/dealer"
	"ringback/crm/task"
	"ringback/internal/errs"
	"ringback/internal/postgres"
)

// check fills what may be left out and says what is wrong; the figures are the
// store's rule pack's.
func (in *NewCampaign) check(rules dealer.DialingRules) error {
	in.Name = strings.TrimSpace(in.Name)
	ring, least, most := time.Duration(in.RingSeconds)*time.Second, rules.Ring.Least.Std(), rules.Ring.Most.Std()
	if in.RingSeconds == 0 {
		ring = rules.Ring.Default.Std()
		in.RingSeconds = int(ring / time.Second)
	}
	if in.Mode == "" {
		in.Mode = Progressive
	}
	if in.CapBP == nil {
		in.CapBP = &rules.Abandon.DefaultBP
	}
	usualPriority, usualWeight := UsualPriority, UsualWeight
	in.Priority, in.Weight = cmp.Or(in.Priority, &usualPriority), cmp.Or(in.Weight, &usualWeight)
	kind, known := task.FindKind(in.TaskKind)
	switch {
	case *in.Priority < FirstPriority || *in.Priority > LastPriority:
		return invalid("campaign_priority", "优先级是 1（最先）到 9（最后）。", "The priority is 1 (first) to 9 (last).", "/priority")
	case *in.Weight < LeastWeight || *in.Weight > MostWeight:
		return invalid("campaign_weight", "座席份额是 1 到 100 的整数。", "The share of the agents is a whole number from 1 to 100.", "/weight")
	case in.Name == "" || utf8.RuneCountInString(in.Name) > 60:
		return invalid("campaign_name", "请填写活动名称（不超过 60 个字）。", "Give the campaign a name of at most 60 characters.", "/name")
	case !known:
		return invalid("campaign_task_kind", "请选择任务类型。", "Choose a kind of task.", "/taskKind")
	case in.Mode != Preview && in.Mode != Progressive && in.Mode != Predictive:
		return invalid("campaign_mode", "拨号方式只能是预览、渐进或预测。", "The mode is preview, progressive or predictive.", "/mode")
	case in.Mode == Predictive && !ahead(kind):
		return invalid("campaign_mode_kind", "续保、投诉回访和大客户电话要先看资料再拨，请选择预览方式。",
			"Renewal, complaint and key-account calls are read before they are dialed; choose preview.", "/mode")
	case in.CapBP != nil && (*in.CapBP <= 0 || *in.CapBP > rules.Abandon.MostBP):
		return invalid("campaign_cap", fmt.Sprintf("放弃率上限要大于 0，最高 %s；一个客户都不想放弃，请选择渐进方式。", percent(rules.Abandon.MostBP)),
			fmt.Sprintf("The abandon cap is above 0 and at most %s; to abandon nobody at all, choose progressive.", percent(rules.Abandon.MostBP)), "/capBp")
	case ring < least || ring > most:
		return invalid("campaign_ring", fmt.Sprintf("振铃时间应在 %d 到 %d 秒之间。", least/time.Second, most/time.Second),
			fmt.Sprintf("Ring time is %d to %d seconds.", least/time.Second, most/time.Second), "/ringSeconds")
	}
	return nil
}

// ahead tells whether calls of a kind may be dialed before an agent is free: those
// of the service and reminder classes, but for second calls after complaints (D-21).
func ahead(k task.Kind) bool {
	return (k.Class == "service" || k.Class == "reminder") && k.Code != "complaint_second"
}

// percent writes basis points.
func percent(bp int) string { return strconv.FormatFloat(float64(bp)/100, 'f', -1, 64) + " %" }

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
	l, err := d.readLoad(ctx, tx, c.ID, d.clock.Now())
	if err != nil {
		return err
	}
	if _, ok := l.line(); !ok {
		if why := l.lineless(); why.Outcome == OutcomeStop {
			return errs.New(errs.Invalid, "campaign_no_caller_number",
				"活动没有可用的主叫号码，无法外呼。"+why.ReasonZH, "The campaign has no usable caller number, so it cannot call. "+why.ReasonEN).At("/callerNumberId")
		}
	}
	if why := recordingRule(Facts{Kind: c.TaskKind, Rules: l.house.Rules, Recording: d.recording}); why.Outcome != OutcomeOK {
		return errs.New(errs.Invalid, "campaign_no_recording", why.ReasonZH, why.ReasonEN).At("/taskKind")
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

// dialing are the figures of the rule pack that a campaign of the store keeps to.
func (d *Dialer) dialing(ctx context.Context, db postgres.DB, store uuid.UUID) (dealer.DialingRules, error) {
	var settings string
	if err := db.QueryRow(ctx, `SELECT settings::text FROM store WHERE id = $1`, store).Scan(&settings); err != nil {
		return dealer.DialingRules{}, fmt.Errorf("reading the store's settings: %w", err)
	}
	p, err := d.rulesOf(store, settings)
	return p.Dialing, err
}
