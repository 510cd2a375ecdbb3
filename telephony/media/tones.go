package media

import (
	"bytes"
	"math"
	"time"
)

// toneLevel is the peak of a tone's samples: about -13 dBm0, loud enough and
// gentle to an ear with a headset on.
const toneLevel = 7000

// rampTime is how long a tone swells and fades, so that it does not click.
const rampTime = 5 * time.Millisecond

// Tone is d of the given frequencies in Hz, sounded together, as A-law.
func Tone(freqs []float64, d time.Duration) []byte {
	n := int(samples(d))
	ramp := float64(samples(rampTime))
	out := make([]byte, n)
	for i := range out {
		swell := min(1, float64(i)/ramp, float64(n-1-i)/ramp)
		out[i] = LinearToALaw(int16(toneLevel * swell * chord(freqs, i)))
	}
	return out
}

// chord is sample i of the frequencies' sum, within ±1.
func chord(freqs []float64, i int) float64 {
	sum := 0.0
	for _, f := range freqs {
		sum += math.Sin(2 * math.Pi * f * float64(i) / SampleRate)
	}
	return sum / float64(max(1, len(freqs)))
}

// Silence is d of nothing, as A-law.
func Silence(d time.Duration) []byte {
	return bytes.Repeat([]byte{ALawSilence}, int(samples(d)))
}

// AnnounceTone tells a nailed-up agent that a call is there: two short notes,
// 180 ms, so that the customer's first word is not covered.
func AnnounceTone() []byte {
	return bytes.Join([][]byte{
		Tone([]float64{880}, 80*time.Millisecond),
		Silence(20 * time.Millisecond),
		Tone([]float64{1320}, 80*time.Millisecond),
	}, nil)
}

// RingbackTone is one period of China's ring-back tone, 450 Hz 1 s on 4 s off
// (GB/T 3380); play it in a loop.
func RingbackTone() []byte {
	return append(Tone([]float64{450}, time.Second), Silence(4*time.Second)...)
}

// BusyTone is one period of China's busy tone, 450 Hz 350 ms on 350 ms off.
func BusyTone() []byte {
	return append(Tone([]float64{450}, 350*time.Millisecond), Silence(350*time.Millisecond)...)
}

// HoldMusic is 16 s of quiet plucked notes for a customer on hold; play it in a
// loop. It is made here, so there is nobody to pay for it.
func HoldMusic() []byte {
	const beat = 250 * time.Millisecond
	// Semitones above A3, four chords broken up and down.
	notes := []int{3, 7, 10, 15, 10, 7, 3, 7, 0, 3, 7, 12, 7, 3, 0, 3, 5, 8, 12, 17, 12, 8, 5, 8, 7, 11, 14, 19, 14, 11, 7, 11}
	mix := make([]float64, 2*len(notes)*int(samples(beat)))
	for i := range 2 * len(notes) {
		pluck(mix, i*int(samples(beat)), 220*math.Pow(2, float64(notes[i%len(notes)])/12))
	}
	out := make([]byte, len(mix))
	for i, v := range mix {
		out[i] = LinearToALaw(int16(max(-1, min(1, v)) * toneLevel))
	}
	return out
}

// pluck adds one decaying note to mix from sample at on, round the end.
func pluck(mix []float64, at int, freq float64) {
	const ring = SampleRate // 1 s
	for i := range ring {
		t := float64(i) / SampleRate
		v := math.Exp(-4*t) * min(1, float64(i)/40) * (math.Sin(2*math.Pi*freq*t) + 0.3*math.Sin(4*math.Pi*freq*t))
		mix[(at+i)%len(mix)] += 0.4 * v
	}
}
