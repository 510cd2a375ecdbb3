package embedded

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"

	"golang.org/x/sys/unix"

	"ringback/internal/errs"
)

// initdb makes the cluster unless there is one. It is made under a temporary
// name and renamed: it appears whole or not at all.
func (c *Cluster) initdb(ctx context.Context) error {
	version, err := os.ReadFile(filepath.Join(c.data, "PG_VERSION"))
	switch {
	case err == nil:
		return c.checkVersion(strings.TrimSpace(string(version)))
	case !errors.Is(err, os.ErrNotExist):
		return dirError(c.data, err)
	}
	if _, err := os.Stat(c.data); err == nil {
		return dirError(c.data, errors.New("it exists and is no PostgreSQL cluster"))
	}
	tmp, err := c.freshTemporary()
	if err != nil {
		return err
	}
	if err := c.runInitdb(ctx, tmp); err != nil {
		return err
	}
	if err := c.settle(tmp); err != nil {
		return err
	}
	if err := os.Rename(tmp, c.data); err != nil {
		return dirError(c.data, err)
	}
	return nil
}

func (c *Cluster) checkVersion(cluster string) error {
	program, err := binMajor(c.bin)
	if err != nil {
		return fmt.Errorf("asking PostgreSQL for its version: %w", err)
	}
	if program == cluster {
		return nil
	}
	return errs.New(errs.Unavailable, "postgres_version",
		fmt.Sprintf("数据目录 %s 由 PostgreSQL %s 创建，本机程序是 PostgreSQL %s，不能直接打开，数据没有改动。请安装 postgresql-%s，或用 --data 指定另一个目录。", c.data, cluster, program, cluster),
		fmt.Sprintf("The data directory %s was made by PostgreSQL %s, and the programs here are PostgreSQL %s, which cannot open it; nothing was changed. Install postgresql-%s, or choose another directory with --data.", c.data, cluster, program, cluster))
}

// freshTemporary sweeps what killed initdbs left: nothing of value can be in it.
func (c *Cluster) freshTemporary() (string, error) {
	left, _ := filepath.Glob(c.data + ".init-*")
	for _, p := range left {
		if err := os.RemoveAll(p); err != nil {
			return "", dirError(p, err)
		}
	}
	tmp, err := os.MkdirTemp(c.o.Dir, "data.init-") // mode 0700
	if err != nil {
		return "", dirError(c.o.Dir, err)
	}
	return tmp, c.acct.own(tmp)
}

// runInitdb skips initdb's own thousand fsyncs (-N): settle does one syncfs.
func (c *Cluster) runInitdb(ctx context.Context, dir string) error {
	h := &handed{on: c.acct.handed}
	defer h.close()
	dir, err := h.path(dir)
	if err != nil {
		return err
	}
	cmd := exec.CommandContext(ctx, filepath.Join(c.bin, "initdb"), "-D", dir, "-U", OwnerRole,
		"--auth-local=trust", "--auth-host=reject", "-E", "UTF8", "--locale=C.UTF-8", "--no-instructions", "-k", "-N")
	var out bytes.Buffer
	cmd.Dir, cmd.Env, cmd.SysProcAttr, cmd.Stdout, cmd.Stderr = "/", c.env(), c.acct.attr(false), &out, &out
	exit := make(chan error, 1)
	if err := onOwnThread(func() error { return h.start(cmd) }, func() { exit <- cmd.Wait() }); err != nil {
		return c.acct.noNamespace(c.o.Dir, err)
	}
	if err := <-exit; err != nil {
		return errs.New(errs.Unavailable, "postgres_initdb",
			"无法创建私有数据库："+lastLine(out.String()),
			"The private database could not be created: "+lastLine(out.String())).Because(fmt.Errorf("%w\n%s", err, out.String()))
	}
	return nil
}

func lastLine(s string) string {
	lines := strings.Split(strings.TrimSpace(s), "\n")
	return lines[len(lines)-1]
}

// settle puts the new cluster on the disk with one call.
func (c *Cluster) settle(dir string) error {
	if c.o.Throw {
		return nil
	}
	d, err := os.Open(dir)
	if err != nil {
		return dirError(dir, err)
	}
	defer func() { _ = d.Close() }()
	if err := unix.Syncfs(int(d.Fd())); err != nil {
		return dirError(dir, err)
	}
	return nil
}

// env is clean: PG* of the caller must not leak in.
func (c *Cluster) env() []string {
	return []string{"PATH=" + c.bin + ":/usr/bin:/bin", "LC_ALL=C.UTF-8", "TZ=UTC", "HOME=/"}
}
