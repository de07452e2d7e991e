package main

import (
	"cmp"
	"context"
	"crypto/rand"
	"encoding/hex"
	"errors"
	"fmt"
	"math"
	"os"
	"reflect"
	"slices"
	"strings"
	"sync/atomic"

	"github.com/urfave/cli/v2"
	"golang.org/x/net/http/httpguts"
	"golang.org/x/sync/errgroup"
	"golang.org/x/time/rate"

	"github.com/edgeprime/edgeprime/edge"
	"github.com/edgeprime/edgeprime/origin"
	"github.com/edgeprime/edgeprime/regions"
	"github.com/edgeprime/edgeprime/regions/natsq"
)

// A worker's own caps, whatever a coordinator says.
const (
	workerRPS = 200
	workerGB  = 100
)

func workerCommand(e *env) *cli.Command {
	return &cli.Command{
		Name: "worker", ArgsUsage: " ",
		Usage: "work for a region of a launch on this machine",
		Description: "Dials out to the launch, or to its nats-servers, and asks the region's edges from here. It takes work of\n" +
			"its own region only, sends what it saw, and judges nothing. It stays when a launch ends, for the next.\n" +
			"An interrupt lets open requests finish; a second one does not.",
		Flags: []cli.Flag{
			&cli.StringFlag{Name: "region", Usage: "the `REGION` of this machine"},
			&cli.StringFlag{Name: "connect", Usage: "`URL` of the launch or of a nats-server, such as tls://launch.example.net:7422"},
			&cli.StringFlag{Name: "token", Usage: "the `FILE` that edgeprime worker token made [$EDGEPRIME_WORKER_TOKEN]"},
			&cli.StringFlag{Name: "name", Usage: "the worker's `NAME`; default: this machine's, and some letters"},
			&cli.IntFlag{Name: "slots", Value: mostSlots, Usage: "at most `N` requests open"},
			&cli.Float64Flag{Name: "max-rps", Value: workerRPS, Usage: "at most `N` requests a second from here, whatever the launch says"},
			&cli.Float64Flag{Name: "max-gb", Value: workerGB, Usage: "end after `N` GB of answers"},
			&cli.StringFlag{Name: "identify", Usage: "send a secret for bot protection, as `HEADER=${env:NAME}` or HEADER=${file:/path}"},
			&cli.StringSliceFlag{Name: "allow-address", Usage: "private `IP:PORT` that may be dialled; may stand several times"},
		},
		Action: func(c *cli.Context) error {
			w, err := newWorker(e, c)
			if err != nil {
				return err
			}
			return w.run(c.Context)
		},
		Subcommands: []*cli.Command{workerTokenCommand(e), workerAccountsCommand(e)},
	}
}

// worker is this machine's work for one region.
type worker struct {
	e        *env
	name     string
	token    *workerToken
	url      string
	slots    int
	guard    *edge.AddressGuard
	identity string // the header that carries secret; empty for none
	secret   edge.Secret
	limiter  *rate.Limiter
	bytes    atomic.Int64 // that are left
	door     *natsq.Door
}

// newWorker reads a worker's flags.
func newWorker(e *env, c *cli.Context) (*worker, error) {
	path := c.String("token")
	if path == "" {
		path = e.getenv("EDGEPRIME_WORKER_TOKEN")
	}
	if path == "" || c.String("connect") == "" {
		return nil, withHint(usageError("worker needs --connect and --token"),
			"edgeprime worker --region eu-west --connect tls://launch.example.net:7422 --token eu-west.token")
	}
	token, err := readToken(path)
	if err != nil {
		return nil, err
	}
	if region := c.String("region"); region != "" && region != token.Region {
		return nil, usageError("--region is %s, but the token is for %s", region, token.Region)
	}
	if c.Int("slots") < 1 || c.Float64("max-rps") <= 0 || c.Float64("max-gb") <= 0 {
		return nil, usageError("--slots, --max-rps and --max-gb must be above zero")
	}
	guard, err := edge.NewAddressGuard(c.StringSlice("allow-address"))
	if err != nil {
		return nil, usageError("--allow-address: %w", err)
	}
	w := &worker{
		e: e, name: c.String("name"), token: token, url: c.String("connect"), slots: min(c.Int("slots"), mostSlots), guard: guard,
		limiter: rate.NewLimiter(rate.Limit(c.Float64("max-rps")), 1),
	}
	if text := c.String("identify"); text != "" {
		name, ref, _ := strings.Cut(text, "=")
		if w.secret, err = resolve(ref, ".", e.getenv); err != nil || !httpguts.ValidHeaderFieldName(name) || privateHeader(name) {
			return nil, withHint(usageError("--identify: %w", cmp.Or(err, errors.New("this header cannot be set"))), "write --identify 'X-Edgeprime-Key=${env:EDGEPRIME_KEY}'")
		}
		w.identity = name
	}
	w.bytes.Store(int64(math.Min(c.Float64("max-gb")*1e9, math.MaxInt64/2)))
	if w.name == "" {
		w.name = workerName()
	}
	return w, nil
}

// workerName is this machine's name with some letters, so that two workers on it differ.
func workerName() string {
	host, err := os.Hostname()
	if err != nil {
		host = "worker"
	}
	var random [3]byte
	_, _ = rand.Read(random[:]) // never fails
	return host + "-" + hex.EncodeToString(random[:])
}

// run works for one launch after another until the context ends.
func (w *worker) run(ctx context.Context) error {
	config := natsq.DoorConfig{
		Launch: w.token.Launch, Region: w.token.Region, Worker: w.name, URL: w.url, Seed: []byte(w.token.Seed),
		Changed: func(what string) { w.e.tell("%s", what) },
	}
	if w.token.CA != "" {
		name := ""
		if w.token.Pinned {
			name = pinnedName
		}
		var err error
		if config.TLS, err = trusting([]byte(w.token.CA), name); err != nil {
			return credentials("token: %w", err)
		}
	}
	door, err := natsq.Dial(config)
	if err != nil {
		return err
	}
	defer door.Close()
	w.door = door
	w.e.tell("worker %s of region %s, launch %s", w.name, w.token.Region, w.token.Launch)
	for {
		s, err := w.await(ctx, func(s regions.Session) bool { return s.Run != "" })
		if err == nil {
			err = w.session(ctx, s)
		}
		if ctx.Err() != nil {
			w.e.tell("worker %s: done", w.name)
			return &exitError{exitReady, errDone} // its end is no interruption of a launch
		}
		if err != nil {
			return err
		}
	}
}

// await says hello until the answer is what is waited for.
func (w *worker) await(ctx context.Context, enough func(regions.Session) bool) (regions.Session, error) {
	for {
		s, err := w.door.Hello(ctx, regions.Hello{
			Protocol: regions.Protocol, Tool: toolVersion(), Worker: w.name,
		})
		switch {
		case ctx.Err() != nil:
			return s, context.Cause(ctx)
		case errors.Is(err, natsq.ErrRefused):
			return s, withHint(credentials("the token of region %s is not known there: it was revoked, or is newer than the launch", w.token.Region),
				"begin the launch again after edgeprime worker token, or make a new token: edgeprime worker token --region %s", w.token.Region)
		case errors.Is(err, natsq.ErrAway): // it may come back, or the connection may
		case err != nil:
			return s, err
		case s.Protocol != regions.Protocol:
			return s, withHint(fmt.Errorf("the launch speaks protocol %d (edgeprime %s), this worker %d (edgeprime %s)",
				s.Protocol, s.Tool, regions.Protocol, toolVersion()), "run the same edgeprime on both machines")
		case enough(s):
			return s, nil
		}
		if !sleepFor(ctx, helloEvery) {
			return s, context.Cause(ctx)
		}
	}
}

// session works on one run until it ends or changes.
func (w *worker) session(ctx context.Context, s regions.Session) error {
	scope := s.Scope
	scope.Hosts = slices.DeleteFunc(slices.Clone(scope.Hosts), func(h string) bool { return !slices.Contains(w.token.Hosts, h) })
	if len(scope.Hosts) == 0 {
		return withHint(fmt.Errorf("the launch is about hosts that this worker's token does not name: %s", strings.Join(s.Scope.Hosts, ", ")),
			"make a new token: edgeprime worker token --region %s", w.token.Region)
	}
	w.e.tell("run %s: %s", s.Run, plural(len(s.Vantages), "vantage"))
	headers, mask := identified(s.Run, w.identity, w.secret)
	tw := &tower{
		ask: &ownRate{origin.NewRemote(w.door, w.name), w.limiter}, address: w.guard, resolver: &edge.Resolver{Guard: w.guard}, scope: scope,
		caps: edge.Caps{Total: s.Timeout}, header: headers, mask: mask,
		budget: origin.NewBudget(s.Requests), stations: map[string]*station{},
	}
	link := w.door.Link()
	group, groupCtx := errgroup.WithContext(ctx)
	for _, v := range s.Vantages {
		asker := tw.asker(tw.station(v))
		asker.Fetch = w.counted(asker.Fetch)
		worker := &regions.Worker{Vantage: v.Name, Source: link, Sink: link, Asker: asker, Slots: min(w.slots, s.Slots)}
		group.Go(func() error { return worker.Run(groupCtx) })
	}
	group.Go(func() error {
		defer link.Stop()
		_, err := w.await(groupCtx, func(now regions.Session) bool {
			return now.Run != s.Run || !reflect.DeepEqual(now.Vantages, s.Vantages)
		})
		return err
	})
	err := group.Wait()
	if errors.Is(err, origin.ErrDraining) || errors.Is(err, origin.ErrAborted) {
		w.e.tell("run %s: %s", s.Run, err)
		err = nil
		defer sleepFor(ctx, helloEvery) // the launch ends, or offers work that it lends no permits for
	}
	closing, cancel := context.WithTimeout(context.WithoutCancel(ctx), drainTime)
	defer cancel()
	return errors.Join(err, link.Close(closing), tw.Close())
}

// errSpent means that a worker has fetched as much as it may.
var errSpent = errors.New("this worker has fetched as much as --max-gb allows")

// counted is a Fetch that keeps the worker's own cap on bytes.
func (w *worker) counted(fetch regions.Fetch) regions.Fetch {
	return func(ctx context.Context, t regions.Task) (edge.Observation, error) {
		if w.bytes.Load() <= 0 {
			return edge.Observation{}, errSpent
		}
		o, err := fetch(ctx, t)
		w.bytes.Add(-o.WireBytes)
		return o, err
	}
}

// ownRate keeps the worker's own cap on requests, before the coordinator is asked.
type ownRate struct {
	permits origin.Permits
	limiter *rate.Limiter
}

// Acquire implements origin.Permits.
func (r *ownRate) Acquire(ctx context.Context, region string) (*origin.Permit, error) {
	if err := r.limiter.Wait(ctx); err != nil {
		return nil, err
	}
	return r.permits.Acquire(ctx, region)
}
