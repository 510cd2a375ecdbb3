package media

import (
	"errors"
	"fmt"
	"io/fs"
	"sync"
)

// ErrPromptRate is returned for a prompt that is not sampled at 8 kHz.
var ErrPromptRate = errors.New("prompts must be sampled at 8 kHz")

// Prompts are spoken texts in a folder, as <name>.wav (8 kHz; 16-bit PCM, A-law
// or µ-law; first channel) or <name>.al (bare A-law). Each file is read once.
type Prompts struct {
	folder fs.FS

	mu   sync.Mutex
	read map[string][]byte
}

// NewPrompts returns the prompts of a folder; nothing is read yet.
func NewPrompts(folder fs.FS) *Prompts {
	return &Prompts{folder: folder, read: map[string][]byte{}}
}

// Get is the A-law audio of a prompt, such as "zh/abandon_message". It fails
// with fs.ErrNotExist, fs.ErrInvalid (no such name), ErrNotWAV or ErrPromptRate. The audio is shared: it must
// not be changed.
func (p *Prompts) Get(name string) ([]byte, error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if audio, ok := p.read[name]; ok {
		return audio, nil
	}
	audio, err := load(p.folder, name)
	if err != nil {
		return nil, fmt.Errorf("loading prompt %q: %w", name, err)
	}
	p.read[name] = audio
	return audio, nil
}

// Forget makes the next Get read the prompt again, after an upload.
func (p *Prompts) Forget(name string) {
	p.mu.Lock()
	defer p.mu.Unlock()
	delete(p.read, name)
}

func load(folder fs.FS, name string) ([]byte, error) {
	if !fs.ValidPath(name) {
		return nil, fs.ErrInvalid
	}
	audio, err := fs.ReadFile(folder, name+".al")
	if err == nil || !errors.Is(err, fs.ErrNotExist) {
		return audio, err
	}
	file, err := fs.ReadFile(folder, name+".wav")
	if err != nil {
		return nil, err
	}
	w, err := ParseWAV(file)
	if err != nil {
		return nil, err
	}
	if w.Rate != SampleRate {
		return nil, ErrPromptRate
	}
	return w.ALaw(0), nil
}
