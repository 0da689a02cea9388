package engine

import (
	"crypto/pbkdf2"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"sync"
)

// hashRounds makes guessing a weak secret from its hash in a status expensive:
// about a millisecond each.
const hashRounds = 4096

// hasher hashes secrets, salted with the object's UID and the field's path, and
// remembers results, because every reconcile asks for the same ones.
type hasher struct {
	mu   sync.Mutex
	memo map[[sha256.Size]byte]string
}

func newHasher() *hasher { return &hasher{memo: map[[sha256.Size]byte]string{}} }

func (h *hasher) hash(uid, path string, value any) (string, error) {
	data, err := json.Marshal(value)
	if err != nil {
		return "", fmt.Errorf("encode %s: %w", path, err)
	}
	salt := uid + "/" + path
	key := sha256.Sum256(append([]byte(salt+"\x00"), data...))
	h.mu.Lock()
	known, ok := h.memo[key]
	h.mu.Unlock()
	if ok {
		return known, nil
	}
	sum, err := pbkdf2.Key(sha256.New, string(data), []byte(salt), hashRounds, 16)
	if err != nil {
		return "", fmt.Errorf("hash %s: %w", path, err)
	}
	out := hex.EncodeToString(sum)
	h.mu.Lock()
	defer h.mu.Unlock()
	if len(h.memo) > 50_000 { // bounded: rotated secrets would pile up
		clear(h.memo)
	}
	h.memo[key] = out
	return out, nil
}

// writeOnly returns the hashes of all secrets in want, by path.
func (h *hasher) writeOnly(uid string, want any, redacted tree) (map[string]string, error) {
	hidden := sentinels("", redacted)
	out := make(map[string]string, len(hidden))
	if len(hidden) == 0 {
		return out, nil
	}
	revealed, err := revealedTree(want)
	if err != nil {
		return nil, err
	}
	for _, path := range hidden {
		if out[path], err = h.hash(uid, path, at(revealed, path)); err != nil {
			return nil, err
		}
	}
	return out, nil
}

// changedSecrets lists the paths whose hash is not the stored one.
func changedSecrets(now, stored map[string]string) []Change {
	var out []Change
	for path, sum := range now {
		if stored[path] != sum {
			out = append(out, Change{Path: path})
		}
	}
	return out
}

// fingerprint identifies a desired state, secrets included, without revealing them.
func fingerprint(redacted tree, hashes map[string]string) (string, error) {
	data, err := json.Marshal([]any{redacted, hashes}) // maps are encoded in key order
	if err != nil {
		return "", fmt.Errorf("encode: %w", err)
	}
	sum := sha256.Sum256(data)
	return hex.EncodeToString(sum[:12]), nil
}

// mergeChanges joins two lists of changes, each path once, in order.
func mergeChanges(a, b []Change) []Change {
	out := slices.Concat(a, b)
	slices.SortStableFunc(out, func(x, y Change) int { return strings.Compare(x.Path, y.Path) })
	return slices.CompactFunc(out, func(x, y Change) bool { return x.Path == y.Path })
}
