package main

import (
	"bufio"
	"bytes"
	"fmt"
	"os"
	"strconv"
	"strings"
	"syscall"
	"time"
)

// cost is what the product's processes have used so far, or between two moments.
type cost struct {
	product, postgres, redis time.Duration // CPU, user and system
	memory, postgresMemory   uint64        // bytes, at the later moment
}

func (c cost) since(before cost) cost {
	c.product -= before.product
	c.postgres -= before.postgres
	c.redis -= before.redis
	return c
}

// costNow asks the kernel about this process and the servers it has started.
func costNow() cost {
	c := cost{product: ownCPU(), memory: memoryOf(os.Getpid(), "status", "VmRSS:")}
	for pid, p := range descendants(os.Getpid()) {
		switch p.name {
		case "postgres":
			c.postgres += p.cpu
			c.postgresMemory += memoryOf(pid, "smaps_rollup", "Pss:")
		case "redis-server":
			c.redis += p.cpu
		}
	}
	return c
}

// ownCPU is this process's CPU time so far.
func ownCPU() time.Duration {
	var u syscall.Rusage
	_ = syscall.Getrusage(syscall.RUSAGE_SELF, &u)
	return time.Duration(u.Utime.Nano() + u.Stime.Nano())
}

// process is one line of /proc; cpu has that of its ended children in it.
type process struct {
	name   string
	parent int
	cpu    time.Duration
}

// descendants are the children of a process, their children, and so on.
func descendants(root int) map[int]process {
	all := map[int]process{}
	entries, _ := os.ReadDir("/proc")
	for _, e := range entries {
		if pid, err := strconv.Atoi(e.Name()); err == nil {
			if p, ok := processOf(pid); ok {
				all[pid] = p
			}
		}
	}
	for pid := range all {
		at := pid
		for at != root && all[at].parent != 0 {
			at = all[at].parent
		}
		if at != root || pid == root {
			delete(all, pid)
		}
	}
	return all
}

// tick is the unit of CPU time in /proc: USER_HZ is 100 on every Linux.
const tick = 10 * time.Millisecond

// processOf reads /proc/<pid>/stat (proc(5)).
func processOf(pid int) (process, bool) {
	raw, err := os.ReadFile(fmt.Sprintf("/proc/%d/stat", pid))
	if err != nil {
		return process{}, false
	}
	open, closing := bytes.IndexByte(raw, '('), bytes.LastIndexByte(raw, ')')
	if open < 0 || closing < open {
		return process{}, false
	}
	f := strings.Fields(string(raw[closing+1:])) // from field 3 on: state, ppid, …
	if len(f) < 15 {
		return process{}, false
	}
	p := process{name: string(raw[open+1 : closing])}
	p.parent, _ = strconv.Atoi(f[1])
	for _, n := range f[11:15] { // utime, stime, cutime, cstime
		ticks, _ := strconv.Atoi(n)
		p.cpu += time.Duration(ticks) * tick
	}
	return p, true
}

// memoryOf reads one line of a file of /proc in bytes; 0 when it may not be read.
func memoryOf(pid int, file, line string) uint64 {
	f, err := os.Open(fmt.Sprintf("/proc/%d/%s", pid, file))
	if err != nil {
		return 0
	}
	defer func() { _ = f.Close() }()
	for lines := bufio.NewScanner(f); lines.Scan(); {
		if rest, ok := strings.CutPrefix(lines.Text(), line); ok {
			kb, _ := strconv.ParseUint(strings.TrimSpace(strings.TrimSuffix(rest, "kB")), 10, 64)
			return kb << 10
		}
	}
	return 0
}
