package report

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"

	"ringback/internal/postgres"
)

// requiredItem is one item of a complete file, and when it is missing: a condition on
// customer c and their vehicle v (mainVehicle).
type requiredItem struct {
	Word
	missing string
	asked   bool // an agent may ask for it and fill it in: no identity, nothing the dealer knows itself
}

// required are the 20 items of a complete file (spec 2.2.5), in the order a clerk asks
// for them. A refused birthday or email counts as filled; a frame number counts as a
// VIN, and stands for the plate of an e-bike.
func required() []requiredItem {
	return []requiredItem{
		{Word{"name", "姓名", "name"}, `c.name_zh = '' OR (c.kind = 'person' AND c.name_zh = c.surname_zh)`, false},
		{Word{"mobile", "手机", "mobile"}, `NOT EXISTS (SELECT 1 FROM customer_phone p WHERE p.customer_id = c.id AND p.kind = 'mobile' AND p.status NOT IN ('wrong', 'empty', 'fake'))`, false},
		{Word{"second_phone", "第二电话", "second phone"}, `(SELECT count(*) FROM customer_phone p WHERE p.customer_id = c.id AND p.status NOT IN ('wrong', 'empty', 'fake')) < 2`, true},
		{Word{"address", "地址", "address"}, `c.address_zh = ''`, true},
		{Word{"postcode", "邮编", "postcode"}, `c.postcode = ''`, true},
		{Word{"birthday", "生日", "birthday"}, `c.birthday = '' AND c.kind = 'person' AND NOT coalesce(c.extra -> 'refused' ? 'birthday', false)`, true},
		{Word{"plate", "车牌", "plate"}, `coalesce(v.plate, '') = '' AND coalesce(v.kind, '') <> 'ebike'`, true},
		{Word{"vin", "VIN / 车架号", "VIN or frame number"}, `v.vin IS NULL AND v.frame_no IS NULL`, false},
		{Word{"model", "车型", "model"}, `coalesce(v.model, '') = ''`, false},
		{Word{"engine", "发动机/能源", "engine"}, `coalesce(v.energy, '') = '' AND coalesce(v.engine_no, '') = '' AND coalesce(v.motor_no, '') = ''`, false},
		{Word{"sale_date", "购车日期", "sale date"}, `v.sale_date IS NULL`, true},
		{Word{"sale_mileage", "交车里程", "mileage at sale"}, `coalesce(v.extra ->> 'sale_mileage', '') = ''`, false},
		{Word{"consultant", "交车顾问", "delivery consultant"}, `NOT EXISTS (SELECT 1 FROM sale_delivery d WHERE d.vehicle_id = v.id AND d.consultant_name <> '')`, false},
		{Word{"advisor", "服务顾问", "service advisor"}, `c.advisor_name = ''`, false},
		{Word{"insurer", "保险公司", "insurer"}, `NOT EXISTS (SELECT 1 FROM policy i WHERE i.vehicle_id = v.id AND i.insurer <> '')`, true},
		{Word{"policy_end", "保险到期", "policy expiry"}, `NOT EXISTS (SELECT 1 FROM policy i WHERE i.vehicle_id = v.id)`, true},
		{Word{"preferred_time", "方便时间", "preferred time"}, `c.preferred_time = ''`, true},
		{Word{"consent_service", "服务回访授权", "consent to service calls"}, `NOT EXISTS (SELECT 1 FROM consent k WHERE k.customer_id = c.id AND k.purpose = 'service_call' AND k.state = 'given')`, false},
		{Word{"consent_marketing", "营销授权答复", "answer on marketing"}, `NOT EXISTS (SELECT 1 FROM consent k WHERE k.customer_id = c.id AND k.purpose = 'marketing')`, false},
		{Word{"email", "邮箱", "email"}, `c.email = '' AND NOT coalesce(c.extra -> 'refused' ? 'email', false)`, true},
	}
}

// Required are the items of a complete file in words.
func Required() []Word {
	var out []Word
	for _, item := range required() {
		out = append(out, item.Word)
	}
	return out
}

// AskFor are those of missing that an agent may ask the customer and fill in, in the
// order they are asked.
func AskFor(missing []string) []Word {
	out := []Word{}
	for _, item := range required() {
		if item.asked && slices.Contains(missing, item.Code) {
			out = append(out, item.Word)
		}
	}
	return out
}

// Completeness is the share of filled items, 0 to 100 (spec 2.2.5).
func Completeness(missing int) int { return (len(required()) - missing) * 100 / len(required()) }

// gapsOf is an array of the codes of what is missing for customer c with vehicle v.
func gapsOf() string {
	var cases []string
	for _, item := range required() {
		cases = append(cases, "CASE WHEN "+item.missing+" THEN '"+item.Code+"' END")
	}
	return "array_remove(ARRAY[" + strings.Join(cases, ", ") + "], NULL)"
}

// mainVehicle joins, as v, the vehicle a customer owns, else uses, else brings.
const mainVehicle = ` LEFT JOIN LATERAL (SELECT x.* FROM ownership w JOIN vehicle x ON x.id = w.vehicle_id WHERE w.customer_id = c.id AND w.to_day IS NULL
	ORDER BY array_position(ARRAY['owner', 'user', 'bringer'], w.role), x.created_at LIMIT 1) v ON true `

// Gaps are the codes of what a customer's file misses (档案缺项).
func (r *Report) Gaps(ctx context.Context, db postgres.DB, customer uuid.UUID) ([]string, error) {
	var missing []string
	err := db.QueryRow(ctx, `SELECT `+gapsOf()+` FROM customer c`+mainVehicle+`WHERE c.id = $1`, customer).Scan(&missing)
	if err != nil {
		return nil, fmt.Errorf("finding the gaps of customer %s: %w", customer, err)
	}
	return missing, nil
}

// OwnVehicle is a vehicle on a customer's page, with when its cover ends.
type OwnVehicle struct {
	ID             uuid.UUID  `json:"id"`
	Role           string     `json:"role"`
	Kind           string     `json:"kind"`
	Plate          string     `json:"plate"`
	VIN            string     `json:"vin" db:"vin"`
	Brand          string     `json:"brand"`
	Series         string     `json:"series"`
	Model          string     `json:"model"`
	MileageKm      *int       `json:"mileageKm,omitempty"`
	MileageAt      *time.Time `json:"-"`
	WarrantyEnd    *time.Time `json:"-"`
	WarrantyKm     *int       `json:"warrantyKm,omitempty"`
	NextDueDate    *time.Time `json:"-"`
	NextDueKm      *int       `json:"nextDueKm,omitempty"`
	SaleDate       *time.Time `json:"-"`
	Status         string     `json:"status"`
	CompulsoryEnd  *time.Time `json:"-"`
	CommercialEnd  *time.Time `json:"-"`
	CompulsoryFirm string     `json:"compulsoryInsurer"`
	CommercialFirm string     `json:"commercialInsurer"`
}

// VehiclesOf lists a customer's vehicles, own ones first, with each kind's newest
// policy.
func (r *Report) VehiclesOf(ctx context.Context, db postgres.DB, customer uuid.UUID) ([]OwnVehicle, error) {
	rows, err := db.Query(ctx, `
		SELECT v.id, w.role, v.kind, v.plate, coalesce(v.vin, v.frame_no, v.vin8) AS vin, v.brand, v.series, v.model, v.mileage_last AS mileage_km,
		       v.mileage_at, v.warranty_end_date AS warranty_end, v.warranty_end_km AS warranty_km, v.next_due_date, v.next_due_km, v.sale_date, v.status,
		       a.end_day AS compulsory_end, b.end_day AS commercial_end, coalesce(a.insurer, '') AS compulsory_firm, coalesce(b.insurer, '') AS commercial_firm
		FROM ownership w JOIN vehicle v ON v.id = w.vehicle_id
		LEFT JOIN LATERAL (SELECT end_day, insurer FROM policy p WHERE p.vehicle_id = v.id AND p.kind = 'compulsory' ORDER BY end_day DESC LIMIT 1) a ON true
		LEFT JOIN LATERAL (SELECT end_day, insurer FROM policy p WHERE p.vehicle_id = v.id AND p.kind = 'commercial' ORDER BY end_day DESC LIMIT 1) b ON true
		WHERE w.customer_id = $1 AND w.to_day IS NULL
		ORDER BY array_position(ARRAY['owner', 'user', 'bringer'], w.role), v.created_at, v.id`, customer)
	if err != nil {
		return nil, fmt.Errorf("reading the vehicles of customer %s: %w", customer, err)
	}
	out, err := pgx.CollectRows(rows, pgx.RowToStructByName[OwnVehicle])
	if err != nil {
		return nil, fmt.Errorf("reading the vehicles of customer %s: %w", customer, err)
	}
	return out, nil
}
