package embedded

import (
	"fmt"
	"path/filepath"

	"ringback/internal/errs"
)

// Address of a running cluster.
type Address struct {
	AppURL   string
	OwnerURL string
	Pid      int // of the postmaster
}

// Join finds the running cluster of dir, which another process owns (`ringback
// import` beside a running server). When none runs it is errs.Unavailable
// "postgres_not_running"; [Start] may be tried then.
func Join(dir string) (Address, error) {
	dir, err := filepath.Abs(dir)
	if err != nil {
		return Address{}, fmt.Errorf("finding the data directory: %w", err)
	}
	data := filepath.Join(dir, "data")
	f := readPidFile(data)
	if !f.ready || f.sock == "" || !runsIn(f.pid, data) {
		return Address{}, errs.New(errs.Unavailable, "postgres_not_running",
			fmt.Sprintf("数据目录 %s 中没有正在运行的数据库。请先启动 ringback。", dir),
			fmt.Sprintf("No database is running in the data directory %s. Start ringback first.", dir))
	}
	return Address{AppURL: socketURL(f.sock, AppRole, Database), OwnerURL: socketURL(f.sock, OwnerRole, Database), Pid: f.pid}, nil
}
