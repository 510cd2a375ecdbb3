package dialer

import (
	"context"
	"fmt"
	"time"

	"github.com/google/uuid"

	"ringback/dialer/pacing"
	"ringback/internal/postgres"
)

// Health is how a campaign does in one word, and why.
type Health struct {
	Code  string `json:"code" enum:"good,idle,draft,over,paused,no_line,closed,list_empty,list_waits,nobody_listed,nobody_here,cap,alone,silent"`
	Tone  string `json:"tone" enum:"ok,info,warn,bad"`
	ZH    string `json:"zh" doc:"the word"`
	EN    string `json:"en"`
	WhyZH string `json:"whyZh"`
	WhyEN string `json:"whyEn"`
}

// pulse is what the health of a running campaign is told from.
type pulse struct {
	load
	left   int // tasks that may still be called
	agents int // listed
	dry    bool
	open   bool      // inside the store's windows
	next   time.Time // when they open else; zero: never
	last   lastCalls
}

// lastCalls are the newest calls of a campaign that are over.
type lastCalls struct {
	Calls    int
	Answered int
	Busy     int
	NoAnswer int
	Fault    int // of the trunk
	Machine  int
}

// silence is how many calls in a row without an answer are worth a word.
const silence = 20

// health tells what stands in a running campaign's way, the nearest cause first.
func (p pulse) health(now time.Time, zone *time.Location) Health {
	say := func(code, tone, zh, en, whyZH, whyEN string) Health { return Health{code, tone, zh, en, whyZH, whyEN} }
	if _, ok := p.line(); !ok {
		c := p.lineless()
		if c.Outcome == OutcomeWait {
			return say("no_line", "warn", "主叫停歇", "caller rests", c.ReasonZH, c.ReasonEN)
		}
		return say("no_line", "bad", "没有主叫", "no caller number", c.ReasonZH, c.ReasonEN)
	}
	switch {
	case p.left == 0:
		return say("list_empty", "warn", "名单已空", "list empty", "没有待拨的任务。导入工单后会自动接着拨。", "No task is left to call. It goes on by itself when work orders are imported.")
	case p.agents == 0:
		return say("nobody_listed", "bad", "没有座席", "no agents", "还没有给活动分配座席。请在“座席与线路”里勾选。", "No agent is on its list. Tick some under Agents and line.")
	case !p.open && p.next.IsZero():
		return say("closed", "bad", "时段外", "outside hours", "门店没有设置可用的拨打时段。", "The store has no call window.")
	case !p.open:
		return say("closed", "info", "时段外", "outside hours", "下一时段 "+whenZH(p.next, now, zone)+" 自动开始。", "It starts by itself at "+whenEN(p.next, now, zone)+".")
	case p.OnDuty == 0:
		return say("nobody_here", "warn", "没有座席在岗", "nobody on duty",
			fmt.Sprintf("名单上 %d 位座席都没有签入、在示忙，或正在打别的活动。", p.agents), fmt.Sprintf("None of its %d agents is signed on and ready; they pause or work for another campaign.", p.agents))
	case p.Mode == Predictive && !p.predictive():
		return say("alone", "warn", "座席太少", "too few agents", "在岗座席不足 2 位，按渐进方式拨；够 2 位后自动恢复预测。", "Fewer than two agents are on duty, so it dials progressively; prediction resumes with two.")
	case p.Mode == Predictive && p.capReached():
		return say("cap", "warn", "已到上限", "at the cap", "再多一位客户没人接就超过放弃率上限，每位空闲座席只拨一线，接通多了自动放开。",
			"One more lost customer would break the abandon cap: one line per ready agent until more calls are answered.")
	case p.last.silent():
		zh, en := p.last.words()
		return say("silent", "warn", "没人接", "nobody answers", zh, en)
	case p.dry && p.Lines+p.Talking == 0:
		return say("list_waits", "info", "名单在等", "list waits", fmt.Sprintf("还有 %d 个任务，现在都不能拨（没到时间、重拨间隔或规则），到时间自动拨。", p.left),
			fmt.Sprintf("%d tasks are left, none of which may be called now (not due, retry wait or a rule); they are dialled by themselves.", p.left))
	}
	return say("good", "ok", "正常", "fine", "", "")
}

// capReached: predictive mode that began has no lost call to spare; a window's
// first calls are no sign of it.
func (p pulse) capReached() bool {
	return p.account.abandoned > 0 && pacing.Ledger{CapBP: p.CapBP, Answered: p.account.answered, Abandoned: p.account.abandoned}.Credit() < 1
}

func (c lastCalls) silent() bool { return c.Calls >= silence && c.Answered == 0 }

// words say what became of calls that nobody answered, and what may be wrong.
func (c lastCalls) words() (zh, en string) {
	zh = fmt.Sprintf("最近 %d 通没有一通接起：占线 %d、无人接 %d、语音信箱 %d。", c.Calls, c.Busy, c.NoAnswer, c.Machine)
	en = fmt.Sprintf("None of the last %d calls was answered: %d busy, %d not answered, %d voicemail. ", c.Calls, c.Busy, c.NoAnswer, c.Machine)
	switch {
	case c.Busy == c.Calls:
		return zh + "全部占线，多半是主叫号码被标记或线路有问题，请联系运营商，或换一个主叫号码。", en + "All were busy: the caller number may be flagged or the trunk be at fault; ask the carrier or choose another number."
	case c.Fault > 0:
		return zh + "线路有故障，请检查线路。", en + "The trunk has faults; check it."
	}
	return zh + "请换个时段，或核对名单里的号码。", en + "Try another time of day, or check the numbers of the list."
}

func (d *Dialer) lastCallsOf(ctx context.Context, db postgres.DB, campaign uuid.UUID) (c lastCalls, err error) {
	err = db.QueryRow(ctx, `
		SELECT count(*), count(*) FILTER (WHERE x.line_result IN ('answered_human', 'abandoned')), count(*) FILTER (WHERE x.line_result = 'busy'),
			count(*) FILTER (WHERE x.line_result = 'no_answer'), count(*) FILTER (WHERE x.line_result = 'trunk_fault'), count(*) FILTER (WHERE x.line_result = 'answered_machine')
		FROM (SELECT a.line_result FROM attempt a WHERE a.campaign_id = $1 AND a.dialed_at IS NOT NULL AND a.line_result <> ''
			ORDER BY a.planned_at DESC LIMIT $2) x`, campaign, silence).Scan(&c.Calls, &c.Answered, &c.Busy, &c.NoAnswer, &c.Fault, &c.Machine)
	if err != nil {
		return c, fmt.Errorf("looking at the last calls: %w", err)
	}
	return c, nil
}

// resting is the health of a campaign that does not run.
func resting(v CampaignView) Health {
	switch v.State {
	case Draft:
		return Health{Code: "draft", Tone: "info", ZH: "未开始", EN: "not begun"}
	case Paused:
		tone := "info"
		if v.StateReason == ReasonTrunkFault {
			tone = "bad"
		}
		return Health{"paused", tone, "已暂停", "paused", v.StateReasonZH, v.StateReasonEN}
	case Draining:
		return Health{Code: "idle", Tone: "info", ZH: "收尾中", EN: "ending", WhyZH: "通话结束后停止。", WhyEN: "It ends when its calls are over."}
	case Running, Completed, Cancelled:
	}
	return Health{"over", "info", "已结束", "over", v.StateReasonZH, v.StateReasonEN}
}

// feel fills what a list shows of a campaign's health. dry is whether it found
// something to dial of late.
func (d *Dialer) feel(ctx context.Context, db postgres.DB, v *CampaignView, dry bool) error {
	v.Health = resting(*v)
	if v.State != Running && v.State != Paused {
		return nil
	}
	now := d.clock.Now()
	l, err := d.readLoad(ctx, db, v.ID, now)
	if err != nil {
		return err
	}
	p := pulse{load: l, left: v.Left, agents: v.Agents, dry: dry}
	if l.Mode == Predictive {
		margin := l.proof().Margin()
		v.Margin = &margin
	}
	if p.open, p.next = l.opening(); !p.next.IsZero() {
		v.OpensAt = &p.next
	}
	v.OpenNow = p.open
	if v.State != Running {
		return nil
	}
	if p.last, err = d.lastCallsOf(ctx, db, v.ID); err != nil {
		return err
	}
	v.Health = p.health(now, d.zone)
	return nil
}
