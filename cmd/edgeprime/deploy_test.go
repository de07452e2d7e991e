package main

import (
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/nats-io/nats-server/v2/server"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"go.yaml.in/yaml/v4"

	"github.com/edgeprime/edgeprime/regions/natsq"
)

// The example of a deployment stands on what the program and the server really read.
func TestTheDeploymentExampleIsRead(t *testing.T) {
	dir := filepath.Join(topOfUs, "fixtures", "deploy")
	e, _, _ := testEnv()
	e.now = time.Now
	l, err := loadLaunch(e, filepath.Join(dir, "launch.yaml"), nil)
	require.NoError(t, err)
	assert.Len(t, l.File.Workers.Regions, 3)

	conf, err := os.ReadFile(filepath.Join(dir, "nats.conf"))
	require.NoError(t, err)
	there := t.TempDir()
	require.NoError(t, os.WriteFile(filepath.Join(there, "nats.conf"), conf, 0o600))
	accounts := natsq.Access{Workers: map[string][]string{}}
	_, accounts.Coordinator, err = natsq.NewKey()
	require.NoError(t, err)
	for _, region := range l.File.Workers.Regions {
		_, key, err := natsq.NewKey()
		require.NoError(t, err)
		accounts.Workers[region] = []string{key}
	}
	require.NoError(t, os.WriteFile(filepath.Join(there, "accounts.conf"), []byte(accounts.Config(l.File.Name)), 0o600))
	t.Setenv("NATS_NAME", "nats-1")
	opts, err := server.ProcessConfigFile(filepath.Join(there, "nats.conf"))
	require.NoError(t, err)
	assert.True(t, opts.SyncAlways)
	assert.Len(t, opts.Accounts, 4)

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
