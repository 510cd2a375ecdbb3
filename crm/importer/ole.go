package importer

import (
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"strings"
	"unicode/utf16"
)

// errBIFF marks damage of an old workbook.
var errBIFF = errors.New("the old workbook is damaged")

// compound is an OLE compound file ([MS-CFB]): a little file system of sectors. Old
// workbooks and encrypted new ones are such files.
type compound struct {
	r       io.ReaderAt
	size    int64
	sector  int64
	fat     []uint32
	miniFAT []uint32
	mini    []byte // the stream of small streams
	entries []compoundEntry
}

type compoundEntry struct {
	name  string
	kind  byte // 1 storage, 2 stream, 5 root
	start uint32
	size  int64
}

const (
	endOfChain = 0xFFFFFFFE
	freeSector = 0xFFFFFFFF
	miniCutoff = 4096
	maxEntries = 10_000
)

func openCompound(r io.ReaderAt, size int64) (*compound, error) {
	head := make([]byte, 512)
	if _, err := r.ReadAt(head, 0); err != nil {
		return nil, fmt.Errorf("reading the header: %w", errBIFF)
	}
	shift := binary.LittleEndian.Uint16(head[0x1E:])
	if shift != 9 && shift != 12 {
		return nil, fmt.Errorf("sectors of 2^%d bytes: %w", shift, errBIFF)
	}
	c := &compound{r: r, size: size, sector: 1 << shift}
	if err := c.readFAT(head); err != nil {
		return nil, err
	}
	dir, err := c.chain(binary.LittleEndian.Uint32(head[0x30:]), -1)
	if err != nil {
		return nil, err
	}
	if err := c.readEntries(dir); err != nil {
		return nil, err
	}
	mini, err := c.chain(binary.LittleEndian.Uint32(head[0x3C:]), -1)
	if err != nil {
		return nil, err
	}
	c.miniFAT = words(mini)
	for _, e := range c.entries {
		if e.kind == 5 && e.start < endOfChain {
			if c.mini, err = c.chain(e.start, e.size); err != nil {
				return nil, err
			}
		}
	}
	return c, nil
}

func words(b []byte) []uint32 {
	out := make([]uint32, len(b)/4)
	for i := range out {
		out[i] = binary.LittleEndian.Uint32(b[i*4:])
	}
	return out
}

func (c *compound) read(sector uint32) ([]byte, error) {
	b := make([]byte, c.sector)
	n, err := c.r.ReadAt(b, (int64(sector)+1)*c.sector)
	if n == 0 && err != nil {
		return nil, fmt.Errorf("sector %d is missing: %w", sector, errBIFF)
	}
	return b, nil // the last sector may be cut short
}

// readFAT follows the list of the table's own sectors.
func (c *compound) readFAT(head []byte) error {
	list := words(head[0x4C:512])
	next := binary.LittleEndian.Uint32(head[0x44:])
	limit := int(c.size/c.sector) + 2
	for n := 0; next < endOfChain && n < limit; n++ {
		b, err := c.read(next)
		if err != nil {
			return err
		}
		more := words(b)
		list, next = append(list, more[:len(more)-1]...), more[len(more)-1]
	}
	for _, s := range list {
		if s >= endOfChain {
			continue
		}
		b, err := c.read(s)
		if err != nil {
			return err
		}
		if c.fat = append(c.fat, words(b)...); len(c.fat) > limit+int(c.sector) {
			break
		}
	}
	return nil
}

// sectors lists the sectors of a chain; a ring is damage.
func (c *compound) sectors(start uint32) ([]uint32, error) {
	var out []uint32
	for s := start; s < endOfChain; s = c.fat[s] {
		if int(s) >= len(c.fat) || len(out) > len(c.fat) {
			return nil, fmt.Errorf("a chain of sectors is broken: %w", errBIFF)
		}
		out = append(out, s)
	}
	return out, nil
}

// chain reads a whole chain; size -1 is all of it.
func (c *compound) chain(start uint32, size int64) ([]byte, error) {
	if start >= endOfChain {
		return nil, nil
	}
	list, err := c.sectors(start)
	if err != nil {
		return nil, err
	}
	var out []byte
	for _, s := range list {
		b, err := c.read(s)
		if err != nil {
			return nil, err
		}
		out = append(out, b...)
		if size >= 0 && int64(len(out)) >= size {
			return out[:size], nil
		}
	}
	return out, nil
}

func (c *compound) readEntries(dir []byte) error {
	for ; len(dir) >= 128 && len(c.entries) < maxEntries; dir = dir[128:] {
		n := int(binary.LittleEndian.Uint16(dir[64:]))
		if dir[66] == 0 || n < 2 || n > 64 {
			continue
		}
		name := make([]uint16, n/2-1)
		for i := range name {
			name[i] = binary.LittleEndian.Uint16(dir[i*2:])
		}
		c.entries = append(c.entries, compoundEntry{
			name: string(utf16.Decode(name)), kind: dir[66], start: binary.LittleEndian.Uint32(dir[116:]),
			size: int64(binary.LittleEndian.Uint32(dir[120:])),
		})
	}
	if len(c.entries) == 0 {
		return fmt.Errorf("no directory: %w", errBIFF)
	}
	return nil
}

func (c *compound) has(names ...string) bool {
	for _, e := range c.entries {
		for _, n := range names {
			if strings.EqualFold(e.name, n) {
				return true
			}
		}
	}
	return false
}

// stream opens a stream by its name; nil when there is none.
func (c *compound) stream(names ...string) (io.ReaderAt, int64, error) {
	for _, n := range names {
		for _, e := range c.entries {
			if e.kind != 2 || !strings.EqualFold(e.name, n) {
				continue
			}
			if e.size < miniCutoff {
				b, err := c.small(e)
				return strings.NewReader(string(b)), int64(len(b)), err
			}
			list, err := c.sectors(e.start)
			if err != nil {
				return nil, 0, err
			}
			return &sectorReader{c: c, list: list}, min(e.size, int64(len(list))*c.sector), nil
		}
	}
	return nil, 0, nil
}

func (c *compound) small(e compoundEntry) ([]byte, error) {
	var out []byte
	for s := e.start; s < endOfChain && int64(len(out)) < e.size; s = c.miniFAT[s] {
		if int(s) >= len(c.miniFAT) || int(s+1)*64 > len(c.mini) {
			return nil, fmt.Errorf("a small stream is broken: %w", errBIFF)
		}
		out = append(out, c.mini[s*64:(s+1)*64]...)
	}
	return out[:min(int64(len(out)), e.size)], nil
}

// sectorReader reads a stream anywhere.
type sectorReader struct {
	c    *compound
	list []uint32
}

func (s *sectorReader) ReadAt(p []byte, off int64) (int, error) {
	n := 0
	for n < len(p) {
		at := off + int64(n)
		i := at / s.c.sector
		if i >= int64(len(s.list)) {
			return n, io.EOF
		}
		part := s.c.sector - at%s.c.sector
		if part > int64(len(p)-n) {
			part = int64(len(p) - n)
		}
		k, err := s.c.r.ReadAt(p[n:n+int(part)], (int64(s.list[i])+1)*s.c.sector+at%s.c.sector)
		n += k
		if err != nil {
			return n, err
		}
	}
	return n, nil
}
