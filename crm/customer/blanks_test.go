package customer_test

import (
	"context"
	"errors"
	"slices"
	"strings"
	"testing"

	"github.com/jackc/pgx/v5"

	"ringback/crm/customer"
	"ringback/internal/errs"
)

func TestBlanksAreFilledAndNothingIsReplaced(t *testing.T) { // spec 3.3 fill_blank
	inStore(t, func(ctx context.Context, tx pgx.Tx, f fixture) {
		seen := f.see(ctx, t, tx, sighting("王华磊", "15400000001", vin1, "宁Z12345"))
		if err := f.files.OpenReview(ctx, tx, f.by, customer.Review{Kind: "fill_blank", Customer: seen.Customer, Evidence: map[string]string{"text": "地址是示例路1号，邮编214000"}}); err != nil {
			t.Fatal(err)
		}
		for code, wrong := range map[string]customer.Blanks{
			"blank_nothing": {Address: " \t"}, "blank_postcode": {Postcode: "21400"}, "blank_birthday": {Birthday: "1988-13-40"},
			"blank_email": {Email: "somebody"}, "blank_address": {Address: strings.Repeat("路", 201)},
		} {
			if _, err := f.files.FillBlanks(ctx, tx, f.by, seen.Customer, wrong); !errors.Is(err, errs.New(errs.Invalid, code, "", "")) {
				t.Errorf("%s: %v", code, err)
			}
		}
		if card, err := f.files.Card(ctx, tx, seen.Customer, f.by.At); err != nil || card.Reviews != 1 {
			t.Fatalf("what was refused answered the question: %+v, %v", card.Reviews, err)
		}
		filled, err := f.files.FillBlanks(ctx, tx, f.by, seen.Customer, customer.Blanks{Address: " 示例路  1 号 ", Postcode: "２１４０００", Birthday: "5月4日"})
		if err != nil || !slices.Equal(filled, []string{"address", "postcode", "birthday"}) {
			t.Fatalf("filled %v, %v", filled, err)
		}
		// The same again changes nothing; something else is refused whole.
		if filled, err = f.files.FillBlanks(ctx, tx, f.by, seen.Customer, customer.Blanks{Postcode: "214000"}); err != nil || len(filled) != 0 {
			t.Errorf("again: %v, %v", filled, err)
		}
		if _, err := f.files.FillBlanks(ctx, tx, f.by, seen.Customer, customer.Blanks{Postcode: "214001", Email: "a@example.com"}); !errors.Is(err, errs.New(errs.Conflict, "not_blank", "", "")) {
			t.Errorf("another postcode: %v", err)
		}
		var address, postcode, birthday, email string
		if err := tx.QueryRow(ctx, `SELECT address_zh, postcode, birthday, email FROM customer WHERE id = $1`, seen.Customer).Scan(&address, &postcode, &birthday, &email); err != nil {
			t.Fatal(err)
		}
		if address != "示例路 1 号" || postcode != "214000" || birthday != "05-04" || email != "" {
			t.Errorf("the file says %q %q %q %q", address, postcode, birthday, email)
		}
		if card, err := f.files.Card(ctx, tx, seen.Customer, f.by.At); err != nil || card.Reviews != 0 {
			t.Errorf("the question stays open: %+v, %v", card.Reviews, err)
		}
	})
}
