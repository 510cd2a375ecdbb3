package telephony

import (
	"embed"
	"errors"
	"io/fs"
	"path"
	"sync"

	"ringback/telephony/media"
)

// The prompts that ship with the product, made by prompts/make.sh.
//
//go:embed prompts/*.alaw
var shipped embed.FS

// Prompts finds what is played to customers: a store's own files first, as
// <name>.alaw, <name>.al or <name>.wav (8 kHz) in its folder, then those that
// ship with the product.
type Prompts struct {
	folder fs.FS // nil: none
	own    *media.Prompts
	music  func() []byte
}

// NewPrompts uses folder over the shipped prompts; nil means the shipped ones only.
func NewPrompts(folder fs.FS) *Prompts {
	p := &Prompts{folder: folder, music: sync.OnceValue(media.HoldMusic)}
	if folder != nil {
		p.own = media.NewPrompts(folder)
	}
	return p
}

// Get is the A-law audio of a prompt, nil when there is none. It must not be
// changed.
func (p *Prompts) Get(name string) []byte {
	if audio := p.fromFolder(name); len(audio) > 0 {
		return audio
	}
	if audio, err := shipped.ReadFile(path.Join("prompts", name+".alaw")); err == nil {
		return audio
	}
	if name == PromptHold {
		return p.music()
	}
	return nil
}

func (p *Prompts) fromFolder(name string) []byte {
	if p.folder == nil {
		return nil
	}
	audio, err := fs.ReadFile(p.folder, path.Clean(name)+".alaw")
	if errors.Is(err, fs.ErrNotExist) {
		audio, err = p.own.Get(name)
	}
	if err != nil {
		return nil
	}
	return audio
}
