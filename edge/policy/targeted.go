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
