package pgtest

import (
	"fmt"
	"os/exec"
	"path/filepath"
	"strconv"
	"syscall"
)

// watchdog outlives the test processes. Under the guard lock, which a test
// holds while it connects, it stops the cluster when for three minutes nobody
// was connected. It ends with the cluster.
const watchdog = `
idle=0
while [ "$(readlink "/proc/$PM/cwd")" = "$DATA" ]; do
	sleep 10
	{
		flock -x 9
		n=$("$BIN/psql" -h "$SOCK" -U ringback -d postgres -Atc "select count(*) from pg_stat_activity where backend_type = 'client backend' and pid <> pg_backend_pid()")
		if [ "$n" = 0 ]; then idle=$((idle + 1)); else idle=0; fi
		if [ $idle -ge 18 ] && [ "$(readlink "/proc/$PM/cwd")" = "$DATA" ]; then kill -INT "$PM"; exit; fi
	} 9<"$GUARD"
done
`

func watch(dir, bin string, pid int) error {
	cmd := exec.Command("/bin/sh", "-c", watchdog)
	cmd.Dir = "/"
	cmd.Env = []string{
		"PATH=/usr/bin:/bin", "BIN=" + bin, "PM=" + strconv.Itoa(pid), "DATA=" + filepath.Join(dir, "data"),
		"SOCK=" + filepath.Join(dir, "run"), "GUARD=" + filepath.Join(dir, "guard.lock"),
	}
	cmd.SysProcAttr = &syscall.SysProcAttr{Setsid: true}
	if err := cmd.Start(); err != nil {
		return fmt.Errorf("starting the watchdog: %w", err)
	}
	if err := cmd.Process.Release(); err != nil {
		return fmt.Errorf("letting the watchdog go: %w", err)
	}
	return nil
}
