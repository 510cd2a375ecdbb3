package task

import "time"

// trigger is what brings a rule: the first column of spec 2.7.
type trigger string

const (
	orderDelivered trigger = "work order delivered"
	numberBad      trigger = "phone invalid"
	fileOpened     trigger = "new file at the 17:00 audit"
	formMissing    trigger = "dissatisfied answer without a quick form"
	callsUsedUp    trigger = "task exhausted"
	firstDue       trigger = "first service due"
	periodicDue    trigger = "periodic maintenance due"
	dueSooner      trigger = "mileage makes it due within 14 days"
	warrantyEnds   trigger = "warranty ends"
	policyExpires  trigger = "policy expires"
	quoteHanded    trigger = "quote SMS taken by the gateway"
	nextContact    trigger = "next contact agreed"
	visitAhead     trigger = "appointment made"
	visitMissed    trigger = "no-show"
)

// way is the column "channel": how a rule reaches its customer.
type way string

const (
	byCall        way = "call"
	byCallOrSMS   way = "call or SMS" // the message when no call may be made
	bySMS         way = "SMS"
	byLetter      way = "letter"
	byLetterOrSMS way = "letter, else SMS" // the message when there is no address (T-D7)
	byForm        way = "form"
	byFile        way = "data_fix"
)

// rule is one row of the table of spec 2.7. What stops a task is in stops.go, how
// it is tried again in retry.go.
type rule struct {
	id    string
	on    trigger
	only  condition // of the occasion, beyond the trigger; nil: always
	from  moment    // not before
	due   moment
	via   way
	kind  string // of the task; none for messages and letters
	text  string // script of a call; template of a message, and of a letter before "|"
	prio  int
	who   Pool
	max   int    // attempts
	touch string // which touch of a plan it is; touches of one plan have tasks of their own
	more  extra
}

// extra is what few rules have.
type extra struct {
	preview bool     // an agent reads it before it is dialed
	ahead   int      // days before "not before" on which the task is written down; 0: on the day
	late    bool     // past its due day it is still kept, as excluded: it counts as not surveyed
	over    []string // kinds whose open tasks of the same plan it takes over from, besides its own
	unless  guard
}

// rules is spec 2.7. Maintenance rules count from the day the vehicle is due, renewal
// rules from the last day of cover, appointment rules from the slot's start.
func rules() []rule {
	ahead := extra{ahead: 14}
	return []rule{
		{"TR-01", orderDelivered, surveyedSmall, opening(1), workdays(3), byCall, Followup3D, "csi_followup_3d", 60, CSAgent, 4, "", extra{ahead: 30, late: true}},
		{"TR-02", orderDelivered, sevenDay, clockOf(7, 10), clockOf(9, 18), byCall, Followup7D, "followup_7d", 45, InfoClerk, 3, "", extra{unless: scoredTop}},
		{"TR-03", orderDelivered, surveyedKey, opening(1), workdays(3), byCall, Followup3D, "csi_followup_3d", 75, SeniorCS, 4, "", extra{ahead: 30, late: true, preview: true}},
		{"TR-04", formMissing, nil, atOnce, closingFromNow(0), byForm, QuickForm, "quick_handling", 90, SameAgent, 0, "", extra{}},
		{"TR-05", callsUsedUp, followUpOnly, atOnce, closingFromNow(3), bySMS, "", "missed_followup", 10, NobodyElse, 1, "", extra{}},
		{"TR-08", fileOpened, nil, atOnce, clockFromNow(1, 18), byFile, DataFix, "", 35, Advisor, 0, "gaps", extra{}},
		{"TR-10", firstDue, nil, clockOf(-21, 10), closingOf(-15), byLetterOrSMS, "", "periodic_invite_letter|first_service_invite", 30, InfoClerk, 1, "T-21", extra{}},
		{"TR-11", firstDue, nil, opening(-14), closingOf(-10), byCall, FirstService, "first_service_reminder", 50, CSAgent, 4, "T-14", ahead},
		{"TR-12", firstDue, nil, opening(-3), closingOf(0), byCallOrSMS, FirstService, "first_service_reminder", 55, CSAgent, 2, "T-3", ahead},
		{"TR-13", firstDue, nil, opening(30), closingOf(59), byCall, FirstService, "first_service_reminder", 40, CSAgent, 2, "T+30", extra{}},
		{"TR-13", firstDue, nil, opening(60), closingOf(89), byCall, FirstService, "first_service_reminder", 40, CSAgent, 2, "T+60", extra{}},
		{"TR-14", periodicDue, nil, clockOf(-21, 10), closingOf(-15), byLetterOrSMS, "", "periodic_invite_letter|periodic_invite", 30, InfoClerk, 1, "T-21", extra{}},
		{"TR-14", periodicDue, nil, opening(-14), closingOf(-10), byCall, PeriodicService, "periodic_maintenance_reminder", 50, CSAgent, 4, "T-14", ahead},
		{"TR-14", periodicDue, nil, opening(-3), closingOf(0), byCallOrSMS, PeriodicService, "periodic_maintenance_reminder", 50, CSAgent, 2, "T-3", ahead},
		{"TR-15", dueSooner, nil, atOnce, closingFromNow(3), byCall, PeriodicService, "periodic_maintenance_reminder", 55, CSAgent, 3, "km", extra{}},
		{"TR-16", orderDelivered, firstService, atOnce, closingOf(30), byLetter, "", "first_service_thanks", 10, InfoClerk, 1, "", extra{}},
		{"TR-17", warrantyEnds, nil, opening(-30), closingOf(-7), byCallOrSMS, WarrantyExpiry, "periodic_maintenance_reminder", 30, CSAgent, 2, "", extra{}},
		{"TR-18", orderDelivered, declinedSafety, opening(14), closingOf(21), byCall, PeriodicService, "periodic_maintenance_reminder", 50, Advisor, 2, "safety", extra{}},
		{"TR-30", policyExpires, renewedBefore, monthsBefore(2, 10), closingOf(-46), bySMS, "", "renewal_intro", 30, NobodyElse, 1, "T-2m", extra{}},
		{"TR-31", policyExpires, nil, opening(-45), closingOf(-30), byCall, RenewalFirst, "renewal_first_call", 65, Renewal, 5, "T-45", extra{preview: true}},
		{"TR-32", quoteHanded, nil, after(4 * time.Hour), lastWindowBefore(72 * time.Hour), byCall, RenewalQuote, "renewal_quote_followup", 85, Renewal, 4, "", extra{ahead: 1, over: []string{RenewalFirst}, preview: true}},
		{"TR-33", nextContact, nil, after(-10 * time.Minute), after(2 * time.Hour), byCall, RenewalNext, "renewal_first_call", 88, Renewal, 4, "", extra{ahead: 400, over: []string{RenewalFirst}, preview: true}},
		{"TR-34", policyExpires, nil, opening(-15), closingOf(-15), byCall, RenewalFinal, "renewal_first_call", 80, Renewal, 2, "T-15", extra{over: []string{RenewalFirst}}},
		{"TR-34", policyExpires, nil, opening(-7), closingOf(-7), byCall, RenewalFinal, "renewal_first_call", 88, Renewal, 2, "T-7", extra{over: []string{RenewalFirst}}},
		{"TR-34", policyExpires, nil, clockOf(-3, 10), closingOf(-3), bySMS, "", "renewal_last", 90, NobodyElse, 1, "T-3", extra{}},
		{"TR-34", policyExpires, nil, opening(-1), closingOf(-1), byCall, RenewalFinal, "renewal_first_call", 95, Renewal, 2, "T-1", extra{over: []string{RenewalFirst}}},
		{"TR-35", policyExpires, nil, opening(1), closingOf(4), byCall, RenewalFinal, "renewal_first_call", 90, Renewal, 3, "T+1", extra{over: []string{RenewalFirst}}},
		{"TR-36", policyExpires, newCarInsured, monthsBefore(2, 10), closingOf(-46), bySMS, "", "renewal_intro", 30, NobodyElse, 1, "T-2m", extra{}},
		{"TR-50", visitAhead, nil, clockOf(-1, 15), clockOf(-1, 18), byCallOrSMS, ApptConfirm, "appointment_confirm", 78, CSAgent, 2, "", extra{ahead: 60}},
		{"TR-51", visitAhead, nil, after(-time.Hour), anchored, bySMS, "", "appt_hour_before", 0, NobodyElse, 1, "", extra{ahead: 60}},
		{"TR-53", visitMissed, nil, nextWindow, closingFromNow(2), byCall, ApptNoShow, "appointment_confirm", 70, CSAgent, 2, "", extra{}},
		{"TR-80", numberBad, nil, atOnce, workdaysFromNow(5), byFile, DataFix, "", 35, InfoClerk, 0, "", extra{}},
	}
}

// RuleIDs are the rules of the table, in its order.
func RuleIDs() []string {
	var out []string
	for _, r := range rules() {
		out = append(out, r.id)
	}
	return out
}
