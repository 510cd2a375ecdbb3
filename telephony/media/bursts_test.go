package media

import (
	"math/rand/v2"
	"slices"
	"testing"
	"time"

	"pgregory.net/rapid"
)

func pitchesOf(found []Burst) []float64 {
	var out []float64
	for _, b := range found {
		out = append(out, b.Pitch)
	}
	return out
}

func TestEveryVoiceIsToldFromEveryOther(t *testing.T) {
	for voice := range 10 {
		said := VoicePitches(voice)
		found := DetectBurstsIn(Bursts(said, 0, 0), PCMA, BurstPitches())
		if !slices.Equal(pitchesOf(found), said) {
			t.Errorf("voice %d said %v, heard %v", voice, said, pitchesOf(found))
		}
		for other := range 10 {
			if got := InOrder(found, VoicePitches(other)[:2]); got != (other == voice) {
				t.Errorf("voice %d taken for %d: %v", voice, other, got)
			}
		}
	}
}

func TestABurstHasItsTimeAndLength(t *testing.T) {
	found := DetectBurstsIn(Bursts([]float64{425, 1775}, 200*time.Millisecond, 100*time.Millisecond), PCMA, BurstPitches())
	for i, b := range found {
		if at := time.Duration(i) * 300 * time.Millisecond; (b.At-at).Abs() > 40*time.Millisecond || (b.For-200*time.Millisecond).Abs() > 40*time.Millisecond {
			t.Errorf("burst %d at %v for %v", i, b.At, b.For)
		}
	}
	if len(found) != 2 {
		t.Errorf("found %v", found)
	}
}

// What a line does to audio: another law, a shift, some noise, less level, and a
// few lost frames between bursts.
func TestBurstsAreFoundOnAPoorLine(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		noise := rand.New(rand.NewPCG(rapid.Uint64().Draw(t, "noise"), 1))
		level := rapid.Float64Range(0.1, 1).Draw(t, "level")
		said := VoicePitches(rapid.IntRange(0, 9).Draw(t, "voice"))[:5]
		pcm := make([]int16, rapid.IntRange(0, 500).Draw(t, "shift"))
		for _, s := range Decode(nil, Bursts(said, 0, 0), PCMA) {
			pcm = append(pcm, int16(level*float64(s))+int16(noise.IntN(100)-50))
		}
		if heard := DetectBurstsIn(Encode(nil, pcm, PCMU), PCMU, BurstPitches()); !InOrder(heard, said) {
			t.Errorf("said %v, heard %v", said, pitchesOf(heard))
		}
	})
}

func TestSilenceNoiseAndMusicHoldNoSequence(t *testing.T) {
	noise := make([]int16, 16000)
	for i := range noise {
		noise[i] = int16(rand.IntN(20000) - 10000)
	}
	for name, pcm := range map[string][]int16{
		"silence": make([]int16, 16000), "noise": noise,
		"music": Decode(nil, HoldMusic(), PCMA), "one steady tone": Decode(nil, Tone([]float64{725}, time.Second), PCMA),
	} {
		if found := DetectBursts(pcm, BurstPitches()); InOrder(found, VoicePitches(0)[:3]) || len(found) > 1 && name != "music" {
			t.Errorf("%s holds %v", name, pitchesOf(found))
		}
	}
}

func TestTonesHaveTheirLengthPitchAndLevel(t *testing.T) {
	if n := len(AnnounceTone()); n != 1440 {
		t.Errorf("the announce tone has %d samples, want 180 ms", n)
	}
	if n := len(RingbackTone()); n != 5*SampleRate {
		t.Errorf("ring-back has %d samples, want 5 s", n)
	}
	if n := len(BusyTone()); n != 5600 {
		t.Errorf("busy has %d samples, want 700 ms", n)
	}
	ring := Decode(nil, RingbackTone(), PCMA)
	if got := loudestPitch(ring[800:1120], []float64{400, 450, 500}); got != 1 {
		t.Errorf("ring-back sounds like pitch %d", got)
	}
	if ring[0] > 100 || max(peak(HoldMusic(), PCMA), peak(RingbackTone(), PCMA)) > 60 {
		t.Error("a tone clicks or is too loud")
	}
}
