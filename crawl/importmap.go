package crawl

import (
	"cmp"
	"encoding/json"
	"slices"
	"strings"
)

// importMap resolves the specifiers of a document's modules (HTML section 8.1.6.2).
type importMap struct {
	imports []mapping
	scopes  []scopedImports // the longest prefix first
}

// mapping is one entry: a whole specifier, or a prefix that ends with a slash.
type mapping struct {
	specifier, target string
}

type scopedImports struct {
	prefix  string
	imports []mapping
}

// parseImportMap reads an import map whose addresses are relative to a document. It returns nil
// for what is no JSON object.
func parseImportMap(text []byte, base resolver) *importMap {
	var raw struct {
		Imports map[string]string            `json:"imports"`
		Scopes  map[string]map[string]string `json:"scopes"`
	}
	if json.Unmarshal(text, &raw) != nil {
		return nil
	}
	m := &importMap{imports: mappings(raw.Imports, base)}
	for _, prefix := range sortedKeys(raw.Scopes) {
		if l, err := base.resolve(prefix); err == nil {
			m.scopes = append(m.scopes, scopedImports{l.key, mappings(raw.Scopes[prefix], base)})
		}
	}
	slices.SortStableFunc(m.scopes, func(a, b scopedImports) int { return cmp.Compare(len(b.prefix), len(a.prefix)) })
	return m
}

// mappings are sorted so that the longest specifier is tried first.
func mappings(raw map[string]string, base resolver) []mapping {
	var out []mapping
	for _, specifier := range sortedKeys(raw) {
		l, err := base.resolve(raw[specifier])
		if err != nil || strings.HasSuffix(specifier, "/") && !strings.HasSuffix(l.key, "/") {
			continue
		}
		if !isBare(specifier) {
			key, err := base.resolve(specifier)
			if err != nil {
				continue
			}
			specifier = key.key
		}
		out = append(out, mapping{specifier, l.key})
	}
	slices.SortStableFunc(out, func(a, b mapping) int { return cmp.Compare(len(b.specifier), len(a.specifier)) })
	return out
}

// isBare tells whether a specifier means nothing without an import map.
func isBare(specifier string) bool {
	return !strings.HasPrefix(specifier, "/") && !strings.HasPrefix(specifier, "./") && !strings.HasPrefix(specifier, "../") &&
		!strings.Contains(specifier, ":")
}

// resolve maps what a script at an address imports; ok is false when the map does not say.
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
	script := from.base.Href(true)
	for _, s := range m.scopes {
		if script == s.prefix || strings.HasSuffix(s.prefix, "/") && strings.HasPrefix(script, s.prefix) {
			if target, ok = lookUp(s.imports, specifier); ok {
				return target, true
			}
		}
	}
	return lookUp(m.imports, specifier)
}

func lookUp(list []mapping, specifier string) (string, bool) {
	for _, m := range list {
		if m.specifier == specifier {
			return m.target, true
		}
		if strings.HasSuffix(m.specifier, "/") && strings.HasPrefix(specifier, m.specifier) {
			return m.target + specifier[len(m.specifier):], true
		}
	}
	return "", false
}
