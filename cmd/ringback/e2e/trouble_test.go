package e2e

import (
	"bytes"
	"context"
	"errors"
	"net"
	"os"
	"os/exec"
	"os/user"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"
)

// TestTroubleWhileRunningIsToldAndLosesNothing: one demo, one agent; the carrier
// says nothing, Redis hangs, and the database is killed under it. Each time a
// sentence stands on the campaign's page, and calls go on afterwards.
func TestTroubleWhileRunningIsToldAndLosesNothing(t *testing.T) {
	t.Parallel()
	p := demo(t, built(t), "--port", "0", "--customers", "answer")
	b := newBrowsers(t)
	carrier := scan[string](p, `SELECT address FROM trunk`)
	dead := silence(t)
	set(p, `UPDATE trunk SET address = $1`, dead)

	boss := signIn(t, p, b, "supervisor", args{})
	boss.must("goto", args{"url": p.URL + "/campaigns/" + scan[string](p, `SELECT id::text FROM campaign WHERE task_kind = 'followup_3d'`)})
	a := newAgent(t, p, b, "agent1", 2)

	boss.until(`document.body.innerText.includes('线路')`, 30*time.Second)
	eventually(t, 90*time.Second, "a carrier that answers nothing pauses the campaign", func() bool {
		return scan[string](p, `SELECT state || ' ' || state_reason FROM campaign WHERE task_kind = 'followup_3d'`) == "paused trunk_fault"
	})
	boss.until(`document.querySelector('[data-testid=campaign-decision]')?.innerText.includes('线路')`, 30*time.Second)
	boss.shot("carrier-silent")
	if n := scan[int](p, `SELECT count(*) FROM task WHERE state NOT IN ('queued', 'retry_wait', 'pending') AND attempts > 0`); n != 0 {
		t.Errorf("%d promises were lost to a silent carrier", n)
	}

	set(p, `UPDATE trunk SET address = $1`, carrier)
	redis := redisPid(t, p)
	stopped(t, redis, true)
	boss.click("campaign-start")
	boss.until(`document.querySelector('[data-testid=campaign-decision]')?.innerText.includes('Redis')`, 30*time.Second)
	boss.shot("redis-gone")
	stopped(t, redis, false)

	a.page.until(`window.__ringback.desk()?.state === 'talking' && !!window.__ringback.desk().script`, 60*time.Second)
	call := a.attempt()
	killDatabase(t, p)
	eventually(t, 30*time.Second, "the terminal says that the database came back", func() bool { return strings.Contains(p.out.String(), "数据库已恢复") })
	a.same(call, "after the database died")
	a.to("speed_reception")
	a.page.press("9")
	eventually(t, 20*time.Second, "an answer is saved after the database died", func() bool {
		return scan[int](p, `SELECT count(*) FROM answer WHERE key = 'speed_reception' AND value_num = 9`) == 1
	})
	if s := scan[string](p, `SELECT state FROM attempt WHERE id = $1`, call); s != "bridged" {
		t.Errorf("the call of a database that died is %s", s)
	}
}

// silence is the address of a carrier that takes everything and says nothing.
func silence(t *testing.T) string {
	t.Helper()
	c, err := net.ListenPacket("udp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = c.Close() })
	return c.LocalAddr().String()
}

// redisPid is the demo's redis-server, a child of its process.
func redisPid(t *testing.T, p *product) int {
	t.Helper()
	out, err := exec.Command("pgrep", "-P", strconv.Itoa(p.cmd.Process.Pid), "redis-server").Output()
	pid, bad := strconv.Atoi(strings.TrimSpace(string(out)))
	if err != nil || bad != nil {
		t.Fatalf("the demo's redis-server: %q, %v", out, err)
	}
	return pid
}

func stopped(t *testing.T, pid int, on bool) {
	t.Helper()
	sig := syscall.SIGCONT
	if on {
		sig = syscall.SIGSTOP
	}
	if err := syscall.Kill(pid, sig); err != nil {
		t.Fatal(err)
	}
}

func killDatabase(t *testing.T, p *product) {
	t.Helper()
	raw, err := os.ReadFile(filepath.Join(p.dir, "postgres/data/postmaster.pid"))
	if err != nil {
		t.Fatal(err)
	}
	line, _, _ := bytes.Cut(raw, []byte("\n"))
	pid, err := strconv.Atoi(string(line))
	if err != nil {
		t.Fatal(err)
	}
	if err := syscall.Kill(pid, syscall.SIGKILL); err != nil {
		t.Fatal(err)
	}
}

// TestAWrongStartSaysWhatHappenedAndWhatToDo runs the product as it should not be.
func TestAWrongStartSaysWhatHappenedAndWhatToDo(t *testing.T) {
	t.Parallel()
	bin := built(t)
	taken, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = taken.Close() }) // after the subtests
	_, port, _ := net.SplitHostPort(taken.Addr().String())

	file := filepath.Join(t.TempDir(), "file")
	older := filepath.Join(dataDir(t), "older")
	for path, content := range map[string]string{file: "", filepath.Join(older, "postgres/data/PG_VERSION"): "9.6\n"} {
		if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, []byte(content), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	belongsToPostgres(t, older)
	for name, c := range map[string]struct {
		args   []string
		env    string
		zh, en string
	}{
		"port taken": {[]string{"demo", "--port", port, "--data", dataDir(t)}, "", "已被其他程序占用。请换一个", "is taken by another program. Use another one"},
		"data directory is a file": {
			[]string{"demo", "--port", "0", "--data", filepath.Join(file, "var")}, "", "不能写入。请检查权限", "cannot be written. Check its permissions",
		},
		"data of another version": {
			[]string{"demo", "--port", "0", "--data", older}, "", "9.6", "9.6",
		},
		"no Postgres": {
			[]string{"demo", "--port", "0", "--data", dataDir(t), "--postgres", t.TempDir()}, "", "apt-get install postgresql", "apt-get install postgresql",
		},
		"serve without a database": {[]string{"serve"}, "", "RINGBACK_DATABASE_URL", "RINGBACK_DATABASE_URL"},
		"serve with a bad setting": {[]string{"serve"}, "RINGBACK_RTP_PORTS=9-1", "RINGBACK_RTP_PORTS", "RINGBACK_RTP_PORTS"},
		"no such command":          {[]string{"dmeo"}, "", "ringback --help", "ringback --help"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			for lang, want := range map[string]string{"zh_CN.UTF-8": c.zh, "en_US.UTF-8": c.en} {
				ctx, cancel := context.WithTimeout(context.Background(), 60*time.Second)
				defer cancel()
				cmd := exec.CommandContext(ctx, bin, c.args...)
				cmd.Env = append(os.Environ(), "LANG="+lang, c.env)
				if c.env == "" {
					cmd.Env = cmd.Env[:len(cmd.Env)-1]
				}
				out, err := cmd.CombinedOutput()
				if err == nil {
					t.Fatalf("%v starts: %s", c.args, out)
				}
				if !strings.Contains(string(out), want) || strings.Contains(string(out), "goroutine ") {
					t.Errorf("%v in %s says\n%s", c.args, lang, out)
				}
			}
		})
	}
	t.Cleanup(func() {
		if s, err := os.ReadFile(filepath.Join(older, "postgres/data/PG_VERSION")); err != nil || string(s) != "9.6\n" {
			t.Errorf("the other version's data was touched: %q, %v", s, err)
		}
	})
}

// belongsToPostgres gives a directory to the account that a root process drops to.
func belongsToPostgres(t *testing.T, dir string) {
	t.Helper()
	u, err := user.Lookup("postgres")
	if err != nil || os.Getuid() != 0 {
		return // without root the directory is ours already, as the cluster's would be
	}
	uid, _ := strconv.Atoi(u.Uid)
	gid, _ := strconv.Atoi(u.Gid)
	err = filepath.WalkDir(dir, func(path string, _ os.DirEntry, err error) error { return errors.Join(err, os.Chown(path, uid, gid)) })
	if err != nil {
		t.Fatal(err)
	}
}

// set changes the record as its owner may.
func set(p *product, sql string, args ...any) {
	p.t.Helper()
	scan[int](p, `WITH done AS (`+sql+` RETURNING 1) SELECT count(*)::int FROM done`, args...)
}
