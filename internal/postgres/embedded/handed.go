package embedded

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
)

// firstHanded is the descriptor of the first of exec.Cmd's ExtraFiles.
const firstHanded = 3

// handedPrefix of a path that only a PostgreSQL process of ours can follow:
// every one inherits the postmaster's descriptors, and /proc/self/fd leads to
// the directory without passing its parents.
const handedPrefix = "/proc/self/fd/"

// handed are directories a child gets open, in the order they were asked for.
type handed struct {
	on   bool
	dirs []*os.File
}

// path is how the child calls dir.
func (h *handed) path(dir string) (string, error) {
	if !h.on {
		return dir, nil
	}
	f, err := os.Open(dir)
	if err != nil {
		return "", dirError(dir, err)
	}
	h.dirs = append(h.dirs, f)
	return handedPrefix + strconv.Itoa(firstHanded+len(h.dirs)-1), nil
}

// start is cmd.Start with the directories.
func (h *handed) start(cmd *exec.Cmd) error {
	cmd.ExtraFiles = h.dirs
	if err := cmd.Start(); err != nil {
		return fmt.Errorf("starting %s: %w", filepath.Base(cmd.Path), err)
	}
	return nil
}

// close lets go of our copies; the child has its own.
func (h *handed) close() {
	for _, f := range h.dirs {
		_ = f.Close()
	}
}

// socketDir is where the socket named in a pid file is found from outside: a
// server that was handed its directories knows no path of them.
func socketDir(data, named string) string {
	if strings.HasPrefix(named, handedPrefix) {
		return filepath.Join(filepath.Dir(data), "run")
	}
	return named
}
