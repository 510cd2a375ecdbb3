package customer

import (
	"strings"

	"ringback/internal/cn"
	"ringback/internal/seal"
)

func (f *Files) hashes(phones []cn.Phone) [][]byte {
	out := make([][]byte, 0, len(phones))
	for _, p := range phones {
		out = append(out, f.Hash(p.Digits))
	}
	return out
}

func (f *Files) idHash(id string) []byte {
	if id == "" {
		return nil
	}
	return f.box.Hash(seal.IDNumber, id)
}

func companyNames(n cn.Name) []string {
	if !n.Company {
		return nil
	}
	short := strings.ReplaceAll(n.Full, "有限责任公司", "有限公司")
	return []string{n.Full, short, strings.ReplaceAll(short, "有限公司", "有限责任公司")}
}
