package main

import (
	"encoding/json"
	"fmt"
	"net"
	"net/http"
	"net/http/httptest"
	"net/netip"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/edgeprime/edgeprime/fixtures/geodns"
	"github.com/edgeprime/edgeprime/regions/natsq"
	"github.com/edgeprime/edgeprime/report"
)

const farCDN = "www.shop.example"

// far is a CDN with edges in several places, which the DNS tells apart by the visitor's network.
type far struct {
	*lab
	dns  *geodns.Server
	port string
}

// network is the /24 of a region's visitors.
func network(i int) string { return fmt.Sprintf("203.0.%d.0/24", 113+i) }

// newFar starts an edge at 127.0.1.1, 127.0.1.2 and so on for each place, all with one port.
func newFar(t *testing.T, places ...string) *far {
	t.Helper()
	l := newLab(t, "none")
	var port string
	var listeners []net.Listener
	require.Eventually(t, func() bool { // until one is free everywhere
		for _, open := range listeners {
			_ = open.Close()
		}
		listeners, port = nil, "0"
		for i := range places {
			one, err := (&net.ListenConfig{}).Listen(t.Context(), "tcp", fmt.Sprintf("127.0.1.%d:%s", i+1, port))
			if err != nil {
				return false
			}
			listeners = append(listeners, one)
			_, port, err = net.SplitHostPort(one.Addr().String())
			require.NoError(t, err)
		}
		return true
	}, 10*time.Second, time.Millisecond)
	for i, place := range places {
		srv := httptest.NewUnstartedServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			w.Header().Set("X-Amz-Cf-Pop", place)
			w.Header().Set("X-Cache", "Hit from cloudfront")
			l.serve(w, r, place)
		}))
		require.NoError(t, srv.Listener.Close())
		srv.Listener = listeners[i]
		srv.Start()
		t.Cleanup(srv.Close)
	}
	l.answer = func(w http.ResponseWriter, _ *http.Request, q question) bool {
		w.Header().Set("Cache-Control", "max-age=86400")
		w.Header().Set("Age", "1")
		if q.path != "/" {
			w.Header().Set("Content-Type", "image/png")
			fmt.Fprint(w, "image")
			return true
		}
		w.Header().Set("Content-Type", "text/html")
		fmt.Fprint(w, `<!doctype html><link rel="icon" href="data:,"><img src="/a.png">`)
		return true
	}
	dns, err := geodns.Serve(t.Context(), "127.0.0.1", map[string]geodns.Name{})
	require.NoError(t, err)
	t.Cleanup(func() { assert.NoError(t, dns.Close()) })
	return &far{l, dns, port}
}

// lead makes the visitors of each network reach the edges with these numbers.
func (f *far) lead(name string, edges ...[]int) {
	n := geodns.Name{}
	for i, some := range edges {
		to := geodns.Net{Prefix: netip.MustParsePrefix(network(i))}
		for _, e := range some {
			to.Addrs = append(to.Addrs, netip.AddrFrom4([4]byte{127, 0, 1, byte(e)}))
		}
		n.Nets = append(n.Nets, to)
	}
	f.dns.Set(name, n)
}

// launchOf writes a launch file with the regions.
func (f *far) launchOf(t *testing.T, regions string) {
	t.Helper()
	allow := []string{fmt.Sprintf("%q", f.dns.Addr())}
	for i := range 3 {
		allow = append(allow, fmt.Sprintf("\"127.0.1.%d:%s\"", i+1, f.port))
	}
	f.write(t, fmt.Sprintf(`name: lab
launch: {at: %q}
entries: ["http://%s:%s/"]
regions: [%s]
resolvers: [%q]
origin: {max_rps: 50, max_in_flight: 8, timeout: 4s}
allow_addresses: [%s]
report: {dir: %q}
`, time.Now().Add(time.Hour).Format(time.RFC3339), farCDN, f.port, regions, f.dns.Addr(), strings.Join(allow, ", "), f.dir))
}

func ecs(name string, i int, pop string) string {
	return fmt.Sprintf("{name: %s, vantages: [{subnet: %q, pop: %s}]}", name, network(i), pop)
}

// The edges of three networks' visitors are all reached, and a claim that the answers do not bear out is
// caught.
func TestRegionsProveWhereTheyLead(t *testing.T) {
	f := newFar(t, "FRA56-P4", "NRT57-P2", "GRU1-C1")
	f.lead(farCDN, []int{1}, []int{2}, []int{3})
	f.lead("d123.gru1-c1.cloudfront.net", nil)
	f.launchOf(t, ecs("eu", 0, "FRA")+","+ecs("jp", 1, "NRT57")+","+ecs("sa", 2, "GRU"))
	code, stdout, stderr := f.do(t.Context(), "regions")
	require.Equal(t, exitReady, code, stdout+stderr)
	for i, place := range []string{"FRA56-P4", "NRT57-P2", "GRU1-C1"} {
		assert.Regexp(t, fmt.Sprintf(`ecs\s+127.0.1.%d\s+127.0.1.%d:%s\s+%s\s+[0-9.]+ ms\s+-\s+proven`, i+1, i+1, f.port, place), stdout)
	}
	assert.Len(t, f.questions(), 3, "each is asked once")

	f.launchOf(t, ecs("eu", 0, "FRA")+","+ecs("jp", 0, "NRT")+","+ecs("nowhere", 9, "GRU")+
		`, {name: any, vantages: [{address: "127.0.1.2:`+f.port+`"}]}, {name: stale, vantages: [{distribution: d123, pop: GRU1-C1}]}`)
	code, stdout, stderr = f.do(t.Context(), "regions", "--format", "json")
	require.Equal(t, exitInconclusive, code, stdout+stderr)
	var got reachedPlaces
	require.NoError(t, json.Unmarshal([]byte(stdout), &got))
	claims := map[string]string{}
	for _, v := range got.Vantages {
		claims[v.Vantage] = v.Claim + " " + v.Why
	}
	assert.Equal(t, "proven ", claims["eu"])
	assert.Equal(t, "refuted answered from FRA56-P4, not from NRT", claims["jp"])
	assert.Contains(t, claims["nowhere"], "unreached dns: ")
	assert.Contains(t, claims["stale"], "unreached dns: the point of presence GRU1-C1 has no address for this distribution now")
	assert.Equal(t, "unproven the vantage claims no place; write pop: NRT57-P2 when it is the right one", claims["any"])
	assert.Contains(t, stderr, "3 of 5 vantages cannot be measured")
	assert.NotContains(t, stderr, "vantage stale", "it is told once, with the result")
}

// A launch covers every edge that the DNS names for a region, and each is measured by itself.
func TestLaunchCoversEachEdgeOfARegion(t *testing.T) {
	f := newFar(t, "FRA56-P4", "FRA60-P1", "NRT57-P2")
	f.lead(farCDN, []int{1, 2}, []int{3})
	f.launchOf(t, ecs("eu", 0, "FRA")+","+ecs("jp", 1, "NRT"))
	code, stdout, stderr := f.do(t.Context(), "launch")
	require.Equal(t, exitReady, code, stdout+stderr)
	asked := map[string]int{}
	for _, q := range f.questions() {
		asked[q.region+q.path]++
	}
	for _, place := range []string{"FRA56-P4", "FRA60-P1", "NRT57-P2"} {
		assert.GreaterOrEqual(t, asked[place+"/"], 2, "%s is primed and measured: %v", place, asked)
		assert.GreaterOrEqual(t, asked[place+"/a.png"], 2, "%s is primed and measured: %v", place, asked)
	}
	r := f.report(t)
	pops := map[string][]string{}
	for _, v := range r.Vantages {
		pops[v.Name] = v.PoPs
	}
	assert.Equal(t, map[string][]string{"eu-1": {"FRA56-P4"}, "eu-2": {"FRA60-P1"}, "jp": {"NRT57-P2"}}, pops)
}

// A region that is answered from elsewhere is not measured, and neither is one that cannot be found: what
// the others show does not stand for them.
func TestLaunchIsNotReadyOnAWrongClaim(t *testing.T) {
	for name, c := range map[string]struct{ region, why string }{
		"elsewhere": {ecs("jp", 0, "NRT"), "answered from FRA56-P4, not from NRT"},
		"not found": {ecs("jp", 7, "NRT"), "vantage jp is not measured"},
	} {
		t.Run(name, func(t *testing.T) {
			f := newFar(t, "FRA56-P4")
			f.lead(farCDN, []int{1})
			f.launchOf(t, ecs("eu", 0, "FRA")+","+c.region)
			code, stdout, stderr := f.do(t.Context(), "launch")
			require.Equal(t, exitInconclusive, code, stdout+stderr)
			r := f.report(t)
			assert.Equal(t, report.Inconclusive, r.Verdict)
			assert.Contains(t, stdout, c.why)
		})
	}
}

// What was approved is what is primed, also when the DNS says something else by then.
func TestAnApprovedPlanKeepsItsEdges(t *testing.T) {
	f := newFar(t, "FRA56-P4", "FRA60-P1")
	f.lead(farCDN, []int{1})
	f.launchOf(t, ecs("eu", 0, "FRA"))
	plan := filepath.Join(f.dir, "approved.json")
	code, stdout, stderr := f.do(t.Context(), "plan", "-o", plan)
	require.Equal(t, exitReady, code, stdout+stderr)
	data, err := os.ReadFile(plan)
	require.NoError(t, err)
	assert.Contains(t, string(data), `"www.shop.example": "127.0.1.1"`)

	f.lead(farCDN, []int{2})
	code, stdout, stderr = f.do(t.Context(), "prime", "--plan", plan)
	require.Equal(t, exitReady, code, stdout+stderr)
	for _, q := range f.questions() {
		assert.Equal(t, "FRA56-P4", q.region)
	}
	runs, err := filepath.Glob(filepath.Join(f.dir, "lab", "2*"))
	require.NoError(t, err)
	engine, err := natsq.Open(t.Context(), natsq.Config{Launch: "lab", Dir: filepath.Join(f.dir, "lab", stateFolder, "engine")})
	require.NoError(t, err)
	kept, _, err := engine.Get(t.Context(), natsq.RunKey(filepath.Base(runs[len(runs)-1])))
	require.NoError(t, err)
	assert.Contains(t, string(kept), `"www.shop.example":"127.0.1.1"`, "a new plan within the run means the same edges")
	require.NoError(t, engine.Close())
}
