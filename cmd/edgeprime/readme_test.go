package main

import (
	"bytes"
	"os"
	"regexp"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/edgeprime/edgeprime/report/check"
)

// readmeYAML are the README's blocks of YAML that begin with a key.
func readmeYAML(t *testing.T, key string) (blocks []string) {
	t.Helper()
	readme, err := os.ReadFile("../../README.md")
	require.NoError(t, err)
	for _, m := range regexp.MustCompile("(?s)```yaml\n("+key+":.*?)```").FindAllStringSubmatch(string(readme), -1) {
		blocks = append(blocks, m[1])
	}
	require.NotEmpty(t, blocks, key)
	return blocks
}

// The launch file of the README is one that the program takes, with what check reads of it too.
func TestReadmeLaunchFileIsValid(t *testing.T) {
	for _, file := range readmeYAML(t, "name") {
		file = strings.ReplaceAll(file, "2026-12-01", "2099-12-01") + readmeYAML(t, "cdn")[0]
		var stdout, stderr bytes.Buffer
		code := run(t.Context(), []string{"edgeprime", "validate", "-"}, strings.NewReader(file), &stdout, &stderr)
		assert.Equal(t, exitReady, code, stderr.String())
	}
}

func TestReadmeWaiversAreValid(t *testing.T) {
	t.Parallel()
	for _, file := range readmeYAML(t, "waivers") {
		_, err := check.ReadWaivers("README.md", []byte(file))
		assert.NoError(t, err)
	}
}

// The check of the README prints what stands there.
func TestReadmeCheckIsReal(t *testing.T) {
	t.Parallel()
	readme, err := os.ReadFile("../../README.md")
	require.NoError(t, err)
	m := regexp.MustCompile("(?s)```console\n\\$ (edgeprime check [^\n]*<<'EOF'\n.*?\nEOF\n)(.*?)```").FindStringSubmatch(string(readme))
	require.NotNil(t, m, "an example with its input")
	stdout, code := ciRun(t, t.TempDir(), m[1])
	assert.Equal(t, exitNotReady, code)
	assert.Equal(t, m[2], stdout)
}
