package crawl

import (
	"encoding/json"
	"strings"
)

// importMap resolves the specifiers of a document's modules (HTML section 8.1.6.2).
type importMap struct {
	imports mappings
	scopes  map[string]mappings // by the address of a script, or what it begins with
}

// mappings lead from a whole specifier, or a prefix that ends with a slash, to a URL. It is empty
// for a specifier that the map blocks.
type mappings map[string]string

// parseImportMap reads an import map whose addresses are relative to a document. It returns nil
// for what is no JSON object.
func parseImportMap(text []byte, base resolver) *importMap {
	var raw struct {
		Imports map[string]any            `json:"imports"`
		Scopes  map[string]map[string]any `json:"scopes"`
	}
	if json.Unmarshal(text, &raw) != nil {
		return nil
	}
	m := &importMap{imports: newMappings(raw.Imports, base), scopes: map[string]mappings{}}
	for _, prefix := range sortedKeys(raw.Scopes) {
		if l, err := base.resolve(prefix); err == nil {
			m.scopes[l.key] = newMappings(raw.Scopes[prefix], base)
		}
	}
	return m
}

func newMappings(raw map[string]any, base resolver) mappings {
	out := make(mappings, len(raw))
	for _, specifier := range sortedKeys(raw) {
		target := ""
		if address, ok := raw[specifier].(string); ok && !isBare(address) {
			if l, err := base.resolve(address); err == nil {
				target = l.key
			}
		}
		if strings.HasSuffix(specifier, "/") && !strings.HasSuffix(target, "/") {
			target = ""
		}
		if !isBare(specifier) {
			key, err := base.resolve(specifier)
			if err != nil {
				continue
			}
			specifier = key.key
		}
		if specifier != "" {
			out[specifier] = target
		}
	}
	return out
}

// isBare tells whether a specifier means nothing without an import map.
func isBare(specifier string) bool {
	return !strings.HasPrefix(specifier, "/") && !strings.HasPrefix(specifier, "./") && !strings.HasPrefix(specifier, "../") &&
		!strings.Contains(specifier, ":")
}

// resolve maps what a script at an address imports; ok is false when the map does not say. The
// target is empty when the map forbids the import.
func (m *importMap) resolve(specifier string, from resolver) (target string, ok bool) {
	if m == nil {
		return "", false
	}
	if !isBare(specifier) {
		l, err := from.resolve(specifier)
		if err != nil {
			return "", false
		}
		specifier = l.key
	}
	scope := from.base.Href(true)
	for depth := 0; scope != "" && len(m.scopes) > 0 && depth < maxPrefixes; depth++ {
		if target, ok = m.scopes[scope].resolve(specifier); ok {
			return target, true
		}
		scope = shorter(scope)
	}
	return m.imports.resolve(specifier)
}

// resolve takes the longest entry that fits.
func (m mappings) resolve(specifier string) (string, bool) {
	if len(specifier) > maxURL || len(m) == 0 {
		return "", false
	}
	prefix := specifier
	for depth := 0; prefix != "" && depth < maxPrefixes; depth++ {
		target, ok := m[prefix]
		switch {
		case !ok:
		case target == "":
			return "", true
		default:
			return target + specifier[len(prefix):], true
		}
		prefix = shorter(prefix)
	}
	return "", false
}

// maxPrefixes bounds how many beginnings of one address are looked up, the longest first.
const maxPrefixes = 32

// shorter is what a URL begins with up to a slash, the last one not counted; empty when there is
// no more.
func shorter(url string) string {
	return url[:strings.LastIndexByte(url[:len(url)-1], '/')+1]
}
