package dialer

import (
	"cmp"
	"context"
	"encoding/json"
	"fmt"
	"strconv"
	"strings"
	"time"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"

	"ringback/internal/events"
	"ringback/internal/postgres"
)

// LogEntry is one thing that happened to a campaign.
type LogEntry struct {
	At      time.Time   `json:"at"`
	User    string      `json:"user"` // name, empty for the system
	What    string      `json:"what"`
	ZH      string      `json:"zh"`
	EN      string      `json:"en"`
	Changes []LogChange `json:"changes"`
}

// LogChange is one setting that was changed, from what to what.
type LogChange struct {
	ZH string `json:"zh"`
	EN string `json:"en"`
}

// changedField is one setting before and after, as the log keeps it: codes and
// figures, agents by name.
type changedField struct {
	Field string `json:"field"` // name, mode, ring, cap, priority, weight, caller, added, removed
	From  string `json:"from"`
	To    string `json:"to"`
}

type logDetail struct {
	Reason  string         `json:"reason"`
	Changes []changedField `json:"changes,omitempty"`
	N       int            `json:"n,omitempty"`     // tasks: that came, or that are left
	Until   *time.Time     `json:"until,omitempty"` // of a call window: how long it is open, or closed
}

// changed writes the campaign's log and tells the screens.
func (d *Dialer) changed(ctx context.Context, tx postgres.DB, c Campaign, user uuid.UUID, what string, said logDetail, now time.Time) error {
	detail, err := json.Marshal(said)
	if err != nil {
		return fmt.Errorf("encoding a log entry: %w", err)
	}
	if _, err := tx.Exec(ctx, `INSERT INTO campaign_log (id, campaign_id, store_id, at, user_id, what, detail) VALUES ($1, $2, $3, $4, $5, $6, $7)`,
		uuid.Must(uuid.NewV7()), c.ID, c.StoreID, now, orNull(user), what, detail); err != nil {
		return fmt.Errorf("writing the campaign's log: %w", err)
	}
	return d.bus.Publish(ctx, tx, events.Event{
		Kind: events.CampaignChanged, Group: c.GroupID, Store: c.StoreID, At: now, Actor: user,
		Subject: events.Subjects{"campaign": c.ID},
	}, map[string]any{"state": c.State, "reason": said.Reason})
}

// differences are what a change makes of a campaign's settings.
func (in *NewCampaign) differences(ctx context.Context, db postgres.DB, was Campaign) (out []changedField, err error) {
	add := func(field, from, to string) {
		if from != to {
			out = append(out, changedField{field, from, to})
		}
	}
	add("name", was.Name, in.Name)
	add("mode", string(was.Mode), string(in.Mode))
	add("cap", strconv.Itoa(was.CapBP), strconv.Itoa(*in.CapBP))
	add("priority", strconv.Itoa(was.Priority), strconv.Itoa(*in.Priority))
	add("weight", strconv.Itoa(was.Weight), strconv.Itoa(*in.Weight))
	add("ring", strconv.Itoa(was.RingSeconds), strconv.Itoa(in.RingSeconds))
	caller, err := differingCaller(ctx, db, was.CallerNumberID, in.CallerNumberID)
	return append(out, caller...), err
}

// differingCaller is the change of the caller number, by number.
func differingCaller(ctx context.Context, db postgres.DB, was *uuid.UUID, is uuid.UUID) ([]changedField, error) {
	if was == nil && is == uuid.Nil || was != nil && *was == is {
		return nil, nil
	}
	f := changedField{Field: "caller"}
	err := db.QueryRow(ctx, `SELECT coalesce((SELECT number FROM caller_number WHERE id = $1), ''), coalesce((SELECT number FROM caller_number WHERE id = $2), '')`, was, is).Scan(&f.From, &f.To)
	if err != nil {
		return nil, fmt.Errorf("naming the caller numbers: %w", err)
	}
	return []changedField{f}, nil
}

// differingAgents are who came to a campaign's list and who left it, by name.
func differingAgents(ctx context.Context, db postgres.DB, was, is []uuid.UUID) (out []changedField, err error) {
	for _, c := range []struct {
		field    string
		has, not []uuid.UUID
	}{{"added", is, was}, {"removed", was, is}} {
		rows, err := db.Query(ctx, `SELECT name_zh FROM app_user WHERE id = ANY ($1) AND NOT (id = ANY ($2)) ORDER BY name_zh`, orEmpty(c.has), orEmpty(c.not))
		if err != nil {
			return nil, fmt.Errorf("naming the campaign's agents: %w", err)
		}
		names, err := pgx.CollectRows(rows, pgx.RowTo[string])
		if err != nil {
			return nil, fmt.Errorf("naming the campaign's agents: %w", err)
		}
		if len(names) > 0 {
			out = append(out, changedField{Field: c.field, To: strings.Join(names, "、")})
		}
	}
	return out, nil
}

func (d *Dialer) logOf(ctx context.Context, db postgres.DB, campaign uuid.UUID) ([]LogEntry, error) {
	type row struct {
		At     time.Time
		Name   string
		What   string
		Detail []byte
	}
	rows, err := db.Query(ctx, `
		SELECT g.at, coalesce(u.name_zh, '') AS name, g.what, g.detail
		FROM campaign_log g LEFT JOIN app_user u ON u.id = g.user_id
		WHERE g.campaign_id = $1 ORDER BY g.at DESC, g.id DESC LIMIT 200`, campaign)
	if err != nil {
		return nil, fmt.Errorf("reading the campaign's log: %w", err)
	}
	found, err := pgx.CollectRows(rows, pgx.RowToStructByName[row])
	if err != nil {
		return nil, fmt.Errorf("reading the campaign's log: %w", err)
	}
	out := make([]LogEntry, len(found))
	for i, r := range found {
		var said logDetail
		if err := json.Unmarshal(r.Detail, &said); err != nil {
			return nil, fmt.Errorf("reading the campaign's log: %w", err)
		}
		out[i] = LogEntry{At: r.At, User: r.Name, What: r.What, Changes: []LogChange{}}
		out[i].ZH, out[i].EN = said.words(r.What, r.At, d.zone)
		for _, c := range said.Changes {
			out[i].Changes = append(out[i].Changes, c.words())
		}
	}
	return out, nil
}

func modeZH(m Mode) string {
	return map[Mode]string{Manual: "手动", Preview: "预览", Progressive: "渐进", Predictive: "预测"}[m]
}

// words say what happened at a moment.
func (l logDetail) words(what string, at time.Time, zone *time.Location) (zh, en string) {
	switch {
	case what == "grown":
		return fmt.Sprintf("名单增加 %d 个任务", l.N), fmt.Sprintf("%d tasks added to the list", l.N)
	case what == "opened" && l.Until != nil:
		return fmt.Sprintf("进入可拨时段（到 %s），自动开始，名单 %d 个任务", whenZH(*l.Until, at, zone), l.N),
			fmt.Sprintf("its call window opened until %s, it goes on by itself; %d tasks", whenEN(*l.Until, at, zone), l.N)
	case what == "closed" && l.Until != nil:
		return fmt.Sprintf("时段结束，自动停，%s 再开始，名单剩 %d 个任务", whenZH(*l.Until, at, zone), l.N),
			fmt.Sprintf("its call window closed, it goes on at %s; %d tasks left", whenEN(*l.Until, at, zone), l.N)
	case what == "closed":
		return "时段结束，没有下一个可拨时段", "its call window closed and no other follows"
	}
	words := map[string][2]string{
		"created": {"创建活动", "created"}, "changed": {"修改设置", "settings changed"}, "started": {"开始外呼", "started"},
		"paused": {"暂停", "paused"}, "stopped": {"停止，等待通话结束", "stopped, waiting for calls to end"}, "completed": {"完成", "completed"},
		"cancelled": {"取消", "cancelled"},
	}
	zh, en = words[what][0], words[what][1]
	if rzh, ren := reasonWords(l.Reason); l.Reason != ReasonByUser && rzh != "" {
		return zh + "：" + rzh, en + ": " + ren
	}
	return zh, en
}

// words say a change.
func (c changedField) words() LogChange {
	name := map[string][2]string{
		"name": {"名称", "name"}, "mode": {"方式", "mode"}, "cap": {"放弃率上限", "abandon cap"}, "priority": {"座席优先级", "agent priority"},
		"weight": {"座席份额", "agent share"}, "ring": {"振铃上限", "ring time"}, "caller": {"主叫号码", "caller number"},
		"added": {"加入座席", "agents added"}, "removed": {"移出座席", "agents removed"},
	}[c.Field]
	if c.Field == "added" || c.Field == "removed" {
		return LogChange{ZH: name[0] + "：" + c.To, EN: name[1] + ": " + c.To}
	}
	fromZH, fromEN := c.value(c.From)
	toZH, toEN := c.value(c.To)
	return LogChange{ZH: name[0] + "由 " + fromZH + " 改为 " + toZH, EN: name[1] + " from " + fromEN + " to " + toEN}
}

func (c changedField) value(v string) (zh, en string) {
	switch c.Field {
	case "mode":
		return modeZH(Mode(v)), v
	case "cap":
		bp, err := strconv.Atoi(v)
		if err == nil {
			v = percent(bp)
		}
	case "ring":
		return v + " 秒", v + " s"
	case "caller":
		return cmp.Or(v, "无"), cmp.Or(v, "none")
	}
	return v, v
}
