//go:build e2e

package check_test

import (
	"os"
	"os/exec"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/edgeprime/edgeprime/report/check"
)

// TestJUnitAgreesWithItsSchema asks a validator that is not ours.
func TestJUnitAgreesWithItsSchema(t *testing.T) {
	xmllint, err := exec.LookPath("xmllint")
	require.NoError(t, err, "install libxml2-utils")
	validate := func(doc string) error {
		file := filepath.Join(t.TempDir(), "junit.xml")
		require.NoError(t, os.WriteFile(file, []byte(doc), 0o600))
		out, err := exec.CommandContext(t.Context(), xmllint, "--noout", "--nonet", "--schema", "testdata/junit.xsd", file).CombinedOutput()
		t.Logf("%s", out)
		return err
	}
	for name, in := range map[string]check.Input{"single": single(), "mixed": mixed(), "bare": bare(), "hostile": hostile(), "huge": huge()} {
		assert.NoError(t, validate(written(t, check.FormatJUnit, check.Build(in))), name)
	}
	assert.Error(t, validate(`<testsuites><testsuite/></testsuites>`), "the schema refuses what is no JUnit")
}
