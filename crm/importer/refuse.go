package importer

import (
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
	return errs.New(errs.Invalid, "import_encrypted", "文件有打开密码（E-PWD），还没有读取。请在导入页输入密码，或在表格软件中取消密码后另存为 XLSX 再上传。",
		"The file has a password (E-PWD) and was not read. Enter it on the import page, or remove it in your spreadsheet program, save as XLSX and upload again.")
}

func errOldExcel(what string) error {
	return errs.New(errs.Invalid, "import_old_excel", "这种表格格式（"+what+"）不能读取。请用表格软件打开，另存为 XLSX 后上传。",
		"This kind of workbook ("+what+") cannot be read. Open it in a spreadsheet program, save as XLSX and upload that.")
}

func errMacros() error {
	return errs.New(errs.Invalid, "import_macros", "文件含有宏，出于安全考虑没有读取，也没有导入任何内容。请另存为不含宏的 XLSX 后上传。",
		"The workbook contains macros; for safety it was not read and nothing was imported. Save it as XLSX without macros and upload that.")
}

func errBomb() error {
	return errs.New(errs.Invalid, "import_bomb", "文件解压后大得不正常（压缩炸弹），已停止读取，没有导入任何内容。请重新导出后上传。",
		"The file unpacks to an abnormal size (a zip bomb); reading was stopped and nothing was imported. Export it again and upload that.")
}

func errDamaged(cause error) error {
	return errs.New(errs.Invalid, "import_damaged", "文件已损坏或下载不完整，无法读取。请重新导出后上传。",
		"The file is damaged or was not downloaded completely. Export it again and upload that.").Because(cause)
}

func errNoHeader() error {
	var zh, en []string
	for _, k := range Kinds() {
		z, e := k.Words()
		zh, en = append(zh, z), append(en, e)
	}
	return errs.New(errs.Invalid, "import_no_header",
		"前 20 行里没有找到可识别的表头（E-HDR），没有导入任何内容。请确认文件是下列之一并保留表头行："+strings.Join(zh, "、")+"。",
		"No header was recognised in the first 20 rows (E-HDR); nothing was imported. Make sure the file is one of these and keeps its header row: "+strings.Join(en, ", ")+".")
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

func errBatchState() error {
	return errs.New(errs.Conflict, "import_state", "该批次不能提交：文件没有通过检查，或已经撤销。请更正后重新上传。",
		"This batch cannot be committed: its file did not pass, or it was undone. Correct the file and upload it again.")
}

// begunCode is of a batch whose rows are being committed, or were.
const begunCode = "import_begun"

func errBegun() error {
	return errs.New(errs.Conflict, begunCode, "这个文件已经开始导入，不能再改列的对应关系。需要时请先撤销，再重新上传。",
		"The import of this file has begun; its columns can no longer be corrected. Undo it and upload the file again if need be.")
}

func errNoSheet(name string) error {
	return errs.New(errs.Invalid, "import_no_sheet", "文件里没有工作表“"+name+"”。", "The file has no sheet \""+name+"\".")
}

func errNotYet(l layout) error {
	return errs.New(errs.Invalid, "import_kind_not_supported",
		fmt.Sprintf("已识别为%s文件，但本版本还不能导入这类文件，没有导入任何内容。", l.zh),
		fmt.Sprintf("The file lists %s, a kind this version does not import yet; nothing was imported.", l.en))
}

// NoCode stands for the reasons of rejection that section 7 of the spec names no code
// for.
const NoCode = "(no code)"

// SpecCode is a code of spec 7.2 to 7.4, or NoCode for one of our own.
func SpecCode(code string) string {
	switch code {
	case "E-ENC", "E-HDR", "E-PWD", "E-PHONE", "E-SCI", "E-MASK", "E-VINLEN", "E-DATE", "E-DUP-IN", "E-DUP-DIFF", "E-SYN", "E-CONS", "E-KM":
		return code
	}
	return NoCode
}
