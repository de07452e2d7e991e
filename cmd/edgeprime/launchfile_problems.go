package main

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
)

// problem is one mistake in a launch file.
type problem struct {
	place string // file, or the flag or variable that said it
	line  int    // 0 when the place has no lines
	text  string
}

// String shows the problem as compilers do, so that editors find the line.
func (p problem) String() string {
	if p.line == 0 {
		return p.place + ": " + p.text
	}
	return fmt.Sprintf("%s:%d: %s", p.place, p.line, p.text)
}

// problems are all mistakes of a launch file.
type problems struct {
	file string
	list []problem
}

// Error implements error: a headline, then one line for each problem in the order of the file.
func (p *problems) Error() string {
	var b strings.Builder
	if len(p.list) == 1 {
		return p.list[0].String()
	}
	fmt.Fprintf(&b, "%s has %d mistakes", p.file, len(p.list))
	for _, one := range p.list {
		b.WriteString("\n" + one.String())
	}
	return b.String()
}

// checker collects the problems of one launch file, and knows which keys are broken already, so
// that one mistake is not reported twice.
type checker struct {
	tree   *tree
	found  []problem
	notes  []string
	broken []keyPath
}

// bad reports a problem with the value at a path, unless one is reported there already.
func (c *checker) bad(at keyPath, format string, args ...any) {
	if slices.ContainsFunc(c.broken, func(b keyPath) bool { return at.within(b) || b.within(at) }) {
		return
	}
	c.broken = append(c.broken, at)
	c.add(at, format, args...)
}

func (c *checker) add(at keyPath, format string, args ...any) {
	place, line := c.tree.where(at)
	c.found = append(c.found, problem{place, line, fmt.Sprintf(format, args...)})
}

// note records something that the user should know and that stops nothing.
func (c *checker) note(format string, args ...any) {
	c.notes = append(c.notes, fmt.Sprintf(format, args...))
}

// err returns all problems as one error with the next step, or nil.
func (c *checker) err() error {
	if len(c.found) == 0 {
		return nil
	}
	slices.SortStableFunc(c.found, func(a, b problem) int {
		if (a.line == 0) != (b.line == 0) { // flags and variables come last
			return cmp.Compare(b.line, a.line)
		}
		return cmp.Or(cmp.Compare(a.line, b.line), cmp.Compare(a.place, b.place))
	})
	err := &exitError{exitUsage, &problems{c.tree.file, c.found}}
	if c.tree.file == adHocPath {
		return withHint(err, "edgeprime discover --help")
	}
	return withHint(err, "correct it, then run: edgeprime validate %s", c.tree.file)
}
