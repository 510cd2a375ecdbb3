package webrtc_test

import (
	"bytes"
	"testing"
	"time"

	"ringback/telephony/media"
	"ringback/telephony/webrtc"
)

func TestABrowserHearsItselfAndEveryPacketIsCounted(t *testing.T) {
	s := newServer(t, webrtc.Options{})
	b := newBrowser(t, chromeCodecs()...)
	p := b.connect(s, nil)
	defer media.Echo(p)()

	spoken := media.Bursts(media.VoicePitches(3)[:3], 0, 0)
	frames := len(spoken) / media.FrameBytes
	every20ms(frames, func(i int) { b.say(media.Convert(make([]byte, 160), spoken[i*160:][:160], media.PCMA, media.PCMU)) })
	waitFor(t, "all packets to come back", func() bool { return b.count.Load() == int64(frames) })

	st := p.Stats()
	if st.PacketsIn != uint64(frames) || st.PacketsOut != uint64(frames) || st.Lost+st.Rejected != 0 {
		t.Errorf("counted %+v, want %d packets each way and none lost", st, frames)
	}
	heard, seq, ts := heardBy(b, frames)
	if !media.InOrder(media.DetectBurstsIn(heard, media.PCMA, media.BurstPitches()), media.VoicePitches(3)[:3]) {
		t.Error("the pitches spoken are not in what came back")
	}
	if seq != uint16(frames-1) || ts != uint32(frames-1)*160 {
		t.Errorf("sequence advanced %d and timestamp %d over %d frames", seq, ts, frames)
	}
}

// heardBy is the A-law audio received and how far sequence and timestamp went.
func heardBy(b *browser, frames int) (audio []byte, seq uint16, ts uint32) {
	first := b.next()
	last := first
	audio = append(audio, first.Payload...)
	for range frames - 1 {
		last = b.next()
		audio = append(audio, last.Payload...)
	}
	return audio, last.SequenceNumber - first.SequenceNumber, last.Timestamp - first.Timestamp
}

func TestALawIsPreferredAndMuLawServedWhenItIsAllThereIs(t *testing.T) {
	for name, c := range map[string]struct {
		codecs []browserCodec
		want   media.Codec
	}{
		"both, mu-law first": {chromeCodecs(), media.PCMA},
		"mu-law only":        {chromeCodecs()[:1], media.PCMU},
	} {
		t.Run(name, func(t *testing.T) {
			b := newBrowser(t, c.codecs...)
			p := b.connect(newServer(t, webrtc.Options{}), nil)
			p.WriteFrame(media.Frame{Codec: media.PCMA, Payload: bytes.Repeat([]byte{media.ALawSilence}, 160)})
			got := b.next()
			if p.Codec() != c.want || media.Codec(got.PayloadType) != c.want {
				t.Errorf("sends %v as payload type %d, want %v", p.Codec(), got.PayloadType, c.want)
			}
		})
	}
}

func TestKeyPressesUseTheBrowsersPayloadType(t *testing.T) {
	b := newBrowser(t, chromeCodecs()...)
	p := b.connect(newServer(t, webrtc.Options{}), nil)
	must(t, p.SendDigit('5', 100*time.Millisecond))
	first := b.next()
	if first.PayloadType != 126 || !first.Marker || first.Payload[0] != 5 {
		t.Errorf("got payload type %d, marker %v, event %d; want 126, true, 5", first.PayloadType, first.Marker, first.Payload[0])
	}
}
