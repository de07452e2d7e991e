package crawl

import (
	"bytes"
	"strconv"
	"strings"

	"github.com/tdewolff/parse/v2/js"
)

// staticImport takes `import "x"`, `import … from "x"` and `export … from "x"`.
func (s *scriptScan) staticImport(t jsToken) {
	if !s.clause {
		return
	}
	if k := s.last[0].kind; k != js.ImportToken && k != js.FromToken {
		return
	}
	s.clause = false
	s.takeModule(t.text, Asset{Source: "js:import", Priority: s.priority, Reason: "static import"}, onLoad)
}

// argument takes what the call of a known function names by its first argument, a literal; the
// token behind it has just come.
func (s *scriptScan) argument() {
	lit := s.last[0]
	if lit.kind != js.StringToken && lit.kind != js.TemplateToken || s.last[1].kind != js.OpenParenToken {
		return
	}
	switch name, before := string(s.last[2].text), string(s.last[3].text); {
	case name == "import" && before != ".":
		how := never // an external script may wait for a click
		if s.inline {
			how = onLoad
		}
		s.takeModule(lit.text, Asset{Source: "js:import()", Priority: High, Reason: "dynamic import"}, how)
	case (name == "Worker" || name == "SharedWorker") && before == "new":
		s.takeScript(s.doc, lit.text, "js:worker", "worker", readScript)
	case name == "register" && before == "." && s.last[4].is("serviceWorker"):
		s.takeScript(s.doc, lit.text, "js:service-worker", "service worker", readWorker)
	case name == "importScripts" && before != ".":
		s.takeScript(s.out.resolver, lit.text, "js:import-scripts", "script of a worker", readScript)
	}
}

// takeScript takes a script that a script starts, relative to its document or to itself.
func (s *scriptScan) takeScript(base resolver, literal []byte, source, reason string, as role) {
	if base.base == nil {
		return
	}
	own := s.out.resolver
	s.out.resolver = base
	if f := s.out.add(jsUnquote(string(literal)), Asset{Kind: Script, Source: source, Priority: High, Reason: reason}); f != nil {
		f.role = as
	}
	s.out.resolver = own
}

// metaURL takes `new URL("x", import.meta.url)`; the last token is the dot before url.
func (s *scriptScan) metaURL() {
	for i, want := range []string{".", "meta", ".", "import", ","} {
		if !s.last[i].is(want) {
			return
		}
	}
	lit := s.last[5]
	if lit.kind != js.StringToken && lit.kind != js.TemplateToken {
		return
	}
	for i, want := range []string{"(", "URL", "new"} {
		if !s.last[6+i].is(want) {
			return
		}
	}
	raw := jsUnquote(string(lit.text))
	a := Asset{Source: "js:new-url", Priority: High, Reason: "URL relative to a module", Kind: kindOfURL(raw, Data)}
	worker := false
	if w := s.last[10]; s.last[9].is("(") && (w.is("Worker") || w.is("SharedWorker")) {
		a.Kind, worker = Script, true
	}
	f := s.out.add(raw, a)
	switch {
	case f == nil:
	case worker:
		f.role = readScript
	default:
		f.demand, f.mask = never, 0 // what the script does with it is known when it runs
		if f.Kind == Script {
			f.role = readModule
		}
	}
}

// precached takes an entry of a precache list, as service workers of Workbox hold them:
// {url: "x", revision: …} in either order.
func (s *scriptScan) precached(t jsToken) {
	if !s.worker {
		return
	}
	name := func(i int) string { return string(bytes.Trim(s.last[i].text, `"'`)) }
	var literal []byte
	switch {
	case t.kind == js.StringToken && name(1) == "url" && name(5) == "revision":
		literal = t.text
	case string(bytes.Trim(t.text, `"'`)) == "revision" && s.last[1].kind == js.StringToken && name(3) == "url":
		literal = s.last[1].text
	default:
		return
	}
	raw := jsUnquote(string(literal))
	s.out.add(raw, Asset{Kind: kindOfURL(raw, Document), Source: "js:precache", Priority: Low, Reason: "precache list of a service worker"})
}

// takeModule adds an imported module. A bare name means nothing without an import map.
func (s *scriptScan) takeModule(literal []byte, a Asset, how demand) {
	raw := jsUnquote(string(literal))
	if target, ok := s.imports.resolve(raw, s.out.resolver); ok {
		raw = target // empty when the map forbids it
	} else if isBare(raw) {
		if s.module {
			s.bare = append(s.bare, raw)
		}
		return
	}
	a.Kind, a.Mode = kindOfURL(raw, Script), CORS
	f := s.out.add(raw, a)
	if f == nil {
		return
	}
	if how == never {
		f.demand, f.mask = never, 0
	}
	switch f.Kind {
	case Script:
		f.role = readModule
	case Stylesheet:
		f.role = readSheet
	case Document, Font, Image, Media, WebApp, Data, Social:
	}
}

// jsUnquote is the value of a string literal or of a template without substitutions.
func jsUnquote(literal string) string {
	if len(literal) < 2 {
		return ""
	}
	s := literal[1 : len(literal)-1]
	if !strings.Contains(s, `\`) {
		return s
	}
	var b strings.Builder
	for i := 0; i < len(s); i++ {
		if s[i] != '\\' || i+1 == len(s) {
			b.WriteByte(s[i])
			continue
		}
		i++
		size := map[byte]int{'x': 2, 'u': 4}[s[i]]
		if size == 0 || i+size >= len(s) {
			b.WriteByte(s[i])
			continue
		}
		if code, err := strconv.ParseInt(s[i+1:i+1+size], 16, 32); err == nil {
			b.WriteRune(rune(code))
			i += size
		}
	}
	return b.String()
}
