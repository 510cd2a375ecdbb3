// Package auth owns users, roles, sessions, login throttling and the audit log.
//
// It says who a request is and what that person may do; package httpapi asks it
// before every call. It knows no customer and no call. Sessions, throttles and
// their times are real time.
package auth

import (
	"slices"

	"github.com/google/uuid"

	"ringback/internal/postgres"
)

// Role is a role code of spec 5.1.
type Role string

// The roles that exist so far.
const (
	CSAgent    Role = "cs_agent"
	InfoClerk  Role = "info_clerk"
	Supervisor Role = "supervisor"
	CSManager  Role = "cs_manager"
	Admin      Role = "admin"
)

// Permission is something a role may do.
type Permission string

// The permissions of issue 3's part of the matrix in spec 5.2.
const (
	UseDesk         Permission = "desk.use"
	SeeCustomers    Permission = "customer.see"
	RunImports      Permission = "import.run"
	ManageCampaigns Permission = "campaign.manage"
	RunCampaigns    Permission = "campaign.control"
	SeeWallboard    Permission = "wallboard.see"
	SeeCalls        Permission = "calls.see"
	MoveClock       Permission = "clock.move"
	ManageUsers     Permission = "user.manage"
	SeeSystem       Permission = "system.see"
	SeeFigures      Permission = "figures.see"   // the store's
	SeeOwnFigures   Permission = "figures.own"   // of one's own calls
	SeeAllCustomers Permission = "customer.all"  // the store's, not only one's own and those of one's tasks
	EditFiles       Permission = "customer.edit" // what is not identity
	RevealPhones    Permission = "phone.reveal"  // with a reason, logged (5.3.2)
	AddDNC          Permission = "dnc.add"
	EndDNC          Permission = "dnc.end"       // with proof
	ExportRows      Permission = "rows.export"   // masked, counted, logged (5.3.3)
	AnswerReviews   Permission = "review.answer" // questions about files; to make two files one needs MergeFiles
	MergeFiles      Permission = "customer.merge"
	BookVisits      Permission = "appointment.book" // see the day's board, book, move, cancel
	ConfirmVisits   Permission = "appointment.run"  // workshop and parts: confirm, arrived, why missed
	SeeRenewals     Permission = "renewal.see"      // one's own; the store's with customer.all
	WorkRenewals    Permission = "renewal.work"     // quote, next contact, lost
	RunRenewals     Permission = "renewal.run"      // confirm the month's list, reopen
	SeeMessages     Permission = "message.see"
	SendMessages    Permission = "message.send"  // send again, print and mail letters
	ShareViews      Permission = "view.share"    // the store's views of lists
	DecideRework    Permission = "rework.decide" // the service manager's, until there is one the customer-service manager's
	ManageStore     Permission = "store.manage"  // call windows, maintenance plans, bays, approved insurers
)

// matrix is the one place that says which role may do what (spec 5.2).
func matrix(r Role) []Permission {
	supervise := []Permission{
		ManageCampaigns, RunCampaigns, SeeWallboard, SeeCalls, SeeCustomers, UseDesk, MoveClock, SeeFigures, SeeOwnFigures,
		SeeAllCustomers, EditFiles, RevealPhones, AddDNC, ExportRows, BookVisits, ConfirmVisits, SeeRenewals, WorkRenewals, SeeMessages, SendMessages, ShareViews,
	}
	switch r {
	case CSAgent:
		return []Permission{UseDesk, SeeCustomers, SeeOwnFigures, EditFiles, AddDNC, BookVisits, SeeRenewals, WorkRenewals}
	case InfoClerk:
		return []Permission{RunImports, SeeCustomers, UseDesk, SeeFigures, SeeOwnFigures, SeeAllCustomers, EditFiles, RevealPhones, AddDNC, ExportRows, AnswerReviews, BookVisits, ConfirmVisits, SeeMessages, SendMessages}
	case Supervisor:
		return supervise
	case CSManager:
		return append(supervise, RunImports, EndDNC, AnswerReviews, MergeFiles, RunRenewals, DecideRework, ManageStore)
	case Admin: // technical settings and users, no customer data (spec 5.3.4)
		return []Permission{ManageUsers, SeeSystem, MoveClock, ManageStore}
	}
	return nil
}

// PermissionsOf is what the roles together may do, sorted.
func PermissionsOf(roles []Role) []Permission {
	var out []Permission
	for _, r := range roles {
		out = append(out, matrix(r)...)
	}
	slices.Sort(out)
	return slices.Compact(out)
}

// MostExported is how many rows of a list a principal may take along at once, by the
// matrix's "export rows"; 0: as many as there are. Files are masked for everybody.
func (p Principal) MostExported() int {
	if p.May(SeeWallboard) { // supervisors and managers
		return 0
	}
	return 500
}

// User is a person who signs in.
type User struct {
	ID         uuid.UUID `json:"id"`
	Group      uuid.UUID `json:"-"`
	Login      string    `json:"login"`
	NameZH     string    `json:"name"`
	EmployeeNo string    `json:"employeeNo"`
	Locale     string    `json:"locale" enum:"zh-CN,en"`
}

// Principal is who asks: a user in one active store.
type Principal struct {
	User      User
	Store     uuid.UUID
	Stores    []uuid.UUID // all the user may switch to
	Roles     []Role      // in the active store
	CSRF      string
	Key       uuid.UUID // of an API key; zero for people
	granted   []Permission
	tokenHash []byte
}

// May tells whether the principal's roles include p.
func (p Principal) May(want Permission) bool {
	if p.Key != uuid.Nil {
		return slices.Contains(p.granted, want)
	}
	return slices.Contains(PermissionsOf(p.Roles), want)
}

// Scope is the transaction scope of the active store.
func (p Principal) Scope() postgres.Scope {
	return postgres.Scope{Stores: []uuid.UUID{p.Store}, User: p.User.ID, Group: p.User.Group}
}
