package situation

// SumByLeaf lets sums of however few findings be kept by leaf, and returns what
// sets that back.
func SumByLeaf() (back func()) {
	old := few
	few = 0
	return func() { few = old }
}
