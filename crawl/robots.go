package crawl

import (
	"bytes"
	"cmp"
	"encoding/hex"
	"fmt"
	"slices"
	"strings"

	"github.com/jimsmart/grobotstxt"
)

const (
	// maxRobots is how much of a robots.txt is read: what RFC 9309 section 2.5 asks for.
	maxRobots = 500 << 10
	// robotsAgent is the product token that groups of a robots.txt name us by.
	robotsAgent = "edgeprime"
	// robotsRedirects is how many redirects lead to a robots.txt (RFC 9309 section 2.3.1.2).
	robotsRedirects = 5
)

// robots are the rules of one robots.txt that hold for us, as RFC 9309 words them. The zero value
// allows everything.
type robots struct {
	rules []robotsRule // the longest first, and of equal ones those that allow
	// closed says why nothing may be followed whatever the rules; empty when they decide.
	closed string
}

// robotsRule is one allow or disallow line.
type robotsRule struct {
	pattern  string // as the file has it, in the form of robotsForm
	allow    bool
	parts    []string // what stands between the "*"
	anchored bool     // by "$"
}

// allows tells whether a link may be followed, and by which words of the file when it may not.
func (b *robots) allows(l link) (why string, ok bool) {
	if b.closed != "" {
		return b.closed, false
	}
	if l.path == "/robots.txt" { // RFC 9309 section 2.2.2
		return "", true
	}
	path := strings.NewReplacer("*", "%2A", "$", "%24").Replace(robotsForm(l.key[len(l.origin()):]))
	for _, r := range b.rules {
		if r.matches(path) {
			return "Disallow: " + r.pattern, r.allow
		}
	}
	return "", true
}

// matches runs in the time of a few searches, whatever the stars.
func (r robotsRule) matches(path string) bool {
	path, ok := strings.CutPrefix(path, r.parts[0])
	rest := r.parts[1:]
	switch {
	case !ok:
		return false
	case len(rest) == 0:
		return !r.anchored || path == ""
	case r.anchored:
		if path, ok = strings.CutSuffix(path, rest[len(rest)-1]); !ok {
			return false
		}
		rest = rest[:len(rest)-1]
	}
	for _, part := range rest {
		i := strings.Index(path, part)
		if i < 0 {
			return false
		}
		path = path[i+len(part):]
	}
	return true
}

// parseRobots reads a robots.txt up to its limit; a line that is cut there does not count.
func parseRobots(text []byte) *robots {
	if len(text) > maxRobots {
		text = text[:bytes.LastIndexAny(text[:maxRobots], "\r\n")+1]
	}
	var p robotsParser
	grobotstxt.Parse(string(text), &p)
	b := &robots{rules: p.everyone}
	if p.named {
		b.rules = p.ours
	}
	slices.SortStableFunc(b.rules, func(x, y robotsRule) int {
		switch longer := cmp.Compare(len(y.pattern), len(x.pattern)); {
		case longer != 0 || x.allow == y.allow:
			return longer
		case x.allow:
			return -1
		default:
			return 1
		}
	})
	return b
}

// robotsParser gathers the rules of our groups, which count as one, and those of everyone's.
type robotsParser struct {
	ours, everyone []robotsRule
	named          bool // some group names us
	forUs, forAll  bool // the group that is being read
	begun          bool // the group has a rule, so that the next user-agent begins another
}

// HandleUserAgent implements grobotstxt.ParseHandler.
func (p *robotsParser) HandleUserAgent(_ int, value string) {
	if p.begun {
		p.forUs, p.forAll, p.begun = false, false, false
	}
	if value == "*" {
		p.forAll = true
		return
	}
	// The token ends where something else begins, such as a version.
	token := value[:len(value)-len(strings.TrimLeft(value, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ_-"))]
	if strings.EqualFold(token, robotsAgent) {
		p.forUs, p.named = true, true
	}
}

// HandleAllow implements grobotstxt.ParseHandler.
func (p *robotsParser) HandleAllow(_ int, value string) { p.rule(value, true) }

// HandleDisallow implements grobotstxt.ParseHandler.
func (p *robotsParser) HandleDisallow(_ int, value string) { p.rule(value, false) }

// HandleRobotsStart implements grobotstxt.ParseHandler.
func (*robotsParser) HandleRobotsStart() {}

// HandleRobotsEnd implements grobotstxt.ParseHandler.
func (*robotsParser) HandleRobotsEnd() {}

// HandleSitemap implements grobotstxt.ParseHandler.
func (*robotsParser) HandleSitemap(int, string) {}

// HandleUnknownAction implements grobotstxt.ParseHandler.
func (*robotsParser) HandleUnknownAction(int, string, string) {}

// rule adds a line to the group that is being read; an empty pattern matches nothing.
func (p *robotsParser) rule(value string, allow bool) {
	p.begun = true
	if value == "" {
		return
	}
	r := robotsRule{pattern: robotsForm(value), allow: allow}
	literal, anchored := strings.CutSuffix(r.pattern, "$")
	r.anchored = anchored
	r.parts = strings.Split(strings.ReplaceAll(literal, "$", "%24"), "*")
	if p.forUs {
		p.ours = append(p.ours, r)
	}
	if p.forAll {
		p.everyone = append(p.everyone, r)
	}
}

// robotsForm writes a path or pattern so that equal ones are equal byte for byte (RFC 9309
// section 2.2.2): unreserved octets are not percent-encoded, a bare percent sign is. Octets beyond
// US-ASCII already are, by the parser.
func robotsForm(s string) string {
	var b strings.Builder
	for i := 0; i < len(s); i++ {
		octet, encoded := s[i], false
		if octet == '%' && i+2 < len(s) {
			if o, err := hex.DecodeString(s[i+1 : i+3]); err == nil {
				octet, encoded = o[0], true
				i += 2
			}
		}
		if encoded && !isUnreserved(octet) || octet == '%' { // one that encodes nothing stands for itself
			fmt.Fprintf(&b, "%%%02X", octet)
			continue
		}
		b.WriteByte(octet)
	}
	return b.String()
}

// isUnreserved tells the characters that mean the same encoded or not (RFC 3986 section 2.3).
func isUnreserved(c byte) bool {
	return '0' <= c && c <= '9' || 'a' <= c|0x20 && c|0x20 <= 'z' || strings.IndexByte("-._~", c) >= 0
}
