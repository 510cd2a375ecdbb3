package importer

import (
	"io"
	"os"
	"strings"
	"testing"
	"testing/iotest"

	"github.com/google/uuid"

	"ringback/internal/errs"
	"ringback/internal/seal"
)

// cut is a body whose connection ends before its announced length: net/http says so
// once, and then only that it is over.
type cut struct {
	io.Reader
	told bool
}

func (c *cut) Read(p []byte) (int, error) {
	n, err := c.Reader.Read(p)
	if err == io.EOF && !c.told {
		c.told = true
		return n, io.ErrUnexpectedEOF
	}
	return n, err
}

func TestAFileThatDoesNotArriveWholeLeavesNothing(t *testing.T) {
	box, err := seal.New(make([]byte, seal.KeyBytes))
	if err != nil {
		t.Fatal(err)
	}
	o := originals{dir: t.TempDir(), box: box}
	for name, r := range map[string]io.Reader{
		"cut at once":               &cut{Reader: strings.NewReader("")},
		"cut in the first block":    &cut{Reader: strings.NewReader("工单号,车牌号\nWT1,")},
		"cut between two blocks":    &cut{Reader: strings.NewReader(strings.Repeat("x", blockBytes))},
		"cut in the second block":   &cut{Reader: strings.NewReader(strings.Repeat("x", blockBytes+9))},
		"given up by who sends it":  iotest.ErrReader(io.ErrClosedPipe),
		"refused when it was whole": io.MultiReader(strings.NewReader("WT1"), iotest.ErrReader(errs.New(errs.SignedOut, "api_key", "停用", "revoked"))),
	} {
		want := "import_cut"
		if strings.HasPrefix(name, "refused") {
			want = "api_key"
		}
		_, err := o.receive(uuid.Must(uuid.NewV7()), r, MaxBytes)
		if told, ok := errs.Of(err); !ok || told.Code != want || told.ZH == "" {
			t.Errorf("%s: %v", name, err)
		}
	}
	if left, err := os.ReadDir(o.dir); err != nil || len(left) > 0 {
		t.Errorf("%d files are left, %v", len(left), err)
	}
	whole := strings.Repeat("x", 2*blockBytes)
	got, err := o.receive(uuid.Must(uuid.NewV7()), iotest.OneByteReader(strings.NewReader(whole)), MaxBytes)
	if err != nil || got.size != int64(len(whole)) {
		t.Errorf("a slow one: %+v, %v", got, err)
	}
}
