package main

import (
	"crypto/rand"
	"encoding/base64"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"

	"ringback/internal/errs"
	"ringback/internal/seal"
)

// sealKey is the given key, else the one kept in the data directory, made there
// at the first start. made tells the caller to say so.
func sealKey(given []byte, data string) (key []byte, made bool, err error) {
	if len(given) > 0 {
		return given, false, nil
	}
	path := filepath.Join(data, "seal.key")
	raw, err := os.ReadFile(path)
	switch {
	case err == nil:
		key, err = base64.StdEncoding.DecodeString(strings.TrimSpace(string(raw)))
		if err != nil || len(key) != seal.KeyBytes {
			return nil, false, errs.New(errs.Invalid, "seal_key", path+" 不是有效的密钥文件。请恢复备份；没有它，已保存的电话号码无法读出。",
				path+" is not a key. Restore it from your copy: without it the stored phone numbers cannot be read.").Because(err)
		}
		return key, false, nil
	case !errors.Is(err, os.ErrNotExist):
		return nil, false, fmt.Errorf("reading the seal key: %w", err)
	}
	key = make([]byte, seal.KeyBytes)
	rand.Read(key) // never fails: crypto/rand aborts the program instead
	if err := os.WriteFile(path, []byte(base64.StdEncoding.EncodeToString(key)+"\n"), 0o600); err != nil {
		return nil, false, fmt.Errorf("keeping the seal key: %w", err)
	}
	return key, true, nil
}
