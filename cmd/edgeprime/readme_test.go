package main

import (
	"bytes"
	"os"
	"regexp"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// The launch file of the README is one that the program takes.
func TestReadmeLaunchFileIsValid(t *testing.T) {
	readme, err := os.ReadFile("../../README.md")
	require.NoError(t, err)
	blocks := regexp.MustCompile("(?s)```yaml\n(.*?)```").FindAllStringSubmatch(string(readme), -1)
	require.NotEmpty(t, blocks)
	for _, block := range blocks {
		if !strings.HasPrefix(block[1], "name:") {
			continue
		}
		file := strings.ReplaceAll(block[1], "2026-12-01", "2099-12-01")
		var stdout, stderr bytes.Buffer
		code := run(t.Context(), []string{"edgeprime", "validate", "-"}, strings.NewReader(file), &stdout, &stderr)
		assert.Equal(t, exitReady, code, stderr.String())
	}
}
