package edge

import "time"

// Caps bounds one fetch, so that no server can hold or fill us. The zero value of a field means
// its default.
type Caps struct {
	// Total bounds one exchange, from the first byte written to the last byte read. Default 10 s.
	Total time.Duration
	// Idle bounds the wait for each next piece of a body. Default 5 s.
	Idle time.Duration
	// Wire and Decoded bound a body that is only hashed, in bytes. Defaults 1 GiB each.
	Wire, Decoded int64
	// KeptWire and KeptDecoded bound a body that is kept for reading. Defaults 8 and 16 MiB.
	KeptWire, KeptDecoded int64
	// HeaderLines bounds the fields of an answer. Default 200.
	HeaderLines int
}

// WithDefaults returns c with every zero field replaced by its default.
func (c Caps) WithDefaults() Caps {
	setDefault(&c.Total, 10*time.Second)
	setDefault(&c.Idle, 5*time.Second)
	setDefault(&c.Wire, 1<<30)
	setDefault(&c.Decoded, 1<<30)
	setDefault(&c.KeptWire, 8<<20)
	setDefault(&c.KeptDecoded, 16<<20)
	setDefault(&c.HeaderLines, 200)
	return c
}

func setDefault[T comparable](field *T, value T) {
	var zero T
	if *field == zero {
		*field = value
	}
}
