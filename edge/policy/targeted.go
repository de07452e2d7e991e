package policy

import (
	"strconv"
	"strings"

	"github.com/dunglas/httpsfv"
)

// LexTargeted reads the lines of a targeted field such as CDN-Cache-Control as a Structured Field
// Dictionary (RFC 9213, section 2.1). It is false when the field is empty or does not parse: the
// whole field then counts as absent. The last duplicate wins, parameters are ignored, and a flag
// that says ?0 is left out.
func LexTargeted(lines []string) (Directives, bool) {
	if ds, ok := lexPlain(lines); ok {
		return ds, true
	}
	return lexDictionary(lines)
}

// lexPlain reads what nearly every targeted field looks like, flags and integers on one line. It is
// false for everything else, which is for lexDictionary to read.
func lexPlain(lines []string) (Directives, bool) {
	if len(lines) != 1 || strings.HasPrefix(strings.TrimLeft(lines[0], " "), "\t") {
		return nil, false // white space at the start is spaces only
	}
	ds := make(Directives, 0, expected(lines))
	for rest := lines[0]; ; {
		raw, more, found := strings.Cut(rest, ",")
		d, ok := plainMember(trim(raw))
		if !ok || ds.Has(d.Name) {
			return nil, false
		}
		ds = append(ds, d)
		if !found {
			return ds, true
		}
		rest = more
	}
}

// plainMember reads a flag or a key with an integer in its only form.
func plainMember(raw string) (Directive, bool) {
	name, arg, valued := strings.Cut(raw, "=")
	d := Directive{Raw: raw, Name: name, Kind: NoArg, Occurrence: 1}
	if !isKey(name) || isDelta(name) != valued {
		return d, false
	}
	if !valued {
		return d, true
	}
	d.Kind, d.Arg = TokenArg, arg
	if len(arg) > maxIntegerDigits || len(arg) > 1 && arg[0] == '0' {
		return d, false
	}
	_, digits := deltaSeconds(arg)
	return d, digits
}

// maxIntegerDigits is how long an Integer of a structured field may be (RFC 9651, section 3.3.1).
const maxIntegerDigits = 15

// isKey reports whether s is a plain key of a dictionary (RFC 9651, section 3.1.2).
func isKey(s string) bool {
	for i := range len(s) {
		if c := s[i]; c < 'a' || c > 'z' {
			if i == 0 || c != '-' && c != '_' && (c < '0' || c > '9') {
				return false
			}
		}
	}
	return s != ""
}

// lexDictionary reads every dictionary.
func lexDictionary(lines []string) (Directives, bool) {
	dict, err := httpsfv.UnmarshalDictionary(lines)
	if err != nil || len(dict.Names()) == 0 {
		return nil, false
	}
	ds := make(Directives, 0, len(dict.Names()))
	for _, name := range dict.Names() {
		member, _ := dict.Get(name)
		if d, ok := targetedDirective(name, member); ok {
			ds = append(ds, d)
		}
	}
	return ds, true
}

// targetedDirective turns a member into a directive; false for a flag that is off.
func targetedDirective(name string, member httpsfv.Member) (Directive, bool) {
	d := Directive{Raw: name, Name: name, Kind: NoArg, Occurrence: 1}
	item, ok := member.(httpsfv.Item)
	if !ok {
		d.fail(ErrType, 0)
		return d, true
	}
	switch v := item.Value.(type) {
	case bool:
		if isDelta(name) {
			d.fail(ErrType, 0)
			return d, true
		}
		return d, v
	case int64:
		d.Kind, d.Arg = TokenArg, strconv.FormatInt(v, 10)
	case string:
		d.Kind, d.Arg = QuotedArg, v
	case httpsfv.Token:
		d.Kind, d.Arg = TokenArg, string(v)
	default:
		d.fail(ErrType, 0)
	}
	d.Raw = strings.TrimSuffix(name+"="+d.Arg, "=")
	if n, isInt := item.Value.(int64); isDelta(name) && (!isInt || n < 0) {
		d.fail(ErrType, 0)
	}
	return d, true
}

// isDelta reports whether a directive's argument is delta-seconds.
func isDelta(name string) bool {
	switch name {
	case "max-age", "s-maxage", "stale-while-revalidate", "stale-if-error":
		return true
	}
	return false
}
