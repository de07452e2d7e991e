package policy

import "strings"

// Number is how a cache reads the seconds of a directive. The zero value is RFC 9111: 1*DIGIT, as
// a token or quoted, and anything else is present but invalid, which is 0.
type Number struct {
	// NoQuotes is true when a quoted number is invalid, SingleQuotes when they may be of either kind.
	NoQuotes, SingleQuotes bool
	// SpaceBefore and SpaceAfter are true when white space around = does not matter.
	SpaceBefore, SpaceAfter bool
	// Sign is true when a sign is read; less than 0 is 0.
	Sign bool
	// Stops are the characters that may follow the digits; AnyTail allows every one.
	Stops   string
	AnyTail bool
	// SkipsInvalid is true when a directive with an invalid number counts as absent, SkipsBare when
	// one without = does.
	SkipsInvalid, SkipsBare bool
}

// seconds reads a directive's argument; false when it is invalid.
func (n *Number) seconds(d *Directive) (int64, bool) {
	if *n == (Number{}) {
		return d.Seconds()
	}
	name, arg, found := strings.Cut(d.Raw, "=")
	if !found || !n.SpaceBefore && trim(name) != name || !n.SpaceAfter && trim(arg) != arg {
		return 0, false
	}
	arg = trim(arg)
	switch {
	case n.SingleQuotes:
		arg = strings.Trim(arg, `"'`)
	case !n.NoQuotes && d.Kind == QuotedArg:
		arg = strings.Trim(arg, `"`)
	}
	negative := n.Sign && strings.HasPrefix(arg, "-")
	if negative {
		arg = arg[1:]
	}
	digits := strings.TrimLeft(arg, "0123456789")
	tail := digits
	digits = arg[:len(arg)-len(tail)]
	if digits == "" || tail != "" && !n.AnyTail && !strings.ContainsRune(n.Stops, rune(tail[0])) {
		return 0, false
	}
	if negative {
		return 0, true
	}
	return deltaSeconds(digits)
}

// skips reports whether a numeric directive counts as absent.
func (n *Number) skips(d *Directive) bool {
	if n.SkipsBare && !strings.Contains(d.Raw, "=") {
		return true
	}
	if !n.SkipsInvalid {
		return false
	}
	_, ok := n.seconds(d)
	return !ok
}
