package importer

import (
	"archive/zip"
	"bytes"
	"errors"
	"fmt"
	"io"
	"strings"

	"ringback/internal/errs"
)

// openTables opens a file by its content, not by its name, and gives the tables it
// holds. encoding is a person's word for text files, empty: recognised.
func openTables(o *original, encoding string) ([]table, error) {
	head, err := o.head(64 << 10)
	if err != nil {
		return nil, err
	}
	tables, err := openByContent(o, head, encoding)
	if err != nil && errs.KindOf(err) == "" && spoiled(err) {
		err = errDamaged(err)
	}
	return tables, err
}

// spoiled tells damage of the file from trouble of ours.
func spoiled(err error) bool {
	return errors.Is(err, errXML) || errors.Is(err, io.ErrUnexpectedEOF) || errors.Is(err, zip.ErrFormat) || errors.Is(err, zip.ErrChecksum) ||
		errors.Is(err, zip.ErrAlgorithm) || errors.Is(err, errBIFF) || strings.Contains(err.Error(), "flate:") || strings.Contains(err.Error(), "the workbook") ||
		strings.Contains(err.Error(), "the archive")
}

func openByContent(o *original, head []byte, encoding string) ([]table, error) {
	switch {
	case len(bytes.TrimSpace(head)) == 0 && o.size <= int64(len(head)):
		return nil, errEmpty()
	case bytes.HasPrefix(head, []byte("PK\x03\x04")):
		return openZIP(o)
	case bytes.HasPrefix(head, []byte("\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1")):
		return openXLS(o)
	case bytes.HasPrefix(head, []byte("\x09\x08")) || bytes.HasPrefix(head, []byte("\x09\x04")) || bytes.HasPrefix(head, []byte("\x09\x02")):
		return nil, errOldExcel("Excel 2–5")
	}
	if what, ok := notText(head); ok {
		return nil, errNoTable(what)
	}
	if looksLikeHTML(head) {
		return openHTML(o, encoding)
	}
	return openText(o, encoding)
}

// openZIP opens what a ZIP archive is: a workbook. Archives of several files are
// taken apart before (archive.go).
func openZIP(o *original) ([]table, error) {
	z, err := zip.NewReader(o, o.size)
	if err != nil {
		return nil, fmt.Errorf("opening the archive: %w", err)
	}
	if isWorkbook(z) {
		return openXLSX(z)
	}
	return nil, errNoTable("ZIP")
}

func isWorkbook(z *zip.Reader) bool {
	for _, f := range z.File {
		name := strings.ToLower(strings.ReplaceAll(f.Name, `\`, "/"))
		if strings.HasPrefix(strings.TrimPrefix(name, "/"), "xl/") || name == "[content_types].xml" {
			return true
		}
	}
	return false
}

// notText names content that is no text.
func notText(head []byte) (string, bool) {
	for _, m := range []struct{ magic, name string }{
		{"%PDF", "PDF"},
		{"\x89PNG", "PNG"},
		{"\xff\xd8\xff", "JPEG"},
		{"GIF8", "GIF"},
		{"Rar!", "RAR"},
		{"7z\xbc\xaf", "7z"},
		{"\x1f\x8b", "GZIP"},
		{"\x7fELF", "ELF"},
		{"MZ", "EXE"},
		{"PK\x05\x06", "ZIP"},
		{"SQLite format", "SQLite"},
		{"{\\rtf", "RTF"},
	} {
		if bytes.HasPrefix(head, []byte(m.magic)) {
			return m.name, true
		}
	}
	utf16 := bytes.HasPrefix(head, []byte("\xff\xfe")) || bytes.HasPrefix(head, []byte("\xfe\xff")) ||
		(zerosAt(head, 1) > len(head)/8 && zerosAt(head, 0) == 0)
	return "", !utf16 && bytes.IndexByte(head[:min(len(head), 8192)], 0) >= 0
}
