package main

import (
	"net/netip"
	"reflect"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"go.yaml.in/yaml/v4"

	"github.com/edgeprime/edgeprime/edge"
	"github.com/edgeprime/edgeprime/edge/lint"
)

// maxUnconfirmedRPS is the rate above which a launch file must say it twice.
const maxUnconfirmedRPS = 50

var (
	nameRule    = regexp.MustCompile(`^[a-z0-9][a-z0-9-]{0,62}$`)
	vantageRule = regexp.MustCompile(`^[A-Za-z0-9][A-Za-z0-9._-]{0,62}$`)
)

// vantageForm is vantageRule in words.
const vantageForm = "letters, digits, dots, hyphens and underscores, at most 63"

// check reports what is wrong with the values of a launch file whose keys are in order. File has
// its defaults.
func (c *checker) check(l *launch, e *env) {
	f := &l.File
	if f.Name == "" {
		c.bad(path("name"), "name is missing; name the launch, such as name: spring-sale")
	} else if !nameRule.MatchString(f.Name) {
		c.bad(path("name"), "name is %q; use lower-case letters, digits and hyphens, at most 63", shortened(f.Name))
	}
	c.times(l, e.now())
	c.validated(path("scope"), reflect.TypeOf(f.Scope), f.Scope.Validate())
	c.validated(path("critical"), reflect.TypeOf(f.Critical), f.Critical.Validate())
	c.discovery(l)
	c.urls(l, e)
	c.variants(f.Variants)
	guard := c.addresses(f.AllowAddresses)
	c.resolvers(f.Resolvers, guard)
	c.regions(l, e, guard)
	c.stages(l, e, guard)
	c.origin(f.Origin)
	c.workers(f)
	c.cdn(f.CDN)
	c.validated(path("rules"), reflect.TypeOf(f.Rules), f.Rules.Validate())
	c.validated(path("criteria"), reflect.TypeOf(f.Criteria), f.Criteria.Validate())
	c.report(f.Report)
	c.headers(l, e)
	c.identify(l, e)
}

// isBroken is true when something at or below a path is wrong already.
func (c *checker) isBroken(at keyPath) bool {
	return slices.ContainsFunc(c.broken, func(b keyPath) bool { return b.within(at) || at.within(b) })
}

// validated reports the errors of a section's own Validate with the lines of the keys that they
// name.
func (c *checker) validated(at keyPath, t reflect.Type, err error) {
	if err == nil {
		return
	}
	if joined, ok := err.(interface{ Unwrap() []error }); ok {
		for _, one := range joined.Unwrap() {
			c.validated(at, t, one)
		}
		return
	}
	text := err.Error()
	if i := strings.Index(text, ": "); i > 0 && !strings.ContainsAny(text[:i], " _") {
		text = text[i+2:] // the package's name means nothing to the reader of a launch file
	}
	c.bad(c.keyIn(at, t, text), "%s", text)
}

// keyIn returns the path that an error message is about: the key that it names, and below that the
// value that it quotes.
func (c *checker) keyIn(at keyPath, t reflect.Type, text string) keyPath {
	keys := keysOf(t)
	slices.SortFunc(keys, func(a, b string) int { return len(b) - len(a) })
	for _, key := range keys {
		if regexp.MustCompile(`\b` + regexp.QuoteMeta(key) + `\b`).MatchString(text) {
			at = at.key(key)
			break
		}
	}
	value, _, depth := c.tree.find(at)
	if depth < len(at) || value.Kind == yaml.ScalarNode {
		return at
	}
	for i, item := range value.Content {
		if item.Kind != yaml.ScalarNode || !strings.Contains(text, strconv.Quote(item.Value)) {
			continue
		}
		if value.Kind == yaml.SequenceNode {
			return at.index(i)
		}
		return at.key(value.Content[i-i%2].Value)
	}
	return at
}

// addresses checks the exemptions of the address guard.
func (c *checker) addresses(list []string) *edge.AddressGuard {
	var good []string
	for i, s := range list {
		ap, err := netip.ParseAddrPort(s)
		if err != nil || ap.Port() == 0 {
			at := path("allow_addresses").index(i)
			c.bad(at, "%s is %q, which is no exact ip:port such as 127.0.0.1:8080", at, shortened(s))
			continue
		}
		good = append(good, s)
	}
	guard, err := edge.NewAddressGuard(good)
	if err != nil {
		c.bad(path("allow_addresses"), "%s", err)
	}
	return guard
}

// regions checks names and vantages.
func (c *checker) regions(l *launch, e *env, guard *edge.AddressGuard) {
	names, vantages := map[string]keyPath{}, map[string]keyPath{}
	for i, r := range l.File.Regions {
		at := path("regions").index(i)
		c.unique(names, at.key("name"), r.Name, nameRule, "lower-case letters, digits and hyphens, at most 63")
		if r.Name == "shield" {
			c.bad(at.key("name"), "%s is %q, which is the name of a stage; choose another", at.key("name"), r.Name)
		}
		for j, v := range r.Vantages {
			below := at.key("vantages").index(j)
			c.vantage(below, v, slices.Contains(l.File.Workers.Regions, r.Name), guard)
			c.proxyAuth(below.key("proxy_auth"), v, l, e)
			if _, _, depth := c.tree.find(below.key("name")); depth == len(below)+1 || !c.isBroken(at.key("name")) {
				c.unique(vantages, below.key("name"), v.Name, vantageRule, vantageForm)
			}
		}
	}
}

// unique checks a name's form and that it stands once.
func (c *checker) unique(seen map[string]keyPath, at keyPath, name string, rule *regexp.Regexp, form string) {
	switch first, again := seen[name]; {
	case name == "":
		c.bad(at, "%s is missing", at)
	case !rule.MatchString(name):
		c.bad(at, "%s is %q; use %s", at, shortened(name), form)
	case again:
		c.bad(at, "%s is %q, as %s is; give each a name of its own", at, name, first)
	default:
		seen[name] = at
	}
}

// origin checks the limits, and that a high rate is said twice.
func (c *checker) origin(o originSection) {
	c.validated(path("origin"), reflect.TypeOf(o), o.Validate())
	confirm := path("origin", "confirm_max_rps")
	switch {
	case o.ConfirmMaxRPS != 0 && o.ConfirmMaxRPS != o.MaxRPS:
		c.bad(confirm, "origin.confirm_max_rps is %d, but max_rps is %d; set both to what the origin's owner has agreed to", o.ConfirmMaxRPS, o.MaxRPS)
	case o.MaxRPS > maxUnconfirmedRPS && o.ConfirmMaxRPS == 0:
		c.bad(path("origin", "max_rps"), "origin.max_rps is %d; above %d it must be confirmed: add origin.confirm_max_rps: %d",
			o.MaxRPS, maxUnconfirmedRPS, o.MaxRPS)
	}
}

// report checks where and how the report is written.
func (c *checker) report(r reportSection) {
	seen := map[string]bool{}
	for i, format := range r.Formats {
		at := path("report", "formats").index(i)
		if !slices.Contains(reportFormats(), format) {
			c.bad(at, "%s is %q; use %s", at, shortened(format), strings.Join(reportFormats(), ", "))
		}
		if seen[format] {
			c.bad(at, "%s is %q, which stands twice", at, format)
		}
		seen[format] = true
	}
}

// failLevels are the values of criteria.fail_on.
func failLevels() []string {
	return []string{string(lint.Blocker), string(lint.Error), string(lint.Warning), string(lint.Note)}
}
