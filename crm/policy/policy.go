// Package policy keeps the insurance policies of customers' vehicles: those sold
// here, those a file of the dealer's system brings, and those a customer told of.
//
// A policy is saved by its number in the store; equal content is not written again.
// What changed is told in the same transaction (policy.saved). It does not decide
// who is called: renewal opportunities follow from the event.
package policy

import (
	"regexp"
	"strings"
	"time"

	"github.com/google/uuid"

	"ringback/internal/cn"
)

// Kind of a policy.
type Kind string

// Kinds.
const (
	Compulsory Kind = "compulsory" // 交强险
	Commercial Kind = "commercial" // 商业险
)

// ParseKind reads 险种. known is false for a text that names neither.
func ParseKind(text string) (k Kind, known bool) {
	s := strings.ToUpper(strings.Join(strings.Fields(cn.Fold(text)), ""))
	switch {
	case strings.Contains(s, "交强") || strings.Contains(s, "强制") || s == "JQ" || s == "COMPULSORY":
		return Compulsory, true
	case strings.Contains(s, "商业") || s == "SY" || s == "COMMERCIAL" || commercialCover.MatchString(s):
		return Commercial, true
	}
	return "", false
}

// commercialCover are covers that only a commercial policy has.
var commercialCover = regexp.MustCompile(`车损|车辆损失|三者|三责|第三者|座位|车上人员|盗抢|划痕|自燃|不计免赔`)

// Underwriting types of spec 2.4.16.
const (
	NewCar      = "new_car"
	RenewSame   = "renew_same"
	RenewSwitch = "renew_switch"
	WinIn       = "win_in"
	LapsedBack  = "lapsed_back"
)

// ParseUnderwriting reads 承保类型. 续保 without a former insurer of another name
// counts as renewed with the same one; an unknown word is empty.
func ParseUnderwriting(text, insurer, previous string) string {
	s := cn.Fold(text)
	switch {
	case strings.Contains(s, "脱保"):
		return LapsedBack
	case strings.Contains(s, "转入") || strings.HasPrefix(s, "转保"):
		return WinIn
	case strings.Contains(s, "转公司") || strings.Contains(s, "续转"):
		return RenewSwitch
	case strings.Contains(s, "续保"):
		if previous != "" && previous != insurer {
			return RenewSwitch
		}
		return RenewSame
	case strings.Contains(s, "新保") || strings.Contains(s, "新车"):
		return NewCar
	}
	return ""
}

// Source tells how a policy became known.
type Source string

// Sources.
const (
	Own      Source = "own"      // sold here
	Imported Source = "imported" // from a file of the dealer's system
	Heard    Source = "heard"    // the customer said so
)

// Policy is one insurance policy. Amounts are fen; days are business days, EndDay is
// the last day of cover.
type Policy struct {
	ID               uuid.UUID  `json:"id"`
	GroupID          uuid.UUID  `json:"-"`
	StoreID          uuid.UUID  `json:"store_id"`
	PolicyNo         string     `json:"policy_no"`
	Kind             Kind       `json:"kind"`
	Insurer          string     `json:"insurer"`
	VehicleID        uuid.UUID  `json:"vehicle_id"`
	CustomerID       uuid.UUID  `json:"customer_id"`
	InsuredName      string     `json:"insured_name"`
	ApplicantName    string     `json:"applicant_name"`
	StartDay         time.Time  `json:"start_day"`
	EndDay           time.Time  `json:"end_day"`
	PremiumFen       *int64     `json:"premium_fen"` // without vehicle tax
	VehicleTaxFen    *int64     `json:"vehicle_tax_fen"`
	CommissionBP     *int       `json:"commission_bp" db:"commission_bp"` // 1/10,000 of the premium
	CommissionFen    *int64     `json:"commission_fen"`
	ClaimsCount      *int       `json:"claims_count"`
	Underwriting     string     `json:"underwriting"` // spec 2.4.16 or empty
	UnderwritingText string     `json:"underwriting_text"`
	SoldBy           string     `json:"sold_by"`
	SoldOn           *time.Time `json:"sold_on"`
	PreviousInsurer  string     `json:"previous_insurer"`
	Channel          string     `json:"channel"`
	Source           Source     `json:"source"`
	Extra            []byte     `json:"-"` // jsonb: columns nobody knows
	ContentHash      []byte     `json:"-"`
	ImportBatchID    *uuid.UUID `json:"-"`
	IsSynthetic      bool       `json:"-"`
}
