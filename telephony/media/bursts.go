package media

import (
	"bytes"
	"math"
	"time"
)

// Bursts prove in tests that audio really went from one end to the other:
// a sequence of short tones of changing pitch cannot be silence, noise, a loop
// of one packet, or somebody else's sequence. Browsers' audio processing eats
// steady tones, but lets bursts pass.

// Burst is one tone found in a recording.
type Burst struct {
	Pitch float64       // Hz, one of those looked for
	At    time.Duration // from the recording's start
	For   time.Duration
}

// BurstLength and BurstGap are the usual lengths of a burst and of the silence
// after it.
const (
	BurstLength = 160 * time.Millisecond
	BurstGap    = 80 * time.Millisecond
)

// BurstPitches are ten pitches in Hz that DetectBursts tells apart for sure. No
// one is another's harmonic below 4 kHz within 40 Hz.
func BurstPitches() []float64 {
	return []float64{425, 525, 625, 725, 825, 975, 1125, 1325, 1525, 1775}
}

// VoicePitches is an endpoint's own order of the ten pitches, so that several
// voices in one test differ. Two voices (0–9) never have two successive pitches
// in common.
func VoicePitches(voice int) []float64 {
	all := BurstPitches()
	out := make([]float64, len(all))
	for i := range out {
		// Powers of a step modulo the prime 11 visit every pitch once.
		out[i] = all[(i+1)*(voice%10+1)%11-1]
	}
	return out
}

// Bursts is one burst of each pitch, in order, as A-law; zero lengths stand for
// BurstLength and BurstGap.
func Bursts(pitches []float64, length, gap time.Duration) []byte {
	if length == 0 {
		length = BurstLength
	}
	if gap == 0 {
		gap = BurstGap
	}
	var b bytes.Buffer
	for _, p := range pitches {
		b.Write(Tone([]float64{p}, length))
		b.Write(Silence(gap))
	}
	return b.Bytes()
}

// Windows of detection: 40 ms, so that pitches 40 Hz apart differ, each 10 ms.
const (
	burstWindow = 320
	burstHop    = 80
	// burstLevel is the least mean square of a window to look at, about -46 dBm0.
	burstLevel = 100 * 100
	// burstShare is the least part of a window's energy a pitch must hold.
	burstShare = 0.6
	// tonesShare is the least part of the energy that one of two tones holds.
	tonesShare = 0.3
	// burstWindows is the least number of windows in a row that make a burst.
	burstWindows = 4
)

// DetectBursts finds the bursts of the given pitches in 8 kHz samples, in order.
func DetectBursts(pcm []int16, pitches []float64) []Burst {
	var found []Burst
	current, run := -1, 0
	for at := 0; at+burstWindow <= len(pcm); at += burstHop {
		pitch := loudestPitch(pcm[at:at+burstWindow], pitches)
		if pitch != current {
			current, run = pitch, 0
		}
		run++
		if current < 0 || run < burstWindows {
			continue
		}
		start := at - (run-1)*burstHop
		if run == burstWindows {
			found = append(found, Burst{Pitch: pitches[current], At: duration(uint32(start))})
		}
		found[len(found)-1].For = duration(uint32(at + burstHop - start))
	}
	return found
}

// DetectBurstsIn is DetectBursts for bytes of codec c.
func DetectBurstsIn(payload []byte, c Codec, pitches []float64) []Burst {
	return DetectBursts(Decode(make([]int16, 0, len(payload)), payload, c), pitches)
}

// loudestPitch is the index of the pitch that makes up most of the window, or -1.
func loudestPitch(window []int16, pitches []float64) int {
	energy := 0.0
	for _, s := range window {
		energy += float64(s) * float64(s)
	}
	if energy < burstLevel*float64(len(window)) {
		return -1
	}
	best, share := -1, burstShare
	for i, p := range pitches {
		if s := goertzel(window, p) / energy; s > share {
			best, share = i, s
		}
	}
	return best
}

// goertzel is the energy at one frequency: for a pure tone of that pitch the
// window's whole energy.
func goertzel(window []int16, freq float64) float64 {
	coefficient := 2 * math.Cos(2*math.Pi*freq/SampleRate)
	var s1, s2 float64
	for _, v := range window {
		s1, s2 = float64(v)+coefficient*s1-s2, s1
	}
	return 2 * (s1*s1 + s2*s2 - coefficient*s1*s2) / float64(len(window))
}

// Holds says whether samples, 20 ms or more of them, hold a tone of the given
// pitch, alone or under another as loud.
func Holds(pcm []int16, pitch float64) bool {
	energy := 0.0
	for _, s := range pcm {
		energy += float64(s) * float64(s)
	}
	return energy >= burstLevel*float64(len(pcm)) && goertzel(pcm, pitch) >= tonesShare*energy
}

// InOrder says whether the wanted pitches were heard one after the other,
// beginning anywhere, with nothing but them between.
func InOrder(found []Burst, want []float64) bool {
	for from := 0; from+len(want) <= len(found); from++ {
		if startsWith(found[from:], want) {
			return true
		}
	}
	return len(want) == 0
}

func startsWith(found []Burst, want []float64) bool {
	for i, p := range want {
		if found[i].Pitch != p {
			return false
		}
	}
	return true
}
