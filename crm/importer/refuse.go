package importer

import (
	"bytes"
	"fmt"
	"strings"

	"ringback/internal/errs"
)

// Limits of a file (spec 7.2).
const (
	MaxBytes = 200 << 20
	maxRows  = 1_000_000
)

func errTooLarge() error {
	return errs.New(errs.Invalid, "import_too_large", "文件超过 200 MB 或 100 万行，没有导入。请按日期分成几个文件再上传。",
		"The file is larger than 200 MB or 1,000,000 rows; nothing was imported. Split it by date and upload the parts.")
}

func errEmpty() error {
	return errs.New(errs.Invalid, "import_empty", "文件是空的，没有导入任何内容。请检查导出是否成功，再上传一次。",
		"The file is empty; nothing was imported. Check the export and upload it again.")
}

func errNoTable(what string) error {
	return errs.New(errs.Invalid, "import_not_a_table",
		"这不是表格文件"+zhOf(what)+"，没有导入任何内容。请上传 XLSX 或 CSV 文件。",
		"This file is not a table"+enOf(what)+"; nothing was imported. Upload an XLSX or CSV file.")
}

func zhOf(what string) string {
	if what == "" {
		return ""
	}
	return "（内容是 " + what + "，与扩展名无关）"
}

func enOf(what string) string {
	if what == "" {
		return ""
	}
	return " (its content is " + what + ", whatever its name says)"
}

func errEncrypted() error {
	return errs.New(errs.Invalid, "import_encrypted", "文件有打开密码（E-PWD），无法读取。请在表格软件中取消密码后另存为 XLSX，再上传。",
		"The file has a password (E-PWD) and cannot be read. Remove it in your spreadsheet program, save as XLSX and upload again.")
}

func errOldExcel() error {
	return errs.New(errs.Invalid, "import_old_excel", "这是旧版 Excel（.xls）文件，暂不能读取。请用表格软件打开，另存为 XLSX 后上传。",
		"This is an old Excel (.xls) file, which cannot be read yet. Open it in a spreadsheet program, save as XLSX and upload that.")
}

func errDamaged(cause error) error {
	return errs.New(errs.Invalid, "import_damaged", "文件已损坏或下载不完整，无法读取。请重新导出后上传。",
		"The file is damaged or was not downloaded completely. Export it again and upload that.").Because(cause)
}

func errNoHeader() error {
	return errs.New(errs.Invalid, "import_no_header", "前 20 行里没有找到可识别的表头（E-HDR），没有导入任何内容。请确认文件是维修工单、客户档案、交车、保单、员工或勿扰名单，并保留表头行。",
		"No header was recognised in the first 20 rows (E-HDR); nothing was imported. Make sure the file lists work orders, customers, deliveries, policies, employees or do-not-call numbers and keeps its header row.")
}

func errMissing(l layout, missing []string) error {
	names := strings.Join(missing, "、")
	return errs.New(errs.Invalid, "import_missing_columns",
		fmt.Sprintf("看起来是%s文件，但缺少必需的列（E-HDR）：%s。没有导入任何内容。请在导出时勾选这些列后重新上传。", l.zh, names),
		fmt.Sprintf("This looks like a file of %s, but required columns are missing (E-HDR): %s. Nothing was imported. Include them in the export and upload again.", l.en, names))
}

func errNoRows() error {
	return errs.New(errs.Invalid, "import_no_rows", "表头下面没有数据行，没有导入任何内容。请检查导出的日期范围。",
		"There are no rows under the header; nothing was imported. Check the date range of the export.")
}

// readAny reads a file by its content, not by its name.
func readAny(raw []byte) (sheet, error) {
	switch {
	case len(bytes.TrimSpace(raw)) == 0:
		return sheet{}, errEmpty()
	case bytes.HasPrefix(raw, []byte("PK\x03\x04")) && bytes.Contains(raw, []byte("xl/")):
		s, _, err := readXLSX(raw)
		if err != nil && errs.KindOf(err) == "" {
			err = errDamaged(err)
		}
		return s, err
	case bytes.HasPrefix(raw, []byte("\xd0\xcf\x11\xe0")):
		if bytes.Contains(raw, []byte("E\x00n\x00c\x00r\x00y\x00p\x00t\x00e\x00d\x00P\x00a\x00c\x00k\x00a\x00g\x00e")) {
			return sheet{}, errEncrypted()
		}
		return sheet{}, errOldExcel()
	}
	if what, ok := binary(raw); ok {
		return sheet{}, errNoTable(what)
	}
	if looksLikeHTML(raw) {
		return readHTML(raw)
	}
	return readText(raw)
}

// binary names content that is no text.
func binary(raw []byte) (string, bool) {
	for _, m := range []struct{ magic, name string }{
		{"PK\x03\x04", "ZIP"}, {"%PDF", "PDF"}, {"\x89PNG", "PNG"}, {"\xff\xd8\xff", "JPEG"}, {"GIF8", "GIF"}, {"Rar!", "RAR"}, {"7z\xbc\xaf", "7z"}, {"\x1f\x8b", "GZIP"}, {"\x7fELF", "ELF"}, {"MZ", "EXE"},
	} {
		if bytes.HasPrefix(raw, []byte(m.magic)) {
			return m.name, true
		}
	}
	utf16 := bytes.HasPrefix(raw, []byte("\xff\xfe")) || bytes.HasPrefix(raw, []byte("\xfe\xff"))
	return "", !utf16 && bytes.IndexByte(raw[:min(len(raw), 8192)], 0) >= 0
}
