// A verifier of sum and compact sum signatures, with its adapter to the runner. It needs nothing but Go.
package main

import (
	"bufio"
	"bytes"
	"crypto/ed25519"
	"encoding/binary"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"math/bits"
	"os"
)

const deepest = 7

var iv = [8]uint64{0x6a09e667f3bcc908, 0xbb67ae8584caa73b, 0x3c6ef372fe94f82b, 0xa54ff53a5f1d36f1,
	0x510e527fade682d1, 0x9b05688c2b3e6c1f, 0x1f83d9abfb41bd6b, 0x5be0cd19137e2179}

var order = [10][16]int{{0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15},
	{14, 10, 4, 8, 9, 15, 13, 6, 1, 12, 0, 2, 11, 7, 5, 3}, {11, 8, 12, 0, 5, 2, 15, 13, 10, 14, 3, 6, 7, 1, 9, 4},
	{7, 9, 3, 1, 13, 12, 11, 14, 2, 6, 5, 10, 4, 0, 15, 8}, {9, 0, 5, 7, 2, 4, 10, 15, 14, 1, 11, 12, 6, 8, 3, 13},
	{2, 12, 6, 10, 0, 11, 8, 3, 4, 13, 7, 5, 15, 14, 1, 9}, {12, 5, 1, 15, 14, 13, 4, 10, 0, 7, 6, 3, 9, 2, 8, 11},
	{13, 11, 7, 14, 12, 1, 3, 9, 5, 0, 15, 4, 8, 6, 2, 10}, {6, 15, 14, 9, 11, 3, 0, 8, 12, 2, 13, 7, 1, 4, 10, 5},
	{10, 2, 8, 4, 7, 6, 1, 5, 15, 11, 9, 14, 3, 12, 13, 0}}

// hashed is Blake2b-256 of two verification keys: one block (RFC 7693).
func hashed(left, right []byte) []byte {
	var m, v [16]uint64
	for i := range m[:4] {
		m[i] = binary.LittleEndian.Uint64(left[8*i:])
		m[i+4] = binary.LittleEndian.Uint64(right[8*i:])
	}
	h := iv
	h[0] ^= 0x01010020
	copy(v[:8], h[:])
	copy(v[8:], iv[:])
	v[12] ^= 64
	v[14] = ^v[14]
	mix := func(a, b, c, d int, x, y uint64) {
		v[a] += v[b] + x
		v[d] = bits.RotateLeft64(v[d]^v[a], -32)
		v[c] += v[d]
		v[b] = bits.RotateLeft64(v[b]^v[c], -24)
		v[a] += v[b] + y
		v[d] = bits.RotateLeft64(v[d]^v[a], -16)
		v[c] += v[d]
		v[b] = bits.RotateLeft64(v[b]^v[c], -63)
	}
	for round := 0; round < 12; round++ {
		s := order[round%10]
		for i := 0; i < 4; i++ {
			mix(i, i+4, i+8, i+12, m[s[2*i]], m[s[2*i+1]])
		}
		for i := 0; i < 4; i++ {
			mix(i, 4+(i+1)%4, 8+(i+2)%4, 12+(i+3)%4, m[s[8+2*i]], m[s[9+2*i]])
		}
	}
	out := make([]byte, 32)
	for i := 0; i < 4; i++ {
		binary.LittleEndian.PutUint64(out[8*i:], h[i]^v[i]^v[i+8])
	}
	return out
}

// The y of all points of small order, and the prime, little endian.
var small = []string{
	"0000000000000000000000000000000000000000000000000000000000000000",
	"0100000000000000000000000000000000000000000000000000000000000000",
	"ecffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
	"26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc05",
	"c7176a703d4dd84fba3c0b760d10670f2a2053fa2c39ccc64ec7fd7792ac037a",
}

// refused: Go accepts encodings of y at or above the prime, and points of small order. libsodium does not.
func refused(point []byte) bool {
	y := append([]byte{}, point...)
	y[31] &= 0x7f
	for _, each := range small {
		if hex.EncodeToString(y) == each {
			return true
		}
	}
	isLarge := y[31] == 0x7f && y[0] >= 0xed
	for _, each := range y[1:31] {
		isLarge = isLarge && each == 0xff
	}
	return isLarge
}

func signed(key, message, signature []byte) bool {
	return !refused(key) && !refused(signature[:32]) && ed25519.Verify(key, message, signature)
}

type request struct {
	ID                                           json.RawMessage
	Op, Algorithm                                string
	Depth                                        int
	Period                                       int64
	VerificationKeyHex, MessageHex, SignatureHex string
}

func verify(r request) bool {
	key, _ := hex.DecodeString(r.VerificationKeyHex)
	message, _ := hex.DecodeString(r.MessageHex)
	signature, _ := hex.DecodeString(r.SignatureHex)
	isCompact := r.Algorithm == "compactSum"
	if len(key) != 32 || len(signature) != sizeOf(isCompact, r.Depth) || r.Period < 0 || r.Period >= 1<<r.Depth {
		return false
	}
	part := func(at int) []byte { return signature[64+32*at : 96+32*at] }
	isRight := func(level int) bool { return r.Period>>level&1 == 1 }
	if isCompact {
		node := part(0)
		for level := 0; level < r.Depth; level++ {
			if isRight(level) {
				node = hashed(part(level+1), node)
			} else {
				node = hashed(node, part(level+1))
			}
		}
		return bytes.Equal(node, key) && signed(part(0), message, signature[:64])
	}
	for level := r.Depth - 1; level >= 0; level-- {
		left, right := part(2*level), part(2*level+1)
		if !bytes.Equal(hashed(left, right), key) {
			return false
		}
		key = left
		if isRight(level) {
			key = right
		}
	}
	return signed(key, message, signature[:64])
}

func sizeOf(isCompact bool, depth int) int {
	if isCompact {
		return 96 + 32*depth
	}
	return 64 + 64*depth
}

func answer(r request) map[string]any {
	switch r.Op {
	case "hello":
		var kes []map[string]any
		for depth := 0; depth <= deepest; depth++ {
			for _, algorithm := range []string{"sum", "compactSum"} {
				kes = append(kes, map[string]any{"algorithm": algorithm, "depth": depth,
					"name": fmt.Sprintf("%s %d", algorithm, depth), "totalPeriods": 1 << depth, "verificationKeySize": 32,
					"signingKeySize": 32 + 96*depth, "signatureSize": sizeOf(algorithm == "compactSum", depth),
					"rust": false, "checkedRead": "no"})
			}
		}
		return map[string]any{"ok": true, "protocol": 1, "name": "kes.go", "seed": false, "dsign": false,
			"verifiesOnly": true, "kes": kes}
	case "kes.verify":
		return map[string]any{"ok": true, "valid": verify(r)}
	}
	return map[string]any{"ok": false, "error": "there is no " + r.Op}
}

func main() {
	lines := bufio.NewScanner(os.Stdin)
	lines.Buffer(nil, 1<<26)
	out := json.NewEncoder(os.Stdout)
	for lines.Scan() {
		var r request
		response := map[string]any{"ok": false, "error": "no request"}
		if json.Unmarshal(lines.Bytes(), &r) == nil {
			response = answer(r)
		}
		response["id"] = r.ID
		out.Encode(response)
	}
}
