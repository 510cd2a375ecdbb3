package media

import (
	"bytes"
	"errors"
	"io/fs"
	"testing"
	"testing/fstest"
	"time"

	"pgregory.net/rapid"
)

func wavBytes(t testing.TB, w WAV) []byte {
	t.Helper()
	var b bytes.Buffer
	if n, err := w.WriteTo(&b); err != nil || n != int64(b.Len()) {
		t.Fatalf("wrote %d of %d: %v", n, b.Len(), err)
	}
	return b.Bytes()
}

func TestWAVRoundTrip(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		w := WAV{
			Format:   rapid.SampledFrom([]Format{FormatPCM16, FormatALaw, FormatULaw}).Draw(rt, "format"),
			Channels: rapid.IntRange(1, 8).Draw(rt, "channels"),
			Rate:     rapid.SampledFrom([]int{8000, 16000, 48000}).Draw(rt, "rate"),
		}
		n := rapid.IntRange(0, 50).Draw(rt, "samples") * w.Channels * w.Format.bytes()
		w.Data = rapid.SliceOfN(rapid.Byte(), n, n).Draw(rt, "data")
		got, err := ReadWAV(bytes.NewReader(wavBytes(t, w)))
		if err != nil || got.Format != w.Format || got.Channels != w.Channels || got.Rate != w.Rate || !bytes.Equal(got.Data, w.Data) {
			rt.Errorf("wrote %+v, read %+v (%v)", w, got, err)
		}
	})
}

func TestAStereoRecordingGivesEachSide(t *testing.T) {
	w := WAV{Format: FormatALaw, Channels: 2, Rate: SampleRate, Data: []byte{1, 101, 2, 102, 3, 103}}
	if !bytes.Equal(w.ALaw(0), []byte{1, 2, 3}) || !bytes.Equal(w.ALaw(1), []byte{101, 102, 103}) {
		t.Errorf("left %v, right %v", w.ALaw(0), w.ALaw(1))
	}
	if w.Linear(1)[2] != ALawToLinear(103) {
		t.Errorf("right side's samples are %v", w.Linear(1))
	}
	mu := WAV{Format: FormatULaw, Channels: 1, Data: []byte{ULawSilence}}
	if got := mu.ALaw(0)[0]; got != ALawSilence {
		t.Errorf("mu-law silence became %#x", got)
	}
}

func TestAFileWhoseWriterDiedIsReadToItsEnd(t *testing.T) {
	whole := wavBytes(t, WAV{Format: FormatPCM16, Channels: 1, Rate: SampleRate, Data: make([]byte, 100)})
	unfilled := append(WAVHeader(FormatPCM16, 1, SampleRate, 0), make([]byte, 33)...)
	for name, c := range map[string]struct {
		file []byte
		want int
	}{
		"cut":                     {whole[:44+51], 25},
		"sizes never filled in":   {unfilled, 16},
		"sizes of an endless one": {append(WAVHeader(FormatPCM16, 1, SampleRate, 1<<32-40), 1, 2, 3, 4), 2},
	} {
		t.Run(name, func(t *testing.T) {
			if w, err := ParseWAV(c.file); err != nil || w.Samples() != c.want {
				t.Errorf("%d samples (%v), want %d", w.Samples(), err, c.want)
			}
		})
	}
}

func TestOtherFilesAreNoWAV(t *testing.T) {
	header := func(f Format, channels, rate int) []byte { return append(WAVHeader(f, channels, rate, 2), 0, 0) }
	for name, b := range map[string][]byte{
		"empty": nil, "text": []byte("hello, this is not a sound file"),
		"MP3 inside": header(0x55, 1, 8000), "no channels": header(FormatPCM16, 0, 8000), "no rate": header(FormatPCM16, 1, 0),
		"no format": append([]byte("RIFF\x00\x00\x00\x00WAVEdata\x02\x00\x00\x00"), 0, 0),
		"no data":   WAVHeader(FormatPCM16, 1, 8000, 0)[:36],
	} {
		t.Run(name, func(t *testing.T) {
			if _, err := ParseWAV(b); !errors.Is(err, ErrNotWAV) {
				t.Errorf("got %v", err)
			}
		})
	}
}

func FuzzParseWAV(f *testing.F) {
	f.Add(wavBytes(f, WAV{Format: FormatALaw, Channels: 2, Rate: 8000, Data: make([]byte, 8)}))
	f.Add(WAVHeader(FormatPCM16, 1, 8000, 0))
	f.Add([]byte("RIFF\xff\xff\xff\xffWAVELIST\xff\xff\xff\xff"))
	f.Fuzz(func(t *testing.T, b []byte) {
		w, err := ParseWAV(b)
		if err != nil {
			return
		}
		for ch := range w.Channels {
			if len(w.Linear(ch)) != w.Samples() || len(w.ALaw(ch)) != w.Samples() {
				t.Errorf("channel %d of %+v", ch, w)
			}
		}
		if again, err := ParseWAV(wavBytes(t, w)); err != nil || !bytes.Equal(again.Data, w.Data) {
			t.Errorf("written again it reads as %+v (%v)", again, err)
		}
	})
}

func TestPromptsAreReadOnceFromTheirFolder(t *testing.T) {
	folder := fstest.MapFS{
		"zh/hello.wav": {Data: wavBytes(t, WAV{Format: FormatPCM16, Channels: 1, Rate: 8000, Data: make([]byte, 320)})},
		"zh/bare.al":   {Data: []byte{1, 2, 3}},
		"zh/fast.wav":  {Data: wavBytes(t, WAV{Format: FormatPCM16, Channels: 1, Rate: 22050, Data: make([]byte, 320)})},
		"zh/text.wav":  {Data: []byte("no sound")},
	}
	p := NewPrompts(folder)
	hello, err := p.Get("zh/hello")
	if err != nil || !bytes.Equal(hello, Silence(20*time.Millisecond)) {
		t.Errorf("hello is %v (%v)", hello, err)
	}
	if bare, err := p.Get("zh/bare"); err != nil || len(bare) != 3 {
		t.Errorf("bare is %v (%v)", bare, err)
	}
	delete(folder, "zh/hello.wav")
	if _, err := p.Get("zh/hello"); err != nil {
		t.Errorf("it was read twice: %v", err)
	}
	p.Forget("zh/hello")
	for name, want := range map[string]error{
		"zh/hello": fs.ErrNotExist, "zh/none": fs.ErrNotExist, "zh/fast": ErrPromptRate, "zh/text": ErrNotWAV, "../etc/passwd": fs.ErrInvalid,
	} {
		if _, err := p.Get(name); !errors.Is(err, want) {
			t.Errorf("%s: %v, want %v", name, err, want)
		}
	}
}
