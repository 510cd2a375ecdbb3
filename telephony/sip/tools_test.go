package sip_test

import (
	"bytes"
	"context"
	"encoding/binary"
	"fmt"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"ringback/telephony"
	"ringback/telephony/media"
	"ringback/telephony/sip"
)

// tool is the path of a public SIP program; without it these tests fail.
func tool(t *testing.T, name, from string) string {
	t.Helper()
	path, err := exec.LookPath(name)
	if err != nil {
		t.Fatalf("%s is not installed, and this test proves nothing without it: apt-get install %s", name, from)
	}
	return path
}

// starts runs a program until the test ends and shows what it said if that fails.
func starts(t *testing.T, dir, path string, args ...string) {
	t.Helper()
	log, err := os.Create(filepath.Join(dir, filepath.Base(path)+".log"))
	if err != nil {
		t.Fatal(err)
	}
	cmd := exec.Command(path, args...)
	cmd.Dir, cmd.Stdout, cmd.Stderr = dir, log, log
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		_ = cmd.Process.Kill()
		_ = cmd.Wait()
		_ = log.Close()
		if t.Failed() {
			said, _ := os.ReadFile(log.Name())
			t.Logf("%s said:\n%s", path, said)
		}
	})
}

// freePort is a UDP port that was free a moment ago.
func freePort(t *testing.T) int {
	t.Helper()
	c, err := net.ListenPacket("udp4", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = c.Close() }()
	return c.LocalAddr().(*net.UDPAddr).Port
}

func TestSippAnswersOurCallsOverUDPAndTCP(t *testing.T) {
	for transport, flag := range map[string]string{"udp": "u1", "tcp": "t1"} {
		t.Run(transport, func(t *testing.T) { sippAnswers(t, transport, flag) })
	}
}

func sippAnswers(t *testing.T, transport, flag string) {
	sipp, dir, port := tool(t, "sipp", "sip-tester"), t.TempDir(), freePort(t)
	starts(t, dir, sipp, "-sn", "uas", "-t", flag, "-i", "127.0.0.1", "-p", fmt.Sprint(port), "-nostdin", "-m", "20", "-mp", fmt.Sprint(freePort(t)))
	e, _ := realWorld(t)
	if transport == "tcp" {
		eventually(t, "sipp listens", 5*time.Second, func() bool {
			c, err := net.Dial("tcp", fmt.Sprint("127.0.0.1:", port))
			if err == nil {
				_ = c.Close()
			}
			return err == nil
		})
	}
	const calls = 20
	stories := make([]*story, calls)
	for i := range stories {
		stories[i] = newStory()
		leg, err := e.Place(context.Background(), telephony.LegSpec{
			CallID: fmt.Sprintf("sipp-%d", i), Address: fmt.Sprintf("127.0.0.1:%d", port),
			Transport: transport, To: "service", From: "02150000000", RingTimeout: 10 * time.Second,
		}, stories[i].on)
		if err != nil {
			t.Fatal(err)
		}
		stories[i].until(t, telephony.LegAnswered, 5*time.Second)
		leg.Hangup()
	}
	for _, s := range stories {
		if end := s.until(t, telephony.LegEnded, time.Second); end.Cause != telephony.EndLocalBye {
			t.Errorf("ended %+v", end)
		}
	}
	eventually(t, "sipp has answered every BYE", 5*time.Second, func() bool { return e.Legs() == 0 })
}

func TestABaresipDeskPhoneRegistersAnswersByItselfAndTalks(t *testing.T) {
	baresip, dir := tool(t, "baresip", "baresip-core"), t.TempDir()
	came := make(chan sip.Registration, 10)
	registrar := sip.NewRegistrar(sip.RegistrarOptions{Extensions: secrets{"1001": "pw"}, OnChange: func(r sip.Registration) { came <- r }})
	runs(t, registrar.Run)
	e, err := sip.New(sip.Options{Listen: "127.0.0.1:0", OpenAudio: sip.OpenRTP(ports(t, 22000, 22998)), Registrar: registrar})
	if err != nil {
		t.Fatal(err)
	}
	runs(t, e.Run)
	speech := media.VoicePitches(3)
	write(t, dir, "speech.wav", wav(media.Bursts(speech, 0, 0)))
	write(t, dir, "config", strings.Join([]string{
		"module_path /usr/lib/baresip/modules", "module g711.so", "module aufile.so",
		"module_app account.so", "module_app menu.so", "audio_source aufile," + filepath.Join(dir, "speech.wav"), "ausrc_srate 8000", "auplay_srate 8000",
		"ausrc_channels 1", "auplay_channels 1", fmt.Sprintf("sip_listen 127.0.0.1:%d", freePort(t)), "rtp_ports 24000-24998", "rtp_timeout 60",
	}, "\n")+"\n")
	write(t, dir, "accounts", fmt.Sprintf("<sip:1001@%s;transport=udp>;auth_pass=pw;answermode=auto;regint=60\n", e.Addr()))
	starts(t, dir, baresip, "-4", "-f", dir)

	select {
	case r := <-came:
		if r.User != "1001" || r.Gone {
			t.Fatalf("registration %+v", r)
		}
	case <-time.After(10 * time.Second):
		t.Fatal("baresip has not registered")
	}
	addr, transport, _ := registrar.Contact("1001")
	s, agent := newStory(), &ear{}
	leg, err := e.Place(context.Background(), telephony.LegSpec{
		CallID: "desk-1", Address: addr, Transport: transport, To: "1001",
		From: "ringback", AutoAnswer: true, RingTimeout: 10 * time.Second,
	}, s.on)
	if err != nil {
		t.Fatal(err)
	}
	s.until(t, telephony.LegAnswered, 10*time.Second)
	leg.Media().SetSink(agent)
	clock, ticking := media.NewClock(), make(chan struct{})
	ctx, stop := context.WithCancel(context.Background())
	go func() { defer close(ticking); _ = clock.Run(ctx) }()
	defer func() { stop(); <-ticking }()
	clock.Play(leg.Media(), media.Tone([]float64{1000}, time.Second), true, nil)
	eventually(t, "what the phone says arrives", 15*time.Second, func() bool { return agent.heard(speech) })
	leg.Hangup()
	s.until(t, telephony.LegEnded, time.Second)
	eventually(t, "the phone has answered the BYE", 5*time.Second, func() bool { return e.Legs() == 0 })
}

// wav is A-law audio as a WAV file that baresip can play.
func wav(alaw []byte) string {
	var b bytes.Buffer
	b.Write(media.WAVHeader(media.FormatPCM16, 1, 8000, uint32(2*len(alaw))))
	_ = binary.Write(&b, binary.LittleEndian, media.Decode(nil, alaw, media.PCMA))
	return b.String()
}

func write(t *testing.T, dir, name, text string) {
	t.Helper()
	if err := os.WriteFile(filepath.Join(dir, name), []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
}
