package seal

import (
	"bytes"
	"errors"
	"testing"
)

func box(t *testing.T, b byte) *Box {
	t.Helper()
	x, err := New(bytes.Repeat([]byte{b}, KeyBytes))
	if err != nil {
		t.Fatal(err)
	}
	return x
}

func TestWhatIsSealedOpensOnlyWithItsKeyAndPurpose(t *testing.T) {
	b := box(t, 1)
	sealed := b.Seal(Phone, []byte("15400000001"))
	if bytes.Contains(sealed, []byte("154")) {
		t.Fatal("the number is readable in the sealed bytes")
	}
	got, err := b.Open(Phone, sealed)
	if err != nil || string(got) != "15400000001" {
		t.Fatalf("got %q, %v", got, err)
	}
	if _, err := b.Open(IDNumber, sealed); !errors.Is(err, ErrOpen) {
		t.Fatalf("another purpose: got %v, want ErrOpen", err)
	}
	if _, err := box(t, 2).Open(Phone, sealed); !errors.Is(err, ErrOpen) {
		t.Fatalf("another key: got %v, want ErrOpen", err)
	}
	sealed[len(sealed)-1] ^= 1
	if _, err := b.Open(Phone, sealed); !errors.Is(err, ErrOpen) {
		t.Fatalf("a damaged value: got %v, want ErrOpen", err)
	}
	if _, err := b.Open(Phone, sealed[:5]); !errors.Is(err, ErrOpen) {
		t.Fatalf("a cut value: got %v, want ErrOpen", err)
	}
}

func TestEqualNumbersHashEqualUnderOneKeyOnly(t *testing.T) {
	a, b := box(t, 1), box(t, 2)
	if !bytes.Equal(a.Hash(Phone, "15400000001"), a.Hash(Phone, "15400000001")) {
		t.Fatal("one number has two hashes")
	}
	if bytes.Equal(a.Hash(Phone, "15400000001"), b.Hash(Phone, "15400000001")) {
		t.Fatal("the hash does not depend on the key")
	}
	if bytes.Equal(a.Hash(Phone, "1"), a.Hash(IDNumber, "1")) {
		t.Fatal("the hash does not depend on the purpose")
	}
}

func TestAShortKeyIsRefused(t *testing.T) {
	if _, err := New(make([]byte, 16)); err == nil {
		t.Fatal("a key of 16 bytes was taken")
	}
}
