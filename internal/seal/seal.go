// Package seal encrypts personal data and makes the keyed hashes it is found by.
//
// Sealed bytes are version(1) | nonce(12) | AES-256-GCM ciphertext. The hash is
// HMAC-SHA-256 under a key derived from the same secret, so that equal numbers
// can be matched without being readable (spec 2.1). Keys are passed in; nothing
// is read from the environment here.
package seal

import (
	"crypto/aes"
	"crypto/cipher"
	"crypto/hkdf"
	"crypto/hmac"
	"crypto/rand"
	"crypto/sha256"
	"errors"
	"fmt"
)

// KeyBytes is the length of the secret.
const KeyBytes = 32

const version = 1

// Overhead is how many bytes sealing adds.
const Overhead = 1 + 12 + 16

// ErrOpen is returned when sealed bytes are damaged or of another key.
var ErrOpen = errors.New("sealed value cannot be opened: wrong key or damaged data")

// Box seals, opens and hashes under one secret.
type Box struct {
	aead    cipher.AEAD
	hashKey []byte
}

// New makes a Box from a secret of KeyBytes bytes.
func New(secret []byte) (*Box, error) {
	if len(secret) != KeyBytes {
		return nil, fmt.Errorf("seal key has %d bytes, want %d", len(secret), KeyBytes)
	}
	encKey, err := hkdf.Key(sha256.New, secret, nil, "ringback seal v1", KeyBytes)
	if err != nil {
		return nil, fmt.Errorf("deriving the seal key: %w", err)
	}
	hashKey, err := hkdf.Key(sha256.New, secret, nil, "ringback hash v1", KeyBytes)
	if err != nil {
		return nil, fmt.Errorf("deriving the hash key: %w", err)
	}
	block, err := aes.NewCipher(encKey)
	if err != nil {
		return nil, fmt.Errorf("making the cipher: %w", err)
	}
	aead, err := cipher.NewGCM(block)
	if err != nil {
		return nil, fmt.Errorf("making GCM: %w", err)
	}
	return &Box{aead: aead, hashKey: hashKey}, nil
}

// Seal encrypts plain; purpose binds the value to its column, so that a sealed
// phone cannot be passed off as a sealed ID number.
func (b *Box) Seal(purpose string, plain []byte) []byte {
	nonce := make([]byte, b.aead.NonceSize())
	rand.Read(nonce) // never fails: crypto/rand aborts the program instead
	out := append([]byte{version}, nonce...)
	return b.aead.Seal(out, nonce, plain, []byte(purpose))
}

// Open decrypts what Seal made for the same purpose.
func (b *Box) Open(purpose string, sealed []byte) ([]byte, error) {
	n := b.aead.NonceSize()
	if len(sealed) < 1+n || sealed[0] != version {
		return nil, ErrOpen
	}
	plain, err := b.aead.Open(nil, sealed[1:1+n], sealed[1+n:], []byte(purpose))
	if err != nil {
		return nil, ErrOpen
	}
	return plain, nil
}

// Hash is the keyed hash (32 bytes) a value is found by.
func (b *Box) Hash(purpose, plain string) []byte {
	m := hmac.New(sha256.New, b.hashKey)
	m.Write([]byte(purpose))
	m.Write([]byte{0})
	m.Write([]byte(plain))
	return m.Sum(nil)
}

// Purposes of sealed and hashed values, one per kind of personal data.
const (
	Phone    = "phone"     // E.164-like digits as spec 7.3 leaves them
	IDNumber = "id_number" // 18 characters, upper case
	RawRow   = "raw_row"   // an imported row's original text
	File     = "file"      // an imported original
	SIPHA1   = "sip_ha1"   // digest HA1 of an extension
	Secret   = "secret"    // trunk passwords and the like
	NodeCall = "node_call" // token of a call between two nodes
)
