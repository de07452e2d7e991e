//go:build e2e && unix

package main

import (
	"flag"
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/edgeprime/edgeprime/crawl"
	"github.com/edgeprime/edgeprime/edge"
	"github.com/edgeprime/edgeprime/fixtures/cdn"
	"github.com/edgeprime/edgeprime/fixtures/loopback"
	"github.com/edgeprime/edgeprime/fixtures/meter"
	"github.com/edgeprime/edgeprime/fixtures/site"
	"github.com/edgeprime/edgeprime/fixtures/world"
	"github.com/edgeprime/edgeprime/regions"
	"github.com/edgeprime/edgeprime/report"
)

var (
	chaosSeeds = flag.Int("chaos-seeds", 5, "how many runs TestChaos breaks things in")
	chaosFirst = flag.Uint64("chaos-first", 1, "the first seed of TestChaos")
	chaosLine  = flag.String("chaos-line", "", "file that TestChaos writes its last line to")
)

// What the origin has agreed to in these runs, and how long its answers take.
const (
	chaosRPS      = 12
	chaosInFlight = 4
	chaosDelay    = 60 * time.Millisecond
	// frozenFor is longer than two leases.
	frozenFor = 22 * time.Second
)

// chaosResult is what one run, or all of them, did wrong.
type chaosResult struct{ over, worst, inFlightOver, lost, doubled, frozen int }

func (r *chaosResult) add(o chaosResult) {
	r.over += o.over
	r.worst = max(r.worst, o.worst)
	r.inFlightOver += o.inFlightOver
	r.lost += o.lost
	r.doubled += o.doubled
	r.frozen += o.frozen
}

func (r *chaosResult) line(seeds int) string {
	return fmt.Sprintf("chaos: seeds=%d over_limit=%d worst_window=%d/%d in_flight_over=%d lost=%d doubled=%d frozen=%d",
		seeds, r.over, r.worst, chaosRPS, r.inFlightOver, r.lost, r.doubled, r.frozen)
}

// TestChaos launches in three regions, two of them worked on elsewhere, on a cluster of three
// nats-servers, and kills, freezes and cuts off what it can meanwhile. The origin's meter judges.
func TestChaos(t *testing.T) {
	binary := edgeprimeBinary(t, "")
	server := goBinary(t, "nats-server", "github.com/nats-io/nats-server/v2")
	var mu sync.Mutex
	var sum chaosResult
	t.Run("seeds", func(t *testing.T) {
		for i := range *chaosSeeds {
			seed := *chaosFirst + uint64(i)
			t.Run(strconv.FormatUint(seed, 10), func(t *testing.T) {
				t.Parallel()
				r := newChaos(t, binary, server, seed).play(t)
				t.Log(r.line(1))
				mu.Lock()
				defer mu.Unlock()
				sum.add(r)
			})
		}
	})
	line := sum.line(*chaosSeeds)
	t.Log(line)
	if *chaosLine != "" {
		require.NoError(t, os.WriteFile(*chaosLine, []byte(line+"\n"), 0o600))
	}
	assert.Zero(t, sum.over+sum.inFlightOver+sum.lost+sum.doubled, line)
}

// chaos is one run and all that it stands on.
type chaos struct {
	seed     uint64
	random   *rand.Rand
	dir      string
	origin   *meter.Meter
	cluster  *cluster
	wires    map[string]*wire // by region
	workers  map[string][]*process
	launcher *process

	mu     sync.Mutex
	thawed []time.Time // when frozen processes went on
	hit    int         // faults that came before the launch had ended
}

func newChaos(t *testing.T, binary, server string, seed uint64) *chaos {
	t.Helper()
	c := &chaos{seed: seed, random: rand.New(rand.NewPCG(seed, 5)), dir: t.TempDir(), wires: map[string]*wire{}, workers: map[string][]*process{}}
	c.origin = meter.New(site.New(site.Options{}), meter.Options{Delay: chaosDelay})
	srv, err := loopback.Serve(t.Context(), "127.0.0.1", c.origin)
	require.NoError(t, err)
	t.Cleanup(func() { _ = srv.Close() })
	edges := map[string]string{}
	for _, region := range world.Regions() {
		e, err := cdn.Start(t.Context(), cdn.Options{Name: region, PoP: region, Upstream: srv.Addr()})
		require.NoError(t, err)
		t.Cleanup(func() { _ = e.Close() })
		edges[region] = e.Addr()
	}
	remote := []string{world.EUWest, world.APSouth}
	c.write(t, edges, remote, nil)
	for _, region := range remote {
		edgeprimeOnce(t, binary, c.dir, "worker", "token", "--region", region, "-o", region+".token")
	}
	c.cluster = newCluster(t, server, edgeprimeOnce(t, binary, c.dir, "worker", "accounts"), loopbackSeats(t))
	c.write(t, edges, remote, c.cluster.addrs)
	c.cluster.start(t)
	for _, region := range remote {
		c.wires[region] = newWire(t, c.cluster.addrs)
		for i := range 2 {
			w := &process{path: binary, dir: c.dir, said: &talk{}, args: []string{
				"worker", "--region", region, "--token", region + ".token", "--connect", "nats://" + c.wires[region].addr,
				"--allow-address", edges[region], "--name", fmt.Sprintf("%s-%d", region, i+1),
			}}
			w.start(t)
			t.Cleanup(w.end)
			c.workers[region] = append(c.workers[region], w)
		}
	}
	c.launcher = &process{path: binary, dir: c.dir, said: &talk{}, args: []string{"launch"}}
	t.Cleanup(func() {
		if t.Failed() {
			t.Log(c.launcher.said.String())
			for _, list := range c.workers {
				for _, w := range list {
					t.Log(w.args[len(w.args)-1], w.said.String())
				}
			}
		}
	})
	return c
}

// write writes the launch file. Without servers it is for making tokens only.
func (c *chaos) write(t *testing.T, edges map[string]string, remote, servers []string) {
	t.Helper()
	var list, allow, urls []string
	for _, region := range world.Regions() {
		list = append(list, fmt.Sprintf("{name: %s, vantages: [{address: %q}]}", region, edges[region]))
		allow = append(allow, fmt.Sprintf("%q", edges[region]))
	}
	for _, s := range servers {
		urls = append(urls, fmt.Sprintf("%q", "nats://"+s))
	}
	if servers == nil {
		urls = []string{`"nats://127.0.0.1:4222"`}
	}
	file := fmt.Sprintf(`name: chaos
launch: {at: %q, warm_window: 6h}
entries: ["http://%s/spring-sale"]
sitemaps: ["http://%s/sitemap.xml"]
variants: [{name: gzip, headers: {Accept-Encoding: gzip}}, {name: identity, headers: {Accept-Encoding: identity}}]
regions: [%s]
origin: {max_rps: %d, max_in_flight: %d, timeout: 3s, hold_tail: 1s}
workers: {regions: [%s], servers: [%s], replicas: 3}
allow_addresses: [%s]
`, time.Now().Add(time.Hour).UTC().Format(time.RFC3339), world.Host, world.Host, strings.Join(list, ", "), chaosRPS, chaosInFlight,
		strings.Join(remote, ", "), strings.Join(urls, ", "), strings.Join(allow, ", "))
	require.NoError(t, os.WriteFile(filepath.Join(c.dir, "edgeprime.yaml"), []byte(file), 0o600))
}

// play launches, breaks things, and returns what came of it.
func (c *chaos) play(t *testing.T) chaosResult {
	t.Helper()
	c.launcher.start(t)
	t.Cleanup(c.launcher.end)
	var wg sync.WaitGroup
	for i, fault := range c.faults() {
		after := time.Duration(3+5*i)*time.Second + time.Duration(c.random.IntN(4000))*time.Millisecond
		wg.Go(func() {
			select {
			case <-time.After(after):
				c.count()
				fault(t)
			case <-t.Context().Done():
			}
		})
	}
	wg.Wait()
	code := c.launcher.wait()
	for try := 0; code != exitReady && try < 3; try++ {
		c.resume(t)
		code = c.launcher.wait()
	}
	require.Equal(t, exitReady, code, c.launcher.said.String())
	t.Logf("%d faults came while the launch went on", c.hit)
	assert.GreaterOrEqual(t, c.hit, 3)
	return c.judge(t)
}

// count notes whether the launch still goes on.
func (c *chaos) count() {
	if !strings.Contains(c.launcher.said.String(), "report: ") {
		c.mu.Lock()
		defer c.mu.Unlock()
		c.hit++
	}
}

// resume starts the launcher again on its run.
func (c *chaos) resume(t *testing.T) {
	t.Helper()
	found, err := filepath.Glob(filepath.Join(c.dir, "readiness", "chaos", "2*"))
	require.NoError(t, err)
	c.launcher.args = []string{"launch"}
	if len(found) > 0 {
		c.launcher.args = append(c.launcher.args, "--resume", filepath.Base(found[0]))
	}
	c.launcher.start(t)
}

// faults are what this seed breaks, in order: each kind comes up in five seeds, with its own victims.
func (c *chaos) faults() []func(*testing.T) {
	victim := func() *process {
		list := c.workers[[]string{world.EUWest, world.APSouth}[c.random.IntN(2)]]
		return list[c.random.IntN(len(list))]
	}
	kinds := []func() func(*testing.T){
		func() func(*testing.T) {
			w := victim()
			return func(t *testing.T) {
				t.Helper()
				w.end()
				time.Sleep(time.Second)
				w.start(t)
			}
		},
		func() func(*testing.T) {
			return func(t *testing.T) {
				t.Helper()
				c.launcher.end()
				time.Sleep(500 * time.Millisecond)
				c.resume(t)
			}
		},
		func() func(*testing.T) {
			w := victim()
			return func(*testing.T) {
				w.signal(syscall.SIGSTOP)
				time.Sleep(frozenFor)
				w.signal(syscall.SIGCONT)
				c.mu.Lock()
				defer c.mu.Unlock()
				c.thawed = append(c.thawed, time.Now())
			}
		},
		func() func(*testing.T) {
			w := c.wires[[]string{world.EUWest, world.APSouth}[c.random.IntN(2)]]
			return func(*testing.T) { w.partition(10 * time.Second) }
		},
		func() func(*testing.T) {
			node := c.cluster.nodes[c.random.IntN(3)]
			return func(t *testing.T) {
				t.Helper()
				node.end()
				time.Sleep(3 * time.Second)
				node.start(t)
			}
		},
	}
	var faults []func(*testing.T)
	for i := range 4 {
		faults = append(faults, kinds[(int(c.seed)+i)%len(kinds)]())
	}
	return faults
}

// judge reads the origin's meter and the run's evidence.
func (c *chaos) judge(t *testing.T) chaosResult {
	t.Helper()
	var r chaosResult
	starts := c.origin.Starts()
	for i := chaosRPS; i < len(starts); i++ {
		if starts[i].Sub(starts[i-chaosRPS]) >= time.Second {
			continue
		}
		if c.thawedAt(starts[i]) {
			r.frozen++
		} else {
			r.over++
		}
	}
	r.worst = c.origin.PeakStarts(time.Second)
	r.inFlightOver = max(0, c.origin.MaxInFlight()-chaosInFlight)
	found, err := filepath.Glob(filepath.Join(c.dir, "readiness", "chaos", "2*"))
	require.NoError(t, err)
	require.Len(t, found, 1)
	r.lost, r.doubled = cellsOf(t, found[0])
	assert.Equal(t, report.Ready, readReport(t, found[0]).Verdict)
	return r
}

// thawedAt reports whether a process that was frozen had just gone on.
func (c *chaos) thawedAt(at time.Time) bool {
	c.mu.Lock()
	defer c.mu.Unlock()
	for _, thawed := range c.thawed {
		if d := at.Sub(thawed); d > -100*time.Millisecond && d < time.Second {
			return true
		}
	}
	return false
}

// cellsOf counts the cells of a run without their observation in a pass that each must have, and
// the tasks with more than one.
func cellsOf(t *testing.T, folder string) (lost, doubled int) {
	t.Helper()
	file, err := os.Open(filepath.Join(folder, manifestFile))
	require.NoError(t, err)
	defer file.Close()
	m, err := crawl.ReadManifest(file)
	require.NoError(t, err)
	tasks := map[string]int{}
	cells := map[string]bool{}
	for o, err := range regions.ReadObservations(filepath.Join(folder, observationsFile)) {
		require.NoError(t, err)
		tasks[o.Task]++
		cells[strings.Join([]string{o.URL, o.Variant, o.Vantage, string(o.Pass)}, " ")] = true
	}
	for _, n := range tasks {
		doubled += n - 1
	}
	for a := range m.All() {
		if a.ThirdParty {
			continue
		}
		for _, variant := range []string{"gzip", "identity"} {
			for _, region := range world.Regions() {
				for _, pass := range []edge.Pass{edge.Prime, edge.Verify} {
					if !cells[strings.Join([]string{a.URL, variant, region, string(pass)}, " ")] {
						lost++
					}
				}
			}
		}
	}
	return lost, doubled
}
