package sample_test

import (
	"testing"

	"sample"
)

func TestLimit(t *testing.T) {
	if sample.Limit != 15 {
		t.Error(sample.Limit)
	}
}

func TestGrade(t *testing.T) {
	for points, want := range map[int]string{-1: "none", 0: "failed", 49: "failed", 50: "passed", 99: "passed", 101: "none"} {
		if got := sample.Grade(points); got != want {
			t.Error(points, got)
		}
	}
}

func TestSum(t *testing.T) {
	if got := sample.Sum(5); got != 10 {
		t.Error(got)
	}
}

func TestLoose(t *testing.T) { sample.Loose([]string{"a", ""}) }

func TestCount(t *testing.T) {
	if got := sample.Count([]string{"a", "a", ".", "b"}); got["a"] != 2 || len(got) != 1 {
		t.Error(got)
	}
}

func TestEvery(t *testing.T) {
	for n, want := range map[int]bool{-2: false, -1: false, 0: true, 1: false, 2: true} {
		if got := sample.Every(n, func(i int) bool { return i%2 == 0 }); got != want {
			t.Error(n, got)
		}
	}
}
