package main

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strings"
	"syscall"
	"time"

	"ringback/internal/errs"
)

// server is one `ringback serve` of a cluster.
type server struct {
	no    int
	url   string
	log   string
	cmd   *exec.Cmd
	ready chan struct{} // closed when it serves
	done  chan struct{} // closed when it has ended
	err   error         // how it ended; read after done
}

// servers are the processes of a cluster. They are not started again: whoever
// kills one wants to see what the others do.
type servers struct {
	tell    io.Writer // sentences for whoever looks at the terminal
	dir     string    // of their logs
	program []string  // with its arguments
	all     []*server
	ended   chan *server
}

const (
	serverStarts = 60 * time.Second
	serverStops  = 40 * time.Second // draining calls included
)

// start starts one server and waits until it serves.
func (s *servers) start(ctx context.Context, no, port int, env []string) error {
	name, host := fmt.Sprintf("node%d", no), fmt.Sprintf("127.0.0.%d", no)
	n := &server{
		no: no, url: "http://" + consoleOf(no, port), log: filepath.Join(s.dir, name+".log"),
		ready: make(chan struct{}), done: make(chan struct{}),
	}
	n.cmd = exec.Command(s.program[0], s.program[1:]...)
	n.cmd.Env = append(env, "RINGBACK_NODE="+name, "RINGBACK_HTTP_ADDR="+consoleOf(no, port), "RINGBACK_SIP_ADDR="+host+":0", "RINGBACK_WEBRTC_ADDR="+host+":0")
	n.cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true, Pdeathsig: syscall.SIGTERM} // Ctrl-C is ours to pass on, in order
	started := make(chan error)
	go s.run(n, started)
	if err := <-started; err != nil {
		return fmt.Errorf("starting %s: %w", name, err)
	}
	s.all = append(s.all, n)
	return s.await(ctx, n)
}

// run is a server's life. The thread is kept: Pdeathsig fires when the thread that
// forked ends.
func (s *servers) run(n *server, started chan<- error) {
	runtime.LockOSThread()
	defer runtime.UnlockOSThread()
	log, err := os.OpenFile(n.log, os.O_CREATE|os.O_APPEND|os.O_WRONLY, 0o640)
	if err != nil {
		started <- err
		return
	}
	defer func() { _ = log.Close() }()
	n.cmd.Stderr = log
	out, err := n.cmd.StdoutPipe()
	if err == nil {
		err = n.cmd.Start()
	}
	started <- err
	if err != nil {
		return
	}
	for lines := bufio.NewScanner(out); lines.Scan(); {
		if strings.Contains(lines.Text(), "serves on") {
			close(n.ready)
		}
	}
	n.err = n.cmd.Wait()
	close(n.done)
	s.ended <- n
}

func (s *servers) await(ctx context.Context, n *server) error {
	late := time.NewTimer(serverStarts)
	defer late.Stop()
	select {
	case <-n.ready:
		return nil
	case <-n.done:
	case <-late.C:
	case <-ctx.Done():
		return nil
	}
	return errs.New(errs.Unavailable, "node_start", fmt.Sprintf("节点 %d 没有启动成功，原因见 %s。", n.no, n.log), fmt.Sprintf("Node %d did not start; %s says why.", n.no, n.log)).Because(n.err)
}

// watch tells of servers that end, until ctx ends or none is left.
func (s *servers) watch(ctx context.Context) error {
	for range s.all {
		select {
		case <-ctx.Done():
			return nil
		case n := <-s.ended:
			fmt.Fprintf(s.tell, "Node %d has ended (%v); the others take over. 节点 %d 已结束，由其余节点接管。\n", n.no, orFine(n.err), n.no)
		}
	}
	return errs.New(errs.Unavailable, "nodes_gone", "所有节点都已结束。", "All nodes have ended.")
}

func orFine(err error) error {
	if err == nil {
		return errors.New("by itself")
	}
	return err
}

// stop ends all servers as an operator would, and those that do not end.
func (s *servers) stop() {
	for _, n := range s.all {
		_ = n.cmd.Process.Signal(syscall.SIGTERM)
	}
	late := time.NewTimer(serverStops)
	defer late.Stop()
	for _, n := range s.all {
		select {
		case <-n.done:
		case <-late.C:
			late.Reset(0)
			_ = n.cmd.Process.Kill()
			<-n.done
		}
	}
}
