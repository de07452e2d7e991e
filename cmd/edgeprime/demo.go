package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"text/template"
	"time"

	"github.com/urfave/cli/v2"

	"github.com/edgeprime/edgeprime/fixtures/world"
)

// demoDelay is how long the demo's origin works on each answer.
const demoDelay = 40 * time.Millisecond

// demoLaunch is the launch file of the demo's world.
const demoLaunch = `# The launch file of the demo: a site behind a shield and three regional edges, all on loopback.
name: demo
owner: release team
on_call: "@edge-on-call"
approver: head of web
launch:
  at: "{{.At}}"
  warm_window: 6h
entries: ["http://{{.Host}}/spring-sale?utm_source=mail"]
pages: ["http://{{.Host}}/"]
sitemaps: ["http://{{.Host}}/sitemap.xml"]
stages:
  shield: {name: shield, address: "{{.Shield}}"}
  canary: us-east
regions:
{{- range .Regions}}
  - name: {{.Name}}
    vantages: [{address: "{{.Address}}", pop: "{{.PoP}}"}]
{{- end}}
origin: {max_rps: 40, max_in_flight: 6}
allow_addresses: [{{.Allow}}]
report: {dir: "{{.Dir}}"}
`

func demoCommand(e *env) *cli.Command {
	return &cli.Command{
		Name:  "demo",
		Usage: "the whole way on loopback, with nothing to install",
		Description: "Starts a launch site, an origin with a load meter, a shield and three regional edges on 127.0.0.x,\n" +
			"and launches. With --fault, one thing is broken:\n" + faultList(),
		Flags: []cli.Flag{
			&cli.StringFlag{Name: "fault", Usage: "break one thing, by `NAME`"},
			&cli.StringFlag{Name: "report-dir", Value: "readiness", Usage: "the `FOLDER` that runs are kept in"},
			formatFlag(),
		},
		Action: e.demo,
	}
}

func faultList() string {
	var b strings.Builder
	for _, f := range world.Faults() {
		fmt.Fprintf(&b, "  %-14s %s\n", f.Name, f.Story)
	}
	return strings.TrimRight(b.String(), "\n")
}

func (e *env) demo(c *cli.Context) (err error) {
	if fault := c.String("fault"); fault != "" &&
		!slices.ContainsFunc(world.Faults(), func(f world.Fault) bool { return f.Name == fault }) {
		return withHint(usageError("there is no fault %q", fault), "edgeprime demo --help lists them")
	}
	w, err := world.Start(c.Context, world.Options{Fault: c.String("fault"), Delay: demoDelay})
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, w.Close()) }()
	path, err := writeDemoFile(w, c.String("report-dir"), e.now())
	if err != nil {
		return err
	}
	e.tell("launch file: %s", path)
	l, err := loadLaunch(e, path, nil)
	if err != nil {
		return err
	}
	err = e.inRun(c.Context, l, "", true, func(ctx context.Context, r *launchRun) error {
		return r.wholeWay(ctx, c.String("format"))
	})
	e.tell("origin's own meter: %d requests, densest second %d, most in flight %d",
		w.Origin.Count(), w.Origin.PeakStarts(time.Second), w.Origin.MaxInFlight())
	return err
}

// demoFile is the launch file of a running world.
func demoFile(w *world.World, dir string, now time.Time) (string, error) {
	type region struct{ Name, Address, PoP string }
	var list []region
	for _, name := range world.Regions() {
		list = append(list, region{name, w.Edges[name].Addr(), w.PoP(name)})
	}
	var out strings.Builder
	err := template.Must(template.New("demo").Parse(demoLaunch)).Execute(&out, map[string]any{
		"At":   now.Add(2 * time.Hour).UTC().Format(time.RFC3339),
		"Host": w.Host, "Shield": w.Shield.Addr(), "Regions": list, "Dir": dir,
		"Allow": `"` + strings.Join(w.Addrs(), `", "`) + `"`,
	})
	return out.String(), err
}

// writeDemoFile writes the launch file of a running world beside its runs, and returns its path.
func writeDemoFile(w *world.World, dir string, now time.Time) (string, error) {
	text, err := demoFile(w, dir, now)
	if err != nil {
		return "", fmt.Errorf("demo: %w", err)
	}
	path := filepath.Join(dir, "demo", "edgeprime.yaml")
	if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
		return "", fmt.Errorf("demo: %w", err)
	}
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		return "", fmt.Errorf("demo: %w", err)
	}
	return path, nil
}
