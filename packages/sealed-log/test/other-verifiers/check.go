// Judges proofs of entries and checkpoints with sumdb/tlog and sumdb/note of Go: JSON in, JSON out.
package main

import (
	"encoding/json"
	"os"

	"golang.org/x/mod/sumdb/note"
	"golang.org/x/mod/sumdb/tlog"
)

type record struct {
	Path  [][]byte
	Size  int64
	Root  []byte
	Index int64
	Entry []byte
}

type signed struct {
	Text     string
	Verifier string
}

func hashOf(bytes []byte) (hash tlog.Hash) {
	copy(hash[:], bytes)
	return
}

func checkRecord(one record) error {
	var proof tlog.RecordProof
	for _, hash := range one.Path {
		proof = append(proof, hashOf(hash))
	}
	return tlog.CheckRecord(proof, one.Size, hashOf(one.Root), one.Index, tlog.RecordHash(one.Entry))
}

func checkNote(one signed) (int, int) {
	verifier, err := note.NewVerifier(one.Verifier)
	if err != nil {
		panic(err)
	}
	opened, err := note.Open([]byte(one.Text), note.VerifierList(verifier))
	if err != nil {
		return 0, 0
	}
	return len(opened.Sigs), len(opened.UnverifiedSigs)
}

func main() {
	var given struct {
		Records []record
		Notes   []signed
	}
	if err := json.NewDecoder(os.Stdin).Decode(&given); err != nil {
		panic(err)
	}
	var told struct {
		Records []bool
		Notes   [][]int
	}
	for _, one := range given.Records {
		told.Records = append(told.Records, checkRecord(one) == nil)
	}
	for _, one := range given.Notes {
		verified, others := checkNote(one)
		told.Notes = append(told.Notes, []int{verified, others})
	}
	if err := json.NewEncoder(os.Stdout).Encode(told); err != nil {
		panic(err)
	}
}
