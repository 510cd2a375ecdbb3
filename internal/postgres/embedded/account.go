package embedded

import (
	"errors"
	"fmt"
	"io/fs"
	"log/slog"
	"os"
	"os/user"
	"path/filepath"
	"strconv"
	"syscall"

	"ringback/internal/errs"
)

// account is who the server runs as.
//
//	cred set    a root process drops to an unprivileged account
//	handed set  that account cannot reach the directory by its path (it lies in
//	            /root, mode 0700): it is handed the open directory instead
//	userns set  a user namespace in which we look like "nobody"
//	none        as ourselves
type account struct {
	cred   *syscall.Credential
	handed bool
	userns bool
	why    error // why a user namespace
}

// chooseAccount prefers, in this order: as we are; as postgres or nobody when
// we are root; in a user namespace when there is no such account. A namespace
// needs rights that a container or a chroot does not have.
func chooseAccount(dir string, log *slog.Logger) (account, error) {
	uid := os.Geteuid()
	if uid != 0 {
		_, err := user.LookupId(strconv.Itoa(uid)) // initdb wants a passwd entry
		return account{userns: err != nil, why: err}, nil
	}
	cred, err := unprivileged()
	if err == nil {
		return account{cred: cred, handed: enterable(dir, cred) != nil}, nil
	}
	log.Warn("running PostgreSQL in a user namespace", "why", err.Error())
	return account{userns: true, why: err}, nil
}

func unprivileged() (*syscall.Credential, error) {
	var last error
	for _, name := range []string{"postgres", "nobody"} {
		u, err := user.Lookup(name)
		if err != nil {
			last = err
			continue
		}
		uid, err1 := strconv.ParseUint(u.Uid, 10, 32)
		gid, err2 := strconv.ParseUint(u.Gid, 10, 32)
		if err1 != nil || err2 != nil || uid == 0 {
			last = fmt.Errorf("account %s has uid %s, gid %s", name, u.Uid, u.Gid)
			continue
		}
		return &syscall.Credential{Uid: uint32(uid), Gid: uint32(gid), Groups: []uint32{}}, nil
	}
	return nil, last
}

// enterable: the account has to pass every directory on the way to dir; a home
// directory with mode 0700 does not let it.
func enterable(dir string, cred *syscall.Credential) error {
	for p := dir; ; p = filepath.Dir(p) {
		fi, err := os.Stat(p)
		if err != nil {
			return fmt.Errorf("looking at %s: %w", p, err)
		}
		if !mayEnter(fi, cred) {
			return fmt.Errorf("%s (mode %o) cannot be entered by uid %d", p, fi.Mode().Perm(), cred.Uid)
		}
		if p == filepath.Dir(p) {
			return nil
		}
	}
}

func mayEnter(fi fs.FileInfo, cred *syscall.Credential) bool {
	mode := fi.Mode().Perm()
	st, ok := fi.Sys().(*syscall.Stat_t)
	return mode&0o001 != 0 || ok && (st.Gid == cred.Gid && mode&0o010 != 0 || st.Uid == cred.Uid && mode&0o100 != 0)
}

// uid is whose files the cluster's are, seen from outside.
func (a account) uid() int {
	if a.cred != nil {
		return int(a.cred.Uid)
	}
	return os.Geteuid()
}

// own gives a path to the account.
func (a account) own(path string) error {
	if a.cred == nil {
		return nil
	}
	if err := os.Chown(path, int(a.cred.Uid), int(a.cred.Gid)); err != nil {
		return fmt.Errorf("giving %s to uid %d: %w", path, a.cred.Uid, err)
	}
	return nil
}

// owns refuses a cluster that another user made: PostgreSQL would refuse it
// too, with words that help less.
func (a account) owns(data string) error {
	fi, err := os.Stat(data)
	if os.IsNotExist(err) {
		return nil
	}
	if err != nil {
		return dirError(data, err)
	}
	st, ok := fi.Sys().(*syscall.Stat_t)
	if !ok || int(st.Uid) == a.uid() {
		return nil
	}
	whose := userName(int(st.Uid))
	return errs.New(errs.Unavailable, "postgres_owner",
		fmt.Sprintf("数据目录 %s 属于用户 %s，当前以 %s 运行。请换回原来的用户运行，或用 --data 指定另一个目录。", data, whose, userName(a.uid())),
		fmt.Sprintf("The data directory %s belongs to user %s, and PostgreSQL would run as %s. Run as the user who made it, or choose another directory with --data.", data, whose, userName(a.uid())))
}

// noNamespace explains a child that could not start because this machine allows
// no user namespaces; other errors stay as they are.
func (a account) noNamespace(dir string, err error) error {
	if !a.userns || !(errors.Is(err, syscall.EPERM) || errors.Is(err, syscall.EINVAL) || errors.Is(err, syscall.ENOSPC)) {
		return err
	}
	return errs.New(errs.Unavailable, "postgres_account",
		fmt.Sprintf("PostgreSQL 不能以当前用户运行：本机没有 postgres 或 nobody 账号，也不允许用户命名空间（目录 %s）。请用有账号的普通用户运行，或用 RINGBACK_DATABASE_URL 连接现有数据库。", dir),
		fmt.Sprintf("PostgreSQL cannot run as the present user: this machine has no account postgres or nobody and allows no user namespace (directory %s). Run as an ordinary user with an account, or point RINGBACK_DATABASE_URL at a database.", dir)).
		Because(errors.Join(err, a.why))
}

func userName(uid int) string {
	if u, err := user.LookupId(strconv.Itoa(uid)); err == nil {
		return u.Username
	}
	return strconv.Itoa(uid)
}

// makeDir makes the state directory. It is open to pass through (the cluster
// inside is not), because the server may run as another user.
func makeDir(dir string) error {
	if err := os.MkdirAll(dir, 0o755); err != nil {
		return dirError(dir, err)
	}
	probe, err := os.CreateTemp(dir, ".writable-")
	if err != nil {
		return dirError(dir, err)
	}
	_ = probe.Close()
	if err := os.Remove(probe.Name()); err != nil {
		return dirError(dir, err)
	}
	return nil
}

func dirError(dir string, err error) error {
	return errs.New(errs.Unavailable, "postgres_directory",
		fmt.Sprintf("数据目录 %s 不可用或不可写。请检查该目录的权限和剩余空间，或用 --data 指定另一个目录。", dir),
		fmt.Sprintf("The data directory %s cannot be used or written. Check its permissions and free space, or choose another directory with --data.", dir)).Because(err)
}

// attr is how a child of ours starts: in its own process group, so that Ctrl-C
// on the terminal does not stop the database before the server has drained.
func (a account) attr(detached bool) *syscall.SysProcAttr {
	s := &syscall.SysProcAttr{Credential: a.cred}
	if detached {
		s.Setsid = true
	} else {
		s.Setpgid, s.Pdeathsig = true, syscall.SIGINT
	}
	if a.userns {
		const nobody = 65534 // has a passwd entry and is not root; outside we stay who we are
		s.Cloneflags = syscall.CLONE_NEWUSER
		s.UidMappings = []syscall.SysProcIDMap{{ContainerID: nobody, HostID: os.Geteuid(), Size: 1}}
		s.GidMappings = []syscall.SysProcIDMap{{ContainerID: nobody, HostID: os.Getegid(), Size: 1}}
	}
	return s
}
