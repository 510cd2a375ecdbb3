package main

import (
	"context"
	"errors"
	"fmt"
	"slices"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"

	"ringback/dialer"
	"ringback/dialer/sim"
	"ringback/internal/errs"
	"ringback/internal/events"
)

// fromCampaign learns the scenario from a campaign's own calls.
func (c *simulateCmd) fromCampaign(e *env) (b begun, err error) {
	id, err := uuid.Parse(c.FromCampaign)
	if err != nil {
		return b, errs.New(errs.Invalid, "simulate_campaign_id", fmt.Sprintf("“%s”不是活动编号：活动页的地址里 /campaigns/ 后面的那一串就是。", c.FromCampaign),
			fmt.Sprintf("%q is no campaign's id: it stands behind /campaigns/ in the address of the campaign's page.", c.FromCampaign))
	}
	t, err := openRecords(e, c.Data)
	if err != nil {
		return b, err
	}
	defer func() { err = errors.Join(err, t.close()) }()
	scope, err := storeScope(e.ctx, t.pool, c.Store)
	if err != nil {
		return b, err
	}
	d := dialer.New(dialer.Options{Pool: t.pool, Bus: events.NewBus(), Clock: t.clock, Box: t.box})
	var traces sim.Traces
	err = t.pool.Scoped(e.ctx, scope, func(ctx context.Context, tx pgx.Tx) (err error) {
		traces, err = d.Traces(ctx, tx, id)
		return err
	})
	if err != nil {
		return b, err
	}
	if traces.Reads && c.Mode == "" {
		fmt.Fprintln(e.log, "这个活动用预览方式：看资料的时间无法模拟，按渐进方式计算。 The campaign dials in preview; reading cannot be simulated, so it is played as progressive.")
	}
	b.campaign, b.mode = id.String(), traces.Mode
	b.scenario, b.sources = traces.Scenario()
	return b, nil
}

// chosen marks the figures that flags gave, with their values.
func (c *simulateCmd) chosen(sources []sim.Source) []sim.Source {
	if len(sources) == 0 {
		return nil
	}
	out := slices.Clone(sources)
	if c.AnswerRate != nil {
		out = slices.DeleteFunc(out, func(s sim.Source) bool { return s.Figure == sim.FigureHours })
	}
	for i, s := range out {
		switch {
		case s.Figure == sim.FigureAgents && c.Agents != nil:
			out[i] = sim.Source{Figure: s.Figure, From: sim.FromUser, Value: float64(*c.Agents)}
		case s.Figure == sim.FigureAnswer && c.AnswerRate != nil:
			out[i] = sim.Source{Figure: s.Figure, From: sim.FromUser, Value: *c.AnswerRate}
		case s.Figure == sim.FigureTalk && (c.Talk != nil || c.TalkCV != nil):
			out[i] = givenSpread(s, c.Talk, c.TalkCV)
		case s.Figure == sim.FigureWrap && (c.Wrap != nil || c.WrapCV != nil):
			out[i] = givenSpread(s, c.Wrap, c.WrapCV)
		case s.Figure == sim.FigureCap && c.Cap != nil:
			out[i] = sim.Source{Figure: s.Figure, From: sim.FromUser, Value: *c.Cap}
		case s.Figure == sim.FigureMode && c.Mode != "":
			out[i].From = sim.FromUser
		}
	}
	return out
}

// givenSpread is a time of which a flag gave the mean, the variation or both: the
// calls are told when they still make a part of it.
func givenSpread(s sim.Source, mean *sim.Seconds, cv *float64) sim.Source {
	if mean != nil {
		s.Value = float64(*mean)
	}
	given(&s.CV, cv)
	s.From = sim.FromUser
	if mean != nil && cv != nil {
		s.Calls = 0
	}
	return s
}

// figureNames are the figures of a scenario in zh and en.
func figureNames() map[string][2]string {
	return map[string][2]string{
		sim.FigureAnswer:  {"接通率", "answer rate"},
		sim.FigureHours:   {"有自己接通率的钟点", "hours with an answer rate of their own"},
		sim.FigureRing:    {"接起前振铃", "ringing before the answer"},
		sim.FigureUnheard: {"无人接听的振铃", "ringing without answer"},
		sim.FigureMachine: {"未接中的语音信箱", "machines among the rest"},
		sim.FigureTalk:    {"通话", "talk"},
		sim.FigureWrap:    {"后处理", "wrap-up"},
		sim.FigureAgents:  {"在岗座席", "agents"},
		sim.FigureDay:     {"每天拨打时间", "hours a day"},
		sim.FigureCap:     {"放弃率上限", "cap"},
		sim.FigureMode:    {"拨号方式", "mode"},
	}
}

// sourceText is a figure with where it comes from and from how many calls.
func sourceText(s sim.Source, mode string, zh bool) string {
	if s.Figure == sim.FigureMode {
		return mode + "  " + originText(s, zh)
	}
	return valueText(s, zh) + originText(s, zh)
}

func valueText(s sim.Source, zh bool) string {
	seconds, hours := " s", " h"
	if zh {
		seconds, hours = " 秒", " 小时"
	}
	switch s.Figure {
	case sim.FigureAnswer, sim.FigureMachine:
		return fmt.Sprintf("%.1f %%  ", 100*s.Value)
	case sim.FigureCap:
		return fmt.Sprintf("%.2f %%  ", 100*s.Value)
	case sim.FigureAgents:
		return fmt.Sprintf("%.1f  ", s.Value)
	case sim.FigureHours:
		return fmt.Sprintf("%.0f  ", s.Value)
	case sim.FigureDay:
		return fmt.Sprintf("%.1f%s  ", s.Value, hours)
	}
	return fmt.Sprintf("%.1f%s (cv %.2f)  ", s.Value, seconds, s.CV)
}

func originText(s sim.Source, zh bool) string {
	words := map[sim.Origin][2]string{
		sim.FromCampaign: {"本活动", "this campaign"}, sim.FromKind: {"本店同类活动", "the store's calls of this kind"},
		sim.FromSetting: {"活动和门店设置", "settings of campaign and store"}, sim.FromDefault: {"通话太少，用缺省值", "too few calls, the default"}, sim.FromUser: {"命令行", "the command line"},
	}[s.From]
	switch {
	case zh && s.Calls > 0:
		return fmt.Sprintf("%s，%d 通", words[0], s.Calls)
	case zh:
		return words[0]
	case s.Calls > 0:
		return fmt.Sprintf("%s, %d calls", words[1], s.Calls)
	}
	return words[1]
}
