package e2e

import (
	"os"
	"os/exec"
	"path/filepath"
	"syscall"
	"testing"
	"time"
)

// TestEveryPageKeepsTheRulesOfLooks drives every page and every face of the desk
// (web/scripts/shots.mjs --check): axe-core finds nothing serious, nothing is
// wider than its window, no English is left in the Chinese console, and nothing
// on the desk has to be scrolled while one talks.
func TestEveryPageKeepsTheRulesOfLooks(t *testing.T) {
	t.Parallel()
	cmd := exec.Command("node", "scripts/shots.mjs", "--check")
	cmd.Dir = filepath.Join(top(t), "web")
	cmd.Env = append(os.Environ(), "RINGBACK_BIN="+built(t))
	cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true, Pdeathsig: syscall.SIGTERM}
	watchdog := time.AfterFunc(15*time.Minute, func() { _ = syscall.Kill(-cmd.Process.Pid, syscall.SIGKILL) })
	defer watchdog.Stop()
	said, err := cmd.CombinedOutput()
	if err != nil {
		t.Fatalf("%v\n%s", err, said)
	}
	t.Logf("%s", said)
}
