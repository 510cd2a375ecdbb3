package e2e

import (
	"strings"
	"testing"
	"time"
)

// words of a part of the page, in the page's language.
func words(p page, testID string) string {
	p.b.t.Helper()
	return value[string](p, `document.querySelector('`+at(testID)+`')?.innerText ?? ''`)
}

func TestAnAgentWithoutAMicrophoneIsToldWhyAndOfferedThePhone(t *testing.T) {
	p := demo(t, built(t), "--port", "0", "--empty")
	b := newBrowsers(t)
	for _, c := range []struct{ microphone, zh, en string }{
		{"none", "没有找到麦克风", "No microphone was found"},
		{"refused", "浏览器没有得到麦克风的许可", "The browser may not use the microphone"},
	} {
		t.Run(c.microphone, func(t *testing.T) {
			a := b.open(c.microphone, args{"microphone": c.microphone})
			enter(t, p, a, "agent1", p.URL)
			a.sees("sign-on")
			a.press("F2")
			a.sees("mic-problem")
			if got := words(a, "mic-problem"); !strings.Contains(got, c.zh) || !strings.Contains(got, "改用话机") {
				t.Errorf("in Chinese: %s", got)
			}
			a.must("eval", args{"code": `window.__ringback.speak('en')`})
			if got := words(a, "mic-problem"); !strings.Contains(got, c.en) || !strings.Contains(got, "Use desk phone") {
				t.Errorf("in English: %s", got)
			}
			a.shot("no-microphone")
			if s := value[string](a, `window.__ringback.desk().state`); s != "offline" {
				t.Errorf("the agent is %s without a microphone", s)
			}
			a.press("KeyP")
			a.press("F2")
			a.until(`document.querySelector('[data-testid=desk-problem]')?.innerText.includes('not registered')`, 30*time.Second)
			a.must("close", nil)
		})
	}
}

// TestASessionThatEndsWhileSomebodyTypesLosesNothing: the page asks for the
// password where it stands; the words typed meanwhile are saved afterwards.
func TestASessionThatEndsWhileSomebodyTypesLosesNothing(t *testing.T) {
	p := demo(t, built(t), "--port", "0", "--customers", "answer")
	b := newBrowsers(t)
	a := newAgent(t, p, b, "agent1", 2)
	a.page.until(`window.__ringback.desk()?.state === 'talking' && !!window.__ringback.desk().script`, 60*time.Second)
	a.to("speed_reception")
	call := a.attempt()
	set(p, `DELETE FROM session`)
	a.page.press("KeyN")
	a.page.must("type", args{"text": "等了一个小时也没有人来说一声"})
	a.page.press("Escape")
	a.page.press("/")
	a.page.must("type", args{"text": "李建"}) // any request meets the end of the session
	a.page.sees("sign-in-again")
	a.page.shot("session-ended")
	if got := value[string](a.page, `document.querySelector('[data-testid=verbatim]').value`); got != "等了一个小时也没有人来说一声" {
		t.Errorf("the words typed became %q", got)
	}
	a.page.must("fill", args{"at": at("again-password"), "text": "wrong"})
	a.page.press("Enter")
	a.page.until(`document.querySelector('[data-testid=sign-in-again]')?.innerText.includes('不对')`, 30*time.Second)
	a.page.must("fill", args{"at": at("again-password"), "text": "ringback-demo"})
	a.page.press("Enter")
	a.page.until(`document.querySelector('[data-testid=sign-in-again]') === null && document.querySelector('[data-link=up]') !== null`, 20*time.Second)
	a.page.until(`window.__ringback.pending() === 0`, 20*time.Second)
	a.same(call, "after the session ended")
	a.page.must("eval", args{"code": `document.activeElement?.blur()`})
	a.page.press("8")
	eventually(t, 20*time.Second, "the answer and its words are saved", func() bool {
		return scan[int](p, `SELECT count(*) FROM answer WHERE key = 'speed_reception' AND value_num = 8 AND verbatim LIKE '等了一个小时%'`) == 1
	})
}

// TestSoundThatTheBrowserRefusesComesBackWithAnyKey: after a reload a browser
// may keep the page silent until somebody presses a key.
func TestSoundThatTheBrowserRefusesComesBackWithAnyKey(t *testing.T) {
	p := demo(t, built(t), "--port", "0", "--empty")
	b := newBrowsers(t)
	a := b.open("silent", args{"silent": true})
	enter(t, p, a, "agent1", p.URL)
	a.sees("sign-on")
	a.press("F2")
	a.until(`window.__ringback.desk()?.audio === 'up'`, 30*time.Second)
	a.must("reload", nil)
	a.sees("sound-blocked")
	if got := words(a, "sound-blocked"); !strings.Contains(got, "按任意键恢复声音") {
		t.Errorf("the bar says %q", got)
	}
	a.shot("sound-blocked")
	a.press("Shift")
	a.until(`document.querySelector('[data-testid=sound-blocked]') === null`, 30*time.Second)
	a.until(`!document.querySelector('[data-testid=remote-audio]').paused`, 30*time.Second)
}
