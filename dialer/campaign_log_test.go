package dialer_test

import (
	"context"
	"encoding/json"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"

	"ringback/crm/task"
	"ringback/dialer"
	"ringback/internal/events"
)

// logs compares a campaign's log, oldest first, entries of people with their names.
func (w *world) logs(d *dialer.Dialer, campaign uuid.UUID, want string) {
	w.t.Helper()
	w.in(func(ctx context.Context, tx pgx.Tx) error {
		v, err := d.Detail(ctx, tx, campaign)
		var said []string
		for _, l := range v.Log {
			said = append(said, strings.TrimSpace(l.User+" "+l.ZH))
			if l.EN == "" {
				w.t.Errorf("%s has no English", l.ZH)
			}
		}
		slices.Reverse(said)
		if got := strings.Join(said, "|"); got != want {
			w.t.Errorf("the log says %s\nwant %s", got, want)
		}
		return err
	})
}

func TestAListThatGrowsIsOneLineOfTheLogForEachPersonAndTenMinutes(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.task(number(1))
	d, _ := w.dialer()
	han := w.agent("韩梅梅")
	c, began := w.campaign(d, dialer.Progressive, han), w.clock.Now()
	add := func(after time.Duration, actor uuid.UUID, kind string, states ...task.State) {
		var es []events.Event
		for _, s := range states {
			data, err := json.Marshal(map[string]any{"kind": kind, "state": s})
			if err != nil {
				t.Fatal(err)
			}
			es = append(es, events.Event{Kind: events.TaskCreated, Group: w.group, Store: w.store, At: began.Add(after), Actor: actor, Data: data, Subject: events.Subjects{"task": id()}})
		}
		w.in(func(ctx context.Context, tx pgx.Tx) error { return w.bus.PublishAll(ctx, tx, es) })
	}
	add(time.Minute, han, task.Followup3D, task.Queued, task.Pending, task.Blocked, task.Queued)
	add(2*time.Minute, uuid.Nil, task.Followup3D, task.Queued)
	add(3*time.Minute, han, "periodic_service", task.Queued)
	add(10*time.Minute, han, task.Followup3D, task.Queued, task.Queued)
	add(12*time.Minute, han, task.Followup3D, task.Queued)
	w.logs(d, c.ID, "创建活动|开始外呼|韩梅梅 名单增加 5 个任务|名单增加 1 个任务|韩梅梅 名单增加 1 个任务")
}
