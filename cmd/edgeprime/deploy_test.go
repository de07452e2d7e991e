package main

import (
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"go.yaml.in/yaml/v4"
)

// The example of a deployment stands on what the program really reads.
func TestTheDeploymentExampleIsRead(t *testing.T) {
	dir := filepath.Join(topOfUs, "fixtures", "deploy")
	e, _, _ := testEnv()
	e.now = time.Now
	l, err := loadLaunch(e, filepath.Join(dir, "launch.yaml"), nil)
	require.NoError(t, err)
	assert.Len(t, l.File.Workers.Regions, 3)

	var compose struct {
		Services map[string]struct {
			Command []string `yaml:"command"`
			Volumes []string `yaml:"volumes"`
		} `yaml:"services"`
	}
	data, err := os.ReadFile(filepath.Join(dir, "compose.yaml"))
	require.NoError(t, err)
	require.NoError(t, yaml.Unmarshal(data, &compose))
	require.Len(t, compose.Services, 7)
	for _, region := range l.File.Workers.Regions {
		w := compose.Services["worker-"+region]
		require.NotEmpty(t, w.Command, region)
		assert.Equal(t, "worker", w.Command[0])
		assert.Equal(t, []string{"./" + region + ".token:/run/token:ro"}, w.Volumes)
	}
}
