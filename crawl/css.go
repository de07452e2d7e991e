package crawl

import (
	"slices"
	"strings"

	"github.com/tdewolff/parse/v2"
	"github.com/tdewolff/parse/v2/css"
)

// sheet is what one style sheet, or all inline styles of a document, name.
type sheet struct {
	refs  *refs
	faces []fontFace
	// families are the font families that some rule asks for, in lower case.
	families map[string]bool
}

func newSheet(r *refs) *sheet { return &sheet{refs: r, families: map[string]bool{}} }

// ExtractCSS returns every http and https URL that a style sheet names: imports, images and all
// sources of all font faces, whatever their host. It takes the sheet to be UTF-8.
func ExtractCSS(body []byte, sheetURL string) []Asset {
	r, err := newResolver(sheetURL)
	if err != nil {
		return nil
	}
	s := newSheet(&refs{resolver: r, page: sheetURL, origin: originOf(sheetURL)})
	scanCSS(s, body, cssSheet)
	for _, f := range s.faces {
		for _, src := range f.sources {
			s.refs.add(src.url, fontAsset())
		}
	}
	return s.refs.assets()
}

// maxFaces bounds what a hostile sheet can make us remember.
const maxFaces = 10000

// cssContext is where a piece of CSS stands.
type cssContext int

const (
	cssSheet cssContext = iota
	cssDeclarations
	// cssInert is a sheet whose media no screen matches: only its imports are requested.
	cssInert
)

// cssBlock is one open brace.
type cssBlock struct {
	inert bool
	face  bool
}

// cssScan walks the tokens of one piece of CSS. It keeps no tree: one token of look-behind, the
// open blocks and functions, and the declaration or at-rule that is being read.
type cssScan struct {
	out    *sheet
	lex    *css.Lexer
	inert  bool
	blocks []cssBlock
	funcs  []string

	at          string // the at-rule whose prelude is being read
	importURL   string
	prelude     strings.Builder
	importsOver bool

	prop     string
	wantProp bool
	names    familyNames
	face     fontFace
}

func scanCSS(out *sheet, body []byte, where cssContext) {
	s := &cssScan{
		out: out, lex: css.NewLexer(parse.NewInputBytes(slices.Clip(body))),
		inert: where == cssInert, importsOver: where == cssDeclarations, wantProp: true,
	}
	for {
		kind, text := s.lex.Next()
		if kind == css.ErrorToken {
			break
		}
		s.token(kind, text)
	}
	s.end()
}

func (s *cssScan) token(kind css.TokenType, text []byte) {
	switch kind {
	case css.WhitespaceToken, css.CommentToken:
		if s.at != "" && len(s.funcs) == 0 {
			s.prelude.WriteByte(' ')
		}
	case css.CDOToken, css.CDCToken:
	case css.AtKeywordToken:
		s.openAt(strings.ToLower(cssUnescape(text[1:])))
	case css.LeftBraceToken:
		s.openBlock()
	case css.RightBraceToken:
		s.closeBlock()
	case css.SemicolonToken:
		if len(s.funcs) == 0 {
			s.endStatement()
		}
	default:
		if s.at != "" {
			s.inPrelude(kind, text)
			return
		}
		s.inDeclaration(kind, text)
	}
}

func (s *cssScan) openAt(name string) {
	s.endDeclaration()
	s.at, s.importURL, s.funcs = name, "", s.funcs[:0]
	s.prelude.Reset()
	if name != "import" && name != "charset" && name != "layer" {
		s.importsOver = true
	}
}

func (s *cssScan) openBlock() {
	b := cssBlock{inert: s.isInert()}
	switch s.at {
	case "media":
		b.inert = b.inert || offScreen(s.prelude.String())
	case "font-face":
		b.face = true
		s.face = fontFace{}
	}
	s.blocks = append(s.blocks, b)
	s.at, s.importsOver, s.funcs = "", true, s.funcs[:0]
	s.startDeclaration()
}

func (s *cssScan) closeBlock() {
	s.funcs = s.funcs[:0]
	s.endStatement()
	if len(s.blocks) == 0 {
		return
	}
	b := s.blocks[len(s.blocks)-1]
	s.blocks = s.blocks[:len(s.blocks)-1]
	if b.face && !b.inert && s.face.family != "" && len(s.out.faces) < maxFaces {
		s.face.resolver, s.face.page = s.out.refs.resolver, s.out.refs.page
		s.out.faces = append(s.out.faces, s.face)
	}
}

// end closes what the end of the input leaves open, as the CSS syntax does.
func (s *cssScan) end() {
	s.funcs = s.funcs[:0]
	s.endStatement()
	for len(s.blocks) > 0 {
		s.closeBlock()
	}
}

func (s *cssScan) endStatement() {
	if s.at == "" {
		s.endDeclaration()
		return
	}
	if s.at == "import" && !s.importsOver && s.importURL != "" {
		s.takeImport()
	}
	s.at = ""
	s.startDeclaration()
}

func (s *cssScan) takeImport() {
	media := strings.TrimSpace(s.prelude.String())
	if rest, ok := strings.CutPrefix(strings.ToLower(media), "layer"); ok && (rest == "" || rest[0] == ' ') {
		media = rest
	}
	a := Asset{Kind: Stylesheet, Source: "css:import", Priority: Critical, Reason: "imported by a style sheet"}
	inert := s.inert || offScreen(media)
	if inert {
		a.Priority, a.Reason = High, "imported for media that no screen matches"
	}
	if f := s.out.refs.add(s.importURL, a); f != nil {
		f.role, f.inert = readSheet, inert
	}
}

func (s *cssScan) isInert() bool {
	if len(s.blocks) == 0 {
		return s.inert
	}
	return s.blocks[len(s.blocks)-1].inert
}

func (s *cssScan) inFace() bool { return len(s.blocks) > 0 && s.blocks[len(s.blocks)-1].face }

// inPrelude reads what stands between an at-keyword and its block or semicolon.
func (s *cssScan) inPrelude(kind css.TokenType, text []byte) {
	top := len(s.funcs) == 0
	switch kind {
	case css.URLToken:
		if top && s.importURL == "" {
			s.importURL = cssURL(text)
		}
		return
	case css.StringToken:
		if top && s.importURL == "" {
			s.importURL = cssString(text)
			return
		}
	case css.FunctionToken:
		if name := cssFunction(text); name == "url" && top && s.importURL == "" {
			s.importURL = s.restOfURL()
		} else {
			s.funcs = append(s.funcs, name)
		}
		return
	case css.LeftParenthesisToken:
		s.funcs = append(s.funcs, "")
		return
	case css.RightParenthesisToken:
		s.popFunc()
		return
	default:
	}
	if top && s.prelude.Len() < maxURL {
		s.prelude.Write(text)
	}
}

func (s *cssScan) popFunc() {
	if len(s.funcs) > 0 {
		s.funcs = s.funcs[:len(s.funcs)-1]
	}
}

func (s *cssScan) function() string {
	if len(s.funcs) == 0 {
		return ""
	}
	return s.funcs[len(s.funcs)-1]
}

// restOfURL reads a url( whose name was written with escapes, which the lexer takes for an
// ordinary function.
func (s *cssScan) restOfURL() string {
	var raw []byte
	for {
		kind, text := s.lex.Next()
		if kind == css.ErrorToken || kind == css.RightParenthesisToken {
			break
		}
		raw = append(raw, text...)
	}
	return cssURL(append([]byte("url("), raw...))
}

// offScreen tells whether a media query list names only media that no screen matches.
func offScreen(media string) bool {
	media = strings.ToLower(strings.TrimSpace(media))
	if media == "" {
		return false
	}
	for query := range strings.SplitSeq(media, ",") {
		words := strings.Fields(query)
		if len(words) > 0 && words[0] == "only" {
			words = words[1:]
		}
		if len(words) == 0 {
			return false
		}
		switch words[0] {
		case "print", "speech", "aural", "braille", "embossed", "handheld", "projection", "tty", "tv":
		case "not":
			if len(words) != 2 || words[1] != "all" && words[1] != "screen" {
				return false
			}
		default:
			return false
		}
	}
	return true
}
