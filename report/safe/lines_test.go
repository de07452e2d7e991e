package safe_test

import (
	"testing"

	"github.com/stretchr/testify/assert"

	"github.com/edgeprime/edgeprime/report/safe"
)

func TestLines(t *testing.T) {
	t.Parallel()
	l := safe.NewLines(8)
	for _, line := range []string{"one", "four", "a\nb", "x"} {
		l.Add(line)
	}
	assert.Equal(t, "one\n", l.String(), "from the first line without room on, none is added")
	assert.Equal(t, 4, l.Left())

	l = safe.NewLines(8)
	l.Add("seven77")
	assert.Equal(t, "seven77\n", l.String())
	assert.Zero(t, l.Left())
}
