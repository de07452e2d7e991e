package policy

import (
	"net/url"
	"strings"

	"github.com/dunglas/httpsfv"
)

// NoVarySearch is what a No-Vary-Search field says about the query of a URL
// (draft-ietf-httpbis-no-vary-search, section 2). Its zero value is the default: the whole query
// is part of the cache key.
type NoVarySearch struct {
	// Ignored are the parameters that do not select a stored response, decoded.
	Ignored []string
	// IgnoresAll is true when no parameter does but those of Kept, decoded.
	IgnoresAll bool
	Kept       []string
	// IgnoresOrder is true when the order of the parameters does not matter.
	IgnoresOrder bool
}

// IsDefault reports whether the field has no effect.
func (n NoVarySearch) IsDefault() bool {
	return !n.IgnoresAll && !n.IgnoresOrder && len(n.Ignored) == 0
}

// ParseNoVarySearch reads the lines of a No-Vary-Search field. Anything that is not understood
// makes the whole field the default, which only costs hits; unknown keys are passed over.
func ParseNoVarySearch(lines []string) NoVarySearch {
	dict, err := httpsfv.UnmarshalDictionary(lines)
	if err != nil {
		return NoVarySearch{}
	}
	var n NoVarySearch
	if member, ok := dict.Get("key-order"); ok {
		item, isItem := member.(httpsfv.Item)
		on, isBool := item.Value.(bool)
		if !isItem || !isBool {
			return NoVarySearch{}
		}
		n.IgnoresOrder = on
	}
	params, hasParams := dict.Get("params")
	except, hasExcept := dict.Get("except")
	valid := true
	switch {
	case hasParams && hasExcept:
		valid = false
	case hasParams:
		n.Ignored, valid = parameterNames(params)
	case hasExcept:
		n.IgnoresAll = true
		n.Kept, valid = parameterNames(except)
	}
	if !valid {
		return NoVarySearch{}
	}
	return n
}

// parameterNames decodes an inner list of strings; false when the member is not one.
func parameterNames(member httpsfv.Member) ([]string, bool) {
	list, ok := member.(httpsfv.InnerList)
	if !ok {
		return nil, false
	}
	var names []string
	for _, item := range list.Items {
		name, isString := item.Value.(string)
		if !isString {
			return nil, false
		}
		names = append(names, decodeParameter(name))
	}
	return names, true
}

// decodeParameter undoes the encoding of application/x-www-form-urlencoded, piece by piece, so
// that a percent sign that encodes nothing stays.
func decodeParameter(s string) string {
	var b strings.Builder
	for s = strings.ReplaceAll(s, "+", " "); s != ""; {
		size := 1
		if s[0] == '%' && len(s) >= len("%00") {
			size = len("%00")
		}
		piece, err := url.PathUnescape(s[:size])
		if err != nil {
			size = 1
			piece = s[:size]
		}
		b.WriteString(piece)
		s = s[size:]
	}
	return strings.ToValidUTF8(b.String(), "\uFFFD")
}
