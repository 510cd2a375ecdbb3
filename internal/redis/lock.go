package redis

import (
	"bytes"
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"sync"
	"syscall"

	"ringback/internal/errs"
)

// lockDir makes this process the one owner of dir until it ends.
func lockDir(dir string) (*os.File, error) {
	f, err := os.OpenFile(filepath.Join(dir, "redis.lock"), os.O_CREATE|os.O_RDWR, 0o600)
	if err != nil {
		return nil, dirError(dir, err)
	}
	if err := syscall.Flock(int(f.Fd()), syscall.LOCK_EX|syscall.LOCK_NB); err != nil {
		_ = f.Close()
		return nil, errs.New(errs.Unavailable, "redis_in_use",
			fmt.Sprintf("另一个 ringback 正在使用数据目录 %s。请先停止它，或用 --data 指定另一个目录。", dir),
			fmt.Sprintf("Another ringback is using the data directory %s. Stop it first, or choose another directory with --data.", dir)).Because(err)
	}
	return f, nil
}

func dirError(dir string, err error) error {
	return errs.New(errs.Unavailable, "redis_directory",
		fmt.Sprintf("目录 %s 不可写，内置 Redis 无法启动。请检查权限和剩余空间。", dir),
		fmt.Sprintf("The directory %s cannot be written, so the built-in Redis cannot start. Check permissions and free space.", dir)).Because(err)
}

// lastWords keeps the end of a child's output, for the error.
type lastWords struct {
	mu  sync.Mutex
	buf bytes.Buffer
}

func (w *lastWords) Write(p []byte) (int, error) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.buf.Write(p)
	w.buf.Next(max(0, w.buf.Len()-300))
	return len(p), nil
}

func (w *lastWords) String() string {
	w.mu.Lock()
	defer w.mu.Unlock()
	return strconv.QuoteToGraphic(w.buf.String())
}
