package main

import (
	"cmp"
	"fmt"
	"os"

	"ringback/dialer/sim"
	"ringback/internal/errs"
)

// simulateCmd plays a campaign in virtual time. Flags that are not given leave
// the scenario as it is; it needs a database only to learn from a campaign.
type simulateCmd struct {
	Agents     *int         `help:"Agents (5)."`
	AnswerRate *float64     `help:"Share of dials that a person answers, 0 to 1 (0.3)."`
	Talk       *sim.Seconds `help:"Mean talk time (90s)."`
	TalkCV     *float64     `name:"talk-cv" help:"Its standard deviation over its mean (1)."`
	Wrap       *sim.Seconds `help:"Mean wrap-up time (20s)."`
	WrapCV     *float64     `name:"wrap-cv" help:"Its standard deviation over its mean (0.6)."`
	Cap        *float64     `help:"Highest share of answered calls that may be abandoned (0.03); 0 is progressive."`
	Days       *int         `help:"Days of eight hours (10)."`
	Shock      []sim.Shock  `help:"What changes at half time: p2, p.5, talk2, leave40, pause; drift from the beginning."`

	Mode     string `help:"predictive, progressive, or ratio:N lines for each ready agent (predictive; with --from-campaign the campaign's)."`
	Seed     int64  `default:"1" help:"The same seed gives the same bytes."`
	Scenario string `help:"YAML file with every parameter (deploy/scenario.yaml shows them)." type:"path"`
	Format   string `default:"table" help:"table or json."`

	FromCampaign string `help:"Id of a campaign: its own calls, agents, cap and mode make the scenario."`
	Data         string `default:"./var" help:"Data directory of a demo with that campaign; not used when RINGBACK_DATABASE_URL is set."`
	Store        string `help:"Code of the campaign's store; not needed when there is only one."`
}

// Run simulates and prints.
func (c *simulateCmd) Run(e *env) error {
	write, err := c.writer(e)
	if err != nil {
		return err
	}
	if c.Seed < 0 {
		return errs.New(errs.Invalid, "simulate_seed", "随机种子不能是负数：请写 0 或更大的整数。", "The seed is negative: write 0 or a larger whole number.")
	}
	b, err := c.begin(e)
	if err != nil {
		return err
	}
	mode, err := sim.ParseMode(cmp.Or(c.Mode, b.mode, "predictive"))
	if err != nil {
		return err
	}
	if b.scenario, err = c.over(b.scenario); err != nil {
		return err
	}
	bar := newBar(e.log)
	r, err := sim.Run(e.ctx, b.scenario, mode, uint64(c.Seed), bar.show)
	bar.clear()
	if err != nil {
		return err
	}
	return write(simulated{Result: r, Campaign: b.campaign, Sources: c.chosen(b.sources)})
}

// begun is a scenario before the flags, and what is known of its figures.
type begun struct {
	scenario sim.Scenario
	mode     string
	campaign string // its id
	sources  []sim.Source
}

// begin reads the scenario of a file or a campaign, else takes the default.
func (c *simulateCmd) begin(e *env) (begun, error) {
	switch {
	case c.Scenario != "" && c.FromCampaign != "":
		return begun{}, errs.New(errs.Invalid, "simulate_two_sources", "--scenario 和 --from-campaign 只能用一个。", "Use either --scenario or --from-campaign.")
	case c.FromCampaign != "":
		return c.fromCampaign(e)
	case c.Scenario == "":
		return begun{scenario: sim.Default()}, nil
	}
	raw, err := os.ReadFile(c.Scenario)
	if err != nil {
		return begun{}, errs.New(errs.Invalid, "simulate_no_file", fmt.Sprintf("读不到情景文件 %s：请检查路径和权限。", c.Scenario),
			fmt.Sprintf("The scenario file %s cannot be read: check its path and permissions.", c.Scenario)).Because(err)
	}
	s, err := sim.Read(raw)
	return begun{scenario: s}, err
}

// over puts the flags on top.
func (c *simulateCmd) over(s sim.Scenario) (sim.Scenario, error) {
	given(&s.Agents, c.Agents)
	given(&s.AnswerRate, c.AnswerRate)
	if c.AnswerRate != nil {
		s.AnswerByHour = nil
	}
	given(&s.Talk.Mean, c.Talk)
	given(&s.Talk.CV, c.TalkCV)
	given(&s.Wrap.Mean, c.Wrap)
	given(&s.Wrap.CV, c.WrapCV)
	given(&s.Cap, c.Cap)
	given(&s.Days, c.Days)
	if len(c.Shock) > 0 {
		s.Shocks = c.Shock
	}
	return s, s.Check()
}

func given[T any](to, from *T) {
	if from != nil {
		*to = *from
	}
}

func (c *simulateCmd) writer(e *env) (func(simulated) error, error) {
	switch c.Format {
	case "json":
		return func(r simulated) error { return printJSON(e.out, r) }, nil
	case "table":
		return func(r simulated) error { return printTable(e, r) }, nil
	}
	return nil, errs.New(errs.Invalid, "simulate_format", fmt.Sprintf("没有“%s”这种输出格式：可用 table 或 json。", c.Format),
		fmt.Sprintf("There is no format %q: use table or json.", c.Format))
}
