package media

import (
	"encoding/binary"
	"errors"
	"fmt"
	"io"
)

// Format is the coding of a WAV file's samples (RFC 2361 numbers).
type Format uint16

// The formats read and written.
const (
	FormatPCM16 Format = 1
	FormatALaw  Format = 6
	FormatULaw  Format = 7
)

// ErrNotWAV is returned for data that is no WAV file of a format above.
var ErrNotWAV = errors.New("not a WAV file of 16-bit PCM, A-law or µ-law")

// largestWAV is the most that is read: an hour and a half of stereo A-law.
const largestWAV = 96 << 20

// WAV is a sound file in memory. Samples of several channels alternate.
type WAV struct {
	Format   Format
	Channels int
	Rate     int // Hz
	Data     []byte
}

func (f Format) bytes() int {
	if f == FormatPCM16 {
		return 2
	}
	return 1
}

// ReadWAV reads a whole file. A file cut short, or one whose sizes were never
// filled in because its writer died, is read to where it ends.
func ReadWAV(r io.Reader) (WAV, error) {
	b, err := io.ReadAll(io.LimitReader(r, largestWAV))
	if err != nil {
		return WAV{}, fmt.Errorf("reading a WAV file: %w", err)
	}
	return ParseWAV(b)
}

// ParseWAV is ReadWAV of bytes; Data is a part of b.
func ParseWAV(b []byte) (WAV, error) {
	if len(b) < 12 || string(b[:4]) != "RIFF" || string(b[8:12]) != "WAVE" {
		return WAV{}, ErrNotWAV
	}
	var w WAV
	for b = b[12:]; len(b) >= 8; {
		id, size := string(b[:4]), int64(binary.LittleEndian.Uint32(b[4:]))
		body := b[8:][:min(size, int64(len(b)-8))]
		switch id {
		case "fmt ":
			if err := w.readFormat(body); err != nil {
				return WAV{}, err
			}
		case "data":
			return w.readData(body, b[8:], size)
		}
		b = b[min(8+size+size&1, int64(len(b))):]
	}
	return WAV{}, ErrNotWAV
}

func (w *WAV) readFormat(b []byte) error {
	if len(b) < 16 {
		return ErrNotWAV
	}
	w.Format = Format(binary.LittleEndian.Uint16(b))
	if w.Format == 0xFFFE && len(b) >= 26 { // extensible: the number is in the GUID
		w.Format = Format(binary.LittleEndian.Uint16(b[24:]))
	}
	w.Channels = int(binary.LittleEndian.Uint16(b[2:]))
	w.Rate = int(binary.LittleEndian.Uint32(b[4:]))
	bits := int(binary.LittleEndian.Uint16(b[14:]))
	known := w.Format == FormatPCM16 || w.Format == FormatALaw || w.Format == FormatULaw
	if !known || bits != 8*w.Format.bytes() || w.Channels < 1 || w.Channels > 8 || w.Rate < 1 {
		return ErrNotWAV
	}
	return nil
}

func (w WAV) readData(body, rest []byte, size int64) (WAV, error) {
	if w.Channels == 0 {
		return WAV{}, ErrNotWAV
	}
	if size == 0 {
		body = rest
	}
	block := w.Channels * w.Format.bytes()
	w.Data = body[:len(body)/block*block]
	return w, nil
}

// Samples is the number of samples of each channel.
func (w WAV) Samples() int { return len(w.Data) / max(1, w.Channels*w.Format.bytes()) }

// Linear is one channel, counted from 0, as 16-bit samples.
func (w WAV) Linear(channel int) []int16 {
	out := make([]int16, w.Samples())
	size := w.Format.bytes()
	for i := range out {
		b := w.Data[(i*w.Channels+channel)*size:]
		switch w.Format {
		case FormatULaw:
			out[i] = ULawToLinear(b[0])
		case FormatALaw:
			out[i] = ALawToLinear(b[0])
		default:
			out[i] = int16(binary.LittleEndian.Uint16(b))
		}
	}
	return out
}

// ALaw is one channel, counted from 0, as A-law.
func (w WAV) ALaw(channel int) []byte {
	if w.Format == FormatALaw && w.Channels == 1 {
		return w.Data
	}
	return Encode(make([]byte, 0, w.Samples()), w.Linear(channel), PCMA)
}

// WriteTo writes the file with its header.
func (w WAV) WriteTo(to io.Writer) (int64, error) {
	n, err := to.Write(WAVHeader(w.Format, w.Channels, w.Rate, uint32(len(w.Data))))
	if err != nil {
		return int64(n), fmt.Errorf("writing a WAV header: %w", err)
	}
	m, err := to.Write(w.Data)
	if err != nil {
		return int64(n + m), fmt.Errorf("writing WAV samples: %w", err)
	}
	return int64(n + m), nil
}

// WAVHeader is the 44 bytes before size bytes of samples.
func WAVHeader(f Format, channels, rate int, size uint32) []byte {
	block := channels * f.bytes()
	b := make([]byte, 0, 44)
	b = append(b, "RIFF"...)
	b = binary.LittleEndian.AppendUint32(b, 36+size)
	b = append(b, "WAVEfmt "...)
	b = binary.LittleEndian.AppendUint32(b, 16)
	b = binary.LittleEndian.AppendUint16(b, uint16(f))
	b = binary.LittleEndian.AppendUint16(b, uint16(channels))
	b = binary.LittleEndian.AppendUint32(b, uint32(rate))
	b = binary.LittleEndian.AppendUint32(b, uint32(rate*block))
	b = binary.LittleEndian.AppendUint16(b, uint16(block))
	b = binary.LittleEndian.AppendUint16(b, uint16(8*f.bytes()))
	b = append(b, "data"...)
	return binary.LittleEndian.AppendUint32(b, size)
}
