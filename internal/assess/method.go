package assess

import (
	"crypto/sha256"
	"embed"
	"go/scanner"
	"go/token"
	"sync"

	"github.com/opentruce/truce"
)

// sources are the files of this room: they are the rules that findings follow.
//
//go:embed *.go
var sources embed.FS

// Digest names the rules of this build: it is over the program text of this room,
// file by file in the order of their names, without comments, layout and tests. Any
// other rules have another digest; the same rules, better explained, have the same.
var Digest = sync.OnceValue(func() truce.Digest {
	list, err := sources.ReadDir(".")
	if err != nil {
		panic("assess: " + err.Error()) // embedded: wrong only when this build is
	}
	sum := sha256.New()
	for _, f := range list { // sorted
		if isTest(f.Name()) {
			continue
		}
		text, err := sources.ReadFile(f.Name())
		if err != nil {
			panic("assess: " + err.Error())
		}
		for _, word := range tokens(text) {
			sum.Write([]byte(word))
			sum.Write([]byte{0})
		}
		sum.Write([]byte{0})
	}
	return truce.Digest(sum.Sum(nil))
})

func isTest(name string) bool {
	const end = "_test.go"
	return len(name) > len(end) && name[len(name)-len(end):] == end
}

// tokens are the words of a Go file, without its comments.
func tokens(text []byte) (out []string) {
	var s scanner.Scanner
	set := token.NewFileSet()
	s.Init(set.AddFile("", set.Base(), len(text)), text, nil, 0)
	for {
		_, tok, lit := s.Scan()
		if tok == token.EOF {
			return out
		}
		if tok == token.SEMICOLON { // written, or the end of a line: layout
			continue
		}
		if lit == "" {
			lit = tok.String()
		}
		out = append(out, lit)
	}
}
