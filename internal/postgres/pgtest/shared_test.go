package pgtest_test

import (
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"
)

// The test runs its own program again, several times at once, around a cluster
// of its own, and kills that cluster in between.
func TestManyTestProcessesShareOneClusterAndOutliveItsKill(t *testing.T) {
	t.Parallel()
	tmp := clusterHome(t)
	for round := range 2 {
		var all sync.WaitGroup
		for range 3 {
			all.Go(func() {
				if out, err := runAgain(t, tmp).CombinedOutput(); err != nil {
					t.Errorf("round %d: %v\n%s", round, err, out)
				}
			})
		}
		all.Wait()
		if t.Failed() {
			return
		}
		if err := syscall.Kill(postmaster(t, tmp), syscall.SIGKILL); err != nil {
			t.Fatal(err)
		}
	}
}

func TestABrokenClusterIsMadeAgain(t *testing.T) {
	t.Parallel()
	tmp := clusterHome(t)
	if out, err := runAgain(t, tmp).CombinedOutput(); err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	if err := syscall.Kill(postmaster(t, tmp), syscall.SIGKILL); err != nil {
		t.Fatal(err)
	}
	if err := os.RemoveAll(filepath.Join(filepath.Dir(pidFile(t, tmp)), "global")); err != nil {
		t.Fatal(err)
	}
	if out, err := runAgain(t, tmp).CombinedOutput(); err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
}

func runAgain(t *testing.T, tmp string) *exec.Cmd {
	t.Helper()
	bin, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	cmd := exec.Command(bin, "-test.run=^TestEachTestHasItsOwnDatabaseAndSeesOnlyItsScope$", "-test.count=2")
	cmd.Env = append(os.Environ(), "TMPDIR="+tmp)
	return cmd
}

// clusterHome is another os.TempDir, which the server's account may enter.
func clusterHome(t *testing.T) string {
	t.Helper()
	tmp, err := os.MkdirTemp("", "pgtest-home-")
	if err != nil {
		t.Fatal(err)
	}
	if err := os.Chmod(tmp, 0o755); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		stopServer(tmp)
		_ = os.RemoveAll(tmp)
	})
	return tmp
}

func pidFile(t *testing.T, tmp string) string {
	t.Helper()
	found, err := filepath.Glob(filepath.Join(tmp, "*", "data", "postmaster.pid"))
	if err != nil || len(found) != 1 {
		t.Fatalf("found %v, %v", found, err)
	}
	return found[0]
}

func postmaster(t *testing.T, tmp string) int {
	t.Helper()
	b, err := os.ReadFile(pidFile(t, tmp))
	if err != nil {
		t.Fatal(err)
	}
	first, _, _ := strings.Cut(string(b), "\n")
	pid, err := strconv.Atoi(first)
	if err != nil {
		t.Fatal(err)
	}
	return pid
}

// stopServer ends every process that works in a cluster under tmp.
func stopServer(tmp string) {
	data, _ := filepath.Glob(filepath.Join(tmp, "*", "data"))
	tick := time.NewTicker(10 * time.Millisecond)
	defer tick.Stop()
	for range 500 {
		left := 0
		links, _ := filepath.Glob("/proc/[0-9]*/cwd")
		for _, l := range links {
			cwd, err := os.Readlink(l)
			if err != nil || len(data) == 0 || cwd != data[0] {
				continue
			}
			if pid, err := strconv.Atoi(filepath.Base(filepath.Dir(l))); err == nil {
				left++
				_ = syscall.Kill(pid, syscall.SIGKILL)
			}
		}
		if left == 0 {
			return
		}
		<-tick.C
	}
}
