package main

import (
	"errors"
	"fmt"
	"strconv"
	"strings"

	"go.yaml.in/yaml/v4"
)

// tree is a parsed launch file: its nodes with their lines, and the values that flags and
// environment variables have put over them.
type tree struct {
	file string // as messages name it
	root *yaml.Node
	from map[*yaml.Node]string // such as "env EDGEPRIME_MAX_RPS"
}

// override is a value that stands above the launch file's.
type override struct {
	path   keyPath
	value  string
	source string // as messages name it: "--max-rps" or "EDGEPRIME_MAX_RPS"
	more   bool   // the value is one more of a list
}

// overrides are applied in order: a later one wins.
type overrides []override

// parseTree reads one YAML document whose top is a mapping.
func parseTree(file string, data []byte) (*tree, error) {
	t := &tree{file: file, from: map[*yaml.Node]string{}}
	var doc yaml.Node
	if err := yaml.Load(data, &doc); err != nil {
		return nil, t.syntaxError(err)
	}
	t.root = &doc
	if doc.Kind == yaml.DocumentNode {
		t.root = doc.Content[0]
	}
	if t.root.Kind != yaml.MappingNode {
		return nil, t.refuse(t.root.Line, "the file is no mapping of keys to values")
	}
	return t, nil
}

// refuse returns the only problem of a file that cannot be read any further.
func (t *tree) refuse(line int, format string, args ...any) error {
	c := checker{tree: t, found: []problem{{t.file, line, fmt.Sprintf(format, args...)}}}
	return c.err()
}

// syntaxError names the line; the library's message may quote a value, which is left out.
func (t *tree) syntaxError(err error) error {
	var one *yaml.LoadError
	if !errors.As(err, &one) {
		return t.refuse(0, "the file is no YAML: %s", unquoted(err.Error()))
	}
	switch {
	case strings.Contains(one.Message, "no documents"):
		return withHint(usageError("%s is empty", t.file), "edgeprime init - shows a complete launch file")
	case strings.Contains(one.Message, "found multiple"):
		return t.refuse(0, "the file holds several YAML documents; keep one")
	default:
		return t.refuse(one.Mark.Line, "the file is no YAML: %s", unquoted(one.Message))
	}
}

// unquoted takes quoted values out of a message of the YAML library: they may be secrets.
func unquoted(message string) string {
	parts := strings.Split(message, "`")
	for i := 1; i < len(parts); i += 2 {
		parts[i] = "..."
	}
	return strings.Join(parts, "`")
}

// apply puts overrides over what the file says.
func (t *tree) apply(over overrides) {
	for _, o := range over {
		n := t.root
		for _, key := range o.path[:len(o.path)-1] {
			n = child(n, key)
		}
		value := child(n, o.path[len(o.path)-1])
		if o.more {
			t.add(value, o)
			continue
		}
		*value = yaml.Node{Kind: yaml.ScalarNode, Tag: tagOf(o.value), Value: o.value}
		t.from[value] = o.source
	}
}

// add puts one more value into a list. What is no list is left for shape to report.
func (t *tree) add(list *yaml.Node, o override) {
	if len(list.Content) == 0 && (list.Kind != yaml.ScalarNode || list.ShortTag() == "!!null") {
		*list = yaml.Node{Kind: yaml.SequenceNode, Line: list.Line}
	}
	if list.Kind == yaml.SequenceNode {
		item := &yaml.Node{Kind: yaml.ScalarNode, Tag: "!!str", Value: o.value}
		list.Content = append(list.Content, item)
		t.from[item] = o.source
	}
}

// tagOf is the YAML type of a flag's text: a number and a truth value stay one, all else is a
// string. A key that wants a string takes either.
func tagOf(text string) string {
	if text == "true" || text == "false" {
		return "!!bool"
	}
	if _, err := strconv.Atoi(text); err == nil {
		return "!!int"
	}
	return "!!str"
}

// child returns the value of a key, adding the key where it is missing.
func child(n *yaml.Node, key string) *yaml.Node {
	if n.Kind != yaml.MappingNode {
		*n = yaml.Node{Kind: yaml.MappingNode, Line: n.Line}
	}
	if _, value := lookup(n, key); value != nil {
		return value
	}
	value := &yaml.Node{Kind: yaml.MappingNode}
	n.Content = append(n.Content, &yaml.Node{Kind: yaml.ScalarNode, Value: key}, value)
	return value
}

// lookup returns the nodes of a key and its value.
func lookup(n *yaml.Node, key string) (name, value *yaml.Node) {
	if n.Kind != yaml.MappingNode {
		return nil, nil
	}
	for i := 0; i+1 < len(n.Content); i += 2 {
		if n.Content[i].Value == key {
			return n.Content[i], n.Content[i+1]
		}
	}
	return nil, nil
}

// find returns the node at a path, the node that carries its line, and how many elements of the
// path exist. A single value may stand where a list is meant.
func (t *tree) find(at keyPath) (value, mark *yaml.Node, depth int) {
	value, mark = t.root, t.root
	for i, element := range at {
		if n, ok := asIndex(element); ok {
			if value.Kind == yaml.SequenceNode {
				if n >= len(value.Content) {
					return value, mark, i
				}
				value = value.Content[n]
				mark = value
			}
			continue
		}
		name, v := lookup(value, element)
		if v == nil {
			return value, mark, i
		}
		value, mark = v, name
	}
	return value, mark, len(at)
}

// where returns the place of a path, or of the nearest that exists above it.
func (t *tree) where(at keyPath) (place string, line int) {
	value, mark, depth := t.find(at)
	if source := t.from[value]; source != "" && depth == len(at) {
		return source, 0
	}
	return t.file, max(1, mark.Line)
}

// source says where the value at a path came from; "" when neither the file nor an override has it.
func (t *tree) source(at keyPath) string {
	value, mark, depth := t.find(at)
	switch {
	case depth < len(at) || value.Kind == yaml.ScalarNode && value.ShortTag() == "!!null":
		return ""
	case t.from[value] != "":
		return t.from[value]
	default:
		return fmt.Sprintf("%s:%d", t.file, mark.Line)
	}
}
