package e2e

import (
	"fmt"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"ringback/telephony/media"
)

// TestADeskPhoneWorksAShift is an agent with a real desk phone (baresip) instead of
// a headset: the phone rings once and stays connected, previewed customers are
// dialled and skipped, and a phone that is hung up makes its agent not ready.
func TestADeskPhoneWorksAShift(t *testing.T) {
	heard := t.TempDir()
	p := demo(t, built(t), "--port", "0", "--empty", "--customers", "bursts", "--hear", heard)
	p.run("import", filepath.Join(top(t), "crm/importer/demo/workorders.xlsx"))
	phone := newDeskPhone(t, p, 2)
	b := newBrowsers(t)
	boss := signIn(t, p, b, "supervisor", args{"microphone": "none"})
	a := &agent{t: t, page: signIn(t, p, b, "agent1", args{"microphone": "none"})}

	a.signOnByPhone()
	startCampaign(boss, "preview")
	first := a.reads("")
	a.page.press("Enter")
	a.page.until(`window.__ringback.desk()?.state === 'talking' && !!window.__ringback.desk().script`, 30*time.Second)
	call := a.attempt()
	a.talked(6 * time.Second)
	a.page.press("KeyM")
	a.page.until(`window.__ringback.desk().muted === true`, 30*time.Second)
	a.page.press("KeyK")
	a.page.sees("keypad-panel")
	a.page.press("Digit5")
	a.page.press("Escape")
	a.talked(11 * time.Second)
	a.page.press("Control+Enter") // before the closing words: with a reason
	a.page.sees("early-panel")
	a.page.press("Digit1")
	a.page.until(`window.__ringback.desk()?.state === 'wrapup'`, 30*time.Second)
	a.wrap()

	second := a.reads(first)
	boss.click("campaign-pause") // so that nobody is before the agent when they skip
	boss.sees("campaign-start")
	a.page.press("KeyS")
	a.page.sees("skip-justVisited")
	a.page.press("Digit2")
	a.page.until(`window.__ringback.desk()?.state === 'ready'`, 30*time.Second)
	if n := scan[int](p, `SELECT count(*) FROM task WHERE id = $1 AND next_attempt_at > $2`, second, time.Date(2026, 11, 20, 2, 30, 0, 0, time.UTC)); n != 1 {
		t.Error("the skipped task is not put off")
	}
	if log, _ := os.ReadFile(filepath.Join(p.dir, "ringback.log")); !strings.Contains(string(log), "justVisited") {
		t.Error("nobody knows why the task was skipped")
	}

	if n := phone.rang(); n != 1 {
		t.Errorf("the phone rang %d times, want once for the shift", n)
	}
	phone.hangUp()
	a.page.until(`window.__ringback.desk()?.state === 'lost'`, 30*time.Second)
	a.page.sees("phone-words")
	a.page.shot("hung-up")
	if words := string(a.page.must("text", args{"at": at("phone-words")})); !strings.Contains(words, "话机挂断了") || !strings.Contains(words, "F2") {
		t.Errorf("the page says %s", words)
	}
	if n := scan[int](p, `SELECT count(*) FROM agent_session WHERE signed_off_at IS NULL AND state = 'ready'`); n != 0 {
		t.Error("an agent without a phone is ready")
	}
	if found := phone.heard(); !media.InOrder(found, media.VoicePitches(1)) {
		t.Errorf("the phone did not hear the customer: %v", found)
	}

	a.page.press("F2")
	a.page.until(`window.__ringback.desk()?.state === 'ready' && window.__ringback.desk().audio === 'up'`, 30*time.Second)
	a.page.press("Control+F2")
	a.page.until(`window.__ringback.desk()?.state === 'offline'`, 30*time.Second)
	if n := phone.rang(); n != 2 {
		t.Errorf("the phone rang %d times, want once more when asked", n)
	}
	if n := scan[int](p, `SELECT count(*) FROM agent_session WHERE signed_off_at IS NULL`); n != 0 {
		t.Error("the shift is not over")
	}
	customerHeardThePhone(t, heard, call)
}

// signOnByPhone chooses the desk phone and waits until it is connected.
func (a *agent) signOnByPhone() {
	a.page.until(`window.__ringback?.desk()?.phoneExtension?.registered === true`, 20*time.Second)
	a.page.click("device-phone")
	a.page.press("F2")
	a.page.until(`window.__ringback.desk().state === 'ready' && window.__ringback.desk().audio === 'up' && window.__ringback.desk().device === 'phone'`, 20*time.Second)
}

// reads waits for a preview of another task than the one before, and names it.
func (a *agent) reads(before string) string {
	a.t.Helper()
	a.page.until(`window.__ringback.desk()?.state === 'preview' && !!window.__ringback.desk().card?.name && window.__ringback.desk().task?.id !== `+quoted(before), 30*time.Second)
	a.page.sees("desk-preview")
	return value[string](a.page, `window.__ringback.desk().task.id`)
}

// talked waits until the call has been up for so long.
func (a *agent) talked(d time.Duration) {
	a.page.until(fmt.Sprintf(`Date.now() - Date.parse(window.__ringback.desk().call.bridgedAt) > %d`, d.Milliseconds()), d+30*time.Second)
}

// customerHeardThePhone finds the phone's bursts in what the customer heard, then
// the silence of the mute, and the key.
func customerHeardThePhone(t *testing.T, dir, call string) {
	t.Helper()
	var raw []byte
	eventually(t, 5*time.Second, "what the customer heard is kept", func() (ok bool) {
		raw, _ = os.ReadFile(filepath.Join(dir, call+"-1.alaw"))
		return len(raw) > 0
	})
	found := media.DetectBurstsIn(raw, media.PCMA, media.BurstPitches())
	if !media.InOrder(found, media.VoicePitches(2)) {
		t.Errorf("the customer did not hear the phone: %v", found)
	}
	const seconds = 8000
	if late := media.DetectBurstsIn(raw[max(0, len(raw)-3*seconds):], media.PCMA, media.BurstPitches()); len(late) > 0 {
		t.Errorf("the muted phone was heard: %v", late)
	}
	if keys, _ := os.ReadFile(filepath.Join(dir, call+"-1.keys")); string(keys) != "5" {
		t.Errorf("the customer got the keys %q, want 5", keys)
	}
}

// deskPhone is a baresip that answers by itself, plays bursts over and over and
// records what it hears.
type deskPhone struct {
	t       *testing.T
	dir     string
	console string // UDP, for its keys
}

func newDeskPhone(t *testing.T, p *product, voice int) *deskPhone {
	t.Helper()
	bin, err := exec.LookPath("baresip")
	if err != nil {
		t.Fatal("baresip is missing: run `make test`, which installs it")
	}
	ph := &deskPhone{t: t, dir: t.TempDir(), console: fmt.Sprintf("127.0.0.1:%d", freePort(t))}
	ph.write("config", strings.Join([]string{
		"module_path /usr/lib/baresip/modules", "module g711.so", "module aufile.so", "module sndfile.so", "module cons.so",
		"module_app account.so", "module_app menu.so",
		"audio_source aufile," + longVoiceFile(t, voice, 100), // four minutes
		"ausrc_srate 8000", "auplay_srate 8000", "ausrc_channels 1", "auplay_channels 1",
		"snd_path " + ph.dir, "cons_listen " + ph.console, fmt.Sprintf("sip_listen 127.0.0.1:%d", freePort(t)), "rtp_ports 24000-24998", "rtp_timeout 60",
	}, "\n")+"\n")
	ph.write("accounts", fmt.Sprintf("<sip:%s@%s;transport=udp>;auth_pass=%s;answermode=auto;regint=60\n", p.Phone.Extension, p.Phone.Server, p.Phone.Password))
	log, err := os.Create(ph.log())
	if err != nil {
		t.Fatal(err)
	}
	cmd := exec.Command(bin, "-4", "-f", ph.dir)
	cmd.Dir, cmd.Stdout, cmd.Stderr = ph.dir, log, log
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		_ = cmd.Process.Kill()
		_ = cmd.Wait()
		_ = log.Close()
		if said, _ := os.ReadFile(ph.log()); t.Failed() {
			t.Logf("baresip said:\n%s", tail(said, 4000))
		}
	})
	return ph
}

func (ph *deskPhone) log() string { return filepath.Join(ph.dir, "baresip.log") }

func (ph *deskPhone) write(name, text string) {
	ph.t.Helper()
	if err := os.WriteFile(filepath.Join(ph.dir, name), []byte(text), 0o600); err != nil {
		ph.t.Fatal(err)
	}
}

// rang is how many calls it has answered.
func (ph *deskPhone) rang() int {
	said, _ := os.ReadFile(ph.log())
	return strings.Count(string(said), "Call established")
}

// hangUp puts the receiver down.
func (ph *deskPhone) hangUp() {
	ph.t.Helper()
	c, err := net.Dial("udp", ph.console)
	if err != nil {
		ph.t.Fatal(err)
	}
	defer func() { _ = c.Close() }()
	if _, err := c.Write([]byte("b")); err != nil {
		ph.t.Fatal(err)
	}
}

// heard is what it has recorded since it was picked up first.
func (ph *deskPhone) heard() []media.Burst {
	ph.t.Helper()
	files, _ := filepath.Glob(filepath.Join(ph.dir, "dump-*-dec.wav"))
	if len(files) == 0 {
		ph.t.Fatal("the phone has recorded nothing")
	}
	f, err := os.Open(files[0])
	if err != nil {
		ph.t.Fatal(err)
	}
	defer func() { _ = f.Close() }()
	w, err := media.ReadWAV(f)
	if err != nil {
		ph.t.Fatal(err)
	}
	return media.DetectBursts(w.Linear(0), media.BurstPitches())
}
