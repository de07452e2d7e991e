package lint

import (
	"fmt"
	"strconv"
	"strings"

	"github.com/edgeprime/edgeprime/edge/policy"
)

// parDates are the rules of fields with dates and ages.
func parDates() []Rule {
	return []Rule{
		{
			ID: "PAR014", Severity: Error, Static: true, check: badExpires, Source: "RFC 9111, section 5.3",
			Title: "Expires that is no date",
			Why:   "it means that the response has expired, and nothing else states a lifetime",
			Fix:   "state what is meant: Cache-Control: max-age=3600, or no-store",
		},
		{
			ID: "PAR015", Severity: Error, Static: true, check: repeatedField, Source: "RFC 9110, section 5.3",
			Title: "field of one value that comes twice",
			Why:   "receivers choose differently",
			Fix:   "send one line",
		},
		{
			ID: "PAR016", Severity: Note, Static: true, check: oldDate, Source: "RFC 9110, section 5.6.7",
			Title: "date in an obsolete form",
			Why:   "senders must use one form alone, and some receivers read only that",
			Fix:   "write dates such as: Tue, 01 Dec 2026 14:00:00 GMT",
		},
		{
			ID: "PAR017", Severity: Error, Static: true, check: dateless, Source: "RFC 9110, section 6.6.1; RFC 9111, section 4.2",
			Title: "Expires or Last-Modified without Date",
			Why:   "the lifetime depends on the clock of each receiver",
			Fix:   "send Date",
		},
		{
			ID: "PAR018", Severity: Warning, Static: true, check: badAge, Source: "RFC 9111, section 5.1",
			Title: "Age that is no number of seconds",
			Why:   "caches ignore it, cut it or take its first part, so that a copy seems younger than it is",
			Fix:   "repair the cache that writes Age",
		},
	}
}

func badExpires(a *answer) *complaint {
	if a.policy.Basis != policy.BasisExpires || a.count(fieldExpires) > 1 {
		return nil
	}
	value := a.value(fieldExpires)
	if _, err := policy.ParseDate(value, a.policy.Received); err == nil {
		return nil
	}
	return a.valueOf("Expires", "Expires is "+strconv.Quote(value)+", which is no date")
}

// valueOf complains about the first line of a field, and points at its value.
func (a *answer) valueOf(name, message string) *complaint {
	lines := a.lines(name)
	c := &complaint{message: message, evidence: lines[:min(1, len(lines))]}
	if len(lines) > 0 {
		c.at = &Span{Start: len(name) + len(": "), End: len(lines[0])}
	}
	return c
}

func repeatedField(a *answer) *complaint {
	for _, f := range [...]struct {
		field field
		name  string
	}{
		{fieldExpires, "Expires"},
		{fieldAge, "Age"},
		{fieldDate, "Date"},
		{fieldEtag, "ETag"},
		{fieldLastModified, "Last-Modified"},
	} {
		if n := a.count(f.field); n > 1 {
			return &complaint{message: fmt.Sprintf("%s comes %s", f.name, times(n)), evidence: a.lines(f.name), fix: "send one line of " + f.name}
		}
	}
	return nil
}

func oldDate(a *answer) *complaint {
	for _, f := range [...]struct {
		field field
		name  string
	}{
		{fieldDate, "Date"},
		{fieldExpires, "Expires"},
		{fieldLastModified, "Last-Modified"},
	} {
		if !a.has(f.field) {
			continue
		}
		value := a.value(f.field)
		if len(value) == len("Tue, 01 Dec 2026 14:00:00 GMT") && value[3] == ',' {
			continue
		}
		if t, err := policy.ParseDate(value, a.policy.Received); err == nil {
			c := a.valueOf(f.name, f.name+" has an obsolete form")
			c.fix = f.name + ": " + t.UTC().Format("Mon, 02 Jan 2006 15:04:05 GMT")
			return c
		}
	}
	return nil
}

func dateless(a *answer) *complaint {
	if a.has(fieldDate) || !a.has(fieldExpires) && !a.has(fieldLastModified) {
		return nil
	}
	return &complaint{message: "there is a date to count from another, and no Date", evidence: a.lines("Expires", "Last-Modified")}
}

// badAge reads Age as caches have to: digits only, up to 2^31.
func badAge(a *answer) *complaint {
	if !a.has(fieldAge) {
		return nil
	}
	value := a.value(fieldAge)
	n, err := strconv.ParseUint(value, 10, 64)
	switch {
	case !digits(value):
		return a.valueOf("Age", "Age is "+strconv.Quote(value)+", which is not digits alone")
	case err != nil, n > 1<<31:
		return a.valueOf("Age", "Age is above 2^31: "+strings.TrimLeft(value, "0"))
	}
	return nil
}
