package main

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"github.com/urfave/cli/v2"

	"github.com/edgeprime/edgeprime/crawl"
)

// adHocPath is what messages call the launch that discover makes of its flags.
const adHocPath = "the command line"

// discoverFlags are those of discover alone.
func discoverFlags() []cli.Flag {
	return []cli.Flag{
		&cli.StringFlag{Name: "launch", Usage: "the launch `FILE`, like --config"},
		&cli.StringSliceFlag{Name: "page", Usage: "discover this page, `URL`; repeat for more"},
		&cli.StringSliceFlag{Name: "sitemap", Usage: "discover the pages of this sitemap, `URL`; repeat for more"},
		&cli.StringSliceFlag{Name: "scope-host", Usage: "`HOST` that may be fetched too, such as a CDN's; repeat for more"},
		&cli.StringSliceFlag{Name: "allow-address", Usage: "private or loopback `IP:PORT` that may be dialled all the same; repeat for more"},
		&cli.StringFlag{Name: "depth", Usage: "follow links, `N` one after another, as robots.txt allows"},
		&cli.StringFlag{Name: "format", Value: "text", Usage: "print as `FORMAT`: " + strings.Join(discoverFormats(), ", ")},
		&cli.StringFlag{Name: "explain", Usage: "say what is known of this `URL` instead"},
		outputFlag("result"),
	}
}

// discoverOverrides are the flags of discover as values over the launch file's.
func discoverOverrides(c *cli.Context) overrides {
	var over overrides
	for _, list := range []struct {
		flag string
		path keyPath
	}{
		{"page", path("pages")},
		{"sitemap", path("sitemaps")},
		{"allow-address", path("allow_addresses")},
	} {
		for _, value := range c.StringSlice(list.flag) {
			over = append(over, override{path: list.path, value: value, source: "flag --" + list.flag, more: true})
		}
	}
	if c.IsSet("depth") {
		over = append(over, override{path: path("discovery", "depth"), value: c.String("depth"), source: "flag --depth"})
	}
	return over
}

// discoverLaunch returns the launch that a command line of discover names, or the one that its
// flags make; adHoc tells which.
func discoverLaunch(e *env, c *cli.Context) (l *launch, adHoc bool, err error) {
	arg, err := e.oneArg(c)
	if err != nil {
		return nil, false, err
	}
	var named []string
	for _, file := range []string{arg, c.String("config"), c.String("launch")} {
		if file != "" {
			named = append(named, file)
		}
	}
	adHoc = len(named) == 0 && len(c.StringSlice("page"))+len(c.StringSlice("sitemap")) > 0
	switch {
	case len(named) > 1:
		return nil, false, usageError("the launch file is named more than once: %s", strings.Join(named, ", "))
	case adHoc && (c.IsSet("resume") || c.IsSet("report-dir")):
		return nil, true, withHint(usageError("without a launch file there is no run that is kept"), "name the launch file with --launch FILE, or leave out --resume and --report-dir")
	case adHoc:
		l, err = adHocLaunch(e, c)
	default:
		file := e.getenv("EDGEPRIME_CONFIG")
		if len(named) > 0 {
			file = named[0]
		}
		l, err = loadLaunch(e, file, append(launchOverrides(e, c), discoverOverrides(c)...))
	}
	if err != nil {
		return nil, adHoc, err
	}
	for _, note := range l.Notes {
		e.tell("note: %s", note)
	}
	return l, adHoc, l.widen(c.StringSlice("scope-host"))
}

// widen adds hosts to the launch's scope.
func (l *launch) widen(hosts []string) (err error) {
	if len(hosts) == 0 {
		return nil
	}
	if err := (crawl.Scope{Hosts: hosts}).Validate(); err != nil {
		return usageError("flag --scope-host: %s", strings.TrimPrefix(err.Error(), "crawl: scope: hosts: "))
	}
	l.File.Scope.Hosts = slices.Concat(l.CrawlConfig().EffectiveScope().Hosts, hosts)
	l.Digest, err = l.digest()
	return err
}

// adHocLaunch makes a launch of flags.
func adHocLaunch(e *env, c *cli.Context) (*launch, error) {
	skeleton := fmt.Sprintf("name: ad-hoc\nlaunch: {at: %q}\n", e.now().Add(time.Hour).UTC().Format(time.RFC3339))
	over := slices.DeleteFunc(launchOverrides(e, c), func(o override) bool { return o.path.within(path("report")) })
	l, err := parseLaunch(e, adHocPath, []byte(skeleton), append(over, discoverOverrides(c)...))
	if err != nil {
		return nil, err
	}
	return l, l.asAdHoc()
}

// asAdHoc makes the launch one that leaves no run behind. Its folder is named after its hosts: two
// at the same time would each spend the whole limit of their origin.
func (l *launch) asAdHoc() error {
	cache, err := os.UserCacheDir()
	if err != nil {
		return withHint(fmt.Errorf("there is no place to keep the origin's limit: %w", err), "set XDG_CACHE_HOME to a folder that can be written")
	}
	hosts := slices.Sorted(slices.Values(l.CrawlConfig().EffectiveScope().Hosts))
	sum := sha256.Sum256([]byte(strings.Join(hosts, "\n")))
	l.AdHoc = true
	l.File.Name = "ad-hoc-" + hex.EncodeToString(sum[:8])
	l.File.Report.Dir = filepath.Join(cache, "edgeprime")
	return nil
}

// inAdHocRun does work in a run that is thrown away afterwards. What stays in the cache folder is
// the lock and until when the origin is to be spared.
func (e *env) inAdHocRun(ctx context.Context, l *launch, work func(context.Context, *launchRun) error) error {
	return e.inRun(ctx, l, "", true, func(ctx context.Context, r *launchRun) error {
		defer r.sweep(context.WithoutCancel(ctx))
		return work(ctx, r)
	})
}

// sweep removes every run of the launch: its own, since it is the last to use it, and those of killed
// processes, which the lock says are nobody's.
func (r *launchRun) sweep(ctx context.Context) {
	runs, err := r.state.engine.Runs(ctx)
	if err != nil {
		return
	}
	for _, run := range runs {
		_ = r.state.engine.DeleteRun(ctx, run.ID)
		_ = os.RemoveAll(filepath.Join(filepath.Dir(r.dir), run.ID))
	}
}
