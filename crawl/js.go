package crawl

import (
	"errors"
	"io"
	"slices"
	"strconv"
	"strings"

	"github.com/tdewolff/parse/v2"
	"github.com/tdewolff/parse/v2/js"
)

// moduleScan reads the imports of one module script from its tokens. It builds no syntax tree: a
// tree needs every new form of the language, while the forms that load something are few.
type moduleScan struct {
	out *refs
	// priority is that of the importing script; static imports inherit it.
	priority Priority
	bare     []string // specifiers that only an import map resolves

	last   [14]jsToken // the last tokens, newest first
	clause bool        // inside an import or export clause, where from names a module
	parens []bool      // for each open parenthesis: does it belong to if, while, for or with
	braces []bool      // for each open brace: does it open a block
	closed bool        // what the last closing bracket closed allows a regular expression
}

type jsToken struct {
	kind js.TokenType
	text string
}

// scanModule adds what a module imports. It returns false when the script could be read in part only.
func scanModule(out *refs, body []byte, priority Priority) (bare []string, whole bool) {
	s := &moduleScan{out: out, priority: priority}
	lex := js.NewLexer(parse.NewInputBytes(slices.Clip(body)))
	for {
		kind, text := lex.Next()
		if (kind == js.DivToken || kind == js.DivEqToken) && s.regexpMayStart() {
			kind, text = lex.RegExp()
		}
		switch kind {
		case js.ErrorToken:
			return s.bare, errors.Is(lex.Err(), io.EOF)
		case js.WhitespaceToken, js.LineTerminatorToken, js.CommentToken, js.CommentLineTerminatorToken:
			continue
		default:
			s.token(jsToken{kind, string(text)})
		}
	}
}

func (s *moduleScan) token(t jsToken) {
	switch t.kind {
	case js.StringToken:
		s.staticImport(t)
	case js.OpenParenToken:
		s.parens = append(s.parens, s.opensCondition())
		s.clause = s.clause && s.last[0].kind != js.ImportToken
	case js.CloseParenToken:
		s.dynamicImport()
		s.parens, s.closed = popFlag(s.parens)
	case js.OpenBraceToken:
		s.braces = append(s.braces, s.opensBlock())
	case js.CloseBraceToken:
		s.braces, s.closed = popFlag(s.braces)
	case js.CommaToken:
		s.dynamicImport()
	case js.DotToken:
		s.clause = s.clause && s.last[0].kind != js.ImportToken
	case js.SemicolonToken:
		s.clause = false
	case js.ImportToken, js.ExportToken:
		s.clause = s.last[0].kind != js.DotToken
	default:
		if t.text == "url" {
			s.metaURL()
		}
	}
	copy(s.last[1:], s.last[:len(s.last)-1])
	s.last[0] = t
}

func popFlag(flags []bool) ([]bool, bool) {
	if len(flags) == 0 {
		return flags, false
	}
	return flags[:len(flags)-1], flags[len(flags)-1]
}

// opensCondition tells whether the parenthesis behind the last token holds a condition, behind
// which a statement begins.
func (s *moduleScan) opensCondition() bool {
	switch s.last[0].kind {
	case js.IfToken, js.WhileToken, js.ForToken, js.WithToken:
		return s.last[1].kind != js.DotToken
	default:
		return false
	}
}

// opensBlock tells a block from an object literal by the token before its brace.
func (s *moduleScan) opensBlock() bool {
	switch s.last[0].kind {
	case 0, js.CloseParenToken, js.SemicolonToken, js.OpenBraceToken, js.CloseBraceToken, js.ArrowToken,
		js.ElseToken, js.DoToken, js.TryToken, js.FinallyToken:
		return true
	default:
		return false
	}
}

// regexpMayStart tells a regular expression from a division by the token before the slash.
func (s *moduleScan) regexpMayStart() bool {
	switch k := s.last[0].kind; {
	case k == js.CloseParenToken || k == js.CloseBraceToken:
		return s.closed
	case k == js.CloseBracketToken, k == js.StringToken, k == js.RegExpToken,
		k == js.TemplateToken, k == js.TemplateEndToken, k == js.IncrToken, k == js.DecrToken,
		k == js.ThisToken, k == js.SuperToken, k == js.NullToken, k == js.TrueToken, k == js.FalseToken,
		js.IsNumeric(k), js.IsIdentifier(k), k == js.PrivateIdentifierToken:
		return false
	case js.IsIdentifierName(k):
		return s.last[1].kind != js.DotToken // a keyword, unless it is a property's name
	default:
		return true
	}
}

// staticImport takes `import "x"`, `import … from "x"` and `export … from "x"`.
func (s *moduleScan) staticImport(t jsToken) {
	if !s.clause {
		return
	}
	if k := s.last[0].kind; k != js.ImportToken && k != js.FromToken {
		return
	}
	s.clause = false
	s.take(t.text, Asset{Source: "js:import", Priority: s.priority, Reason: "static import"})
}

// dynamicImport takes `import("x")`; the token behind the literal has just come.
func (s *moduleScan) dynamicImport() {
	lit := s.last[0]
	if lit.kind != js.StringToken && lit.kind != js.TemplateToken {
		return
	}
	if s.last[1].kind == js.OpenParenToken && s.last[2].kind == js.ImportToken && s.last[3].kind != js.DotToken {
		s.take(lit.text, Asset{Source: "js:import()", Priority: High, Reason: "dynamic import"})
	}
}

// metaURL takes `new URL("x", import.meta.url)`; the last token is the dot before url.
func (s *moduleScan) metaURL() {
	for i, want := range []string{".", "meta", ".", "import", ","} {
		if s.last[i].text != want {
			return
		}
	}
	lit := s.last[5]
	if lit.kind != js.StringToken && lit.kind != js.TemplateToken {
		return
	}
	for i, want := range []string{"(", "URL", "new"} {
		if s.last[6+i].text != want {
			return
		}
	}
	raw := jsUnquote(lit.text)
	a := Asset{Source: "js:new-url", Priority: High, Reason: "URL relative to a module", Kind: kindOfURL(raw, Data)}
	if w := s.last[10].text; s.last[9].text == "(" && (w == "Worker" || w == "SharedWorker") {
		a.Kind = Script
	}
	if f := s.out.add(raw, a); f != nil && f.Kind == Script {
		f.role = readModule
	}
}

// take adds an imported module. A bare name means nothing without an import map.
func (s *moduleScan) take(literal string, a Asset) {
	raw := jsUnquote(literal)
	if !strings.HasPrefix(raw, "/") && !strings.HasPrefix(raw, "./") && !strings.HasPrefix(raw, "../") && !strings.Contains(raw, ":") {
		s.bare = append(s.bare, raw)
		return
	}
	a.Kind, a.Mode = kindOfURL(raw, Script), CORS
	f := s.out.add(raw, a)
	if f == nil {
		return
	}
	switch f.Kind {
	case Script:
		f.role = readModule
	case Stylesheet:
		f.role = readSheet
	case Document, Font, Image, Media, WebApp, Data:
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
