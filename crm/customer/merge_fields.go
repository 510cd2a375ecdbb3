package customer

import (
	"maps"
	"slices"
	"strings"
	"time"

	"github.com/google/uuid"
)

// Side is one of the two files of a merge.
type Side string

// Sides.
const (
	OfSurvivor Side = "survivor"
	OfMerged   Side = "merged"
)

// file is a customer as a merge reads and writes it.
type file struct {
	ID             uuid.UUID
	StoreID        uuid.UUID
	Kind           string
	NameZH         string
	SurnameZH      string
	Honorific      string
	IDNoEnc        []byte `db:"id_no_enc"`
	IDNoHash       []byte `db:"id_no_hash"`
	Birthday       string
	AddressZH      string
	Postcode       string
	Email          string
	Segment        string
	ClubMember     bool
	ClubLevel      string
	ClubNo         string
	IsVIP          bool `db:"is_vip"`
	PreferredTime  string
	PreferredFrom  *string
	PreferredTo    *string
	AdvisorName    string
	CSAgentID      *uuid.UUID
	CSAgent        string // name
	RenewalAgentID *uuid.UUID
	RenewalAgent   string
	BringerOnly    bool
	NoPhone        bool
	Tags           []string
	FreezeUntil    *time.Time
	DeceasedAt     *time.Time
	LegalHold      string
	Extra          map[string]any
	MergedInto     *uuid.UUID
	CreatedAt      time.Time
	UpdatedAt      time.Time
	Orders         int
}

// survives tells which of two files survives (spec 7.5: the older file with more
// orders): more orders count before age, and of two as old the first id.
func survives(a, b *file) (survivor, merged *file) {
	switch {
	case a.Orders != b.Orders:
		if a.Orders < b.Orders {
			a, b = b, a
		}
	case !a.CreatedAt.Equal(b.CreatedAt):
		if b.CreatedAt.Before(a.CreatedAt) {
			a, b = b, a
		}
	case b.ID.String() < a.ID.String():
		a, b = b, a
	}
	return a, b
}

// field is something two files may say differently, of which one holds.
type field struct {
	code     string
	identity bool                 // of spec 5.4: an ID number on file verifies it
	says     func(f *file) string // empty: the file does not say
	take     func(to, from *file)
}

func fields() []field {
	return []field{
		{"name", true, func(f *file) string { return f.NameZH }, func(to, from *file) { to.NameZH, to.SurnameZH = from.NameZH, from.SurnameZH }},
		{"honorific", false, func(f *file) string { return f.Honorific }, func(to, from *file) { to.Honorific = from.Honorific }},
		{"id_no", true, func(f *file) string { return string(f.IDNoHash) }, func(to, from *file) { to.IDNoEnc, to.IDNoHash = from.IDNoEnc, from.IDNoHash }},
		{"birthday", true, func(f *file) string { return f.Birthday }, func(to, from *file) { to.Birthday = from.Birthday }},
		{"address", false, func(f *file) string { return f.AddressZH }, func(to, from *file) { to.AddressZH, to.Postcode = from.AddressZH, postcode(from, to) }},
		{"email", false, func(f *file) string { return f.Email }, func(to, from *file) { to.Email = from.Email }},
		{"segment", false, func(f *file) string { return f.Segment }, func(to, from *file) { to.Segment = from.Segment }},
		{"club", false, func(f *file) string { return strings.TrimSpace(f.ClubLevel + " " + f.ClubNo) }, func(to, from *file) { to.ClubLevel, to.ClubNo = from.ClubLevel, from.ClubNo }},
		{"preferred_time", false, func(f *file) string { return f.PreferredTime + hours(f) }, func(to, from *file) {
			to.PreferredTime, to.PreferredFrom, to.PreferredTo = from.PreferredTime, from.PreferredFrom, from.PreferredTo
		}},
		{"advisor", false, func(f *file) string { return f.AdvisorName }, func(to, from *file) { to.AdvisorName = from.AdvisorName }},
		{"cs_agent", false, func(f *file) string { return f.CSAgent }, func(to, from *file) { to.CSAgentID = from.CSAgentID }},
		{"renewal_agent", false, func(f *file) string { return f.RenewalAgent }, func(to, from *file) { to.RenewalAgentID = from.RenewalAgentID }},
	}
}

// postcode goes with its address; the other file's only fills a blank of the same one.
func postcode(f, other *file) string {
	if f.Postcode == "" && (other.AddressZH == "" || other.AddressZH == f.AddressZH) {
		return other.Postcode
	}
	return f.Postcode
}

func hours(f *file) string {
	if f.PreferredFrom == nil || f.PreferredTo == nil {
		return ""
	}
	return " " + *f.PreferredFrom + "–" + *f.PreferredTo
}

// holds tells whose value of the field holds (spec 7.5: the non-empty newest verified
// value wins): what a person picked, else the one that is not empty, else an identity
// that an ID number proves, a whole name before a mere surname, and at last the file
// that was written to later.
func (d field) holds(survivor, merged *file, picks map[string]Side) Side {
	s, m := d.says(survivor), d.says(merged)
	pick, picked := picks[d.code]
	newer := merged.UpdatedAt.After(survivor.UpdatedAt)
	switch {
	case s == m || m == "":
		return OfSurvivor
	case s == "":
		return OfMerged
	case picked:
		return pick
	case d.identity && (survivor.IDNoHash == nil) != (merged.IDNoHash == nil):
		newer = merged.IDNoHash != nil
	case d.code == "name" && (s == survivor.SurnameZH) != (m == merged.SurnameZH):
		newer = s == survivor.SurnameZH
	}
	if newer {
		return OfMerged
	}
	return OfSurvivor
}

// joined is the survivor after the merge: one value of each field, and the union of
// what adds up. Restrictions keep the stricter side.
func joined(survivor, merged *file, picks map[string]Side) file {
	out := *survivor
	for _, d := range fields() {
		if d.holds(survivor, merged, picks) == OfMerged {
			d.take(&out, merged)
		}
	}
	out.ClubMember, out.IsVIP = survivor.ClubMember || merged.ClubMember, survivor.IsVIP || merged.IsVIP
	out.BringerOnly, out.NoPhone = survivor.BringerOnly && merged.BringerOnly, survivor.NoPhone && merged.NoPhone
	out.Tags = union(survivor.Tags, merged.Tags)
	out.FreezeUntil = later(survivor.FreezeUntil, merged.FreezeUntil)
	out.DeceasedAt = later(survivor.DeceasedAt, merged.DeceasedAt)
	out.LegalHold = strings.Join(slices.DeleteFunc(union([]string{survivor.LegalHold}, []string{merged.LegalHold}), func(s string) bool { return s == "" }), "；")
	if out.Postcode == survivor.Postcode {
		out.Postcode = postcode(&out, merged)
	}
	out.Extra = maps.Clone(merged.Extra)
	maps.Copy(out.Extra, survivor.Extra)
	if masked := union(listIn(survivor.Extra, "masked"), listIn(merged.Extra, "masked")); len(masked) > 0 {
		out.Extra["masked"] = masked
	}
	out.Extra["names"] = union(survivor.names(), merged.names())
	return out
}

// names are all the names a file goes by: a dealer's system goes on writing the name
// that did not hold.
func (f *file) names() []string { return union(listIn(f.Extra, "names"), []string{f.NameZH}) }

// listIn reads a list of words in extra: masked are the last digits of numbers that came
// covered (E-MASK), names those of merged files.
func listIn(extra map[string]any, name string) (out []string) {
	list, _ := extra[name].([]any)
	for _, v := range list {
		if s, ok := v.(string); ok {
			out = append(out, s)
		}
	}
	return out
}

func union[T comparable](a, b []T) []T {
	out := append([]T{}, a...)
	for _, v := range b {
		if !slices.Contains(out, v) {
			out = append(out, v)
		}
	}
	return out
}

// later is the later of two times, either of which may be unknown.
func later(a, b *time.Time) *time.Time {
	if a == nil || b != nil && b.After(*a) {
		return b
	}
	return a
}
