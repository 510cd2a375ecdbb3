package httpapi_test

import (
	"fmt"
	"slices"
	"testing"

	"github.com/google/uuid"

	"ringback/internal/httpapi"
)

type reviewList struct {
	Items []httpapi.ReviewView
	Total int
}

func TestAClerkProposesAManagerMergesAndTakesItBack(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	a := w.file("王华磊", "15400000001", "L00A1B2C3T0000001", "宁Z12345")
	b := w.file("王花磊", "15400000002", "L00C3D4E4S0001234", "宁Z54321")
	w.order(a, "WT1", businessDay())
	w.promise(b, businessDay())
	clerk, chief, agent := w.signIn("clerk"), w.signIn("chief"), w.signIn("agent")
	propose := fmt.Sprintf("/api/v1/customers/%s/merge-proposal", a.customer)
	agent.refused("POST", propose, fmt.Sprintf(`{"other":%q,"note":"同一人"}`, b.customer), 403, "no_permission")
	clerk.refused("POST", propose, fmt.Sprintf(`{"other":%q,"note":" "}`, b.customer), 422, "proposal_empty")
	clerk.refused("POST", propose, fmt.Sprintf(`{"other":%q,"note":"x"}`, a.customer), 422, "merge_self")
	clerk.refused("POST", propose, fmt.Sprintf(`{"other":%q,"note":"x"}`, uuid.New()), 404, "customer_not_found")
	for range 2 { // a second proposal is no second question
		if got, raw, _ := clerk.send("POST", propose, fmt.Sprintf(`{"other":%q,"note":"到店核对"}`, b.customer), nil); got != 201 {
			t.Fatalf("%d %s", got, raw)
		}
	}
	var list reviewList
	clerk.get("/api/v1/reviews?state=open", &list)
	if list.Total != 1 || list.Items[0].ProposedBy != "clerk" || list.Items[0].Rule != "hand" || list.Items[0].Other == nil {
		t.Fatalf("%+v", list)
	}
	one := "/api/v1/reviews/" + list.Items[0].ID.String()
	var page httpapi.ReviewPage
	chief.get(one, &page)
	i := slices.IndexFunc(page.Fields, func(f httpapi.ReviewField) bool { return f.Code == "name" })
	if len(page.Sides) != 2 || page.Sides[0].ID != a.customer || page.Sides[0].Orders != 1 || page.Sides[1].OpenTasks != 1 || !page.Fields[i].Differs || page.Fields[i].Kept != "王华磊" ||
		page.Sides[0].Phones[0].Masked != "154****0001" {
		t.Fatalf("the file with an order comes first: %+v", page)
	}
	clerk.refused("POST", one+"/answer", `{"answer":"same"}`, 403, "merge_approve")
	chief.refused("POST", one+"/answer", `{"answer":"same","picks":{"shoe_size":"merged"}}`, 422, "pick_unknown")
	w.db.Exec(t, `UPDATE task SET state = 'in_progress'`)
	chief.refused("POST", one+"/answer", `{"answer":"same"}`, 409, "merge_in_call")
	w.db.Exec(t, `UPDATE task SET state = 'pending'`)
	if got, raw, _ := chief.send("POST", one+"/answer", `{"answer":"same","note":"证件核对","picks":{"name":"merged"}}`, nil); got != 200 {
		t.Fatalf("%d %s", got, raw)
	}
	chief.refused("POST", one+"/answer", `{"answer":"different"}`, 409, "case_closed")

	var file httpapi.CustomerFile
	chief.get("/api/v1/customers/"+b.customer.String(), &file) // the merged file leads to the survivor
	if file.ID != a.customer || file.Name != "王花磊" || len(file.Phones) != 2 || len(file.Vehicles) != 2 || len(file.Promises) != 1 || len(file.Merges) != 1 || !file.Merges[0].MayUndo {
		t.Fatalf("%+v", file)
	}
	clerk.refused("PUT", "/api/v1/customers/"+b.customer.String()+"/preferred-time", `{"words":"周末"}`, 409, "customer_merged")
	var hits struct{ Items []httpapi.CustomerHit }
	clerk.get("/api/v1/customers?q=15400000002", &hits)
	if len(hits.Items) != 1 || hits.Items[0].ID != a.customer {
		t.Errorf("the merged file's number finds the survivor: %+v", hits)
	}
	var count struct{ N int }
	clerk.get("/api/v1/lists/customers/count?view=all", &count)
	if count.N != 1 {
		t.Errorf("the two are counted once: %+v", count)
	}

	undo := "/api/v1/merges/" + file.Merges[0].ID.String() + "/undo"
	clerk.refused("POST", undo, "", 403, "no_permission")
	if got, raw, _ := chief.send("POST", undo, "", nil); got != 200 {
		t.Fatalf("%d %s", got, raw)
	}
	chief.refused("POST", undo, "", 409, "merge_undone")
	var back httpapi.CustomerFile
	chief.get("/api/v1/customers/"+b.customer.String(), &back)
	if back.ID != b.customer || back.Name != "王花磊" || len(back.Phones) != 1 || len(back.Promises) != 1 || len(back.Merges) != 0 {
		t.Errorf("%+v", back)
	}
	if got, raw, _ := clerk.send("POST", one+"/answer", `{"answer":"different","note":"兄弟两人"}`, nil); got != 200 {
		t.Errorf("%d %s", got, raw)
	}
	clerk.refused("POST", propose, fmt.Sprintf(`{"other":%q,"note":"还是像"}`, b.customer), 409, "merge_different")
	if n := w.count(`SELECT count(DISTINCT action) FROM audit_log WHERE action IN ('customer.merge_proposed', 'review.answer', 'customer.unmerge')`); n != 3 {
		t.Errorf("%d kinds of changes in the audit log", n)
	}
}
