package safe

import (
	"cmp"
	"net/url"
	"slices"
	"strings"
)

// shortest is the shortest literal that is masked: a shorter one would hide half of every text,
// and is no secret worth the name.
const shortest = 4

// Masker hides the literals of loaded secrets. Its zero value hides nothing. It is immutable and
// safe for concurrent use.
type Masker struct {
	replacer *strings.Replacer
}

// Secrets returns the masker of the given literals, in plain form and in the forms that they have
// in a URL. Literals of fewer than 4 bytes are left out.
func Secrets(literals ...string) Masker {
	var forms []string
	for _, l := range literals {
		if len(l) >= shortest {
			forms = append(forms, l, url.QueryEscape(l), url.PathEscape(l))
		}
	}
	if len(forms) == 0 {
		return Masker{}
	}
	// The longest first: a secret that begins with another one must not show its rest.
	slices.SortFunc(forms, func(a, b string) int { return cmp.Or(cmp.Compare(len(b), len(a)), strings.Compare(a, b)) })
	forms = slices.Compact(forms)
	pairs := make([]string, 0, 2*len(forms))
	for _, f := range forms {
		pairs = append(pairs, f, mask)
	}
	return Masker{replacer: strings.NewReplacer(pairs...)}
}

// Mask returns s with "***" in place of every secret.
func (m Masker) Mask(s string) string {
	if m.replacer == nil {
		return s
	}
	return m.replacer.Replace(s)
}
