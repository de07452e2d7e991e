package safe

import "strings"

// Lines is text that grows line by line up to a size. The zero value has room for none.
type Lines struct {
	most int
	b    strings.Builder
	left int
}

// NewLines returns text with room for so many bytes.
func NewLines(most int) *Lines { return &Lines{most: most} }

// Add adds lines, or counts them when there is no room: from the first one without room on, so that
// nothing is missing in between.
func (l *Lines) Add(lines string) {
	lines += "\n"
	if l.left > 0 || l.b.Len()+len(lines) > l.most {
		l.left += strings.Count(lines, "\n")
		return
	}
	l.b.WriteString(lines)
}

// Left is how many lines had no room.
func (l *Lines) Left() int { return l.left }

// String is what had room.
func (l *Lines) String() string { return l.b.String() }
