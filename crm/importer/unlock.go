package importer

import (
	"bytes"
	"errors"
	"fmt"
	"io"

	"github.com/google/uuid"
	"github.com/xuri/excelize/v2"

	"ringback/internal/errs"
)

// maxLocked bounds an encrypted workbook: it is opened in memory.
const maxLocked = 50 << 20

// unlock replaces an encrypted workbook by what it holds. The password is used and
// forgotten; the original stays sealed as every file is.
func (o originals) unlock(id uuid.UUID, password string) error {
	f, err := o.open(id)
	if err != nil {
		return err
	}
	if f.size > maxLocked {
		return errors.Join(errTooLarge(), f.Close())
	}
	raw, err := io.ReadAll(f.reader())
	if err = errors.Join(err, f.Close()); err != nil {
		return fmt.Errorf("reading an encrypted workbook: %w", err)
	}
	plain, err := excelize.Decrypt(raw, &excelize.Options{Password: password})
	if err != nil || !bytes.HasPrefix(plain, []byte("PK")) {
		return errs.New(errs.Invalid, "import_password", "密码不对，文件打不开（E-PWD）。请核对密码后再试。", "The password is wrong; the file cannot be opened (E-PWD). Check it and try again.")
	}
	_, err = o.receive(id, bytes.NewReader(plain), MaxBytes)
	return err
}
