package media

import (
	"bytes"
	"testing"

	"pgregory.net/rapid"
)

func TestG711KnownValues(t *testing.T) {
	for _, c := range []struct {
		name   string
		codec  Codec
		code   byte
		linear int16
	}{
		{"A-law smallest positive", PCMA, 0xD5, 8},
		{"A-law smallest negative", PCMA, 0x55, -8},
		{"A-law largest positive", PCMA, 0xAA, 32256},
		{"A-law largest negative", PCMA, 0x2A, -32256},
		{"A-law milliwatt, small sample", PCMA, 0x34, -8960},
		{"A-law milliwatt, large sample", PCMA, 0x21, -20992},
		{"A-law second segment", PCMA, 0xC5, 264},
		{"mu-law zero", PCMU, 0xFF, 0},
		{"mu-law negative zero", PCMU, 0x7F, 0},
		{"mu-law largest positive", PCMU, 0x80, 32124},
		{"mu-law largest negative", PCMU, 0x00, -32124},
		{"mu-law first step", PCMU, 0xFE, 8},
	} {
		t.Run(c.name, func(t *testing.T) {
			if got := Decode(nil, []byte{c.code}, c.codec)[0]; got != c.linear {
				t.Errorf("%#x is %d, want %d", c.code, got, c.linear)
			}
		})
	}
}

func TestEveryCodeSurvivesDecodingAndEncoding(t *testing.T) {
	for i := range 256 {
		b := byte(i)
		if got := LinearToALaw(ALawToLinear(b)); got != b {
			t.Errorf("A-law %#x came back as %#x", b, got)
		}
		if got := LinearToULaw(ULawToLinear(b)); got != b && b != 0x7F { // 0x7F is a second zero
			t.Errorf("mu-law %#x came back as %#x", b, got)
		}
	}
}

func TestTheTablesAreWhatTheSampleFunctionsSay(t *testing.T) {
	if len(aLawToULaw) != 256 || len(uLawToALaw) != 256 {
		t.Fatalf("tables of %d and %d", len(aLawToULaw), len(uLawToALaw))
	}
	for i := range 256 {
		b := byte(i)
		if got, want := aLawToULaw[b], LinearToULaw(ALawToLinear(b)); got != want {
			t.Errorf("A-law %#x to mu-law: %#x, want %#x", b, got, want)
		}
		if got, want := uLawToALaw[b], LinearToALaw(ULawToLinear(b)); got != want {
			t.Errorf("mu-law %#x to A-law: %#x, want %#x", b, got, want)
		}
	}
}

// A step of either law is at most 1/16 of the sample's size above the smallest
// segment, so coding errs by at most half of that.
func TestCodingErrsByAtMostHalfAStep(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		s := rapid.Int16().Draw(t, "sample")
		for _, c := range []Codec{PCMA, PCMU} {
			back := Decode(nil, Encode(nil, []int16{s}, c), c)[0]
			size := max(int(s), -int(s))
			if diff := max(int(back)-int(s), int(s)-int(back)); diff > max(size/32, 0)+16 && size < 32124 {
				t.Errorf("%s: %d came back as %d", c.Name(), s, back)
			}
		}
	})
}

func TestConvertKeepsTheLevelOfATone(t *testing.T) {
	tone := Tone([]float64{1000}, FrameDuration*10)
	pcm := Decode(nil, tone, PCMA)
	other := Decode(nil, Convert(make([]byte, len(tone)), tone, PCMA, PCMU), PCMU)
	ratio := goertzel(other[80:1520], 1000) / goertzel(pcm[80:1520], 1000)
	if ratio < 0.933 || ratio > 1.072 { // 0.3 dB
		t.Errorf("the level changed by a factor of %.3f", ratio)
	}
	same := Convert(make([]byte, len(tone)), tone, PCMA, PCMA)
	if !bytes.Equal(same, tone) {
		t.Error("the same law was not passed unchanged")
	}
}

func TestPeakIsTheLoudestSample(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		payload := rapid.SliceOfN(rapid.Byte(), 1, 160).Draw(t, "payload")
		for _, c := range []Codec{PCMA, PCMU} {
			loudest := 0
			for _, s := range Decode(nil, payload, c) {
				loudest = max(loudest, int(s), -int(s))
			}
			if got := peak(payload, c); got != uint8(loudest>>7) {
				t.Errorf("%s peak is %d, want %d", c.Name(), got, loudest>>7)
			}
		}
	})
}
