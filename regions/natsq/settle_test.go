package natsq_test

import (
	"fmt"
	"net"
	"net/url"
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/nats-io/nats-server/v2/server"
	"github.com/stretchr/testify/require"

	"github.com/edgeprime/edgeprime/regions/natsq"
)

// three prepares a cluster of three servers, none of them started, and returns how to open it.
func three(t *testing.T) ([]*server.Server, natsq.Config) {
	t.Helper()
	seed, public, err := natsq.NewKey()
	require.NoError(t, err)
	var routes []*url.URL
	var ports []int
	for range 3 {
		l, err := (&net.ListenConfig{}).Listen(t.Context(), "tcp", "127.0.0.1:0")
		require.NoError(t, err)
		defer func() { _ = l.Close() }() // together, so that no two are the same
		addr, ok := l.Addr().(*net.TCPAddr)
		require.True(t, ok)
		ports, routes = append(ports, addr.Port), append(routes, &url.URL{Scheme: "nats-route", Host: addr.String()})
	}
	conf := filepath.Join(t.TempDir(), "nats.conf")
	accounts := natsq.Access{Coordinator: public}.Config("shop")
	require.NoError(t, os.WriteFile(conf, []byte(accounts), 0o600))
	var servers []*server.Server
	for i, port := range ports {
		opts, err := server.ProcessConfigFile(conf)
		require.NoError(t, err)
		opts.ServerName, opts.Host, opts.Port, opts.NoSigs, opts.NoLog = fmt.Sprintf("n%d", i), "127.0.0.1", -1, true, true
		opts.JetStream, opts.StoreDir, opts.Routes = true, t.TempDir(), routes
		opts.Cluster = server.ClusterOpts{Name: "c", Host: "127.0.0.1", Port: port, NoAdvertise: true}
		s, err := server.NewServer(opts)
		require.NoError(t, err)
		t.Cleanup(func() {
			s.Shutdown()
			s.WaitForShutdown()
		})
		servers = append(servers, s)
	}
	return servers, natsq.Config{Launch: "shop", External: &natsq.External{Seed: []byte(seed), Owner: "host-1:/launch", Replicas: 3}}
}

// A coordinator that comes before the cluster is whole waits for it.
func TestACoordinatorWaitsForItsCluster(t *testing.T) {
	t.Parallel()
	servers, config := three(t)
	for _, s := range servers[:2] {
		s.Start()
	}
	require.True(t, servers[0].ReadyForConnections(10*time.Second))
	late := time.AfterFunc(3*time.Second, servers[2].Start)
	defer late.Stop()
	config.External.URLs = []string{servers[0].ClientURL()}
	e, err := natsq.Open(t.Context(), config)
	require.NoError(t, err)
	require.NoError(t, e.Close())
}

// A server that stays away is named as the reason.
func TestAClusterThatStaysSmallIsAnError(t *testing.T) {
	t.Parallel()
	servers, config := three(t)
	for _, s := range servers[:2] {
		s.Start()
	}
	require.True(t, servers[0].ReadyForConnections(10*time.Second))
	config.External.URLs = []string{servers[0].ClientURL()}
	_, err := natsq.Open(t.Context(), config)
	require.ErrorIs(t, err, natsq.ErrUnready)
}
