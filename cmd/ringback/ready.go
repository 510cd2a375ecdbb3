package main

import (
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
)

// readyFile is what ready.json in the data directory tells other programs.
type readyFile struct {
	URL     string  `json:"url"`
	Logins  []login `json:"logins"`
	SIP     string  `json:"sip"`
	Metrics string  `json:"metrics"`
	Phone   phone   `json:"phone"`
	PID     int     `json:"pid"`
}

type login struct {
	Role     string `json:"role"`
	User     string `json:"user"`
	Password string `json:"password"`
}

// phone is a desk phone's account.
type phone struct {
	Server    string `json:"server"`
	Extension string `json:"extension"`
	Password  string `json:"password"`
	Owner     string `json:"owner"`
}

func readyPath(data string) string { return filepath.Join(data, "ready.json") }

// write replaces ready.json in one step, so that nobody reads half of it.
func (r readyFile) write(data string) error {
	raw, err := json.MarshalIndent(r, "", "  ")
	if err != nil {
		return fmt.Errorf("encoding ready.json: %w", err)
	}
	tmp := readyPath(data) + ".new"
	if err := os.WriteFile(tmp, append(raw, '\n'), 0o600); err != nil {
		return fmt.Errorf("writing ready.json: %w", err)
	}
	return os.Rename(tmp, readyPath(data))
}
