package policy

import (
	"context"
	"fmt"
	"strings"
	"unicode/utf8"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"

	"ringback/internal/cn"
	"ringback/internal/errs"
	"ringback/internal/postgres"
)

// insurerMost is how many characters an insurer's name may have.
const insurerMost = 60

// AddInsurer puts an insurer on the store's list of approved ones and returns its
// name as it is kept: NFKC, without spaces around it. errs.Invalid "insurer_name"
// for no name or one over 60 characters; errs.Conflict "insurer_listed" when it is
// on the list, whatever its upper and lower case (D-17).
func AddInsurer(ctx context.Context, db postgres.DB, store uuid.UUID, name string) (string, error) {
	name = insurerName(name)
	if n := utf8.RuneCountInString(name); n == 0 || n > insurerMost {
		return "", errs.New(errs.Invalid, "insurer_name", fmt.Sprintf("请填写保险公司名称，1 到 %d 个字。", insurerMost),
			fmt.Sprintf("Give the insurer's name, 1 to %d characters.", insurerMost)).At("name")
	}
	// One store's list is changed by one person at a time: two spellings are not two insurers.
	if _, err := db.Exec(ctx, `SELECT FROM store WHERE id = $1 FOR NO KEY UPDATE`, store); err != nil {
		return "", fmt.Errorf("holding the insurers of store %s: %w", store, err)
	}
	known, err := db.Query(ctx, `SELECT name FROM insurer WHERE store_id = $1 AND approved AND lower(name) = lower($2)`, store, name)
	if err != nil {
		return "", fmt.Errorf("looking up the insurer %s: %w", name, err)
	}
	found, err := pgx.CollectRows(known, pgx.RowTo[string])
	if err != nil {
		return "", fmt.Errorf("looking up the insurer %s: %w", name, err)
	}
	if len(found) > 0 {
		return "", errs.New(errs.Conflict, "insurer_listed", "“"+found[0]+"”已经在名单里，不用再添加。", "\""+found[0]+"\" is on the list already; there is nothing to add.").At("name")
	}
	return name, Approve(ctx, db, store, name, true)
}

// DropInsurer takes an insurer off the store's list: quotes sent stand, new ones are
// refused (T-E7). errs.NotFound "insurer_unlisted" when it is not on it.
func DropInsurer(ctx context.Context, db postgres.DB, store uuid.UUID, name string) error {
	tag, err := db.Exec(ctx, `UPDATE insurer SET approved = false WHERE store_id = $1 AND name = $2 AND approved`, store, name)
	if err != nil {
		return fmt.Errorf("taking the insurer %s off the list: %w", name, err)
	}
	if tag.RowsAffected() == 0 {
		return errs.New(errs.NotFound, "insurer_unlisted", "名单里没有这家保险公司，可能刚被别人移出。请刷新后再看。",
			"This insurer is not on the list; somebody may just have taken it off. Reload and look again.").At("name")
	}
	return nil
}

func insurerName(typed string) string { return strings.Join(strings.Fields(cn.Fold(typed)), " ") }
