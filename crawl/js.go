package crawl

import (
	"errors"
	"io"
	"slices"

	"github.com/tdewolff/parse/v2"
	"github.com/tdewolff/parse/v2/js"
)

// scriptScan reads what a script loads from its tokens. It builds no syntax tree: a tree needs
// every new form of the language, while the forms that load something are few.
type scriptScan struct {
	out *refs
	// doc resolves what is relative to the document, such as workers; imports is its import map.
	doc     resolver
	imports *importMap
	// priority is that of the script; static imports inherit it.
	priority Priority
	module   bool
	inline   bool     // it stands in a document
	worker   bool     // a service worker
	bare     []string // specifiers that only an import map resolves

	last   [14]jsToken // the last tokens, newest first
	clause bool        // inside an import or export clause, where from names a module
	parens []bool      // for each open parenthesis: does it belong to if, while, for or with
	braces []bool      // for each open brace: does it open a block
	closed bool        // what the last closing bracket closed allows a regular expression
	chunks chunkScan
}

// jsToken is one token as it is written.
type jsToken struct {
	kind js.TokenType
	text []byte
}

func (t jsToken) is(text string) bool { return string(t.text) == text }

// scan adds what a script loads. It returns false when the script could be read in part only.
func (s *scriptScan) scan(body []byte) (whole bool) {
	lex := js.NewLexer(parse.NewInputBytes(slices.Clip(body)))
	for {
		kind, text := lex.Next()
		if (kind == js.DivToken || kind == js.DivEqToken) && s.regexpMayStart() {
			kind, text = lex.RegExp()
		}
		switch kind {
		case js.ErrorToken:
			s.chunks.finish(s)
			return errors.Is(lex.Err(), io.EOF)
		case js.WhitespaceToken, js.LineTerminatorToken, js.CommentToken, js.CommentLineTerminatorToken:
			continue
		default:
			s.token(jsToken{kind, text})
		}
	}
}

func (s *scriptScan) token(t jsToken) {
	switch t.kind {
	case js.StringToken:
		s.staticImport(t)
		s.precached(t)
	case js.OpenParenToken:
		s.parens = append(s.parens, s.opensCondition())
		s.clause = s.clause && s.last[0].kind != js.ImportToken
	case js.CloseParenToken:
		s.argument()
		s.parens, s.closed = popFlag(s.parens)
	case js.OpenBraceToken:
		s.braces = append(s.braces, s.opensBlock())
	case js.CloseBraceToken:
		s.braces, s.closed = popFlag(s.braces)
	case js.CommaToken:
		s.argument()
	case js.DotToken:
		s.clause = s.clause && s.last[0].kind != js.ImportToken
	case js.SemicolonToken:
		s.clause = false
	case js.ImportToken, js.ExportToken:
		s.clause = s.last[0].kind != js.DotToken
	default:
		switch string(t.text) {
		case "url":
			s.metaURL()
		case "revision":
			s.precached(t)
		}
	}
	s.chunks.token(s, t)
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
func (s *scriptScan) opensCondition() bool {
	switch s.last[0].kind {
	case js.IfToken, js.WhileToken, js.ForToken, js.WithToken:
		return s.last[1].kind != js.DotToken
	default:
		return false
	}
}

// opensBlock tells a block from an object literal by the token before its brace.
func (s *scriptScan) opensBlock() bool {
	switch s.last[0].kind {
	case 0, js.CloseParenToken, js.SemicolonToken, js.OpenBraceToken, js.CloseBraceToken, js.ArrowToken,
		js.ElseToken, js.DoToken, js.TryToken, js.FinallyToken:
		return true
	default:
		return false
	}
}

// regexpMayStart tells a regular expression from a division by the token before the slash.
func (s *scriptScan) regexpMayStart() bool {
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
