package audit_test

import (
	"context"
	"fmt"
	"os"

	"github.com/opentruce/truce/audit"
)

// A stranger verifies a whole record, with the key that the mission gave out.
func Example() {
	key, _ := os.ReadFile("testdata/record.key")
	trust, err := audit.Trust(string(key))
	if err != nil {
		panic(err)
	}
	log := &audit.Log{Fetch: audit.Dir("testdata/record"), Policy: trust} // or audit.HTTP(nil, "https://...")
	cp, err := log.Checkpoint(context.Background())
	if err != nil {
		panic(err)
	}
	sum, err := log.Verify(context.Background(), cp, audit.Options{})
	fmt.Println(sum.Entries, "entries,", sum.Signatures, "signatures, fault:", err)
	// Output: 17 entries, 14 signatures, fault: <nil>
}

// A proof is checked years later, without the record.
func ExampleOpenProof() {
	key, _ := os.ReadFile("testdata/record.key")
	trust, _ := audit.Trust(string(key))
	raw, _ := os.ReadFile("testdata/decision.proof")
	p, err := audit.OpenProof(raw, trust)
	if err != nil {
		panic(err)
	}
	fmt.Println(p.Entry.Kind, "by", p.Author.Role+":", audit.Member(p.Entry.Content, "because"))
	// Output: decision by verification-officer: fragments examined on site
}

// Was everything kept that the mission acknowledged?
func ExampleLog_Honoured() {
	key, _ := os.ReadFile("testdata/record.key")
	trust, _ := audit.Trust(string(key))
	log := &audit.Log{Fetch: audit.Dir("testdata/record"), Policy: trust}
	cp, _ := log.Checkpoint(context.Background())
	raw, _ := os.ReadFile("testdata/ours.receipt")
	receipt, err := audit.OpenReceipt(raw, string(key))
	if err != nil {
		panic(err)
	}
	fmt.Println(len(receipt.Lines), "acknowledged, fault:", log.Honoured(context.Background(), cp, receipt))
	// Output: 1 acknowledged, fault: <nil>
}
