package mission

// A Hint is an error that says what to do.
type Hint struct {
	err  error
	Hint string
}

// Hinted adds what to do to an error.
func Hinted(err error, hint string) error { return Hint{err, hint} }

func (h Hint) Error() string { return h.err.Error() }

func (h Hint) Unwrap() error { return h.err }
