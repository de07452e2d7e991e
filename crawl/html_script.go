package crawl

import "strings"

// script reads a script element, inline modules included. Types that are neither script nor
// module are data.
func (s *htmlScan) script() {
	module, ok := s.scriptType()
	if !ok || !module && s.attrs.has("nomodule") {
		return
	}
	a := Asset{Kind: Script, Mode: s.attrs.mode(), Source: "html:script[src]"}
	switch {
	case s.attrs.has("async"):
		a.Priority, a.Reason = High, "async script"
	case module && s.inHead:
		a.Priority, a.Reason = Critical, "module in the head"
	case module:
		a.Priority, a.Reason = High, "module in the body"
	case s.attrs.has("defer"):
		a.Priority, a.Reason = High, "deferred script"
	case s.inHead:
		a.Priority, a.Reason = Critical, "script in the head that blocks rendering"
	default:
		a.Priority, a.Reason = High, "script in the body"
	}
	if module {
		a.Mode = CORS
	}
	if !s.attrs.has("src") {
		s.inlineScript(module, a.Priority)
		return
	}
	if f := s.add("src", a); f != nil && module {
		f.role = readModule
	}
}

func (s *htmlScan) inlineScript(module bool, priority Priority) {
	if !module {
		return
	}
	s.raw = func(text []byte) {
		bare, whole := scanModule(&s.doc.refs, text, priority)
		s.doc.bare = append(s.doc.bare, bare...)
		if !whole {
			s.doc.unread = "an inline module cannot be read to its end"
		}
	}
}

// scriptType tells modules from classic scripts, and both from data blocks.
func (s *htmlScan) scriptType() (module, ok bool) {
	t, has := s.attrs.get("type")
	if !has {
		language := strings.ToLower(s.attrs.value("language"))
		return false, language == "" || isScriptType("text/"+language)
	}
	t = strings.ToLower(strings.Trim(t, htmlSpace))
	if t == "module" {
		return true, true
	}
	return false, t == "" || isScriptType(t)
}
