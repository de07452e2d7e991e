package crawl

import "strings"

// script reads a script element, inline modules included. Types that are neither script nor
// module are data.
func (s *htmlScan) script() {
	module, ok := s.scriptType()
	if !ok {
		s.dataBlock()
		return
	}
	if !module && s.z.attrs.has("nomodule") {
		return
	}
	a := Asset{Kind: Script, Mode: s.z.attrs.mode(), Source: "html:script[src]"}
	switch {
	case s.z.attrs.has("async"):
		a.Priority, a.Reason = High, "async script"
	case module && s.inHead:
		a.Priority, a.Reason = Critical, "module in the head"
	case module:
		a.Priority, a.Reason = High, "module in the body"
	case s.z.attrs.has("defer"):
		a.Priority, a.Reason = High, "deferred script"
	case s.inHead:
		a.Priority, a.Reason = Critical, "script in the head that blocks rendering"
	default:
		a.Priority, a.Reason = High, "script in the body"
	}
	if module {
		a.Mode = CORS
	}
	if !s.z.attrs.has("src") {
		s.inlineScript(module, a.Priority)
		return
	}
	if f := s.add("src", a); f != nil {
		f.role = readScript
		if module {
			f.role = readModule
		}
	}
}

func (s *htmlScan) inlineScript(module bool, priority Priority) {
	if s.noscript {
		return
	}
	s.raw = func(text []byte) {
		base := s.doc.refs.resolver
		scan := scriptScan{out: &s.doc.refs, doc: base, imports: s.doc.imports, priority: priority, module: module, inline: true}
		whole := scan.scan(text)
		s.doc.bare = append(s.doc.bare, scan.bare...)
		if !whole && module {
			s.doc.unread = "an inline module cannot be read to its end"
		}
	}
}

// dataBlock reads a script element that holds data which browsers or search engines use.
func (s *htmlScan) dataBlock() {
	if s.noscript || s.z.attrs.has("src") {
		return
	}
	switch strings.ToLower(strings.Trim(s.z.attrs.value("type"), htmlSpace)) {
	case "importmap":
		s.raw = func(text []byte) {
			if m := parseImportMap(text, s.doc.refs.resolver); m != nil && s.doc.imports == nil {
				s.doc.imports = m
			}
		}
	case "speculationrules":
		s.raw = func(text []byte) { s.doc.refs.speculation(text) }
	case "application/ld+json":
		s.raw = s.doc.refs.jsonLD
	}
}

// scriptType tells modules from classic scripts, and both from data blocks.
func (s *htmlScan) scriptType() (module, ok bool) {
	t, has := s.z.attrs.get("type")
	if !has {
		language := strings.ToLower(s.z.attrs.value("language"))
		return false, language == "" || isScriptType("text/"+language)
	}
	t = strings.ToLower(strings.Trim(t, htmlSpace))
	if t == "module" {
		return true, true
	}
	return false, t == "" || isScriptType(t)
}

// island takes the modules of an element that a script of its framework brings to life, as Astro
// writes it.
func (s *htmlScan) island() {
	for _, name := range []string{"component-url", "renderer-url", "before-hydration-url"} {
		a := Asset{Kind: Script, Mode: CORS, Source: "html:astro-island[" + name + "]", Priority: High, Reason: "module of an island"}
		if f := s.add(name, a); f != nil {
			f.role = readModule
		}
	}
}
