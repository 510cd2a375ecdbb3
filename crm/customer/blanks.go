package customer

import (
	"context"
	"fmt"
	"regexp"
	"strings"
	"unicode/utf8"

	"github.com/google/uuid"

	"ringback/internal/cn"
	"ringback/internal/errs"
	"ringback/internal/postgres"
)

// Blanks is what a customer says of themselves on the phone and a file may lack.
// Names, identity and numbers are changed at the counter, with papers (spec 3.3,
// fill_blank), so they are none of it. Empty: not told.
type Blanks struct {
	Address  string // up to 200 characters
	Postcode string // six digits
	Birthday string // 1988-05-04, or 05-04 without the year; other ways to write it are read too
	Email    string // up to 120 characters
}

const (
	addressMost = 200
	emailMost   = 120
)

var (
	postcodeForm = regexp.MustCompile(`^\d{6}$`)
	emailForm    = regexp.MustCompile(`^[^@\s]+@[^@\s]+\.[^@\s.]+$`)
)

// FillBlanks writes what was told where the file says nothing, and answers the open
// questions of kind fill_blank about it. It returns what was filled, by gap code.
// errs.Invalid "blank_nothing" without anything, "blank_postcode", "blank_birthday",
// "blank_email", "blank_address" for what cannot be; errs.Conflict "not_blank" when
// the file has something else there already: nothing is written then.
func (f *Files) FillBlanks(ctx context.Context, db postgres.DB, by By, customer uuid.UUID, b Blanks) ([]string, error) {
	b, err := b.tidied(by)
	if err != nil {
		return nil, err
	}
	var has Blanks
	if err := db.QueryRow(ctx, `SELECT address_zh, postcode, birthday, email FROM customer WHERE id = $1 FOR UPDATE`, customer).
		Scan(&has.Address, &has.Postcode, &has.Birthday, &has.Email); err != nil {
		return nil, fmt.Errorf("reading the blanks of %s: %w", customer, err)
	}
	var filled []string
	for _, one := range []struct{ code, zh, en, had, told string }{
		{"address", "地址", "address", has.Address, b.Address},
		{"postcode", "邮编", "postcode", has.Postcode, b.Postcode},
		{"birthday", "生日", "birthday", has.Birthday, b.Birthday},
		{"email", "邮箱", "email", has.Email, b.Email},
	} {
		switch {
		case one.told == "" || one.told == one.had:
		case one.had != "":
			return nil, errs.New(errs.Conflict, "not_blank", "档案里已有"+one.zh+"，补充时不能改写。请刷新后只补空白项。",
				"The file has a "+one.en+" already and filling a blank does not replace it. Reload and fill what is blank.").At(one.code)
		default:
			filled = append(filled, one.code)
		}
	}
	if _, err := db.Exec(ctx, `UPDATE customer SET address_zh = coalesce(NULLIF(address_zh, ''), $2), postcode = coalesce(NULLIF(postcode, ''), $3),
			birthday = coalesce(NULLIF(birthday, ''), $4), email = coalesce(NULLIF(email, ''), $5), updated_at = $6, version = version + 1 WHERE id = $1`,
		customer, b.Address, b.Postcode, b.Birthday, b.Email, by.At); err != nil {
		return nil, fmt.Errorf("filling the blanks of %s: %w", customer, err)
	}
	if _, err := db.Exec(ctx, `UPDATE merge_case SET state = $2, closed_at = $3, closed_by = $4 WHERE customer_id = $1 AND kind = 'fill_blank' AND state = 'open'`,
		customer, string(CaseSame), by.At, orNull(by.Actor)); err != nil {
		return nil, fmt.Errorf("answering what %s told: %w", customer, err)
	}
	return filled, nil
}

// tidied is b in one spelling.
func (b Blanks) tidied(by By) (Blanks, error) {
	out := Blanks{Address: strings.Join(strings.Fields(b.Address), " "), Postcode: cn.Fold(b.Postcode), Email: cn.Fold(b.Email)}
	birthday, code := cn.ParseBirthday(b.Birthday, by.At)
	out.Birthday = birthday
	switch {
	case out == Blanks{} && code == "":
		return out, errs.New(errs.Invalid, "blank_nothing", "请至少填一项再保存。", "Fill in one thing at least, then save.")
	case utf8.RuneCountInString(out.Address) > addressMost:
		return out, errs.New(errs.Invalid, "blank_address", fmt.Sprintf("地址最多 %d 个字，请缩短。", addressMost),
			fmt.Sprintf("The address may have %d characters; shorten it.", addressMost)).At("address")
	case out.Postcode != "" && !postcodeForm.MatchString(out.Postcode):
		return out, errs.New(errs.Invalid, "blank_postcode", "邮编是 6 位数字，请核对。", "A postcode has six digits; check it.").At("postcode")
	case code != "" || strings.TrimSpace(b.Birthday) != "" && birthday == "":
		return out, errs.New(errs.Invalid, "blank_birthday", "生日请写成 1988-05-04；不知道年份就写 05-04。",
			"Write the birthday like 1988-05-04, or 05-04 without the year.").At("birthday")
	case out.Email != "" && (!emailForm.MatchString(out.Email) || utf8.RuneCountInString(out.Email) > emailMost):
		return out, errs.New(errs.Invalid, "blank_email", "邮箱地址不对，请核对。", "This is no email address; check it.").At("email")
	}
	return out, nil
}
