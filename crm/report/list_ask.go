package report

import (
	"encoding/base64"
	"encoding/json"
	"fmt"
	"hash/fnv"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/google/uuid"

	"ringback/internal/errs"
)

// ListAsk is what a page asks of a list, as text. Filters are "code:value".
type ListAsk struct {
	Store   uuid.UUID
	Agent   *uuid.UUID // only the customers this user may see
	Now     time.Time
	Filters []string
	Sort    string
	Columns []string // none: those shown without a choice
	Cursor  string
	Limit   int
}

// MostRows is the longest page of a list.
const MostRows = 200

// ListQuery is an ask that was read and is right.
type ListQuery struct {
	List    List
	Columns []ListColumn
	Filters []string
	Sort    string
	ask     ListAsk
	filters []filterWith
	key     ListColumn
	down    bool
	at      *cursor
}

type filterWith struct {
	ListFilter
	value filterValue
}

// cursor is the place behind (or, back, before) a row.
type cursor struct {
	Of   string    `json:"o"` // what it belongs to: list, sort and filters
	Key  *string   `json:"k"` // nil: the row has none
	ID   uuid.UUID `json:"i"`
	From int       `json:"n"` // number of the page's first row, for people
	Back bool      `json:"b,omitempty"`
}

// ReadList reads an ask: errs.Invalid with what is wrong and what would be right.
func (r *Report) ReadList(l List, ask ListAsk) (q ListQuery, err error) {
	q = ListQuery{List: l, ask: ask, Filters: slices.Clone(ask.Filters), Sort: ask.Sort}
	if ask.Limit < 1 || ask.Limit > MostRows {
		return q, errs.New(errs.Invalid, "list_limit", fmt.Sprintf("一页可以要 1 至 %d 行。", MostRows), fmt.Sprintf("Ask for 1 to %d rows.", MostRows)).At("limit")
	}
	if q.filters, err = r.readFilters(l, ask); err != nil {
		return q, err
	}
	if q.Columns, err = l.readColumns(ask.Columns); err != nil {
		return q, err
	}
	if q.Sort == "" {
		q.Sort = l.Sort
	}
	code, down := strings.CutPrefix(q.Sort, "-")
	c, ok := l.column(code)
	if !ok || !c.Sorts {
		return q, errs.New(errs.Invalid, "list_sort", "不能按“"+code+"”排序，请点列标题选择。", "The list cannot be sorted by "+code+"; click a column's head.").At("sort")
	}
	q.key, q.down = c, down
	q.at, err = q.readCursor(ask.Cursor)
	return q, err
}

func (r *Report) readFilters(l List, ask ListAsk) ([]filterWith, error) {
	var out []filterWith
	for _, said := range ask.Filters {
		code, text, ok := strings.Cut(said, ":")
		f, known := l.filter(code)
		if !ok || !known {
			return nil, errs.New(errs.Invalid, "list_filter_unknown", l.ZH+"列表没有筛选“"+code+"”，可用的有："+codes(l.Filters, func(f ListFilter) string { return f.ZH })+"。",
				"The list has no filter "+code+"; there are "+codes(l.Filters, func(f ListFilter) string { return f.Code })+".").At(code)
		}
		v, err := f.read(text, ask.Now, r.zone)
		if err != nil {
			return nil, err
		}
		out = append(out, filterWith{f, v})
	}
	return out, nil
}

func (l List) readColumns(chosen []string) ([]ListColumn, error) {
	var out []ListColumn
	for _, c := range l.Columns {
		if len(chosen) == 0 && c.Shown {
			out = append(out, c)
		}
	}
	for _, code := range chosen {
		c, ok := l.column(code)
		if !ok {
			return nil, errs.New(errs.Invalid, "list_column", l.ZH+"列表没有列“"+code+"”，可用的有："+codes(l.Columns, func(c ListColumn) string { return c.ZH })+"。",
				"The list has no column "+code+"; there are "+codes(l.Columns, func(c ListColumn) string { return c.Code })+".").At("columns")
		}
		if !slices.ContainsFunc(out, func(had ListColumn) bool { return had.Code == code }) {
			out = append(out, c)
		}
	}
	return out, nil
}

// Persons are the users that the filters name.
func (q ListQuery) Persons() (out []uuid.UUID) {
	for _, f := range q.filters {
		if f.Kind == PersonFilter {
			out = append(out, f.value.id)
		}
	}
	return out
}

// belongs names what a cursor is a place in.
func (q ListQuery) belongs() string {
	h := fnv.New32a()
	_, _ = fmt.Fprint(h, q.List.Code, "|", q.Sort, "|", strings.Join(q.Filters, "|"))
	return strconv.FormatUint(uint64(h.Sum32()), 36)
}

func (q ListQuery) readCursor(text string) (*cursor, error) {
	if text == "" {
		return nil, nil
	}
	var c cursor
	raw, err := base64.RawURLEncoding.DecodeString(text)
	if err == nil {
		err = json.Unmarshal(raw, &c)
	}
	if err != nil || c.Of != q.belongs() || !q.key.fits(c.Key) {
		return nil, errs.New(errs.Invalid, "list_cursor", "这个翻页位置已失效（筛选、排序已变，或链接不完整）。请回到第一页。",
			"This place in the list is no longer good: the filters or the order changed, or the link is damaged. Go back to the first page.").At("cursor")
	}
	return &c, nil
}

// fits tells whether a cursor's key is one this column can have.
func (c ListColumn) fits(key *string) bool {
	if key == nil {
		return c.nullable
	}
	var err error
	switch c.keyKind {
	case dayKey:
		_, err = time.Parse(time.DateOnly, *key)
	case momentKey:
		_, err = time.Parse("2006-01-02 15:04:05.999999-07", *key)
	case wholeKey:
		_, err = strconv.ParseInt(*key, 10, 64)
	case textKey:
		if strings.ContainsRune(*key, 0) {
			return false
		}
	}
	return err == nil
}

func (c cursor) text() string {
	raw, err := json.Marshal(c)
	if err != nil {
		return "" // strings and numbers always marshal
	}
	return base64.RawURLEncoding.EncodeToString(raw)
}
