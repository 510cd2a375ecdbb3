package importer

// fieldEN is a field's English word for the mapping screen; its Chinese one is the
// house's own heading.
func fieldEN(k Kind, field string) string {
	if w := ownWord(k, field); w != "" {
		return w
	}
	return map[string]string{
		"ro_no": "order no.", "plate": "plate", "vin": "VIN", "model": "model", "series": "series", "brand": "brand", "mileage": "mileage",
		"opened": "opened on", "kind": "kind of work", "bringer": "brought by", "owner": "owner", "phone": "phone", "owner_phone": "owner's phone",
		"phone2": "second phone", "advisor": "service advisor", "technician": "technician", "promised": "promised for", "inspected": "finished at",
		"settled": "settled on", "delivered": "delivered on", "labour": "labour", "parts": "parts", "other": "other charges", "discount": "discount",
		"total": "total due", "paid_by": "paid by", "fault": "customer's complaint", "items": "work items", "advice": "advised work",
		"next_date": "next service on", "next_km": "next service at km", "call_time": "good time to call", "member": "member no.", "note": "note",
		"state": "state", "policy_no": "policy no.", "insurer": "insurer", "line": "line of insurance", "from": "from", "to": "until", "name": "name",
		"applicant": "applicant", "premium": "premium", "tax": "vehicle tax", "rate": "commission rate", "commission": "commission",
		"underwriting": "new or renewal", "claims": "claims", "seller": "issued by", "sold": "issued on", "previous": "last year's insurer",
		"channel": "channel", "consultant": "sales consultant", "contract": "contract no.", "price": "invoice price",
		"first_until": "first service until", "gifts": "gifts", "documents": "documents handed over", "external": "customer no.", "sex": "sex",
		"id_no": "ID no.", "birthday": "birthday", "address": "address", "postcode": "postcode", "email": "e-mail", "type": "type",
		"source": "source", "filed": "on file since", "agent": "care agent", "level": "member level", "tags": "tags",
		"marketing": "consent to marketing", "engine": "engine no.", "colour": "colour", "registered": "registered on",
		"sale_store": "sold by store", "use": "use", "energy": "energy", "warranty": "warranty until", "visited": "last visit",
		"card": "purchase card no.", "motor": "motor no.", "battery": "battery", "invoice": "invoice no.", "dealer": "dealer",
		"joined": "joined on", "expires": "expires on", "points": "points", "date": "date", "time": "time", "voucher": "voucher no.",
		"reason": "why not bought", "shop": "bought at", "consent": "may be contacted", "item": "item", "code": "item code", "qty": "quantity",
		"amount": "amount", "employee_no": "employee no.", "position": "position", "department": "department", "extension": "extension", "scope": "scope",
	}[field]
}

// ownWord is the word of a field that means something else in this kind of file.
func ownWord(k Kind, field string) string {
	switch string(k) + "." + field {
	case "policy.name":
		return "insured"
	case "vehicle.name":
		return "owner"
	case "vehicle.phone":
		return "owner's phone"
	case "vehicle.sold", "ebike_sale.delivered":
		return "bought on"
	case "dnc.from":
		return "since"
	case "first_service.date":
		return "first service on"
	case "appointment.date":
		return "booked for"
	case "visitor.date":
		return "visited on"
	case "visitor.model":
		return "wanted model"
	case "work_order_line.type":
		return "labour or part"
	}
	return ""
}
