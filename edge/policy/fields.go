package policy

import "strings"

// fields are the response fields that count, gathered in one pass.
type fields struct {
	cacheControl lines
	expires      lines
	age, date    string
	lastModified string
	contentType  string
	hasAge       bool
	hasType      bool
	hasDate      bool
	hasLM        bool
	varyAny      bool
}

// lines are the values of one field: the first few without a further allocation.
type lines struct {
	few  [2]string
	many []string
	n    int
}

// add appends a value.
func (l *lines) add(s string) {
	if l.n < len(l.few) {
		l.few[l.n] = s
	} else {
		if l.many == nil {
			l.many = append(l.many, l.few[:]...)
		}
		l.many = append(l.many, s)
	}
	l.n++
}

// addNamed appends the value of a line whose name is the wanted one.
func (l *lines) addNamed(name, wanted, value string) {
	if sameName(name, wanted) {
		l.add(value)
	}
}

// all returns the values in received order.
func (l *lines) all() []string {
	if l.many != nil {
		return l.many
	}
	return l.few[:l.n]
}

// gather reads the header once. The first line of a singleton counts. Names are told apart by
// length first, because most fields of a header say nothing about caching.
func (f *fields) gather(header [][2]string) {
	for i := range header {
		name, value := header[i][0], header[i][1]
		switch len(name) {
		case len("Age"):
			keepFirst(&f.age, &f.hasAge, name, "Age", value)
		case len("Date"):
			keepFirst(&f.date, &f.hasDate, name, "Date", value)
			f.varyAny = f.varyAny || sameName(name, "Vary") && hasMember(value, "*")
		case len("Expires"):
			f.expires.addNamed(name, "Expires", value)
		case len("Content-Type"):
			keepFirst(&f.contentType, &f.hasType, name, "Content-Type", value)
		case len("Cache-Control"):
			f.cacheControl.addNamed(name, "Cache-Control", value)
			keepFirst(&f.lastModified, &f.hasLM, name, "Last-Modified", value)
		}
	}
}

// keepFirst keeps the value of the first line of a field.
func keepFirst(kept *string, has *bool, name, wanted, value string) {
	if !*has && sameName(name, wanted) {
		*kept, *has = trim(value), true
	}
}

// VaryMembers returns the members of all Vary lines in received order, in lower case.
func VaryMembers(header [][2]string) []string {
	var members []string
	for _, h := range header {
		if !strings.EqualFold(h[0], "Vary") {
			continue
		}
		for m := range strings.SplitSeq(h[1], ",") {
			if m = trim(m); m != "" {
				members = append(members, strings.ToLower(m))
			}
		}
	}
	return members
}

// hasMember reports whether a comma-separated list has a member, without case.
func hasMember(list, member string) bool {
	for m := range strings.SplitSeq(list, ",") {
		if strings.EqualFold(trim(m), member) {
			return true
		}
	}
	return false
}

// find returns the first line of a field.
func find(header [][2]string, name string) (string, bool) {
	for i := range header {
		if sameName(header[i][0], name) {
			return header[i][1], true
		}
	}
	return "", false
}

// has reports whether the header has one of the fields.
func has(header [][2]string, names []string) bool {
	for _, name := range names {
		if _, ok := find(header, name); ok {
			return true
		}
	}
	return false
}

// values gathers the lines of a field in received order.
func (l *lines) values(header [][2]string, name string) {
	for i := range header {
		l.addNamed(header[i][0], name, header[i][1])
	}
}

// hasPrefixFold is strings.HasPrefix without case.
func hasPrefixFold(s, prefix string) bool {
	return len(s) >= len(prefix) && strings.EqualFold(s[:len(prefix)], prefix)
}
