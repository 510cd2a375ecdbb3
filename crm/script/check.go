package script

import (
	"errors"
	"fmt"
	"slices"
	"strings"
)

// answerTypes of asks.
const answerTypes = " score10 score5 nps yesno choice multi number money date datetime text verbatim phone name none "

// factors of satisfaction questions; standard is outside the index.
const factors = " initiation advisor facility pickup quality overall nps standard "

const (
	callClasses = " service reminder commercial care inbound "
	directions  = " outbound inbound "
	knownTags   = " opening identity recording_notice closing "
	operators   = " eq ne in nin lt lte gt gte exists missing "
)

// actionParams lists every action of the format with its parameters.
func actionParams() map[string]string {
	return map[string]string{
		"set_disposition": "value", "create_quick_form": "category category_key level_key verbatim_key demand_key contact_key",
		"create_rework": "verbatim_key cause", "create_task": "type assignee note_key",
		"schedule_callback": "at_key same_agent", "propose_customer_change": "from_key field", "fill_blank": "from_key",
		"set_preferred_time": "from_key", "update_mileage": "from_key", "recompute_maintenance": "",
		"create_appointment": "reason at_key note_key", "update_appointment": "action note_key at_key",
		"send_sms": "template", "send_proposal": "channel_key to_key", "request_quote": "cover_key insurer_key text_key",
		"set_renewal": "stage next_contact_key next_contact_in", "set_renewal_lost": "reason reason_key competitor_key words_key",
		"set_churn_reason": "value key", "mark_phone": "status", "add_dnc": "scope", "record_consent": "purpose value_key",
		"transfer": "queue", "create_tech_callback": "fault_key question_key", "search_kb": "query_key",
		"close_complaint": "result", "reopen_complaint": "words_key reason", "escalate_complaint": "", "ownership_review": "",
		"set_tag": "tag", "register_hotline": "kind_key", "notify": "role urgency", "verify_identity": "method from_key",
	}
}

// actionWords are the values that a parameter may have: a list of words, or the name of
// an enumeration. What names an answer is fixed where the form has one place for it.
func actionWords() map[string]string {
	return map[string]string{
		"update_appointment.action": " confirm reschedule cancel ", "add_dnc.scope": " all commercial survey ", "mark_phone.status": " wrong empty suspended unknown ",
		"notify.urgency": " now today ", "create_task.type": "task_type", "create_task.assignee": " insurance_manager ", "record_consent.purpose": "consent_purpose",
		"set_renewal.stage": "renewal_stage", "set_renewal.next_contact_in": " P1D ", "set_renewal_lost.reason": "renewal_lost_reason",
		"set_churn_reason.value": "churn_reason", "create_quick_form.category": "complaint_category", "create_rework.cause": "rework_cause",
		"create_quick_form.category_key": " category ", "create_quick_form.level_key": " level ", "create_quick_form.demand_key": " demand ",
		"create_quick_form.contact_key": " contact_time ", "schedule_callback.same_agent": " true ", // the agent who agreed calls again
	}
}

type checker struct {
	l       *Library
	s       *Script
	actions map[string]string
	wrong   []error
}

// check refuses a library with anything that could go wrong while a customer
// is on the line (T-S1, T-S10).
func (l *Library) check() error {
	var wrong []error
	for _, s := range l.Scripts() {
		c := &checker{l: l, s: s, actions: actionParams()}
		c.script()
		wrong = append(wrong, c.wrong...)
	}
	return errors.Join(wrong...)
}

func (c *checker) says(n *Node, format string, args ...any) {
	where := c.s.ID + ".yaml"
	if n != nil {
		where += ": node " + n.ID
	}
	c.wrong = append(c.wrong, fmt.Errorf("%s: %s", where, fmt.Sprintf(format, args...)))
}

func among(list, word string) bool { return word != "" && strings.Contains(list, " "+word+" ") }

func (c *checker) script() {
	s := c.s
	if s.Version < 1 || s.TitleZH == "" || s.TitleEN == "" || s.EstSeconds < 1 {
		c.says(nil, "version, titles and est_seconds are needed")
	}
	if !among(callClasses, s.Class) || !among(directions, s.Direction) {
		c.says(nil, "call_class %q or direction %q is unknown", s.Class, s.Direction)
	}
	c.lists()
	seenNode, seenKey := map[string]bool{}, map[string]bool{}
	for _, n := range s.Nodes {
		if n.ID == "" || strings.ContainsAny(n.ID, "/.#") || seenNode[n.ID] {
			c.says(n, "the id is missing, doubled or has one of / . #")
		}
		if n.Key != "" && (seenKey[n.Key] || strings.ContainsAny(n.Key, "/.#")) {
			c.says(n, "the key %q is doubled or has one of / . #", n.Key)
		}
		seenNode[n.ID], seenKey[n.Key] = true, n.Key != ""
		c.node(n)
	}
	c.reach()
	c.cycle(s, []string{s.ID})
	c.notice()
}

func (c *checker) lists() {
	for _, t := range c.s.TaskTypes {
		if _, ok := c.l.Enums.Code("task_type", t); !ok {
			c.says(nil, "task type %q is unknown", t)
		}
	}
	for _, d := range c.s.Dispositions {
		if _, ok := c.l.Enums.Code("disposition", d); !ok {
			c.says(nil, "disposition %q is unknown", d)
		}
	}
	for _, k := range c.s.ShortPath {
		if c.s.keys[k] == nil {
			c.says(nil, "short_path names no key: %q", k)
		}
	}
	if c.s.nodes[c.s.Start] == nil {
		c.says(nil, "start names no node: %q", c.s.Start)
	}
}

func (c *checker) node(n *Node) {
	c.shape(n)
	c.texts(n)
	c.turns(n)
	for i, e := range n.Effects {
		c.effect(n, i, e)
	}
	if n.OnlyIf != nil {
		c.condition(n, *n.OnlyIf)
	}
	if n.Dept != "" {
		if _, ok := c.l.Enums.Code("department", n.Dept); !ok {
			c.says(n, "department %q is unknown", n.Dept)
		}
	}
	if n.Factor != "" && !among(factors, n.Factor) {
		c.says(n, "factor %q is unknown", n.Factor)
	}
	for _, t := range n.Tags {
		if !among(knownTags, t) {
			c.says(n, "tag %q is unknown", t)
		}
	}
}

// shape: each kind has its fields and no others.
func (c *checker) shape(n *Node) {
	switch n.Kind {
	case Ask:
		c.ask(n)
	case Subscript:
		if c.l.latest[n.Script] == nil {
			c.says(n, "subscript %q is unknown", n.Script)
		}
	case End:
		c.end(n)
	case Say, Branch, Action:
	default:
		c.says(n, "kind %q is unknown", n.Kind)
	}
	if n.Kind != Ask && (n.Key != "" || n.Answer != nil || n.OnlyIf != nil || n.Repeat) {
		c.says(n, "key, answer, only_if and repeat belong to an ask")
	}
	if (n.Kind != Subscript && n.Script != "") || (n.Kind != End && n.Outcome != "") {
		c.says(n, "script belongs to a subscript, outcome to an end")
	}
}

func (c *checker) end(n *Node) {
	if n.Next != "" || len(n.Branches) > 0 || len(n.Effects) > 0 {
		c.says(n, "an end leads nowhere")
	}
	if !slices.Contains(c.s.Dispositions, n.Outcome) {
		c.says(n, "outcome %q is not among the script's dispositions", n.Outcome)
	}
}

func (c *checker) ask(n *Node) {
	if n.Key == "" || n.Answer == nil {
		c.says(n, "an ask needs key and answer")
		return
	}
	a := n.Answer
	if !among(answerTypes, a.Type) {
		c.says(n, "answer type %q is unknown", a.Type)
	}
	if (a.Type == "choice" || a.Type == "multi") != (len(a.Options) > 0) {
		c.says(n, "a choice needs options, nothing else has them")
	}
	if a.Enum != "" && len(c.l.Enums[a.Enum]) == 0 {
		c.says(n, "enumeration %q is unknown", a.Enum)
	}
	seen := map[string]bool{}
	for _, o := range a.Options {
		if o.Value == "" || o.ZH == "" || o.EN == "" || seen[o.Value] {
			c.says(n, "option %q is empty or doubled", o.Value)
		}
		seen[o.Value] = true
	}
}

func (c *checker) texts(n *Node) {
	if (n.Kind == Say || n.Kind == Ask) && (n.ZH == "" || n.EN == "") {
		c.says(n, "zh and en are needed")
	}
	for _, text := range []string{n.ZH, n.EN, n.HintZH} {
		for _, m := range placeholder.FindAllStringSubmatch(text, -1) {
			if !slices.Contains(c.s.Variables, m[1]) {
				c.says(n, "placeholder {{%s}} is not among the variables", m[1])
			}
		}
	}
}

func (c *checker) turns(n *Node) {
	if n.Kind != End && c.s.nodes[n.Next] == nil {
		c.says(n, "next names no node: %q", n.Next)
	}
	for _, b := range n.Branches {
		if c.s.nodes[b.Goto] == nil {
			c.says(n, "a branch goes to no node: %q", b.Goto)
		}
		c.condition(n, b.If)
	}
}

func (c *checker) known(key string) bool {
	return c.s.keys[key] != nil || slices.Contains(c.s.Variables, key)
}

func (c *checker) condition(n *Node, cond Condition) {
	cond.each(func(x Condition) {
		if !c.known(x.Key) {
			c.says(n, "a condition asks for an unknown key: %q", x.Key)
		}
		if !among(operators, x.Op) {
			c.says(n, "operator %q is unknown", x.Op)
		}
	})
	if cond.Key == "" && len(cond.All)+len(cond.Any) == 0 {
		c.says(n, "a condition is empty")
	}
}

func (c *checker) effect(n *Node, i int, e Effect) {
	params, ok := c.actions[e.Do]
	if !ok {
		c.says(n, "effect %d: action %q is unknown", i+1, e.Do)
		return
	}
	if e.If != nil {
		c.condition(n, *e.If)
	}
	for p, v := range e.Params {
		if !among(" "+params+" ", p) {
			c.says(n, "effect %d: %s takes no %q", i+1, e.Do, p)
		}
		if (p == "key" || strings.HasSuffix(p, "_key")) && !c.known(v) {
			c.says(n, "effect %d: %s names an unknown key: %q", i+1, p, v)
		}
		c.word(n, i, e.Do+"."+p, v)
	}
	if _, ok := c.l.Templates.Message(e.Params["template"]); e.Do == "send_sms" && !ok {
		c.says(n, "effect %d: no message template %q", i+1, e.Params["template"])
	}
}

// word refuses a value that whoever runs the action would have to pass over.
func (c *checker) word(n *Node, i int, param, v string) {
	words := actionWords()[param]
	if words == "" || among(words, v) {
		return
	}
	if _, ok := c.l.Enums.Code(words, v); !ok {
		c.says(n, "effect %d: %s cannot be %q", i+1, param, v)
	}
}

// reach: every node can be come to from the start.
func (c *checker) reach() {
	seen, todo := map[string]bool{}, []string{c.s.Start}
	for len(todo) > 0 {
		n := c.s.nodes[todo[0]]
		todo = todo[1:]
		if n == nil || seen[n.ID] {
			continue
		}
		seen[n.ID] = true
		todo = append(todo, n.Next)
		for _, b := range n.Branches {
			todo = append(todo, b.Goto)
		}
	}
	for _, n := range c.s.Nodes {
		if !seen[n.ID] {
			c.says(n, "no way leads here")
		}
	}
}

// cycle: a subscript never contains itself.
func (c *checker) cycle(s *Script, under []string) {
	for _, n := range s.Nodes {
		sub := c.l.latest[n.Script]
		if n.Kind != Subscript || sub == nil {
			continue
		}
		if slices.Contains(under, sub.ID) {
			c.says(n, "script %s contains itself", sub.ID)
			continue
		}
		c.cycle(sub, append(slices.Clone(under), sub.ID))
	}
}

func (c *checker) notice() {
	tagged := slices.ContainsFunc(c.s.Nodes, func(n *Node) bool { return n.Has(TagRecording) })
	if c.s.RecordingNotice && !tagged {
		c.says(nil, "recording_notice is true, but no node has the tag")
	}
}
