package crawl

import (
	"slices"
	"strings"

	"github.com/tdewolff/parse/v2"
	"github.com/tdewolff/parse/v2/css"
)

// sheet is what one style sheet, or all inline styles of a document, name and ask for.
type sheet struct {
	refs   *refs // its imports; images and fonts wait for the pages that use them
	images []*cssImage
	faces  []*fontFace
	rules  []styleRule
	layers []string // in the order in which they are named
	inline []decl   // of style attributes
	// families are the font families that some rule names, in lower case.
	families map[string]bool
	cut      bool // rules or faces beyond the limits were left out
}

// cssImage is one URL of a declaration. It is requested where a rule that names it applies.
type cssImage struct {
	ref
	large bool // near the top of a page, so that it may be the largest paint
}

// styleRule holds the declarations of one block that ask for something, or that override such.
type styleRule struct {
	selectors []selector // any of them; none for a style attribute
	media     []string   // of the blocks around it, all of which must match
	layer     string
	maybe     bool // inside a block whose condition is not evaluated
	decls     []decl
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
	scanCSS(s, body, "")
	for _, image := range s.images {
		s.refs.list = append(s.refs.list, image.ref)
	}
	for _, f := range s.faces {
		for _, src := range f.sources {
			s.refs.add(src.url, fontAsset())
		}
	}
	return s.refs.assets()
}

const (
	// maxFaces bounds what a hostile sheet can make us remember; so do the limits below it.
	maxFaces     = 10000
	maxFamilies  = 10000
	maxRules     = 200000
	maxSelectors = 200000  // of all rules
	maxStatement = 1 << 16 // tokens
	maxBlocks    = 256     // nested
)

// rawToken is one token as it is written.
type rawToken struct {
	kind  css.TokenType
	text  []byte
	space bool // white space stands before it
}

// ident is an identifier, an at-keyword or the name of a function, in lower case.
func (t rawToken) ident() string {
	text := t.text
	switch t.kind {
	case css.FunctionToken:
		text = text[:len(text)-1]
	case css.AtKeywordToken:
		text = text[1:]
	default:
	}
	return strings.ToLower(cssUnescape(text))
}

// cssBlock is one open brace, with what holds inside it.
type cssBlock struct {
	selectors []selector
	media     []string
	layer     string
	inert     bool // no screen matches, or no page
	dead      bool // what it holds applies to no element by itself, such as keyframes
	maybe     bool
	face      *fontFace
	rule      int // index of its rule in the sheet; -1 before there is one
}

// cssScan walks the tokens of one piece of CSS. It keeps no tree: the statement that is being
// read, and the open blocks.
type cssScan struct {
	out         *sheet
	lex         *css.Lexer
	blocks      []cssBlock
	tooDeep     int // open blocks that are nested too deeply to be read
	toks        []rawToken
	parens      int
	space       bool
	importsOver bool
	read        int // selectors
}

// scanCSS reads a sheet that is applied under a media query list. Where no screen matches that,
// only its imports count.
func scanCSS(out *sheet, body []byte, media string) {
	outer := cssBlock{inert: offScreen(media), rule: -1}
	if media != "" {
		outer.media = []string{media}
	}
	s := &cssScan{out: out, blocks: []cssBlock{outer}}
	s.scan(body)
}

// scanDeclarations reads a style attribute and returns the declarations that matter.
func scanDeclarations(out *sheet, body []byte) []decl {
	s := &cssScan{out: out, blocks: []cssBlock{{rule: -1}}, importsOver: true}
	s.scan(body)
	i := s.blocks[0].rule
	if i < 0 {
		return nil
	}
	decls := out.rules[i].decls
	out.rules = slices.Delete(out.rules, i, i+1)
	out.inline = append(out.inline, decls...)
	return decls
}

func (s *cssScan) scan(body []byte) {
	s.lex = css.NewLexer(parse.NewInputBytes(slices.Clip(body)))
	for {
		kind, text := s.lex.Next()
		if kind == css.ErrorToken {
			break
		}
		s.token(kind, text)
	}
	s.endStatement() // the end of the input closes what is open, as in the CSS syntax
	for len(s.blocks) > 1 {
		s.closeBlock()
	}
}

func (s *cssScan) token(kind css.TokenType, text []byte) {
	switch kind {
	case css.WhitespaceToken, css.CommentToken:
		s.space = true
		return
	case css.CDOToken, css.CDCToken:
		return
	case css.LeftBraceToken:
		s.openBlock()
		return
	case css.RightBraceToken:
		s.endStatement()
		s.closeBlock()
		return
	case css.SemicolonToken:
		if s.parens == 0 {
			s.endStatement()
			return
		}
	case css.FunctionToken, css.LeftParenthesisToken:
		s.parens++
	case css.RightParenthesisToken:
		s.parens = max(0, s.parens-1)
	default:
	}
	if len(s.toks) < maxStatement {
		s.toks = append(s.toks, rawToken{kind, text, s.space})
	}
	s.space = false
}

func (s *cssScan) top() *cssBlock { return &s.blocks[len(s.blocks)-1] }

func (s *cssScan) reset() { s.toks, s.parens, s.space = s.toks[:0], 0, false }

// openBlock reads what stands before a brace.
func (s *cssScan) openBlock() {
	defer s.reset()
	if len(s.blocks) > maxBlocks || s.tooDeep > 0 {
		s.tooDeep++
		return
	}
	b := *s.top()
	b.rule, b.face = -1, nil
	if len(s.toks) > 0 && s.toks[0].kind == css.AtKeywordToken {
		s.openAt(&b, s.toks[0].ident(), s.toks[1:])
	} else if !b.dead {
		b.selectors = s.selectors(b.selectors)
		b.inert = b.inert || len(b.selectors) == 0
	}
	s.importsOver = true
	s.blocks = append(s.blocks, b)
}

// selectors reads those of a rule. Beyond maxSelectors a list counts as one that may match anything.
func (s *cssScan) selectors(around []selector) []selector {
	list := parseSelectors(s.toks, around)
	if s.read += len(list); s.read > maxSelectors && len(list) > 1 {
		return []selector{{compounds: []compound{{maybe: true}}}}
	}
	return list
}

// openAt reads the prelude of an at-rule with a block.
func (s *cssScan) openAt(b *cssBlock, name string, prelude []rawToken) {
	switch name {
	case "media":
		media := textOf(prelude)
		b.inert = b.inert || offScreen(media)
		b.media = append(slices.Clip(b.media), media)
	case "supports":
		b.inert = b.inert || len(prelude) > 0 && prelude[0].kind == css.IdentToken && prelude[0].ident() == "not"
	case "layer":
		b.layer = s.nameLayer(b.layer, textOf(prelude))
	case "font-face":
		b.face = &fontFace{}
	case "container", "scope", "starting-style":
		b.maybe = true
	case "-moz-document", "page":
		b.inert = true
	default: // keyframes and the like
		b.dead = true
	}
}

func (s *cssScan) closeBlock() {
	if s.tooDeep > 0 {
		s.tooDeep--
		return
	}
	if len(s.blocks) == 1 {
		return // a brace that nothing opened
	}
	b := *s.top()
	s.blocks = s.blocks[:len(s.blocks)-1]
	if f := b.face; f != nil && !b.inert && f.family != "" {
		if len(s.out.faces) >= maxFaces {
			s.out.cut = true
			return
		}
		f.resolver, f.page, f.media = s.out.refs.resolver, s.out.refs.page, b.media
		s.out.faces = append(s.out.faces, f)
	}
}

// endStatement reads an at-rule without a block, or a declaration.
func (s *cssScan) endStatement() {
	toks := s.toks
	switch {
	case len(toks) == 0:
		return
	case s.tooDeep > 0:
	case toks[0].kind == css.AtKeywordToken:
		s.endAt(toks[0].ident(), toks[1:])
	default:
		s.declare(toks)
	}
	s.reset()
}

func (s *cssScan) endAt(name string, prelude []rawToken) {
	switch name {
	case "import":
		if !s.importsOver {
			s.takeImport(prelude)
		}
	case "charset":
	case "layer":
		for _, part := range splitRaw(prelude) {
			s.nameLayer(s.top().layer, textOf(part))
		}
	default:
		s.importsOver = true
	}
}

func (s *cssScan) takeImport(toks []rawToken) {
	url, n := urlOf(toks)
	if n == 0 || url == "" {
		return
	}
	toks = toks[n:]
	layer := ""
	if len(toks) > 0 && toks[0].ident() == "layer" {
		n = blockOf(toks)
		layer = s.nameLayer("", strings.Trim(textOf(toks[1:n]), " )"))
		toks = toks[n:]
	}
	if len(toks) > 0 && toks[0].kind == css.FunctionToken && toks[0].ident() == "supports" {
		toks = toks[blockOf(toks):]
	}
	media := textOf(toks)
	a := Asset{Kind: Stylesheet, Source: "css:import", Priority: Critical, Reason: "imported by a style sheet"}
	inert := s.top().inert || offScreen(media)
	if outer := s.top().media; len(outer) > 0 && media == "" {
		media = outer[0]
	}
	if inert {
		a.Priority, a.Reason = High, "imported for media that no screen matches"
	}
	if f := s.out.refs.add(url, a); f != nil {
		f.role, f.inert, f.media, f.layer, f.layers = readSheet, inert, media, layer, len(s.out.layers)
	}
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

// textOf writes tokens as they were, with white space folded.
func textOf(toks []rawToken) string {
	var b strings.Builder
	for i, t := range toks {
		if t.space && i > 0 {
			b.WriteByte(' ')
		}
		b.Write(t.text)
		if b.Len() > maxURL {
			break
		}
	}
	return b.String()
}

// blockOf is the length of what the first token opens, its end included; 1 when it opens nothing.
func blockOf(toks []rawToken) int {
	depth := 0
	for i, t := range toks {
		switch t.kind {
		case css.FunctionToken, css.LeftParenthesisToken, css.LeftBracketToken:
			depth++
		case css.RightParenthesisToken, css.RightBracketToken:
			depth--
		default:
		}
		if depth <= 0 {
			return i + 1
		}
	}
	return len(toks)
}

// splitRaw parts at commas outside parentheses.
func splitRaw(toks []rawToken) [][]rawToken {
	var out [][]rawToken
	start := 0
	for i := 0; i < len(toks); {
		if toks[i].kind == css.CommaToken {
			out = append(out, toks[start:i])
			start = i + 1
		}
		i += blockOf(toks[i:])
	}
	return append(out, toks[start:])
}
