package main

import (
	"slices"
	"strconv"
	"strings"
)

// keyPath is the way to a value: keys, and "[i]" for the elements of a list.
type keyPath []string

// path returns the path of keys from the top of the file.
func path(keys ...string) keyPath { return keys }

// key returns the path of a key below p.
func (p keyPath) key(name string) keyPath { return append(slices.Clone(p), name) }

// index returns the path of an element of the list p.
func (p keyPath) index(i int) keyPath { return p.key("[" + strconv.Itoa(i) + "]") }

// String shows the path as messages do, such as "regions[0].name".
func (p keyPath) String() string {
	return strings.ReplaceAll(strings.Join(p, "."), ".[", "[")
}

// within is true when p is q or lies below it.
func (p keyPath) within(q keyPath) bool {
	return len(p) >= len(q) && slices.Equal(p[:len(q)], q)
}

// asIndex returns the number of an "[i]" element.
func asIndex(element string) (int, bool) {
	inner, ok := strings.CutPrefix(element, "[")
	if !ok {
		return 0, false
	}
	i, err := strconv.Atoi(strings.TrimSuffix(inner, "]"))
	return i, err == nil
}
