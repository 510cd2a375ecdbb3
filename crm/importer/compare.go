package importer

import (
	"cmp"
	"encoding/binary"
	"fmt"
	"hash/maphash"
	"regexp"
	"slices"
	"strconv"

	"ringback/crm/customer"
	"ringback/internal/cn"
)

// comparison collects what the rows of a file must be compared by, in some dozens of
// bytes a row: a file of a million rows is compared in memory. Texts are compared by
// 64-bit hashes of one seed.
type comparison struct {
	seed    maphash.Seed
	seeded  bool
	repeats []repeat
	visits  []visit
	numbers []holder
	told    int // rows the file's own total row speaks of
	series  map[string]*run
}

// repeat is a row with a number of its own.
type repeat struct {
	key, hash uint64
	rank      int64
	no        int32
}

// visit is who came with a vehicle.
type visit struct {
	vehicle, name uint64
	phones        [3]uint64
	no            int32
}

// holder is a name with a number.
type holder struct {
	phone, name uint64
	no          int32
}

// run is a row of order numbers that differ in their last digits only.
type run struct {
	lo, hi, n int
}

func (c *comparison) of(s string) uint64 {
	if s == "" {
		return 0
	}
	if !c.seeded {
		c.seed, c.seeded = maphash.MakeSeed(), true
	}
	return maphash.String(c.seed, s) | 1
}

// add notes an accepted row.
func (c *comparison) add(v verdict) {
	c.inSeries(v.number)
	if v.outcome != Waiting {
		return
	}
	if v.key != "" {
		r := repeat{key: c.of(v.key), hash: binary.BigEndian.Uint64(v.hash), no: int32(v.no)}
		if !v.rank.IsZero() {
			r.rank = v.rank.Unix()
		}
		c.repeats = append(c.repeats, r)
	}
	if v.vehicle != "" && v.name != "" {
		s := visit{vehicle: c.of(v.vehicle), name: c.of(v.name), no: int32(v.no)}
		for i := range min(len(v.digits), len(s.phones)) {
			s.phones[i] = c.of(v.digits[i])
		}
		c.visits = append(c.visits, s)
	}
	if v.key == "" || v.number != "" {
		for _, d := range v.digits {
			c.numbers = append(c.numbers, holder{c.of(d), c.of(v.name), int32(v.no)})
		}
	}
}

// judge gives the rows whose outcome or codes the others change, by row.
func (c *comparison) judge(kind Kind) []verdict {
	out := map[int32]*verdict{}
	at := func(no int32) *verdict {
		if out[no] == nil {
			out[no] = &verdict{no: int(no), outcome: Waiting}
		}
		return out[no]
	}
	c.judgeRepeats(at)
	switch kind {
	case WorkOrders:
		c.judgeVisits(out, at)
		c.judgeNumbers(out, at)
	case Customers:
		c.judgeNumbers(out, at)
	}
	list := make([]verdict, 0, len(out))
	for _, v := range out {
		list = append(list, *v)
	}
	slices.SortFunc(list, func(a, b verdict) int { return a.no - b.no })
	return list
}

// judgeRepeats settles rows with the same key: equal content is E-DUP-IN and counted
// same; of different content (E-DUP-DIFF on all) the later settlement wins, else the
// later row.
func (c *comparison) judgeRepeats(at func(int32) *verdict) {
	slices.SortFunc(c.repeats, func(a, b repeat) int { return cmp.Or(cmp.Compare(a.key, b.key), cmp.Compare(a.no, b.no)) })
	for same := range groups(c.repeats, func(r repeat) uint64 { return r.key }) {
		if len(same) == 1 {
			continue
		}
		seen := map[uint64]bool{}
		var distinct []repeat
		for _, r := range same {
			if seen[r.hash] {
				v := at(r.no)
				v.outcome, v.codes = Same, append(v.codes, "E-DUP-IN")
				continue
			}
			seen[r.hash] = true
			distinct = append(distinct, r)
		}
		if len(distinct) < 2 {
			continue
		}
		winner := distinct[0]
		for _, r := range distinct {
			if r.rank >= winner.rank {
				winner = r
			}
		}
		for _, r := range distinct {
			v := at(r.no)
			if v.codes = append(v.codes, "E-DUP-DIFF"); r.no != winner.no {
				v.outcome = Superseded
			}
		}
	}
}

// judgeVisits marks vehicles that the file shows with two customers (W-DUP-VIN):
// names and numbers differ.
func (c *comparison) judgeVisits(settled map[int32]*verdict, at func(int32) *verdict) {
	live := slices.DeleteFunc(c.visits, func(s visit) bool { return settled[s.no] != nil && settled[s.no].outcome != Waiting })
	slices.SortFunc(live, func(a, b visit) int { return cmp.Or(cmp.Compare(a.vehicle, b.vehicle), cmp.Compare(a.no, b.no)) })
	for same := range groups(live, func(s visit) uint64 { return s.vehicle }) {
		parties := distinctParties(same)
		if len(parties) < 2 {
			continue
		}
		for _, s := range same {
			if slices.ContainsFunc(parties, s.isOther) {
				at(s.no).codes = append(at(s.no).codes, "W-DUP-VIN")
			}
		}
	}
}

// maxParties bounds how many customers of one vehicle are told apart.
const maxParties = 64

func distinctParties(visits []visit) []visit {
	var out []visit
	for _, s := range visits {
		if len(out) == maxParties {
			break
		}
		if !slices.ContainsFunc(out, func(o visit) bool { return o.name == s.name && o.phones == s.phones }) {
			out = append(out, s)
		}
	}
	return out
}

func (s visit) isOther(o visit) bool {
	if s.name == o.name {
		return false
	}
	for _, p := range s.phones {
		if p != 0 && slices.Contains(o.phones[:], p) {
			return false
		}
	}
	return true
}

// judgeNumbers marks all rows of a number with five customers or more (W-SHARED).
func (c *comparison) judgeNumbers(settled map[int32]*verdict, at func(int32) *verdict) {
	c.numbers = slices.DeleteFunc(c.numbers, func(h holder) bool { return settled[h.no] != nil && settled[h.no].outcome != Waiting })
	slices.SortFunc(c.numbers, func(a, b holder) int { return cmp.Or(cmp.Compare(a.phone, b.phone), cmp.Compare(a.no, b.no)) })
	for same := range groups(c.numbers, func(h holder) uint64 { return h.phone }) {
		if len(same) < customer.SharedFrom {
			continue
		}
		names := map[uint64]bool{}
		for _, h := range same {
			names[h.name] = true
		}
		if len(names) < customer.SharedFrom {
			continue
		}
		for _, h := range same {
			if v := at(h.no); !slices.Contains(v.codes, cn.Code("W-SHARED")) {
				v.codes = append(v.codes, "W-SHARED")
			}
		}
	}
}

// groups cuts a sorted list into runs of one key.
func groups[T any](list []T, key func(T) uint64) func(yield func([]T) bool) {
	return func(yield func([]T) bool) {
		for i := 0; i < len(list); {
			j := i + 1
			for j < len(list) && key(list[j]) == key(list[i]) {
				j++
			}
			if !yield(list[i:j]) {
				return
			}
			i = j
		}
	}
}

var (
	serial = regexp.MustCompile(`^(.*?)(\d{1,4})$`)
	total  = regexp.MustCompile(`(\d+)\s*(台|条|单|辆|笔|行|份|张)`)
)

// maxSeries bounds how many beginnings of order numbers are watched.
const maxSeries = 10_000

func (c *comparison) inSeries(number string) {
	m := serial.FindStringSubmatch(number)
	if m == nil {
		return
	}
	n, err := strconv.Atoi(m[2])
	if err != nil {
		return
	}
	if c.series == nil {
		c.series = map[string]*run{}
	}
	r := c.series[m[1]]
	switch {
	case r == nil && len(c.series) < maxSeries:
		c.series[m[1]] = &run{n, n, 1}
	case r != nil:
		r.lo, r.hi, r.n = min(r.lo, n), max(r.hi, n), r.n+1
	}
}

// footer reads how many rows the file says it has.
func (c *comparison) footer(l line) {
	for _, cell := range l.cells {
		if m := total.FindStringSubmatch(cn.Fold(cell)); m != nil && c.told == 0 && isFooter(l) {
			if n, err := strconv.Atoi(m[1]); err == nil {
				c.told = n
			}
		}
	}
}

// notes are what is wrong with the file as a whole (W-GAP): its own total says more
// rows than there are, or the order numbers that mostly follow each other have gaps.
func (c *comparison) notes(kind Kind, rows int) []Note {
	var out []Note
	if c.told > rows {
		out = append(out, Note{
			"W-GAP", fmt.Sprintf("合计行写的是 %d 条，文件里只有 %d 条：请核对是否漏导。", c.told, rows),
			fmt.Sprintf("The total row speaks of %d rows, the file has %d: check whether some were left out.", c.told, rows),
		})
	}
	missing := 0
	for _, r := range c.series {
		if gap := r.hi - r.lo + 1 - r.n; kind == WorkOrders && r.n >= 5 && gap > 0 && gap <= r.n/2 {
			missing += gap
		}
	}
	if missing > 0 {
		out = append(out, Note{
			"W-GAP", fmt.Sprintf("工单号不连续，缺 %d 个：请在日报中说明差异。", missing),
			fmt.Sprintf("The order numbers are not continuous, %d are missing: explain the difference in the daily report.", missing),
		})
	}
	return out
}
