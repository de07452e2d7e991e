package check_test

import (
	"bytes"
	"flag"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/edgeprime/edgeprime/report/check"
)

var update = flag.Bool("update", false, "write the golden files anew")

// written is a result in a format.
func written(t *testing.T, format string, c *check.Check) string {
	t.Helper()
	var b bytes.Buffer
	require.NoError(t, check.Write(&b, format, c))
	return b.String()
}

func TestGolden(t *testing.T) {
	t.Parallel()
	for name, in := range map[string]check.Input{"single": single(), "mixed": mixed(), "bare": bare(), "hostile": hostile()} {
		c := check.Build(in)
		for _, format := range check.Formats() {
			golden(t, name+"."+format, written(t, format, c))
		}
	}
}

// golden compares got with a file of testdata/golden.
func golden(t *testing.T, name, got string) {
	t.Helper()
	file := filepath.Join("testdata", "golden", name)
	if *update {
		require.NoError(t, os.MkdirAll(filepath.Dir(file), 0o750))
		require.NoError(t, os.WriteFile(file, []byte(got), 0o600))
		return
	}
	want, err := os.ReadFile(file)
	require.NoError(t, err, "run the test with -update")
	wants, gots := strings.Split(string(want), "\n"), strings.Split(got, "\n")
	for i := range max(len(wants), len(gots)) {
		if i >= len(wants) || i >= len(gots) || wants[i] != gots[i] {
			t.Errorf("%s differs from line %d on; when it should, run the test with -update", file, i+1)
			return
		}
	}
}

func mustAbs(t *testing.T, path string) string {
	t.Helper()
	abs, err := filepath.Abs(path)
	require.NoError(t, err)
	return abs
}
