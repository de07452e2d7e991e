package main

import (
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/edgeprime/edgeprime/crawl"
	"github.com/edgeprime/edgeprime/regions"
)

// A worker of another version gets no work, and both sides say which they speak; what a worker says of
// itself is told once, and clean.
func TestTheDeskAnswersWorkers(t *testing.T) {
	e, _, stderr := testEnv()
	d := &desk{run: &launchRun{e: e}, names: []string{"eu"}, heard: nil, known: map[string]map[string]bool{}, refused: map[string]int{}}
	s := d.hello("eu", regions.Hello{Protocol: 7, Tool: "v9", Worker: "w1"})
	assert.Equal(t, regions.Session{Protocol: regions.Protocol, Tool: toolVersion()}, s)
	assert.Contains(t, stderr.String(), "region eu: worker w1 speaks protocol 7 (edgeprime v9), this is 2 (edgeprime "+toolVersion()+"): it gets no work")
	stderr.Reset()
	d.hello("eu", regions.Hello{Protocol: 7, Tool: "v9", Worker: "w1"})
	assert.Empty(t, stderr.String())
	d.hello("eu", regions.Hello{Protocol: 8, Tool: "v9", Worker: "w\x1b[2J"})
	assert.NotContains(t, stderr.String(), "\x1b")
	require.Contains(t, stderr.String(), "protocol 8")

	stderr.Reset()
	for range 3 {
		d.refuse("eu", "an observation of another region")
	}
	assert.Equal(t, "region eu sent an observation of another region: refused\n", stderr.String())
	d.noteRefused()
	d.noteRefused()
	assert.Equal(t, []string{"region eu sent an observation of another region: refused 3 times"}, d.run.notes.all())
}

// A launch that lends no permits any more offers no work: a worker would take it, and give it back until
// it counts as given up.
func TestTheDeskOffersNoWorkWithoutPermits(t *testing.T) {
	l := newLab(t, "us", "eu")
	tw, r := labTower(t, l)
	m := crawl.NewManifest([]crawl.Asset{{URL: "http://www.example/", Kind: crawl.Document, Priority: crawl.Critical}})
	var err error
	r.plan, err = regions.NewPlan(planInput(r.launch, nil, m))
	require.NoError(t, err)
	d := &desk{run: r, names: []string{"eu"}, work: true, heard: map[string]time.Time{}, known: map[string]map[string]bool{}}
	s := d.hello("eu", regions.Hello{Protocol: regions.Protocol, Worker: "w1"})
	assert.Equal(t, "r1", s.Run)
	require.Len(t, s.Vantages, 1)
	assert.Equal(t, "eu", s.Vantages[0].Region)
	tw.permits.Drain()
	assert.Empty(t, d.hello("eu", regions.Hello{Protocol: regions.Protocol, Worker: "w1"}).Run)
}
