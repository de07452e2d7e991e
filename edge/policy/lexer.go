package policy

import "strings"

// ArgKind says how a directive's argument was written.
type ArgKind string

// The argument kinds.
const (
	NoArg     ArgKind = "none"   // public
	TokenArg  ArgKind = "token"  // max-age=60
	QuotedArg ArgKind = "quoted" // no-cache="set-cookie"
)

// The syntax errors that a [Directive] can carry.
const (
	ErrNoName     = "no directive name before ="
	ErrSpace      = "whitespace around ="
	ErrNoValue    = "no value after ="
	ErrUnbalanced = "unbalanced quote"
	ErrTrailing   = "text after a quoted value"
	ErrCharacter  = "character outside the grammar"
	ErrType       = "value is not a non-negative Integer"
)

// maxSeconds is where every delta saturates (RFC 9111, section 1.2.2).
const maxSeconds = 1 << 31

// Directive is one member of a Cache-Control field or of a targeted one, as written. It keeps
// what a rule needs to complain with a position, so nothing in it is repaired.
type Directive struct {
	// Raw is the text as received, without the white space around it. A directive of a targeted
	// field has its canonical text here instead, and no range.
	Raw string
	// Line is the index of the field line; Start and End are the bytes of Raw within it.
	Line, Start, End int
	// Name is the directive's name as written; see [Directive.Is].
	Name string
	// Kind and Arg are the argument: unquoted and unescaped.
	Kind ArgKind
	Arg  string
	// Occurrence counts directives of one name from 1, over all lines.
	Occurrence int
	// Err is the first syntax error and ErrAt its byte in the line; empty when there is none. A
	// directive with an error is present but its argument is invalid.
	Err   string
	ErrAt int
}

// Is reports whether the directive has the given lower-case name, compared without case.
func (d Directive) Is(name string) bool { return sameName(d.Name, name) }

// sameName compares names of directives or fields without case, quickly where they are written as
// usual. All names that count are ASCII.
func sameName(name, usual string) bool {
	if len(name) != len(usual) {
		return false
	}
	for i := range len(name) {
		if diff := name[i] ^ usual[i]; diff != 0 && (diff != 0x20 || usual[i]|0x20 < 'a' || usual[i]|0x20 > 'z') {
			return false
		}
	}
	return true
}

// Seconds returns the argument as delta-seconds, saturated at 2^31. It is false when the
// argument is not 1*DIGIT or the directive has a syntax error.
func (d Directive) Seconds() (int64, bool) {
	if d.Err != "" || d.Kind == NoArg {
		return 0, false
	}
	return deltaSeconds(d.Arg)
}

// Fields returns the field names of a qualified no-cache or private, in order. None means that
// the directive counts as unqualified: a list that cannot be read never permits more.
func (d Directive) Fields() []string {
	if d.Err != "" || d.Kind == NoArg {
		return nil
	}
	var names []string
	for name := range strings.SplitSeq(d.Arg, ",") {
		if name = trim(name); name != "" {
			names = append(names, name)
		}
	}
	return names
}

// qualified is len(Fields()) > 0 without the names.
func (d *Directive) qualified() bool {
	return d.Err == "" && d.Kind != NoArg && strings.Trim(d.Arg, " \t,") != ""
}

// deltaSeconds reads 1*DIGIT and saturates at 2^31.
func deltaSeconds(s string) (int64, bool) {
	if s == "" {
		return 0, false
	}
	var n int64
	for i := range len(s) {
		if s[i] < '0' || s[i] > '9' {
			return 0, false
		}
		n = min(n*10+int64(s[i]-'0'), maxSeconds)
	}
	return n, true
}

// Directives are the members of one policy field in received order.
type Directives []Directive

// First returns the first directive of the given lower-case name: the one that counts.
func (ds Directives) First(name string) (Directive, bool) {
	if d := ds.find(name); d != nil {
		return *d, true
	}
	return Directive{}, false
}

// find is First without a copy; nil when there is none.
func (ds Directives) find(name string) *Directive {
	for i := range ds {
		if sameName(ds[i].Name, name) {
			return &ds[i]
		}
	}
	return nil
}

// Has reports whether a directive of the given lower-case name is present, valid or not.
func (ds Directives) Has(name string) bool { return ds.find(name) != nil }

// Unqualified reports whether the named directive is present without a list of field names, in any
// of its occurrences: of two that conflict, the more restrictive holds (RFC 9111, section 4.2.1).
func (ds Directives) Unqualified(name string) bool {
	for i := range ds {
		if sameName(ds[i].Name, name) && !ds[i].qualified() {
			return true
		}
	}
	return false
}

// Qualified reports whether the named directive is present with a list of field names only.
func (ds Directives) Qualified(name string) bool { return ds.Has(name) && !ds.Unqualified(name) }

// Lex splits the lines of a Cache-Control field into directives (RFC 9111, section 5.2): at
// commas outside quoted strings. It reads every input; what is wrong with a directive is in its
// Err. A quote that is never closed reaches to the end of its line, not into the next one.
func Lex(lines []string) Directives {
	ds := make(Directives, 0, expected(lines))
	for n, line := range lines {
		for start := 0; start <= len(line); {
			end := memberEnd(line, start)
			ds = appendMember(ds, line, n, start, end)
			start = end + 1
		}
	}
	if len(ds) == 0 {
		return nil
	}
	ds.number()
	return ds
}

// expected is room for the directives of the lines, but not more than a field that means well has.
func expected(lines []string) int {
	n := 0
	for _, line := range lines {
		n += strings.Count(line, ",") + 1
	}
	return min(n, fewDirectives)
}

// memberEnd finds the comma that ends the member starting at start, or the end of the line.
func memberEnd(line string, start int) int {
	quoted := false
	for i := start; i < len(line); i++ {
		switch c := line[i]; {
		case quoted && c == '\\':
			i++
		case c == '"':
			quoted = !quoted
		case c == ',' && !quoted:
			return i
		}
	}
	return len(line)
}

// appendMember lexes line[start:end]; an empty member is none.
func appendMember(ds Directives, line string, n, start, end int) Directives {
	for start < end && isSpace(line[start]) {
		start++
	}
	for end > start && isSpace(line[end-1]) {
		end--
	}
	if start == end {
		return ds
	}
	d := lexMember(line[start:end])
	d.Line, d.Start, d.End = n, start, end
	d.ErrAt += start
	if d.Err == "" {
		d.ErrAt = 0
	}
	return append(ds, d)
}

// fewDirectives is up to how many directives are compared with each other; more are counted in a
// map, so that a hostile header costs linear time.
const fewDirectives = 16

// number counts the occurrences of each name.
func (ds Directives) number() {
	if len(ds) > fewDirectives {
		seen := make(map[string]int, len(ds))
		for i := range ds {
			name := strings.ToLower(ds[i].Name)
			seen[name]++
			ds[i].Occurrence = seen[name]
		}
		return
	}
	for i := range ds {
		ds[i].Occurrence = 1
		for j := range i {
			if strings.EqualFold(ds[j].Name, ds[i].Name) {
				ds[i].Occurrence++
			}
		}
	}
}

// lexMember reads name [ "=" ( token / quoted-string ) ]; positions are relative to raw.
func lexMember(raw string) Directive {
	d := Directive{Raw: raw, Kind: NoArg}
	name, arg, found := strings.Cut(raw, "=")
	d.Name = trim(name)
	if at := notToken(d.Name); at >= 0 {
		d.fail(ErrCharacter, at)
	}
	if !found {
		return d
	}
	eq := len(name)
	switch {
	case d.Name == "":
		d.fail(ErrNoName, eq)
	case isSpace(raw[eq-1]):
		d.fail(ErrSpace, eq-1)
	case arg == "":
		d.fail(ErrNoValue, eq)
	case isSpace(arg[0]):
		d.fail(ErrSpace, eq+1)
	}
	lead := len(arg) - len(strings.TrimLeft(arg, " \t"))
	arg, eq = arg[lead:], eq+lead
	if strings.HasPrefix(arg, `"`) {
		d.Kind = QuotedArg
		d.quoted(arg, eq+1)
		return d
	}
	d.Kind, d.Arg = TokenArg, arg
	if at := notToken(arg); at >= 0 {
		d.fail(ErrCharacter, eq+1+at)
	}
	return d
}

// quoted reads the quoted string at the start of arg, which begins at byte at. Without an escape
// the argument is a part of the line.
func (d *Directive) quoted(arg string, at int) {
	var plain []byte
	start := 1
	for i := 1; i < len(arg); i++ {
		switch arg[i] {
		case '"':
			if i+1 < len(arg) {
				d.fail(ErrTrailing, at+i+1)
			}
			d.Arg = joined(plain, arg[start:i])
			return
		case '\\':
			if i+1 < len(arg) {
				plain = append(plain, arg[start:i]...)
				i++
				start = i
			}
		}
	}
	d.Arg = joined(plain, arg[start:])
	d.fail(ErrUnbalanced, at)
}

// joined is what was unescaped so far and the rest.
func joined(plain []byte, rest string) string {
	if len(plain) == 0 {
		return rest
	}
	return string(append(plain, rest...))
}

// fail keeps the first error.
func (d *Directive) fail(problem string, at int) {
	if d.Err == "" {
		d.Err, d.ErrAt = problem, at
	}
}

// notToken returns the first byte of s that a token must not have (RFC 9110, section 5.6.2), or -1.
func notToken(s string) int {
	for i := range len(s) {
		c := s[i]
		alnum := c >= 'a' && c <= 'z' || c >= '0' && c <= '9' || c >= 'A' && c <= 'Z'
		if !alnum && c != '-' && strings.IndexByte("!#$%&'*+.^_`|~", c) < 0 {
			return i
		}
	}
	return -1
}

func isSpace(c byte) bool { return c == ' ' || c == '\t' }

// trim cuts white space off both ends; nearly always there is none.
func trim(s string) string {
	for s != "" && isSpace(s[0]) {
		s = s[1:]
	}
	for s != "" && isSpace(s[len(s)-1]) {
		s = s[:len(s)-1]
	}
	return s
}
