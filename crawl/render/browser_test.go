package render

import (
	"os"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

func TestFindBrowser(t *testing.T) {
	dir := t.TempDir()
	t.Setenv("PATH", dir)
	_, err := New(Config{})
	require.ErrorIs(t, err, ErrNoBrowser)
	assert.ErrorContains(t, err, "none of chromium, chromium-browser, google-chrome")

	for _, name := range []string{"google-chrome", "chromium"} {
		file := filepath.Join(dir, name)
		require.NoError(t, os.WriteFile(file, []byte("#!/bin/sh\n"), 0o755))
		b, err := New(Config{})
		require.NoError(t, err)
		assert.Equal(t, file, b.path)
		b.Close() // what never started
	}
	_, err = New(Config{Path: filepath.Join(dir, "missing")})
	assert.ErrorIs(t, err, ErrNoBrowser)
}

func TestConfigValidate(t *testing.T) {
	assert.NoError(t, Config{}.Validate())
	assert.EqualError(t, Config{Deadline: -1, Screens: -1}.Validate(),
		"render: deadline is less than zero; leave it out for the default\nrender: screens is less than zero; leave it out for the default")
}

func TestEnvironmentHoldsNoSecret(t *testing.T) {
	env := environment("/tmp/x", func(name string) (string, bool) {
		return name, name == "PATH" || name == "PREVIEW_TOKEN" || name == "HOME"
	})
	assert.Equal(t, []string{"HOME=/tmp/x", "TMPDIR=/tmp/x", "PATH=PATH"}, env)
}

func TestUserAgent(t *testing.T) {
	phone := userAgent("HeadlessChrome/156.0.8078.108", true)
	assert.Equal(t, "Mozilla/5.0 (Linux; Android 10; K) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/156.0.0.0 Mobile Safari/537.36", phone.UserAgent)
	assert.True(t, phone.UserAgentMetadata.Mobile)
	desk := userAgent("Chrome/156.0.8078.108", false)
	assert.Equal(t, "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/156.0.0.0 Safari/537.36", desk.UserAgent)
}
