package embedded

import (
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"sync"
)

// pidFile is what postmaster.pid tells; zero when there is none.
type pidFile struct {
	pid   int
	sock  string
	ready bool
}

func readPidFile(data string) pidFile {
	b, err := os.ReadFile(filepath.Join(data, "postmaster.pid"))
	if err != nil {
		return pidFile{}
	}
	l := strings.Split(string(b), "\n")
	for len(l) < 8 {
		l = append(l, "")
	}
	pid, _ := strconv.Atoi(strings.TrimSpace(l[0]))
	return pidFile{pid: pid, sock: socketDir(data, strings.TrimSpace(l[4])), ready: strings.TrimSpace(l[7]) == "ready"}
}

// tail keeps the server's last words for error messages.
type tail struct {
	file  string // read from here instead, when set
	mu    sync.Mutex
	lines []string
}

const tailLines = 12

func (t *tail) add(line string) {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.lines = append(t.lines, line)
	t.lines = t.lines[max(0, len(t.lines)-tailLines):]
}

func (t *tail) String() string {
	if t.file != "" {
		b, _ := os.ReadFile(t.file)
		return strings.TrimSpace(string(b[max(0, len(b)-2000):]))
	}
	t.mu.Lock()
	defer t.mu.Unlock()
	return strings.Join(t.lines, "\n")
}
