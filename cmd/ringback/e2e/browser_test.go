package e2e

import (
	"bufio"
	"encoding/base64"
	"encoding/binary"
	"encoding/json"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"sync"
	"syscall"
	"testing"
	"time"
)

// browsers drives Chromium through web/tests/e2e/driver.mjs.
type browsers struct {
	t   *testing.T
	in  io.WriteCloser
	cmd *exec.Cmd

	mu    sync.Mutex
	next  int
	asked map[int]chan reply
}

type reply struct {
	ID     int             `json:"id"`
	Result json.RawMessage `json:"result"`
	Error  string          `json:"error"`
}

type args map[string]any

func newBrowsers(t *testing.T) *browsers {
	t.Helper()
	if _, err := exec.LookPath("chromium"); err != nil {
		t.Fatal("chromium is missing: run `make test`, which installs it")
	}
	b := &browsers{t: t, asked: map[int]chan reply{}}
	b.cmd = exec.Command("node", "tests/e2e/driver.mjs")
	b.cmd.Dir = filepath.Join(top(t), "web")
	b.cmd.Stderr = os.Stderr
	b.cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true}
	out, err := b.cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if b.in, err = b.cmd.StdinPipe(); err != nil {
		t.Fatal(err)
	}
	if err := b.cmd.Start(); err != nil {
		t.Fatal(err)
	}
	go b.listen(out)
	t.Cleanup(b.end)
	return b
}

// end closes the driver's input, which makes it close its browsers, and ends the
// whole group when it does not.
func (b *browsers) end() {
	_ = b.in.Close()
	done := make(chan struct{})
	go func() { _ = b.cmd.Wait(); close(done) }()
	select {
	case <-done:
	case <-time.After(10 * time.Second):
		_ = syscall.Kill(-b.cmd.Process.Pid, syscall.SIGKILL)
		<-done
	}
}

func (b *browsers) listen(out io.Reader) {
	r := bufio.NewReaderSize(out, 1<<20)
	for {
		line, err := r.ReadBytes('\n')
		if err != nil {
			return
		}
		var a reply
		if json.Unmarshal(line, &a) != nil {
			continue
		}
		b.mu.Lock()
		c := b.asked[a.ID]
		delete(b.asked, a.ID)
		b.mu.Unlock()
		if c != nil {
			c <- a
		}
	}
}

// page is one browser with one page.
type page struct {
	b    *browsers
	name string
}

func (b *browsers) open(name string, a args) page {
	p := page{b, name}
	p.must("launch", a)
	return p
}

// do asks the driver and waits; the error is the page's.
func (p page) do(op string, a args) (json.RawMessage, error) {
	msg := args{"op": op, "page": p.name}
	for k, v := range a {
		msg[k] = v
	}
	c := make(chan reply, 1)
	p.b.mu.Lock()
	p.b.next++
	msg["id"] = p.b.next
	p.b.asked[p.b.next] = c
	raw, err := json.Marshal(msg)
	if err == nil {
		_, err = p.b.in.Write(append(raw, '\n'))
	}
	p.b.mu.Unlock()
	if err != nil {
		return nil, err
	}
	select {
	case r := <-c:
		if r.Error != "" {
			return nil, fmt.Errorf("%s: %s: %s", p.name, op, r.Error)
		}
		return r.Result, nil
	case <-time.After(90 * time.Second):
		return nil, fmt.Errorf("%s: %s does not answer", p.name, op)
	}
}

func (p page) must(op string, a args) json.RawMessage {
	p.b.t.Helper()
	out, err := p.do(op, a)
	if err != nil {
		p.shot("failed")
		seen, _ := p.do("eval", args{"code": `JSON.stringify({at: location.pathname, pending: window.__ringback?.pending(), focus: document.activeElement?.outerHTML.slice(0, 120), said: document.querySelector('[role=alert]')?.textContent, call: window.__ringback?.desk()?.call?.state, attempt: window.__ringback?.desk()?.call?.attemptId, wrap: window.__ringback?.desk()?.wrap?.proposed, desk: window.__ringback?.desk()}).slice(0, 900)`})
		p.b.t.Fatalf("%v (%v)\n%s", err, a, seen)
	}
	return out
}

func (p page) shot(name string) {
	dir := os.Getenv("RINGBACK_E2E_SHOTS")
	if dir != "" {
		_, _ = p.do("shot", args{"file": filepath.Join(dir, p.name+"-"+name+".png")})
	}
}

func (p page) click(testID string) { p.must("click", args{"at": at(testID)}) }
func (p page) sees(testID string)  { p.must("wait", args{"at": at(testID)}) }
func (p page) press(key string)    { p.must("press", args{"key": key}) }

// until waits until a JavaScript expression is true.
func (p page) until(code string, within time.Duration) {
	p.b.t.Helper()
	p.must("until", args{"code": code, "timeout": within.Milliseconds()})
}

// becomes is until that tells whether it came true in time.
func (p page) becomes(code string, within time.Duration) bool {
	_, err := p.do("until", args{"code": code, "timeout": within.Milliseconds()})
	return err == nil
}

// value reads a JavaScript expression.
func value[T any](p page, code string) T {
	p.b.t.Helper()
	var v T
	raw := p.must("eval", args{"code": code})
	if err := json.Unmarshal(raw, &v); err != nil {
		p.b.t.Fatalf("%s: %s gives %s: %v", p.name, code, raw, err)
	}
	return v
}

// hears is what the agent's browser plays, as 8 kHz samples.
func (p page) hears(d time.Duration) []int16 {
	p.b.t.Helper()
	var text string
	if err := json.Unmarshal(p.must("record", args{"ms": d.Milliseconds()}), &text); err != nil {
		p.b.t.Fatal(err)
	}
	raw, err := base64.StdEncoding.DecodeString(text)
	if err != nil {
		p.b.t.Fatal(err)
	}
	out := make([]int16, len(raw)/2)
	for i := range out {
		out[i] = int16(binary.LittleEndian.Uint16(raw[2*i:]))
	}
	return out
}

func at(testID string) string { return `[data-testid="` + testID + `"]` }
