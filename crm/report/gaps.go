package report

import (
	"context"
	"fmt"
	"time"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"

	"ringback/internal/postgres"
)

// Required are the 20 items of a complete file (spec 2.2.5), in the order a clerk
// asks for them.
func Required() []Word {
	return []Word{
		{"name", "姓名", "name"},
		{"mobile", "手机", "mobile"},
		{"second_phone", "第二电话", "second phone"},
		{"address", "地址", "address"},
		{"postcode", "邮编", "postcode"},
		{"birthday", "生日", "birthday"},
		{"plate", "车牌", "plate"},
		{"vin", "VIN / 车架号", "VIN or frame number"},
		{"model", "车型", "model"},
		{"engine", "发动机/能源", "engine"},
		{"sale_date", "购车日期", "sale date"},
		{"sale_mileage", "交车里程", "mileage at sale"},
		{"consultant", "交车顾问", "delivery consultant"},
		{"advisor", "服务顾问", "service advisor"},
		{"insurer", "保险公司", "insurer"},
		{"policy_end", "保险到期", "policy expiry"},
		{"preferred_time", "方便时间", "preferred time"},
		{"consent_service", "服务回访授权", "consent to service calls"},
		{"consent_marketing", "营销授权答复", "answer on marketing"},
		{"email", "邮箱", "email"},
	}
}

// Completeness is the share of filled items, 0 to 100 (spec 2.2.5).
func Completeness(missing int) int { return (len(Required()) - missing) * 100 / len(Required()) }

// gapsOf is the one place that says when an item is missing: an array of the codes of
// Required, for a customer c. A refused birthday or email counts as filled; a frame
// number counts as a VIN, and stands for the plate of an e-bike.
const gapsOf = `array_remove(ARRAY[
	CASE WHEN c.name_zh = '' OR (c.kind = 'person' AND c.name_zh = c.surname_zh) THEN 'name' END,
	CASE WHEN NOT EXISTS (SELECT 1 FROM customer_phone p WHERE p.customer_id = c.id AND p.kind = 'mobile' AND p.status NOT IN ('wrong', 'empty', 'fake')) THEN 'mobile' END,
	CASE WHEN (SELECT count(*) FROM customer_phone p WHERE p.customer_id = c.id AND p.status NOT IN ('wrong', 'empty', 'fake')) < 2 THEN 'second_phone' END,
	CASE WHEN c.address_zh = '' THEN 'address' END,
	CASE WHEN c.postcode = '' THEN 'postcode' END,
	CASE WHEN c.birthday = '' AND c.kind = 'person' AND NOT coalesce(c.extra -> 'refused' ? 'birthday', false) THEN 'birthday' END,
	CASE WHEN coalesce(v.plate, '') = '' AND coalesce(v.kind, '') <> 'ebike' THEN 'plate' END,
	CASE WHEN v.vin IS NULL AND v.frame_no IS NULL THEN 'vin' END,
	CASE WHEN coalesce(v.model, '') = '' THEN 'model' END,
	CASE WHEN coalesce(v.energy, '') = '' AND coalesce(v.engine_no, '') = '' AND coalesce(v.motor_no, '') = '' THEN 'engine' END,
	CASE WHEN v.sale_date IS NULL THEN 'sale_date' END,
	CASE WHEN coalesce(v.extra ->> 'sale_mileage', '') = '' THEN 'sale_mileage' END,
	CASE WHEN NOT EXISTS (SELECT 1 FROM sale_delivery d WHERE d.vehicle_id = v.id AND d.consultant_name <> '') THEN 'consultant' END,
	CASE WHEN c.advisor_name = '' THEN 'advisor' END,
	CASE WHEN NOT EXISTS (SELECT 1 FROM policy i WHERE i.vehicle_id = v.id AND i.insurer <> '') THEN 'insurer' END,
	CASE WHEN NOT EXISTS (SELECT 1 FROM policy i WHERE i.vehicle_id = v.id) THEN 'policy_end' END,
	CASE WHEN c.preferred_time = '' THEN 'preferred_time' END,
	CASE WHEN NOT EXISTS (SELECT 1 FROM consent k WHERE k.customer_id = c.id AND k.purpose = 'service_call' AND k.state = 'given') THEN 'consent_service' END,
	CASE WHEN NOT EXISTS (SELECT 1 FROM consent k WHERE k.customer_id = c.id AND k.purpose = 'marketing') THEN 'consent_marketing' END,
	CASE WHEN c.email = '' AND NOT coalesce(c.extra -> 'refused' ? 'email', false) THEN 'email' END], NULL)`

// mainVehicle joins, as v, the vehicle a customer owns, else uses, else brings.
const mainVehicle = ` LEFT JOIN LATERAL (SELECT x.* FROM ownership w JOIN vehicle x ON x.id = w.vehicle_id WHERE w.customer_id = c.id AND w.to_day IS NULL
	ORDER BY array_position(ARRAY['owner', 'user', 'bringer'], w.role), x.created_at LIMIT 1) v ON true `

// Gaps are the codes of what a customer's file misses (档案缺项).
func (r *Report) Gaps(ctx context.Context, db postgres.DB, customer uuid.UUID) ([]string, error) {
	var missing []string
	err := db.QueryRow(ctx, `SELECT `+gapsOf+` FROM customer c`+mainVehicle+`WHERE c.id = $1`, customer).Scan(&missing)
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
