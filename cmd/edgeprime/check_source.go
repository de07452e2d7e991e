package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"math"
	"net/url"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/urfave/cli/v2"

	"github.com/edgeprime/edgeprime/report/check"
)

// source reads what is to be checked: one of URLs, a manifest, recorded headers, a launch file.
func (k *checking) source(c *cli.Context, args []string) error {
	if err := k.probing(c); err != nil {
		return err
	}
	headers := c.String("headers-from")
	format := inputFormat(c.String("input-format"))
	file := launchArgument(args)
	var named []string
	for what, given := range map[string]bool{
		"--headers-from": headers != "", "--manifest": c.String("manifest") != "", "a launch file": file != "",
		"URLs": len(args) > 0 && file == "" || c.String("urls-from") != "",
	} {
		if given {
			named = append(named, what)
		}
	}
	slices.Sort(named)
	switch {
	case format != "" && !slices.Contains(inputFormats(), string(format)):
		return withHint(usageError("there is no input format %q; %s", format, near(string(format), inputFormats())), "edgeprime check --help")
	case headers == "" && format != "":
		return withHint(usageError("--input-format is about --headers-from, which is not given"), "edgeprime check --help")
	case len(named) > 1:
		return withHint(usageError("%s are %d things to check", strings.Join(named, " and "), len(named)), "name one of them")
	case headers != "":
		k.head.Source = headers
		k.inputs = func(context.Context) (recordings, error) { return k.recorded(headers, format) }
		return nil
	}
	return k.live(c, args, file)
}

// launchArgument is the launch file among the arguments, "" when they are URLs.
func launchArgument(args []string) string {
	if len(args) != 1 || strings.Contains(args[0], "://") {
		return ""
	}
	if ext := filepath.Ext(args[0]); ext == ".yaml" || ext == ".yml" {
		return args[0]
	}
	if info, err := os.Stat(args[0]); err == nil && info.Mode().IsRegular() {
		return args[0]
	}
	return ""
}

// live reads what is to be asked for.
func (k *checking) live(c *cli.Context, args []string, file string) error {
	l, targets, err := k.targets(c, args, file)
	if err != nil {
		return err
	}
	if len(targets) == 0 {
		return withHint(usageError("there is nothing to check"), "name URLs, a launch file, --manifest FILE or --headers-from FILE")
	}
	if l == nil {
		if l, err = k.launchFor(c, targets); err != nil {
			return err
		}
	}
	if k.head.Source == "" {
		k.head.Source = plural(len(targets), "URL")
	}
	k.compares = k.probes > 0 && len(l.vantages()) > 1
	k.inputs = func(ctx context.Context) (recordings, error) { return k.fetched(ctx, l, targets), nil }
	return nil
}

// targets returns what is to be asked for, and the launch that a file describes.
func (k *checking) targets(c *cli.Context, args []string, file string) (*launch, []target, error) {
	if path := c.String("manifest"); path != "" {
		k.head.Source = path
		f, err := openInput(k.e, "--manifest", path)
		if err != nil {
			return nil, nil, err
		}
		targets, err := manifestTargets(f, inputName(path))
		return nil, targets, errors.Join(err, f.Close())
	}
	if len(args) > 0 && file == "" || c.String("urls-from") != "" {
		targets, err := k.urlTargets(c, args)
		return nil, targets, err
	}
	if k.launch == nil {
		if err := k.configure(c, defaultLaunchFile()); err != nil || k.launch == nil {
			return nil, nil, err
		}
	}
	k.head.Source = k.launch.Path
	targets, err := k.launch.declaredTargets()
	return k.launch, targets, errors.Join(err, k.launch.asAdHoc())
}

// defaultLaunchFile is the launch file in the current folder, "" when there is none.
func defaultLaunchFile() string {
	for _, name := range launchNames() {
		if _, err := os.Stat(name); err == nil {
			return name
		}
	}
	return ""
}

func (k *checking) urlTargets(c *cli.Context, args []string) ([]target, error) {
	urls := slices.Clone(args)
	places := make([]check.Place, len(args))
	if path := c.String("urls-from"); path != "" {
		f, err := openInput(k.e, "--urls-from", path)
		if err != nil {
			return nil, err
		}
		more, at, err := urlLines(f, inputName(path))
		if err := errors.Join(err, f.Close()); err != nil {
			return nil, err
		}
		urls, places = append(urls, more...), slices.Concat(places, at)
	}
	return targetsOf(urls, func(i int) check.Place { return places[i] })
}

// launchFor returns the launch under which targets are asked for: that of --config, else one that is
// made of them, as discover does of its flags. Their hosts are in its scope.
func (k *checking) launchFor(c *cli.Context, targets []target) (*launch, error) {
	e := k.e
	if k.launch != nil {
		var hosts []string
		for _, page := range hostPages(targets) {
			u, _ := url.Parse(page)
			hosts = append(hosts, u.Host)
		}
		return k.launch, errors.Join(k.launch.widen(hosts), k.launch.asAdHoc())
	}
	skeleton := fmt.Sprintf("name: ad-hoc\nlaunch: {at: %q}\n", e.now().Add(time.Hour).UTC().Format(time.RFC3339))
	over := append(launchOverrides(e, c), checkOverrides(c)...)
	for _, page := range hostPages(targets) {
		over = append(over, override{path: path("pages"), value: page, source: adHocPath, more: true})
	}
	l, err := parseLaunch(e, adHocPath, []byte(skeleton), slices.DeleteFunc(over, func(o override) bool { return o.path.within(path("report")) }))
	if err != nil {
		return nil, err
	}
	return l, l.asAdHoc()
}

// checkOverrides are the flags of check as values over the launch file's.
func checkOverrides(c *cli.Context) overrides {
	var over overrides
	for _, address := range c.StringSlice("allow-address") {
		over = append(over, override{path: path("allow_addresses"), value: address, source: "flag --allow-address", more: true})
	}
	return over
}

// probing reads how much more is to be asked for.
func (k *checking) probing(c *cli.Context) error {
	k.originAddress = c.String("origin-address")
	switch text := c.String("probes"); text {
	case "all":
		k.probes = math.MaxInt32
	default:
		n, err := strconv.Atoi(text)
		if err != nil || n < 0 {
			return withHint(usageError("--probes %q is no number", text), "write a number, or all")
		}
		k.probes = n
	}
	return nil
}

// recorded reads a file of recorded headers.
func (k *checking) recorded(path string, format inputFormat) (recordings, error) {
	f, err := openInput(k.e, "--headers-from", path)
	if err != nil {
		return nil, err
	}
	return func(yield func(recording, error) bool) {
		defer func() { _ = f.Close() }() // it was read only
		for r, err := range readRecordings(f, inputName(path), format, k.e.now().UTC().Truncate(time.Millisecond)) {
			if !yield(r, err) {
				return
			}
		}
	}, nil
}

// openInput opens a file that a flag names, or standard input.
func openInput(e *env, flag, path string) (io.ReadCloser, error) {
	if path == "-" {
		return io.NopCloser(e.stdin), nil
	}
	const hint = "name a file, or - for standard input"
	if info, err := os.Stat(path); err == nil && info.IsDir() {
		return nil, withHint(usageError("%s: %s is a folder", flag, path), hint)
	}
	f, err := os.Open(path)
	if err != nil {
		return nil, withHint(usageError("%s: %w", flag, err), hint)
	}
	return f, nil
}

// inputName is what messages call an input.
func inputName(path string) string {
	if path == "-" {
		return "stdin"
	}
	return path
}
