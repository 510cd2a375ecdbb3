package importer

import (
	"archive/zip"
	"bytes"
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"
	"path"
	"slices"
	"strings"

	"github.com/google/uuid"
	"golang.org/x/text/encoding/simplifiedchinese"

	"ringback/internal/errs"
	"ringback/internal/postgres"
)

// maxFiles bounds the files of one archive.
const maxFiles = 100

// UploadAll is Receive of a file that may be an archive of several: each of them
// becomes a batch of its own, in the order in which they should be committed
// (employees and do-not-call numbers first, work orders last). A file that cannot be
// imported is a failed batch among the others; the error is that of the first one.
func (im *Importer) UploadAll(ctx context.Context, scope postgres.Scope, a Arrival, r io.Reader) ([]Batch, error) {
	head := make([]byte, 4)
	n, _, err := fill(r, head)
	if err != nil {
		return nil, cutShort(err)
	}
	whole := io.MultiReader(bytes.NewReader(head[:n]), r)
	if string(head[:n]) != "PK\x03\x04" {
		b, err := im.Receive(ctx, scope, a, whole)
		return one(b), err
	}
	came := im.arrived(a)
	got, err := im.kept.receive(came.ID, whole, MaxBytes)
	if err != nil {
		came.SizeBytes, came.sum = got.size, got.sum
		b, err := im.notKept(ctx, scope, came, err)
		return one(b), err
	}
	o, err := im.kept.open(came.ID)
	if err != nil {
		return nil, err
	}
	defer func() { _ = errors.Join(o.Close(), im.kept.remove(came.ID)) }()
	z, err := zip.NewReader(o, o.size)
	if err != nil || isWorkbook(z) || len(z.File) == 0 {
		b, err := im.Receive(ctx, scope, a, o.reader())
		return one(b), err
	}
	return im.unpack(ctx, scope, a, z)
}

func one(b Batch) []Batch {
	if b.ID == uuid.Nil {
		return nil
	}
	return []Batch{b}
}

func (im *Importer) unpack(ctx context.Context, scope postgres.Scope, a Arrival, z *zip.Reader) (out []Batch, first error) {
	files := slices.DeleteFunc(slices.Clone(z.File), func(f *zip.File) bool { return f.FileInfo().IsDir() || hiddenFile(f.Name) })
	if len(files) == 0 || len(files) > maxFiles {
		return nil, errArchive(len(files))
	}
	for _, f := range files {
		b, err := im.unpackOne(ctx, scope, a, f)
		if err != nil && errs.KindOf(err) != errs.Invalid {
			return out, err
		}
		if first == nil {
			first = err
		}
		out = append(out, one(b)...)
	}
	slices.SortStableFunc(out, func(a, b Batch) int { return cmp.Compare(a.Kind.rank(), b.Kind.rank()) })
	return out, first
}

func (im *Importer) unpackOne(ctx context.Context, scope postgres.Scope, a Arrival, f *zip.File) (b Batch, err error) {
	if bomb(f.UncompressedSize64, f.CompressedSize64) {
		return Batch{}, errBomb()
	}
	if f.Flags&1 != 0 {
		return Batch{}, errEncrypted()
	}
	r, err := f.Open()
	if err != nil {
		return Batch{}, errDamaged(err)
	}
	defer func() { err = errors.Join(err, r.Close()) }()
	a.Name = path.Base(entryName(f))
	return im.Receive(ctx, scope, a, entry{&bounded{r: r, packed: f.CompressedSize64}})
}

// entry is a file of an archive: what spoils it is the archive's damage, not a
// transfer that was cut.
type entry struct{ *bounded }

func (e entry) Read(p []byte) (int, error) {
	n, err := e.bounded.Read(p)
	if err != nil && !errors.Is(err, io.EOF) && errs.KindOf(err) == "" {
		err = errDamaged(err)
	}
	return n, err
}

// entryName is a name inside an archive: old packers write it in GBK.
func entryName(f *zip.File) string {
	name := strings.ReplaceAll(f.Name, `\`, "/")
	if f.NonUTF8 {
		if text, err := simplifiedchinese.GB18030.NewDecoder().String(name); err == nil {
			return text
		}
	}
	return name
}

func hiddenFile(name string) bool {
	base := path.Base(strings.ReplaceAll(name, `\`, "/"))
	return strings.HasPrefix(base, ".") || strings.HasPrefix(base, "~$") || strings.Contains(name, "__MACOSX") || base == "Thumbs.db"
}

func errArchive(n int) error {
	return errs.New(errs.Invalid, "import_archive", fmt.Sprintf("压缩包里有 %d 个文件，应为 1 到 %d 个，没有导入任何内容。", n, maxFiles),
		fmt.Sprintf("The archive holds %d files, 1 to %d are expected; nothing was imported.", n, maxFiles))
}
