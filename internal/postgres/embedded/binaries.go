package embedded

import (
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"sort"
	"strconv"
	"strings"

	"ringback/internal/errs"
)

// Binaries finds the directory of initdb and postgres: bin when given, else the
// newest Debian layout, else PATH. errs.Unavailable "postgres_missing" names
// what to install.
func Binaries(bin string) (string, error) {
	try := []string{bin}
	if bin == "" {
		try = installed()
	}
	for _, dir := range try {
		if isProgram(dir, "initdb") && isProgram(dir, "postgres") {
			return dir, nil
		}
	}
	return "", errs.New(errs.Unavailable, "postgres_missing",
		"本机没有 PostgreSQL 服务器程序（initdb、postgres）。请执行：sudo apt-get install postgresql；或用 RINGBACK_DATABASE_URL 指定一个现有数据库。",
		"This machine has no PostgreSQL server programs (initdb, postgres). Run: sudo apt-get install postgresql — or point RINGBACK_DATABASE_URL at an existing database.").
		Because(errors.New("looked in " + strings.Join(try, ", ")))
}

func installed() []string {
	dirs, _ := filepath.Glob("/usr/lib/postgresql/*/bin")
	sort.Slice(dirs, func(i, j int) bool { return major(dirs[i]) > major(dirs[j]) })
	for _, other := range []string{"/usr/pgsql-*/bin", "/opt/homebrew/opt/postgresql*/bin"} {
		more, _ := filepath.Glob(other)
		dirs = append(dirs, more...)
	}
	if p, err := exec.LookPath("initdb"); err == nil {
		if real, err := filepath.EvalSymlinks(p); err == nil {
			dirs = append(dirs, filepath.Dir(real))
		}
	}
	return dirs
}

func major(bin string) int {
	n, _ := strconv.Atoi(filepath.Base(filepath.Dir(bin)))
	return n
}

func isProgram(dir, name string) bool {
	fi, err := os.Stat(filepath.Join(dir, name))
	return err == nil && fi.Mode().IsRegular() && fi.Mode()&0o111 != 0
}

// binMajor asks the binaries for their major version, such as "15".
func binMajor(bin string) (string, error) {
	out, err := exec.Command(filepath.Join(bin, "postgres"), "--version").Output() // postgres (PostgreSQL) 15.8 (Debian …)
	if err != nil {
		return "", err
	}
	_, after, _ := strings.Cut(string(out), "(PostgreSQL) ")
	end := strings.IndexFunc(after, func(r rune) bool { return r < '0' || r > '9' })
	if end <= 0 {
		return "", errors.New("no version in " + strconv.Quote(string(out)))
	}
	return after[:end], nil
}
