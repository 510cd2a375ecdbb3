package task

import (
	"context"
	"fmt"
	"strings"
	"time"

	"github.com/google/uuid"

	"ringback/crm/customer"
	"ringback/crm/dealer"
	"ringback/crm/message"
	"ringback/crm/script"
	"ringback/internal/clock"
	"ringback/internal/postgres"
)

// UseTemplates takes the texts of messages and letters; without it the shipped
// ones are loaded when first needed.
func (t *Tasks) UseTemplates(all script.Templates) {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.templates = &all
}

func (t *Tasks) template(id string) (script.Template, error) {
	t.mu.Lock()
	defer t.mu.Unlock()
	if t.templates == nil {
		lib, err := script.Shipped()
		if err != nil {
			return script.Template{}, err
		}
		t.templates = &lib.Templates
	}
	m, ok := t.templates.Message(id)
	if !ok {
		return script.Template{}, fmt.Errorf("there is no message template %s", id)
	}
	return m, nil
}

// sendSMS queues the rule's message, once per subject.
func (t *Tasks) sendSMS(ctx context.Context, tx postgres.DB, r rule, o occasion, s dealer.Schedule, by customer.By) (bool, error) {
	_, id, two := strings.Cut(r.text, "|")
	if !two {
		id = r.text
	}
	if r.via == byCallOrSMS {
		id = smsFor(r.kind)
	}
	if id == "" {
		return false, nil
	}
	m, err := t.template(id)
	if err != nil {
		return false, err
	}
	phones, err := t.phones(ctx, tx, o.customer.ID)
	if err != nil {
		return false, err
	}
	phone, ok := mobile(phones)
	if !ok {
		return false, nil // no number takes messages: TR-80 asks for one
	}
	vars, err := t.words(ctx, tx, o, by)
	if err != nil {
		return false, err
	}
	_, created, err := t.box.QueueOnce(ctx, tx, by, message.Send{
		Customer: o.customer.ID, Phone: phone, Template: id, Class: m.Class, Text: script.Fill(m.ZH, vars), Rule: r.id,
		Once: r.id + "/" + keyOf(r, o), NotBefore: r.from(s, o.anchor, by.At), Useless: o.useless, Subject: o.about,
	})
	return created, err
}

// smsFor is the message that stands for a call which may not be made, if any.
func smsFor(kind string) string {
	switch kind {
	case FirstService:
		return "first_service_invite"
	case PeriodicService:
		return "periodic_invite"
	case ApptConfirm:
		return "appt_day_before"
	}
	return ""
}

func mobile(phones []customer.Phone) (uuid.UUID, bool) {
	for _, p := range phones {
		if p.Status.Callable() && p.Kind == "mobile" {
			return p.ID, true
		}
	}
	return uuid.Nil, false
}

// writeLetter puts the rule's letter on the list to print; without an address the
// customer leaves the batch and gets the message instead, when there is one (T-D7).
func (t *Tasks) writeLetter(ctx context.Context, tx postgres.DB, r rule, o occasion, s dealer.Schedule, by customer.By) (bool, error) {
	vars, err := t.words(ctx, tx, o, by)
	if err != nil {
		return false, err
	}
	id, _, _ := strings.Cut(r.text, "|")
	fields := map[string]string{}
	for name, v := range vars {
		fields[name] = fmt.Sprint(v)
	}
	l, created, err := t.box.Write(ctx, tx, by, message.Post{
		Customer: o.customer.ID, Template: id, Rule: r.id, Once: r.id + "/" + keyOf(r, o), Fields: fields, Subject: o.about,
	})
	if err != nil || !created || l.State != "dropped" || r.via != byLetterOrSMS {
		return created, err
	}
	return t.sendSMS(ctx, tx, r, o, s, by)
}

// words are the variables of messages and letters.
func (t *Tasks) words(ctx context.Context, tx postgres.DB, o occasion, by customer.By) (map[string]any, error) {
	known, err := told(ctx, tx, o, by)
	if err != nil {
		return nil, err
	}
	store := known.store
	vars := map[string]any{
		"store_name": firstOf(store.ShortNameZH, store.NameZH), "hotline": store.Hotline, "store_address_zh": store.AddressZH,
		"call_name": script.CallName(o.customer.SurnameZH, o.customer.Honorific), "address": o.customer.AddressZH,
	}
	vars["postcode"] = known.postcodes[o.customer.ID]
	if o.vehicle != nil {
		v := known.vehicles[*o.vehicle]
		vars["model"], vars["plate"] = firstOf(v.Model, v.Series, v.Brand), v.Plate
	}
	if o.order != nil && o.order.DeliveredAt != nil {
		vars["delivered_date_zh"], vars["first_date_zh"] = t.dayZH(*o.order.DeliveredAt), t.dayZH(*o.order.DeliveredAt)
		vars["advisor_name"] = o.order.AdvisorName
	}
	for name, v := range o.words {
		vars[name] = v
	}
	return vars, nil
}

// dayZH is a day in words: 11月20日. All stores keep one zone.
func (t *Tasks) dayZH(at time.Time) string { return at.In(clock.Shanghai()).Format("1月2日") }

func firstOf(words ...string) string {
	for _, w := range words {
		if w != "" {
			return w
		}
	}
	return ""
}
