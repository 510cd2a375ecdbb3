package embedded

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"time"

	"ringback/internal/errs"
)

// lockDir makes this process the one owner of dir. The kernel releases the lock
// on any death; a predecessor just killed gets some patience to let go.
func lockDir(ctx context.Context, dir string, patience time.Duration) (*os.File, error) {
	path := filepath.Join(dir, "owner.lock")
	f, err := os.OpenFile(path, os.O_CREATE|os.O_RDWR, 0o644)
	if err != nil {
		return nil, dirError(dir, err)
	}
	ctx, cancel := context.WithTimeout(ctx, patience)
	defer cancel()
	for {
		err := syscall.Flock(int(f.Fd()), syscall.LOCK_EX|syscall.LOCK_NB)
		if err == nil {
			return f, signLock(f)
		}
		select {
		case <-ctx.Done():
			defer func() { _ = f.Close() }()
			return nil, inUse(dir, f)
		case <-time.After(20 * time.Millisecond):
		}
	}
}

// signLock writes our pid, for the error message of the next who tries.
func signLock(f *os.File) error {
	if err := f.Truncate(0); err != nil {
		return dirError(f.Name(), err)
	}
	if _, err := f.WriteAt([]byte(strconv.Itoa(os.Getpid())+"\n"), 0); err != nil {
		return dirError(f.Name(), err)
	}
	return nil
}

func inUse(dir string, f *os.File) error {
	buf := make([]byte, 32)
	n, _ := f.ReadAt(buf, 0)
	pid := strings.TrimSpace(string(buf[:n]))
	return errs.New(errs.Unavailable, "postgres_in_use",
		fmt.Sprintf("另一个 ringback（进程号 %s）正在使用数据目录 %s。请先停止它，或用 --data 指定另一个目录。", pid, dir),
		fmt.Sprintf("Another ringback (process %s) is using the data directory %s. Stop it first, or choose another directory with --data.", pid, dir))
}
