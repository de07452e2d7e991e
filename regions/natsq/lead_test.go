package natsq_test

import (
	"context"
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/nats-io/nats-server/v2/server"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/edgeprime/edgeprime/regions/natsq"
)

// outside starts a server that more than one process may use, and returns how to open it.
func outside(t *testing.T) func(owner string) natsq.Config {
	t.Helper()
	seed, public, err := natsq.NewKey()
	require.NoError(t, err)
	dir := t.TempDir()
	accounts := natsq.Access{Coordinator: public}
	require.NoError(t, os.WriteFile(filepath.Join(dir, "nats.conf"), []byte(accounts.Config("shop")), 0o600))
	opts, err := server.ProcessConfigFile(filepath.Join(dir, "nats.conf"))
	require.NoError(t, err)
	opts.Host, opts.Port, opts.JetStream, opts.StoreDir, opts.NoSigs, opts.NoLog = "127.0.0.1", -1, true, dir, true, true
	s, err := server.NewServer(opts)
	require.NoError(t, err)
	s.Start()
	require.True(t, s.ReadyForConnections(10*time.Second))
	t.Cleanup(func() {
		s.Shutdown()
		s.WaitForShutdown()
	})
	return func(owner string) natsq.Config {
		return natsq.Config{Launch: "shop", External: &natsq.External{URLs: []string{s.ClientURL()}, Seed: []byte(seed), Owner: owner}}
	}
}

// One process coordinates a launch, wherever it runs.
func TestALaunchOutsideHasOneCoordinator(t *testing.T) {
	config := outside(t)
	first, err := natsq.Open(t.Context(), config("host-1:/launch"))
	require.NoError(t, err)
	defer func() { assert.NoError(t, first.Close()) }()
	assert.NoError(t, first.Lost().Err())

	ctx, cancel := context.WithTimeout(t.Context(), 2*time.Second)
	defer cancel()
	_, err = natsq.Open(ctx, config("host-2:/launch"))
	require.ErrorIs(t, err, context.DeadlineExceeded, "it waits for the first one's end")

	again, err := natsq.Open(t.Context(), config("host-1:/launch"))
	require.NoError(t, err, "the lock of its folder says that the one before has ended")
	select {
	case <-first.Lost().Done():
		require.ErrorIs(t, context.Cause(first.Lost()), natsq.ErrLost)
	case <-time.After(20 * time.Second):
		assert.Fail(t, "the first one goes on")
	}
	assert.NoError(t, again.Lost().Err())
	require.NoError(t, again.Close())

	second, err := natsq.Open(t.Context(), config("host-2:/launch"))
	require.NoError(t, err, "it was given back")
	require.NoError(t, second.Close())
}

// A renewal whose answer gets lost on its way is no loss of the lead.
func TestALostAnswerLosesNoLead(t *testing.T) {
	config := outside(t)
	e, err := natsq.Open(t.Context(), config("host-1:/launch"))
	require.NoError(t, err)
	defer func() { assert.NoError(t, e.Close()) }()
	require.NoError(t, e.RenewUnheard(t.Context()))
	select {
	case <-e.Lost().Done():
		assert.Fail(t, "lost", context.Cause(e.Lost()))
	case <-time.After(4 * time.Second):
	}
}
