package importer

import (
	"crypto/sha256"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"syscall"
	"time"

	"github.com/google/uuid"

	"ringback/internal/errs"
	"ringback/internal/seal"
)

// blockBytes is how much of an original is sealed at once: small enough to open a
// file anywhere without reading it whole.
const blockBytes = 64 << 10

// originals keeps files as they came: sealed in blocks, under the batch's id.
type originals struct {
	dir string
	box *seal.Box
}

func (o originals) path(id uuid.UUID) string { return filepath.Join(o.dir, id.String()+".sealed") }

// receipt is what arrived.
type receipt struct {
	sum  []byte // SHA-256
	size int64
}

// receive writes what r sends, in whole or not at all: a file that was cut off by a
// crash stays as .part and is swept. More than limit bytes are errTooLarge, with the
// receipt of what was taken; a full disk is errs.Unavailable.
func (o originals) receive(id uuid.UUID, r io.Reader, limit int64) (got receipt, err error) {
	if err := os.MkdirAll(o.dir, 0o700); err != nil {
		return receipt{}, diskTrouble(fmt.Errorf("making the directory of originals: %w", err))
	}
	part := o.path(id) + ".part"
	f, err := os.OpenFile(part, os.O_CREATE|os.O_WRONLY|os.O_TRUNC, 0o600)
	if err != nil {
		return receipt{}, diskTrouble(fmt.Errorf("writing an original: %w", err))
	}
	defer func() {
		if err != nil {
			err = errors.Join(err, f.Close(), os.Remove(part))
		}
	}()
	if got, err = o.copy(f, id, r, limit); err != nil {
		return got, err
	}
	if err := f.Sync(); err != nil {
		return receipt{}, diskTrouble(fmt.Errorf("writing an original: %w", err))
	}
	if err := f.Close(); err != nil {
		return receipt{}, diskTrouble(fmt.Errorf("writing an original: %w", err))
	}
	return got, os.Rename(part, o.path(id))
}

func (o originals) copy(w io.Writer, id uuid.UUID, r io.Reader, limit int64) (got receipt, err error) {
	sum, block := sha256.New(), make([]byte, blockBytes)
	for n := 0; ; n++ {
		k, end, err := fill(r, block)
		if err != nil {
			return receipt{}, cutShort(err)
		}
		if got.size += int64(k); got.size > limit {
			got.sum = sum.Sum(nil) // of what was taken: the list shows the file and why
			return got, errTooLarge()
		}
		if k > 0 {
			sum.Write(block[:k])
			if _, err := w.Write(o.box.Seal(blockPurpose(id, n), block[:k])); err != nil {
				return receipt{}, diskTrouble(fmt.Errorf("writing an original: %w", err))
			}
		}
		if end {
			got.sum = sum.Sum(nil)
			return got, nil
		}
	}
}

// fill reads until the block is full or r ends. io.ReadFull would not tell the end of
// a file from a connection that was cut: both are io.ErrUnexpectedEOF there.
func fill(r io.Reader, block []byte) (n int, end bool, err error) {
	for n < len(block) {
		k, err := r.Read(block[n:])
		n += k
		if errors.Is(err, io.EOF) {
			return n, true, nil
		}
		if err != nil {
			return n, false, err
		}
	}
	return n, false, nil
}

// cutShort explains a file that did not arrive whole; a refusal of our own stays.
func cutShort(err error) error {
	if errs.KindOf(err) != "" {
		return err
	}
	return errs.New(errs.Unavailable, "import_cut", "文件在传输中断，没有收完，没有保存也没有导入任何内容。请重新上传。",
		"The transfer of the file was cut off before its end: nothing was kept and nothing was imported. Send it again.").Because(fmt.Errorf("receiving the file: %w", err))
}

// blockPurpose binds a block to its file and place: blocks cannot be exchanged.
func blockPurpose(id uuid.UUID, n int) string { return fmt.Sprintf("%s/%s/%d", seal.File, id, n) }

// diskTrouble says what a full disk means.
func diskTrouble(err error) error {
	if errors.Is(err, syscall.ENOSPC) || errors.Is(err, syscall.EDQUOT) {
		return errs.New(errs.Unavailable, "import_disk_full", "服务器磁盘已满，文件没有保存，也没有导入任何内容。请联系管理员清理磁盘后重新上传。",
			"The server's disk is full: the file was not kept and nothing was imported. Ask the administrator to free space, then upload it again.").Because(err)
	}
	return err
}

// original is an open file; it may be read anywhere.
type original struct {
	f    *os.File
	box  *seal.Box
	id   uuid.UUID
	size int64

	mu    sync.Mutex
	held  int // number of the block in plain, -1: none
	plain []byte
}

// open opens a kept file; errs.NotFound "import_original_gone" when it is not there.
func (o originals) open(id uuid.UUID) (*original, error) {
	f, err := os.Open(o.path(id))
	if errors.Is(err, os.ErrNotExist) {
		return nil, errs.New(errs.NotFound, "import_original_gone", "原文件已不在服务器上（保留 90 天），不能重新识别。请重新上传文件。",
			"The original is no longer on the server (it is kept for 90 days) and cannot be read again. Upload it once more.")
	}
	if err != nil {
		return nil, fmt.Errorf("opening the original of batch %s: %w", id, err)
	}
	info, err := f.Stat()
	if err != nil {
		return nil, errors.Join(fmt.Errorf("opening the original of batch %s: %w", id, err), f.Close())
	}
	blocks := (info.Size() + blockBytes + seal.Overhead - 1) / (blockBytes + seal.Overhead)
	return &original{f: f, box: o.box, id: id, size: info.Size() - blocks*seal.Overhead, held: -1}, nil
}

func (o *original) Close() error { return o.f.Close() }

// ReadAt is io.ReaderAt over the plain bytes.
func (o *original) ReadAt(p []byte, off int64) (n int, err error) {
	o.mu.Lock()
	defer o.mu.Unlock()
	for n < len(p) {
		at := off + int64(n)
		if at >= o.size {
			return n, io.EOF
		}
		if err := o.hold(int(at / blockBytes)); err != nil {
			return n, err
		}
		n += copy(p[n:], o.plain[at%blockBytes:])
	}
	return n, nil
}

func (o *original) hold(block int) error {
	if block == o.held {
		return nil
	}
	sealed := make([]byte, blockBytes+seal.Overhead)
	n, err := o.f.ReadAt(sealed, int64(block)*(blockBytes+seal.Overhead))
	if err != nil && !errors.Is(err, io.EOF) {
		return fmt.Errorf("reading the original of batch %s: %w", o.id, err)
	}
	if o.plain, err = o.box.Open(blockPurpose(o.id, block), sealed[:n]); err != nil {
		return fmt.Errorf("reading the original of batch %s: %w", o.id, err)
	}
	o.held = block
	return nil
}

// reader reads the file from its beginning.
func (o *original) reader() io.Reader { return io.NewSectionReader(o, 0, o.size) }

// head is the beginning of the file, at most n bytes.
func (o *original) head(n int) ([]byte, error) {
	b := make([]byte, min(int64(n), o.size))
	_, err := o.ReadAt(b, 0)
	if errors.Is(err, io.EOF) {
		err = nil
	}
	return b, err
}

func (o originals) remove(id uuid.UUID) error {
	err := os.Remove(o.path(id))
	if errors.Is(err, os.ErrNotExist) {
		return nil
	}
	return err
}

// sweep removes files older than the day given, and parts that nobody writes any
// more.
func (o originals) sweep(before time.Time) error {
	entries, err := os.ReadDir(o.dir)
	if errors.Is(err, os.ErrNotExist) {
		return nil
	}
	if err != nil {
		return fmt.Errorf("sweeping originals: %w", err)
	}
	for _, e := range entries {
		info, infoErr := e.Info()
		if infoErr != nil {
			continue // removed in between
		}
		stale := strings.HasSuffix(e.Name(), ".part") && time.Since(info.ModTime()) > time.Hour
		if stale || (strings.HasSuffix(e.Name(), ".sealed") && info.ModTime().Before(before)) {
			err = errors.Join(err, os.Remove(filepath.Join(o.dir, e.Name())))
		}
	}
	return err
}
