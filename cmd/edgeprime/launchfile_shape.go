package main

import (
	"fmt"
	"math"
	"reflect"
	"slices"
	"strconv"
	"strings"
	"time"
	"unicode"

	"go.yaml.in/yaml/v4"

	"github.com/edgeprime/edgeprime/edge"
)

// maxValue bounds one text value, in bytes.
const maxValue = 8 << 10

// shape checks the tree against the types of the launch file: unknown, doubled and mistyped keys,
// and numbers that are not above zero. It takes what is wrong out of the tree, so that the rest
// can be decoded and checked too.
func (c *checker) shape() { c.section(reflect.TypeFor[launchFile](), c.tree.root, nil) }

// section checks a mapping against a struct.
func (c *checker) section(t reflect.Type, n *yaml.Node, at keyPath) {
	fields := fieldsOf(t)
	c.pairs(n, at, func(key string, value *yaml.Node) bool {
		i := slices.IndexFunc(fields, func(f field) bool { return f.key == key })
		if i < 0 {
			c.unknown(keysOf(t), key, at)
			return false
		}
		return c.value(fields[i].typ, value, at.key(key))
	})
}

// pairs calls check for each key of a mapping and keeps the pairs for which it is true. A doubled
// key is reported.
func (c *checker) pairs(n *yaml.Node, at keyPath, check func(key string, value *yaml.Node) bool) {
	seen := map[string]int{}
	var kept []*yaml.Node
	for i := 0; i+1 < len(n.Content); i += 2 {
		name, value := n.Content[i], n.Content[i+1]
		line, again := seen[name.Value]
		seen[name.Value] = name.Line
		switch {
		case name.Kind != yaml.ScalarNode || name.Value == "<<":
			c.reportNode(name, at, "anchors, aliases and merged keys are not read; write the values out")
		case again:
			c.reportNode(name, at, "%s stands twice, first on line %d", at.key(name.Value), line)
		case check(name.Value, value):
			kept = append(kept, name, value)
		}
	}
	n.Content = kept
}

// reportNode names the line of a node rather than of a path. A path below at is broken then.
func (c *checker) reportNode(n *yaml.Node, at keyPath, format string, args ...any) {
	if n.Kind == yaml.ScalarNode {
		c.broken = append(c.broken, at.key(n.Value))
	}
	c.found = append(c.found, problem{c.tree.file, n.Line, fmt.Sprintf(format, args...)})
}

// unknown reports a key that no section has, with the key that was probably meant.
func (c *checker) unknown(keys []string, key string, at keyPath) {
	where := ""
	if len(at) > 0 {
		where = " in " + at.String()
	}
	hint := "known keys: " + strings.Join(keys, ", ")
	if near := nearest(key, keys); near != "" {
		hint = "nearest key: " + near
	} else if home := sectionOf(key); home != "" {
		hint = "nearest key: " + key + " of " + home
	}
	c.bad(at.key(key), "unknown key %q%s (%s)", key, where, hint)
}

// value checks a node against the type of its key, and is true when it can be decoded.
func (c *checker) value(t reflect.Type, n *yaml.Node, at keyPath) bool {
	if t.Kind() == reflect.Pointer {
		t = t.Elem() // absent and zero are two things there
	}
	switch {
	case n.Kind == yaml.AliasNode:
		c.bad(at, "%s is an alias; write the value out", at)
		return false
	case n.Kind == yaml.ScalarNode && n.ShortTag() == "!!null":
		_, element := asIndex(at[len(at)-1])
		if element {
			c.bad(at, "%s is empty", at)
		}
		return !element
	case t == reflect.TypeFor[shieldList]():
		return c.shield(n, at)
	case t == reflect.TypeFor[time.Duration]():
		return c.duration(n, at)
	}
	switch t.Kind() {
	case reflect.Struct:
		if !c.kind(n, yaml.MappingNode, at, "a mapping of keys to values") {
			return false
		}
		c.section(t, n, at)
	case reflect.Map:
		if !c.kind(n, yaml.MappingNode, at, "a mapping of names to values") {
			return false
		}
		c.pairs(n, at, func(key string, v *yaml.Node) bool { return c.value(t.Elem(), v, at.key(key)) })
	case reflect.Slice:
		return c.list(t.Elem(), n, at)
	case reflect.Int, reflect.Int64, reflect.Float64:
		return c.number(t, n, at)
	case reflect.Bool:
		return c.flag(n, at)
	default:
		return c.text(n, at)
	}
	return true
}

func (c *checker) kind(n *yaml.Node, want yaml.Kind, at keyPath, words string) bool {
	if n.Kind != want {
		c.bad(at, "%s must be %s", at, words)
	}
	return n.Kind == want
}

// list checks every element; a list with a wrong element is not decoded.
func (c *checker) list(t reflect.Type, n *yaml.Node, at keyPath) bool {
	if !c.kind(n, yaml.SequenceNode, at, "a list: one \"- value\" a line, or [value, value]") {
		return false
	}
	good := true
	for i, item := range n.Content {
		good = c.value(t, item, at.index(i)) && good
	}
	return good
}

// shield checks one entry or a list of entries, each a name or a vantage.
func (c *checker) shield(n *yaml.Node, at keyPath) bool {
	entry := func(n *yaml.Node, at keyPath) bool {
		if n.Kind == yaml.MappingNode {
			return c.value(reflect.TypeFor[edge.Vantage](), n, at)
		}
		return c.value(reflect.TypeFor[string](), n, at)
	}
	if n.Kind != yaml.SequenceNode {
		return entry(n, at)
	}
	good := true
	for i, item := range n.Content {
		good = entry(item, at.index(i)) && good
	}
	return good
}

func (c *checker) text(n *yaml.Node, at keyPath) bool {
	switch {
	case n.Kind != yaml.ScalarNode:
		c.bad(at, "%s must be one text value", at)
	case len(n.Value) > maxValue:
		c.bad(at, "%s is longer than %d bytes", at, maxValue)
	case strings.ContainsFunc(n.Value, unicode.IsControl):
		c.bad(at, "%s holds a control character", at)
	default:
		return true
	}
	return false
}

func (c *checker) flag(n *yaml.Node, at keyPath) bool {
	good := n.Kind == yaml.ScalarNode && n.ShortTag() == "!!bool"
	if !good {
		c.bad(at, "%s is %s; write true or false", at, quote(n))
	}
	return good
}

func (c *checker) duration(n *yaml.Node, at keyPath) bool {
	d, err := time.ParseDuration(n.Value)
	if n.Kind != yaml.ScalarNode || err != nil || n.ShortTag() == "!!int" && d != 0 {
		c.bad(at, "%s is %s, which is no duration; write a number with its unit, such as 90s, 15m or 6h", at, quote(n))
		return false
	}
	return c.positive(d > 0, n, at, "a duration")
}

func (c *checker) number(t reflect.Type, n *yaml.Node, at keyPath) bool {
	want := "a whole number"
	good := n.Kind == yaml.ScalarNode && n.ShortTag() == "!!int"
	if t.Kind() == reflect.Float64 {
		want = "a number"
		good = good || n.Kind == yaml.ScalarNode && n.ShortTag() == "!!float"
	}
	digits := strings.TrimLeft(n.Value, "+-")
	if good && len(digits) > 1 && digits[0] == '0' && digits[1] != '.' {
		c.bad(at, "%s is %s, which YAML may read as an octal number; write it without the leading zero", at, n.Value)
		return false
	}
	value, err := strconv.ParseFloat(n.Value, 64)
	if !good || err != nil || math.IsNaN(value) || math.Abs(value) > math.MaxInt32 {
		c.bad(at, "%s is %s, which is not %s", at, quote(n), want)
		return false
	}
	return c.positive(value > 0, n, at, "a number")
}

// positive refuses zero and less: absent is what means the default.
func (c *checker) positive(above bool, n *yaml.Node, at keyPath, kind string) bool {
	if above || (n.Value == "0" || n.Value == "0s") && keyHelp(at).zero {
		return true
	}
	fallback := ""
	if d := defaultOf(at); d != "" {
		fallback = ", or leave the key out for the default " + d
	}
	c.bad(at, "%s is %s; set %s above zero%s", at, n.Value, kind, fallback)
	return false
}

// quote shows a wrong value.
func quote(n *yaml.Node) string {
	if n.Kind != yaml.ScalarNode {
		return "no single value"
	}
	return strconv.Quote(shortened(n.Value))
}

// shortened cuts a value for a message.
func shortened(s string) string {
	const most = 80
	if r := []rune(s); len(r) > most {
		return string(r[:most]) + "…"
	}
	return s
}
