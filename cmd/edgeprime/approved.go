package main

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"reflect"

	"github.com/google/renameio/v2"

	"github.com/edgeprime/edgeprime/crawl"
	"github.com/edgeprime/edgeprime/regions"
)

// approved is a plan that somebody has agreed to, with the manifest that it is for.
type approved struct {
	path     string
	plan     *regions.Plan
	manifest *crawl.Manifest

	planFile, manifestFile []byte
}

// readApproved reads an approved plan and checks that it is for this launch, before anything begins.
func readApproved(l *launch, path string) (*approved, error) {
	a := &approved{path: path}
	for name, into := range map[string]*[]byte{path: &a.planFile, manifestBeside(path): &a.manifestFile} {
		data, err := os.ReadFile(name)
		if err != nil {
			return nil, withHint(usageError("approved plan: %w", err), "edgeprime plan -o %s writes the plan and its manifest", path)
		}
		*into = data
	}
	again := func(err error) error { return withHint(err, "plan again: edgeprime plan -o %s", path) }
	a.plan = &regions.Plan{}
	if err := json.Unmarshal(a.planFile, a.plan); err != nil {
		return nil, again(usageError("%s is no plan: %w", path, err))
	}
	var err error
	if a.manifest, err = crawl.ReadManifest(bytes.NewReader(a.manifestFile)); err != nil {
		return nil, again(usageError("%s: %w", manifestBeside(path), err))
	}
	in := planInput(l, l.placesIn(a.plan), a.manifest)
	in.Detached = a.plan.Detached
	want, err := regions.NewPlan(in)
	if err != nil {
		return nil, usageError("%w", err)
	}
	if !reflect.DeepEqual(want, a.plan) {
		return nil, withHint(usageError("%s is not what %s plans for this manifest now: launch, limits, stages, vantages or variants differ", path, l.Path),
			"undo the change, or have a new plan approved: edgeprime plan -o %s", path)
	}
	return a, nil
}

// adopt copies an approved plan and its manifest into the run, so that nothing is discovered anew.
func (r *launchRun) adopt(ctx context.Context, a *approved) error {
	for name, data := range map[string][]byte{manifestFile: a.manifestFile, planFile: a.planFile} {
		target := filepath.Join(r.dir, name)
		if _, err := os.Stat(target); err == nil {
			return usageError("run %s has a %s already; --plan begins a new run", r.ID, name)
		}
		if err := renameio.WriteFile(target, data, 0o600); err != nil {
			return fmt.Errorf("approved plan: %w", err)
		}
	}
	r.Approved, r.Places = true, r.launch.placesIn(a.plan)
	return r.state.keep(ctx, r.beginning)
}
