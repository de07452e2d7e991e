package main

import (
	"cmp"
	"errors"
	"io/fs"
	"maps"
	"os"
	"slices"
	"strings"
	"time"

	"github.com/urfave/cli/v2"

	"github.com/edgeprime/edgeprime/edge/lint"
	"github.com/edgeprime/edgeprime/edge/policy"
	"github.com/edgeprime/edgeprime/report/check"
)

// newChecking reads a command line of check. Every mistake on it is found before anything is asked.
func newChecking(e *env, c *cli.Context) (*checking, error) {
	args, err := positionals(c, e.argv)
	if err != nil {
		return nil, err
	}
	k := &checking{e: e, format: c.String("format"), output: c.String("output"), baseline: c.String("write-baseline"), exitCode: c.Int("exit-code")}
	if !slices.Contains(check.Formats(), k.format) {
		return nil, noFormat(k.format)
	}
	if k.reports, err = reportsOf(c.StringSlice("report")); err != nil {
		return nil, err
	}
	if err := k.configure(c, launchArgument(args)); err != nil {
		return nil, err
	}
	if err := k.source(c, args); err != nil {
		return nil, err
	}
	k.head = check.Head{Tool: toolVersion(), Started: e.now().UTC(), Source: k.head.Source, Profile: k.judge.profile, Preset: k.judge.rules.Config().Preset}
	if k.judge.when.given() && (c.String("headers-from") == "" || k.judge.when.absolute()) {
		w, _ := k.judge.when.window(e.now())
		k.head.LaunchAt, k.head.PrimedAt, k.head.WarmUntil = w.LaunchAt, w.PrimeAt, w.WarmUntil
	}
	return k, k.accepted(c)
}

// configure reads the launch file when one is named, and what flags put over it.
func (k *checking) configure(c *cli.Context, file string) error {
	named := cmp.Or(file, c.String("config"))
	var base launchFile
	var zone *time.Location
	if named != "" {
		l, err := loadLaunch(k.e, named, append(launchOverrides(k.e, c), checkOverrides(c)...))
		if err != nil {
			return err
		}
		for _, note := range l.Notes {
			k.e.tell("note: %s", note)
		}
		k.launch, base, zone = l, l.File, l.At.Location()
	}
	if err := k.rules(c, base); err != nil {
		return err
	}
	var err error
	k.judge.when, err = launchWhenOf(c, zone)
	if err == nil && k.launch != nil {
		k.judge.when = k.judge.when.orThatOf(k.launch)
	}
	return err
}

// rules reads which rules apply, and for which cache.
func (k *checking) rules(c *cli.Context, base launchFile) error {
	levels, err := levelsOf(c.StringSlice("rule"))
	if err != nil {
		return err
	}
	profile := cmp.Or(c.String("profile"), base.CDN.Profile)
	if profile == policy.RFC9111().Name && !c.IsSet("profile") {
		profile = "" // the default: each answer tells
	}
	p, err := profileNamed(cmp.Or(profile, policy.RFC9111().Name))
	if err != nil {
		return err
	}
	for _, name := range c.StringSlice("compare") {
		other, err := profileNamed(name)
		if err != nil {
			return err
		}
		k.judge.others = append(k.judge.others, other)
	}
	config := base.Rules
	config.Preset = cmp.Or(lint.Preset(c.String("preset")), config.Preset)
	config.Levels = maps.Clone(config.Levels)
	for id, level := range levels {
		if config.Levels == nil {
			config.Levels = map[string]lint.Severity{}
		}
		config.Levels[id] = level
	}
	if k.judge.rules, err = lint.New(config, p); err != nil {
		return withHint(usageError("%s", strings.ReplaceAll(err.Error(), "lint: ", "")), "see: edgeprime explain, edgeprime check --help")
	}
	k.judge.profile, k.judge.settings = profile, base.CDN.Settings
	if text := c.String("edge-ttl"); text != "" {
		ttl, err := parseDistance(text)
		if err != nil {
			return usageError("--edge-ttl: %w", err)
		}
		k.judge.settings.EdgeTTL = &ttl
	}
	if err := p.Accepts(k.judge.settings); err != nil {
		return usageError("%w", err)
	}
	k.criteria.FailOn, err = check.ParseFailOn(cmp.Or(c.String("fail-on"), string(base.Criteria.FailOn)))
	if err != nil {
		return usageError("--fail-on: %w", err)
	}
	return nil
}

func profileNamed(name string) (policy.Profile, error) {
	p, ok := policy.Named(name)
	if !ok {
		return p, withHint(usageError("there is no profile %q; %s", name, near(name, policy.Names())), "edgeprime check --help")
	}
	return p, nil
}

// launchWhenOf reads the launch that freshness is judged through.
func launchWhenOf(c *cli.Context, zone *time.Location) (launchWhen, error) {
	var w launchWhen
	for _, flag := range []struct {
		name string
		into *when
	}{{"launch-at", &w.launch}, {"primed-at", &w.primed}} {
		if text := c.String(flag.name); text != "" {
			var err error
			if *flag.into, err = parseWhen(text, zone); err != nil {
				return w, usageError("--%s: %w", flag.name, err)
			}
		}
	}
	if text := c.String("warm-window"); text != "" {
		var err error
		if w.warm, err = parseDistance(text); err != nil {
			return w, usageError("--warm-window: %w", err)
		}
	}
	if !w.given() && zone == nil && (w.primed.given || w.warm > 0) {
		return w, withHint(usageError("--primed-at and --warm-window say nothing without the launch"), "add --launch-at TIME")
	}
	return w, nil
}

// accepted reads waivers and the baseline.
func (k *checking) accepted(c *cli.Context) error {
	k.criteria.Now, k.criteria.Strict = k.e.now(), c.Bool("strict-baseline")
	path := c.String("waivers")
	data, err := os.ReadFile(cmp.Or(path, check.WaiverFile))
	switch {
	case err == nil:
		if k.criteria.Waivers, err = check.ReadWaivers(cmp.Or(path, check.WaiverFile), data); err != nil {
			return usageError("%w", err)
		}
	case path != "" || !errors.Is(err, fs.ErrNotExist):
		return usageError("--waivers: %w", err)
	}
	path = c.String("baseline")
	if path == "" {
		if k.criteria.Strict {
			return withHint(usageError("--strict-baseline needs a baseline"), "add --baseline FILE")
		}
		return nil
	}
	f, err := os.Open(path)
	if err != nil {
		return withHint(usageError("--baseline: %w", err), "write one with: edgeprime check --write-baseline %s", path)
	}
	defer f.Close()
	if k.criteria.Baseline, err = check.ReadBaseline(f, k.head.Profile); err != nil {
		return usageError("%s: %w", path, err)
	}
	return nil
}
