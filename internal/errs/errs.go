// Package errs owns the kinds of errors that reach a person, their stable codes
// and their words in Chinese and English.
//
// A room returns an *Error when a user can do something about it; everything
// else is an ordinary wrapped error and is shown as "internal". httpapi maps the
// kinds to statuses in one function.
package errs

import (
	"errors"
	"fmt"
)

// Kind is what sort of trouble it is; each has one HTTP status.
type Kind string

// The kinds.
const (
	NotFound    Kind = "not_found"   // 404
	Conflict    Kind = "conflict"    // 409
	Invalid     Kind = "invalid"     // 422
	Forbidden   Kind = "forbidden"   // 403
	Unavailable Kind = "unavailable" // 503
	SignedOut   Kind = "signed_out"  // 401
	TooMany     Kind = "too_many"    // 429
)

// Error is trouble told to a person: what happened, what it means, what to do
// next, in both languages. Code is stable and snake_case.
type Error struct {
	Kind  Kind
	Code  string
	ZH    string
	EN    string
	Field string // JSON pointer or form field the trouble is about, empty when none
	cause error
}

// New makes an error for a person.
func New(kind Kind, code, zh, en string) *Error {
	return &Error{Kind: kind, Code: code, ZH: zh, EN: en}
}

// Because adds the technical cause, which is logged and never shown.
func (e *Error) Because(err error) *Error {
	c := *e
	c.cause = err
	return &c
}

// At names the field the trouble is about.
func (e *Error) At(field string) *Error {
	c := *e
	c.Field = field
	return &c
}

// Error gives code and English words, then the cause.
func (e *Error) Error() string {
	if e.cause == nil {
		return fmt.Sprintf("%s: %s", e.Code, e.EN)
	}
	return fmt.Sprintf("%s: %s: %v", e.Code, e.EN, e.cause)
}

// Unwrap gives the technical cause.
func (e *Error) Unwrap() error { return e.cause }

// Is makes errors.Is(err, target) hold for two errors of one code.
func (e *Error) Is(target error) bool {
	t, ok := target.(*Error)
	return ok && t.Code == e.Code
}

// Of finds the error for a person in err's chain.
func Of(err error) (*Error, bool) {
	var e *Error
	ok := errors.As(err, &e)
	return e, ok
}

// KindOf is the kind of err, or empty when it is none of ours.
func KindOf(err error) Kind {
	if e, ok := Of(err); ok {
		return e.Kind
	}
	return ""
}
