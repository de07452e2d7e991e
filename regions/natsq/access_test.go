package natsq_test

import (
	"context"
	"crypto/sha256"
	"crypto/tls"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/nats-io/nats-server/v2/server"
	"github.com/nats-io/nats.go"
	"github.com/nats-io/nkeys"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/edgeprime/edgeprime/edge"
	"github.com/edgeprime/edgeprime/origin"
	"github.com/edgeprime/edgeprime/regions"
	"github.com/edgeprime/edgeprime/regions/natsq"
)

var us = edge.Vantage{Name: "us", Region: "us"}

// twoRegions is an engine with a port, and the credentials of a worker of eu and of us.
type twoRegions struct {
	engine *natsq.Engine
	run    *natsq.Run
	work   *natsq.Work
	client *tls.Config
	seeds  map[string]string
	broker *origin.Broker
}

func newTwoRegions(t *testing.T) *twoRegions {
	t.Helper()
	srv := httptest.NewTLSServer(http.NotFoundHandler()) // for its certificate
	t.Cleanup(srv.Close)
	r := &twoRegions{seeds: map[string]string{}}
	transport, ok := srv.Client().Transport.(*http.Transport)
	require.True(t, ok)
	r.client = &tls.Config{MinVersion: tls.VersionTLS12, RootCAs: transport.TLSClientConfig.RootCAs, ServerName: "example.com"}
	keys := map[string][]string{}
	for _, region := range []string{"eu", "us"} {
		seed, public, err := natsq.NewKey()
		require.NoError(t, err)
		r.seeds[region], keys[region] = seed, []string{public}
	}
	var err error
	r.engine, err = natsq.Open(t.Context(), natsq.Config{
		Launch: "shop", Dir: t.TempDir(), Workers: keys,
		Listen: &natsq.Listen{Host: "127.0.0.1", Port: -1, TLS: &tls.Config{MinVersion: tls.VersionTLS12, Certificates: srv.TLS.Certificates}},
	})
	require.NoError(t, err)
	t.Cleanup(func() { assert.NoError(t, r.engine.Close()) })
	r.run = openRun(t, r.engine)
	r.work, err = r.run.Work(t.Context(), []edge.Vantage{eu, us})
	require.NoError(t, err)
	guard, err := origin.NewGuard(origin.Limits{MaxRPS: 100, MaxInFlight: 3})
	require.NoError(t, err)
	r.broker = origin.NewBroker(guard)
	for region := range keys {
		stop, err := r.engine.Serve(region, func(h regions.Hello) regions.Session {
			return regions.Session{Protocol: regions.Protocol, Run: runID + region, Tool: h.Tool}
		}, r.broker)
		require.NoError(t, err)
		t.Cleanup(stop)
	}
	return r
}

func (r *twoRegions) url() string { return fmt.Sprintf("tls://127.0.0.1:%d", r.engine.Port()) }

func (r *twoRegions) door(t *testing.T, region string) *natsq.Door {
	t.Helper()
	d, err := natsq.Dial(natsq.DoorConfig{
		Launch: "shop", Region: region, Worker: region + "-1", URL: r.url(), Seed: []byte(r.seeds[region]), TLS: r.client,
	})
	require.NoError(t, err)
	t.Cleanup(d.Close)
	return d
}

// raw is a connection with the credential of eu and no manners.
func (r *twoRegions) raw(t *testing.T) *nats.Conn {
	t.Helper()
	pair, err := nkeys.FromSeed([]byte(r.seeds["eu"]))
	require.NoError(t, err)
	key, err := pair.PublicKey()
	require.NoError(t, err)
	c, err := nats.Connect(r.url(), nats.Nkey(key, pair.Sign), nats.Secure(r.client), nats.CustomInboxPrefix("_INBOX_eu"),
		nats.ErrorHandler(func(*nats.Conn, *nats.Subscription, error) {}))
	require.NoError(t, err)
	t.Cleanup(c.Close)
	return c
}

func TestAWorkerElsewhereWorksThroughItsDoor(t *testing.T) {
	r := newTwoRegions(t)
	d := r.door(t, "eu")
	s, err := d.Hello(t.Context(), regions.Hello{Protocol: regions.Protocol, Worker: "eu-1", Tool: "v1"})
	require.NoError(t, err)
	assert.Equal(t, regions.Session{Protocol: regions.Protocol, Run: runID + "eu", Tool: "v1"}, s)
	require.NoError(t, r.work.Push(t.Context(), batch(eu, edge.Prime, 100)))
	l := d.Link()
	lease := pull(t, l)
	require.Len(t, lease.Tasks, 100)
	permits := origin.NewRemote(d, "eu-1")
	for _, task := range lease.Tasks[:3] {
		p, err := permits.Acquire(t.Context(), "")
		require.NoError(t, err)
		require.True(t, p.Start())
		p.Release(origin.Outcome{Written: true, Complete: true, Status: 200, Spared: true})
		require.NoError(t, l.Put(t.Context(), observed(task)))
	}
	for _, task := range lease.Tasks[3:] {
		require.NoError(t, l.Put(t.Context(), observed(task)))
	}
	closeLink(t, l)
	assert.Len(t, urls(t, r.run), 100)
}

// What a worker of one region may try against another's, and against the coordinator.
func TestAWorkerReachesNothingOfAnotherRegion(t *testing.T) {
	r := newTwoRegions(t)
	require.NoError(t, r.work.Push(t.Context(), batch(us, edge.Prime, 2)))
	require.NoError(t, r.run.Put(t.Context(), observed(batch(us, edge.Verify, 1).Tasks[0])))
	victim := r.door(t, "us")
	grant, err := victim.Ask(t.Context(), origin.Ask{Slot: "1"})
	require.NoError(t, err)
	require.NotEmpty(t, grant.ID)
	c := r.raw(t)
	forged, err := json.Marshal(map[string]any{"proof": "00", "observation": observed(batch(us, edge.Prime, 1).Tasks[0])})
	require.NoError(t, err)
	released, err := json.Marshal(origin.Return{ID: grant.ID, Outcome: origin.Outcome{Written: true, Complete: true}})
	require.NoError(t, err)
	const api, own = "$JS.API.", "EDGEPRIME.API."
	token := sha256.Sum256([]byte(us.Name))
	consumer := hex.EncodeToString(token[:8])
	pull := []byte(`{"batch":1,"expires":500000000}`)
	publishes := map[string]struct {
		subject, reply string
		data           []byte
	}{
		"read another's work":              {api + "CONSUMER.MSG.NEXT.WORK_shop_us." + consumer, "_INBOX_eu.x", pull},
		"read it through the own door":     {own + "CONSUMER.MSG.NEXT.WORK_shop_us." + consumer, "_INBOX_eu.x", pull},
		"look at another's queue":          {own + "CONSUMER.INFO.WORK_shop_us." + consumer, "_INBOX_eu.x", nil},
		"ack another's work":               {"$JS.ACK.WORK_shop_us." + consumer + ".1.1.1.1764000000000000000.0", "", []byte("+ACK")},
		"end another's work":               {"$JS.ACK.WORK_shop_us." + consumer + ".1.1.1.1764000000000000000.0", "", []byte("+TERM")},
		"hand out work":                    {"work.shop.us.x", "", []byte("{}")},
		"hand out own work":                {"work.shop.eu.x", "", []byte("{}")},
		"publish another's results":        {"res.shop.us." + runID, "_INBOX_eu.x", forged},
		"forge by reply: results":          {"hello.shop.eu", "res.shop.us." + runID, []byte(`{"protocol":1}`)},
		"forge by reply: work":             {"hello.shop.eu", "work.shop.us.x", []byte(`{"protocol":1}`)},
		"forge by reply: permits":          {"permit.shop.eu", "res.shop.us." + runID, []byte(`{"slot":"9"}`)},
		"forge by reply: api":              {"hello.shop.eu", api + "STREAM.PURGE.WORK_shop_us", []byte(`{"protocol":1}`)},
		"forge by reply: info":             {own + "CONSUMER.INFO.WORK_shop_eu.x", "res.shop.us." + runID, nil},
		"read results":                     {api + "STREAM.MSG.GET.RES_shop_" + runID, "_INBOX_eu.x", []byte(`{"seq":1}`)},
		"read results directly":            {api + "DIRECT.GET.RES_shop_" + runID, "_INBOX_eu.x", []byte(`{"seq":1}`)},
		"read results by the own prefix":   {own + "STREAM.MSG.GET.RES_shop_" + runID, "_INBOX_eu.x", []byte(`{"seq":1}`)},
		"purge another's work":             {api + "STREAM.PURGE.WORK_shop_us", "_INBOX_eu.x", nil},
		"purge by the own prefix":          {own + "STREAM.PURGE.WORK_shop_us", "_INBOX_eu.x", nil},
		"delete the run":                   {api + "STREAM.DELETE.RES_shop_" + runID, "_INBOX_eu.x", nil},
		"create a consumer":                {api + "CONSUMER.CREATE.WORK_shop_us.evil", "_INBOX_eu.x", []byte(`{"stream_name":"WORK_shop_us","config":{"name":"evil"}}`)},
		"create one by the own prefix":     {own + "CONSUMER.CREATE.WORK_shop_eu.evil", "_INBOX_eu.x", []byte(`{"stream_name":"WORK_shop_eu","config":{"name":"evil"}}`)},
		"take a permit of another's share": {"permit.shop.us", "_INBOX_eu.x", []byte(`{"slot":"1"}`)},
		"return another's permit":          {"permitdone.shop.us", "", released},
		"return it through the own door":   {"permitdone.shop.eu", "", released},
		"speak as another's worker":        {"hello.shop.us", "_INBOX_eu.x", []byte(`{"protocol":1}`)},
		"write the state":                  {"$KV.STATE_shop.origin", "_INBOX_eu.x", []byte("x")},
		"ask the system":                   {"$SYS.REQ.SERVER.PING", "_INBOX_eu.x", nil},
		"answer another's questions":       {"_INBOX_us.x", "", []byte("{}")},
	}
	answers, err := c.SubscribeSync("_INBOX_eu.x")
	require.NoError(t, err)
	for name, attempt := range publishes {
		t.Run(name, func(t *testing.T) {
			require.NoError(t, c.PublishMsg(&nats.Msg{Subject: attempt.subject, Reply: attempt.reply, Data: attempt.data}))
			require.NoError(t, c.Flush())
			msg, err := answers.NextMsg(150 * time.Millisecond)
			assert.True(t, err != nil || len(msg.Data) == 0, "answered: %v", msg)
		})
	}
	for _, subject := range []string{"work.>", "work.shop.us.*", "res.>", "permit.>", "permit.shop.us", "hello.shop.us", "_INBOX_us.>", ">", "$KV.>", "$JS.>", "$SYS.>"} {
		t.Run("listen to "+subject, func(t *testing.T) { assert.ErrorIs(t, listen(c, subject), nats.ErrPermissionViolation) })
	}

	assert.Equal(t, []string{"https://shop.example/0"}, urls(t, r.run), "nothing was added to what counts, and nothing taken")
	next, err := r.run.Next(t.Context())
	require.NoError(t, err)
	assert.Equal(t, uint64(2), next, "nothing was stored")
	again, err := victim.Ask(t.Context(), origin.Ask{Slot: "2"}) // eu has one of its own
	require.NoError(t, err)
	assert.NotEmpty(t, again.ID)
	full, err := victim.Ask(t.Context(), origin.Ask{Slot: "3"})
	require.NoError(t, err)
	assert.Empty(t, full.ID, "the victim's permit is still out")
	l := victim.Link()
	ctx, cancel := context.WithTimeout(t.Context(), 10*time.Second)
	defer cancel()
	lease, err := l.Pull(ctx, us.Name)
	require.NoError(t, err)
	assert.Equal(t, batch(us, edge.Prime, 2), lease)
	closeLink(t, l)
}

// listen subscribes and returns what the server says of it.
func listen(c *nats.Conn, subject string) error {
	sub, err := c.SubscribeSync(subject)
	if err != nil {
		return err
	}
	if err := c.Flush(); err != nil {
		return err
	}
	_, err = sub.NextMsg(200 * time.Millisecond)
	if errors.Is(err, nats.ErrPermissionViolation) {
		return err
	}
	return c.LastError()
}

// The accounts fit into the example of a server's configuration.
func TestTheDeploymentExampleTakesTheAccounts(t *testing.T) {
	conf, err := os.ReadFile(filepath.Join("..", "..", "fixtures", "deploy", "nats.conf"))
	require.NoError(t, err)
	dir := t.TempDir()
	accounts := natsq.Access{Workers: map[string][]string{}}
	_, accounts.Coordinator, err = natsq.NewKey()
	require.NoError(t, err)
	for _, region := range []string{"us-east", "eu-west", "ap-south"} {
		_, key, err := natsq.NewKey()
		require.NoError(t, err)
		accounts.Workers[region] = []string{key}
	}
	require.NoError(t, os.WriteFile(filepath.Join(dir, "nats.conf"), conf, 0o600))
	require.NoError(t, os.WriteFile(filepath.Join(dir, "accounts.conf"), []byte(accounts.Config("spring-sale")), 0o600))
	t.Setenv("NATS_NAME", "nats-1")
	opts, err := server.ProcessConfigFile(filepath.Join(dir, "nats.conf"))
	require.NoError(t, err)
	assert.True(t, opts.SyncAlways)
	assert.Len(t, opts.Accounts, 4)
}
