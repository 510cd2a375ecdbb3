package importer

import (
	"errors"
	"io"
	"os"
	"strings"
	"syscall"
	"testing"

	"github.com/google/uuid"

	"ringback/internal/errs"
	"ringback/internal/seal"
)

// small is a disk with so many bytes left.
type small struct{ left int }

func (s *small) Write(p []byte) (int, error) {
	if s.left -= len(p); s.left < 0 {
		return 0, &os.PathError{Op: "write", Path: "original", Err: syscall.ENOSPC}
	}
	return len(p), nil
}

// zeros never ends; it counts what was taken.
type zeros struct{ n int64 }

func (z *zeros) Read(p []byte) (int, error) {
	z.n += int64(len(p))
	return len(p), nil
}

func TestAFullDiskIsSaidInWords(t *testing.T) {
	box, err := seal.New(make([]byte, seal.KeyBytes))
	if err != nil {
		t.Fatal(err)
	}
	o := originals{dir: t.TempDir(), box: box}
	_, err = o.copy(&small{left: 3 * blockBytes}, uuid.New(), &zeros{}, MaxBytes)
	told, ok := errs.Of(err)
	if !ok || told.Kind != errs.Unavailable || told.Code != "import_disk_full" || !strings.Contains(told.ZH, "磁盘已满") || !strings.Contains(told.EN, "disk is full") {
		t.Errorf("%v", err)
	}
	if !errors.Is(err, syscall.ENOSPC) {
		t.Errorf("the cause is lost: %v", err)
	}
}

// A file above the bound is refused when the bound is passed, one block in memory; no
// part of it stays.
func TestATooLargeFileIsRefusedWhileItComes(t *testing.T) {
	box, err := seal.New(make([]byte, seal.KeyBytes))
	if err != nil {
		t.Fatal(err)
	}
	o, sent := originals{dir: t.TempDir(), box: box}, &zeros{}
	_, err = o.receive(uuid.New(), io.LimitReader(sent, 300<<20), MaxBytes)
	if told, ok := errs.Of(err); !ok || told.Code != "import_too_large" || !strings.Contains(told.ZH, "200 MB") {
		t.Errorf("%v", err)
	}
	if sent.n > MaxBytes+2*blockBytes {
		t.Errorf("%d bytes were taken of a file that may have %d", sent.n, MaxBytes)
	}
	left, err := os.ReadDir(o.dir)
	if err != nil || len(left) != 0 {
		t.Errorf("%v is left, %v", left, err)
	}
}
