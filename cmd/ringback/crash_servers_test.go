package main

import (
	"encoding/hex"
	"errors"
	"fmt"
	"net"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"ringback/internal/seal"
)

// crashNode is one server process; it comes back at the same addresses.
type crashNode struct {
	h              *crashHouse
	i              int
	http, sip, web string

	mu     sync.Mutex // guards the fields below
	cmd    *exec.Cmd
	gone   chan struct{} // closed when the process has ended
	struck bool          // by a fault that is not mended yet
}

func newCrashNode(h *crashHouse, i int) *crashNode {
	n := &crashNode{h: h, i: i, http: freeAddr(h.t, "tcp"), sip: freeAddr(h.t, "udp"), web: freeAddr(h.t, "udp")}
	must(h.t, os.MkdirAll(n.dir(), 0o755))
	h.t.Cleanup(n.stop)
	return n
}

func (n *crashNode) name() string    { return fmt.Sprintf("node%d", n.i) }
func (n *crashNode) dir() string     { return filepath.Join(n.h.dir, n.name()) }
func (n *crashNode) logPath() string { return filepath.Join(n.dir(), "log") }

// freeAddr is a loopback address nobody listens on.
func freeAddr(t *testing.T, network string) string {
	t.Helper()
	if network == "tcp" {
		l, err := net.Listen("tcp", "127.0.0.1:0")
		must(t, err)
		defer func() { _ = l.Close() }()
		return l.Addr().String()
	}
	c, err := net.ListenPacket("udp4", "127.0.0.1:0")
	must(t, err)
	defer func() { _ = c.Close() }()
	return c.LocalAddr().String()
}

func (n *crashNode) start() {
	n.h.t.Helper()
	log, err := os.OpenFile(n.logPath(), os.O_CREATE|os.O_APPEND|os.O_WRONLY, 0o644)
	must(n.h.t, err)
	defer func() { _ = log.Close() }()
	cmd := exec.Command(os.Args[0])
	cmd.Stdout, cmd.Stderr = log, log
	cmd.SysProcAttr = &syscall.SysProcAttr{Pdeathsig: syscall.SIGKILL}
	cmd.Env = append(os.Environ(), crashNodeEnv+"=1",
		"RINGBACK_DATABASE_URL="+n.h.cluster.appURL(), "RINGBACK_REDIS_URL="+n.h.redis.url(), "RINGBACK_KEY="+hex.EncodeToString(make([]byte, seal.KeyBytes)),
		"RINGBACK_DATA="+n.dir(), "RINGBACK_HTTP_ADDR="+n.http, "RINGBACK_SIP_ADDR="+n.sip, "RINGBACK_WEBRTC_ADDR="+n.web,
		fmt.Sprintf("RINGBACK_RTP_PORTS=%d-%d", 22000+400*n.i, 22399+400*n.i), "RINGBACK_NODE="+n.name(),
		"RINGBACK_DRAIN_SECONDS=3", "RINGBACK_LOG_LEVEL=info")
	must(n.h.t, cmd.Start())
	gone := make(chan struct{})
	go func() { _ = cmd.Wait(); close(gone) }()
	n.mu.Lock()
	defer n.mu.Unlock()
	n.cmd, n.gone = cmd, gone
}

// ended is closed when the process that was started last has ended.
func (n *crashNode) ended() <-chan struct{} {
	n.mu.Lock()
	defer n.mu.Unlock()
	return n.gone
}

// awaitUp waits until the server answers requests. One that found no database yet
// has ended with a sentence and is started again, as systemd does.
func (n *crashNode) awaitUp() error {
	deadline := time.Now().Add(60 * time.Second)
	for {
		res, err := http.Get("http://" + n.http + "/healthz")
		if err == nil {
			_ = res.Body.Close()
			if res.StatusCode == http.StatusOK {
				return nil
			}
		}
		select {
		case <-n.ended():
			pause(time.Second)
			n.start()
		case <-time.After(20 * time.Millisecond):
		}
		if time.Now().After(deadline) {
			return fmt.Errorf("node %d does not come up: %w", n.i, err)
		}
	}
}

func (n *crashNode) up() bool {
	select {
	case <-n.ended():
		return false
	default:
		return true
	}
}

// take marks a server for a fault. It is false where one strikes already.
func (n *crashNode) take() bool {
	n.mu.Lock()
	defer n.mu.Unlock()
	was := n.struck
	n.struck = true
	return !was
}

// whole tells whether no fault is about.
func (n *crashNode) whole() bool {
	n.mu.Lock()
	defer n.mu.Unlock()
	return !n.struck
}

func (n *crashNode) mended() {
	n.mu.Lock()
	defer n.mu.Unlock()
	n.struck = false
}

func (n *crashNode) signal(sig syscall.Signal) {
	n.mu.Lock()
	cmd := n.cmd
	n.mu.Unlock()
	if err := cmd.Process.Signal(sig); err != nil && !errors.Is(err, os.ErrProcessDone) {
		n.h.t.Errorf("signalling node %d: %v", n.i, err)
	}
}

// again starts a server once more that was told to end.
func (n *crashNode) again() {
	select {
	case <-n.ended():
	case <-time.After(30 * time.Second):
		n.h.t.Errorf("node %d does not end", n.i)
		n.signal(syscall.SIGKILL)
		<-n.ended()
	}
	n.start()
	if err := n.awaitUp(); err != nil {
		n.h.t.Error(err)
		return
	}
	var phones sync.WaitGroup
	for _, a := range n.h.agents {
		phones.Go(func() { a.registerAt(n.i) })
	}
	phones.Wait()
	n.mended()
}

func (n *crashNode) stop() {
	if n.cmd == nil {
		return
	}
	n.signal(syscall.SIGCONT)
	n.signal(syscall.SIGKILL)
	<-n.ended()
}

// crashRedis is a redis-server that keeps nothing on disk.
type crashRedis struct {
	t         *testing.T
	dir, addr string
	cmd       *exec.Cmd
}

func startCrashRedis(t *testing.T, dir string) *crashRedis {
	t.Helper()
	must(t, os.MkdirAll(dir, 0o755))
	r := &crashRedis{t: t, dir: dir, addr: freeAddr(t, "tcp")}
	r.start()
	t.Cleanup(r.kill)
	return r
}

func (r *crashRedis) url() string { return "redis://" + r.addr + "/0" }

func (r *crashRedis) start() {
	r.t.Helper()
	_, port, _ := net.SplitHostPort(r.addr)
	r.cmd = exec.Command("redis-server", "--bind", "127.0.0.1", "--port", port, "--save", "", "--appendonly", "no", "--dir", r.dir)
	r.cmd.SysProcAttr = &syscall.SysProcAttr{Pdeathsig: syscall.SIGKILL}
	must(r.t, r.cmd.Start())
	for range 500 {
		if r.say("PING") == "+PONG" {
			return
		}
		pause(10 * time.Millisecond)
	}
	r.t.Fatal("redis-server does not answer")
}

func (r *crashRedis) kill() {
	_ = r.cmd.Process.Kill()
	_ = r.cmd.Wait()
}

// say sends one inline command and gives the first line of the answer.
func (r *crashRedis) say(command string) string {
	c, err := net.DialTimeout("tcp", r.addr, time.Second)
	if err != nil {
		return err.Error()
	}
	defer func() { _ = c.Close() }()
	_ = c.SetDeadline(time.Now().Add(2 * time.Second))
	fmt.Fprintf(c, "%s\r\n", command)
	b := make([]byte, 64)
	n, _ := c.Read(b)
	return strings.TrimSpace(string(b[:n]))
}
