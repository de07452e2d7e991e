package crawl

import (
	"strings"

	"github.com/tdewolff/parse/v2/js"
)

// chunkScan reads the tables with which bundlers name hashed files: the functions from chunk to
// file name of a webpack runtime (u for scripts, miniCssF for style sheets), its public path p,
// the preload list of Vite and the build manifest of Next.js.
type chunkScan struct {
	public   string // the public path, once a script sets one
	names    []string
	list     []string
	record   []jsToken // of the function that is being read
	depth    int       // brackets that are open, that around the function included; 0 outside of one
	inList   bool
	armed    bool // a list of Vite's is to come
	manifest bool
}

// maxChunkTokens bounds the body of a function from chunk to file name.
const maxChunkTokens = 1 << 16

// maxChunkTerms bounds of how many terms a file name is made; five are usual.
const maxChunkTerms = 32

func (c *chunkScan) token(s *scriptScan, t jsToken) {
	switch {
	case c.depth > 0:
		c.recordToken(t)
	case c.inList:
		c.listToken(t)
	case t.is("__vite__mapDeps"):
		c.armed = true
	case t.is("__BUILD_MANIFEST"):
		c.manifest = true
	case c.armed && t.kind == js.OpenBracketToken:
		c.inList, c.armed = true, false
	case c.manifest && t.kind == js.StringToken:
		if name := jsUnquote(string(t.text)); strings.HasPrefix(name, "static/") && kindOfURL(name, Document) != Document {
			c.list = append(c.list, name)
		}
	case t.kind == js.StringToken && s.last[0].is("=") && s.last[1].is("p") && s.last[2].is("."):
		c.public = jsUnquote(string(t.text))
	case t.is("=") && (s.last[0].is("u") || s.last[0].is("miniCssF")) && s.last[1].is("."):
		c.record, c.depth = c.record[:0], 1
	}
}

// recordToken keeps one token of a function from chunk to file name, up to its end.
func (c *chunkScan) recordToken(t jsToken) {
	switch t.kind {
	case js.OpenParenToken, js.OpenBraceToken, js.OpenBracketToken:
		c.depth++
	case js.CloseParenToken, js.CloseBraceToken, js.CloseBracketToken:
		c.depth--
	default:
	}
	end := c.depth == 0 || c.depth == 1 && (t.kind == js.SemicolonToken || t.kind == js.CommaToken)
	if !end && len(c.record) < maxChunkTokens {
		c.record = append(c.record, t)
		return
	}
	c.depth = 0
	c.names = append(c.names, chunkNames(c.record)...)
}

func (c *chunkScan) listToken(t jsToken) {
	switch t.kind {
	case js.StringToken:
		c.list = append(c.list, jsUnquote(string(t.text)))
	case js.CloseBracketToken:
		c.inList = false
	default:
	}
}

// finish takes the files that the tables name. Which of them a visit asks for is known only when
// scripts run.
func (c *chunkScan) finish(s *scriptScan) {
	if c.depth > 0 {
		c.names = append(c.names, chunkNames(c.record)...) // the script ends with the function
	}
	for _, name := range append(c.names, c.list...) {
		base := c.public
		switch {
		case strings.HasPrefix(name, "./") || strings.HasPrefix(name, "../"):
			base = ""
		case base == "" || base == "auto":
			base = publicPath(s.out.resolver.base.Pathname(), name)
		}
		a := Asset{Kind: kindOfURL(name, Script), Mode: NoCORS, Source: "js:chunks", Priority: Low, Reason: "file that a bundle may load"}
		if f := s.out.add(base+name, a); f != nil {
			f.demand, f.mask = never, 0
			if f.Kind == Stylesheet {
				f.role = readSheet // what it draws may be the largest paint
			}
		}
	}
}

// publicPath guesses what file names of a bundle are relative to: the folder above the one in
// which both the script and the file lie.
func publicPath(script, name string) string {
	folder, _, ok := strings.Cut(name, "/")
	if i := strings.LastIndex(script, "/"+folder+"/"); ok && i >= 0 {
		return script[:i+1]
	}
	return "/"
}

// chunkNames evaluates a function from chunk to file name for every chunk that its tables know:
// a sum of literals, of the chunk itself, and of tables with or without a default, or a choice
// among literals.
func chunkNames(body []jsToken) []string {
	var out []string
	p := chunkParser{ids: map[string]bool{}}
	if len(body) > 0 {
		p.param = string(body[0].text)
		if body[0].kind == js.OpenParenToken || body[0].kind == js.FunctionToken {
			for _, t := range body[1:] {
				if js.IsIdentifier(t.kind) {
					p.param = string(t.text)
					break
				}
			}
		}
	}
	for i, t := range body { // 12===e?"static/chunks/12-ab.js":…
		if t.is("?") && i+1 < len(body) && body[i+1].kind == js.StringToken {
			out = append(out, jsUnquote(string(body[i+1].text)))
		}
	}
	p.parse(body)
	if len(p.terms) > maxChunkTerms {
		return out
	}
	for _, id := range sortedKeys(p.ids) {
		if name, ok := p.name(id); ok {
			out = append(out, name)
		}
	}
	return out
}

// chunkParser holds the terms of the sum.
type chunkParser struct {
	param string
	terms []chunkTerm
	ids   map[string]bool
}

// chunkTerm is a literal, or else a table, or else the chunk's own name.
type chunkTerm struct {
	literal string
	table   map[string]string
	orID    bool // the chunk stands for itself where the table has nothing
}

func (p *chunkParser) parse(body []jsToken) {
	started := false
	for i := 0; i < len(body); i++ {
		t := body[i]
		switch {
		case !started:
			started = t.kind == js.ArrowToken || t.kind == js.ReturnToken
		case t.is("?"):
			p.terms = p.terms[:0] // the sum is what no choice has named
			if i+2 < len(body) && body[i+1].kind == js.StringToken && body[i+2].kind == js.ColonToken {
				i += 2
			}
		case t.kind == js.StringToken:
			p.terms = append(p.terms, chunkTerm{literal: jsUnquote(string(t.text))})
		case t.kind == js.OpenBraceToken:
			table, n := p.table(body[i:])
			if len(table) == 0 {
				continue // the body of the function
			}
			i += n - 1
			p.terms = append(p.terms, chunkTerm{table: table})
		case t.is(p.param) && i > 0 && body[i-1].is("||") && len(p.terms) > 0:
			p.terms[len(p.terms)-1].orID = true
		case t.is(p.param) && i > 0 && !body[i-1].is("["):
			p.terms = append(p.terms, chunkTerm{table: map[string]string{}, orID: true})
		}
	}
}

// table reads an object literal of strings, and tells how many tokens it has.
func (p *chunkParser) table(toks []jsToken) (map[string]string, int) {
	out := map[string]string{}
	for i := 1; i < len(toks); i++ {
		switch toks[i].kind {
		case js.CloseBraceToken:
			return out, i + 1
		case js.OpenBraceToken:
			return nil, 1 // not a table
		default:
		}
		if toks[i].kind == js.StringToken && i > 1 && toks[i-1].kind == js.ColonToken {
			id := strings.Trim(string(toks[i-2].text), `"'`)
			out[id] = jsUnquote(string(toks[i].text))
			p.ids[id] = true
		}
	}
	return nil, len(toks)
}

// name is the file name of one chunk; ok is false when a table does not know it.
func (p *chunkParser) name(id string) (name string, ok bool) {
	var b strings.Builder
	for _, t := range p.terms {
		value, known := t.literal, t.table == nil
		if !known {
			if value, known = t.table[id]; !known && t.orID {
				value, known = id, true
			}
		}
		if !known {
			return "", false
		}
		b.WriteString(value)
	}
	return b.String(), true
}
