package natsq

import (
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"log/slog"
	"math/rand/v2"
	"net"
	"os"
	"path/filepath"
	"strings"
	"time"

	"github.com/gofrs/flock"
	"github.com/nats-io/nats-server/v2/server"
	"github.com/nats-io/nats.go"
	"github.com/nats-io/nats.go/jetstream"
)

const (
	startTimeout   = 10 * time.Second
	requestTimeout = 5 * time.Second
	// maxMessage bounds one message: a chunk of observations, or the one observation that is larger.
	maxMessage = 1 << 20
)

// ErrBusy means that another process has the store open.
var ErrBusy = errors.New("natsq: the store is in use")

// ErrStart means that the server in the process does not start, such as when its port is taken.
var ErrStart = errors.New("the server does not start")

// Config says where the engine of a launch is. The zero values of Listen and External mean a server
// in the process that nobody else can reach.
type Config struct {
	Launch string
	// Dir is the folder of the server in the process; it is created.
	Dir string
	// Listen opens a port of the server in the process for workers elsewhere; nil for none.
	Listen *Listen
	// External is a server outside; nil for one in the process.
	External *External
	// Workers are the public nkeys of workers elsewhere, by region.
	Workers map[string][]string
	// Log hears what the server says of itself; nil for nobody.
	Log *slog.Logger
}

// Listen is a port for workers elsewhere. There is none without TLS.
type Listen struct {
	Host string
	Port int // -1 for any that is free
	TLS  *tls.Config
}

// External is a nats-server or cluster outside, with the accounts of Access.Config.
type External struct {
	URLs []string
	// Seed is the nkey seed of the coordinator's user.
	Seed []byte
	TLS  *tls.Config
	// Owner names the coordinator's place: this machine, and a folder that one process works on.
	Owner string
	// Replicas is how many servers keep each stream: 1, 3 or 5. Zero means 1.
	Replicas int
}

// Engine is a launch's server, or the way to it, with the coordinator's connection. Create one with
// Open; it is safe for concurrent use.
type Engine struct {
	names

	lock     *flock.Flock
	server   *server.Server
	conn     *nats.Conn
	js       jetstream.JetStream
	state    jetstream.KeyValue
	lead     *lead // nil with a server in the process
	replicas int
}

// Open starts the server in the process, or connects to the one outside. The error wraps ErrBusy
// when another process has the folder open.
func Open(ctx context.Context, c Config) (_ *Engine, err error) {
	e := &Engine{names: names{c.Launch}, replicas: 1}
	defer func() {
		if err != nil {
			err = errors.Join(fmt.Errorf("natsq: open: %w", err), e.Close())
		}
	}()
	options := []nats.Option{nats.Name("edgeprime coordinator"), nats.Timeout(requestTimeout)}
	url := ""
	if c.External == nil {
		options, err = e.serve(c, options)
	} else {
		url, options, err = e.outside(c.External, options)
	}
	if err != nil {
		return e, err
	}
	if e.conn, err = nats.Connect(url, lasting(options)...); err != nil {
		return e, err
	}
	if e.js, err = jetstream.New(e.conn); err != nil {
		return e, err
	}
	e.state, err = e.keyValue(ctx, jetstream.KeyValueConfig{Bucket: e.names.state()})
	if err == nil && c.External != nil {
		err = e.takeLead(ctx, c.External.Owner)
	}
	return e, err
}

// lasting makes a connection outlive its server.
func lasting(options []nats.Option) []nats.Option {
	return append(options,
		nats.MaxReconnects(-1), nats.CustomReconnectDelay(reconnectDelay),
		nats.PingInterval(2*time.Second), nats.MaxPingsOutstanding(2))
}

// reconnectDelay is how long a connection waits before it tries again: a moment after a restart, and
// never so long that a worker is missed.
func reconnectDelay(attempts int) time.Duration {
	const first, longest = 100 * time.Millisecond, 2 * time.Second
	d := min(first<<min(attempts, 10), longest)
	return d/2 + rand.N(d) //nolint:gosec // jitter is no secret
}

// serve starts the server in the process and returns how to reach it.
func (e *Engine) serve(c Config, options []nats.Option) ([]nats.Option, error) {
	if err := os.MkdirAll(c.Dir, 0o700); err != nil {
		return nil, err
	}
	lock := flock.New(filepath.Join(c.Dir, "LOCK")) // the server has no lock of its own
	switch locked, err := lock.TryLock(); {
	case err != nil:
		return nil, err
	case !locked:
		return nil, fmt.Errorf("%w: %s", ErrBusy, c.Dir)
	}
	e.lock = lock
	opts, err := serverOptions(c)
	if err != nil {
		return nil, err
	}
	seed, key, err := NewKey()
	if err != nil {
		return nil, err
	}
	identity, err := identify([]byte(seed))
	if err != nil {
		return nil, err
	}
	if err := opts.ProcessConfigString(Access{Coordinator: key, Workers: c.Workers}.Config(c.Launch)); err != nil {
		return nil, err
	}
	if e.server, err = server.NewServer(opts); err != nil {
		return nil, err
	}
	if err := start(e.server, c.Log); err != nil {
		return nil, err
	}
	return append(options, identity, nats.InProcessServer(e.server)), nil
}

// start starts a server and waits until it is ready, or says why it cannot be.
func start(s *server.Server, log *slog.Logger) error {
	l := logger{log, make(chan string, 1)}
	s.SetLoggerV2(l, false, false, false)
	s.Start()
	for until := time.Now().Add(startTimeout); !s.ReadyForConnections(20 * time.Millisecond); {
		select {
		case why := <-l.fatal:
			return fmt.Errorf("%w: %s", ErrStart, why)
		default:
		}
		if time.Now().After(until) {
			return fmt.Errorf("%w within %s", ErrStart, startTimeout)
		}
	}
	return nil
}

func serverOptions(c Config) (*server.Options, error) {
	opts := &server.Options{
		ServerName: "edgeprime-" + c.Launch, NoSigs: true, NoLog: c.Log == nil, DontListen: c.Listen == nil,
		JetStream: true, StoreDir: c.Dir, SyncAlways: true, MaxPayload: maxMessage,
	}
	if c.Listen == nil {
		return opts, nil
	}
	if c.Listen.TLS == nil || len(c.Workers) == 0 {
		return nil, errors.New("a port needs TLS and the credentials of workers")
	}
	opts.Host, opts.Port, opts.TLSConfig, opts.TLSTimeout = c.Listen.Host, c.Listen.Port, c.Listen.TLS, requestTimeout.Seconds()
	return opts, nil
}

// outside returns how to reach a server that is not ours.
func (e *Engine) outside(x *External, options []nats.Option) (string, []nats.Option, error) {
	e.replicas = max(1, x.Replicas)
	identity, err := identify(x.Seed)
	if err != nil {
		return "", nil, fmt.Errorf("the coordinator's seed: %w", err)
	}
	options = append(options, identity)
	if x.TLS != nil {
		options = append(options, nats.Secure(x.TLS))
	}
	return strings.Join(x.URLs, ","), options, nil
}

// Port returns the port for workers elsewhere, 0 without one.
func (e *Engine) Port() int {
	if e.server == nil {
		return 0
	}
	addr, ok := e.server.Addr().(*net.TCPAddr)
	if !ok {
		return 0
	}
	return addr.Port
}

// Close ends the connection, and the server in the process.
func (e *Engine) Close() error {
	if e.lead != nil {
		e.lead.give()
	}
	if e.conn != nil {
		e.conn.Close()
	}
	if e.server != nil {
		e.server.Shutdown()
		e.server.WaitForShutdown()
	}
	if e.lock != nil {
		return e.lock.Unlock()
	}
	return nil
}

// logger passes the server's words on, and holds the one that it would end the process with.
type logger struct {
	to    *slog.Logger
	fatal chan string
}

func (l logger) say(level slog.Level, format string, v ...any) {
	if l.to != nil {
		l.to.LogAttrs(context.Background(), level, "nats-server", slog.String("says", fmt.Sprintf(format, v...)))
	}
}

// Noticef implements server.Logger.
func (l logger) Noticef(format string, v ...any) { l.say(slog.LevelDebug, format, v...) }

// Warnf implements server.Logger.
func (l logger) Warnf(format string, v ...any) { l.say(slog.LevelDebug, format, v...) }

// Fatalf implements server.Logger. It does not end the process.
func (l logger) Fatalf(format string, v ...any) {
	select {
	case l.fatal <- fmt.Sprintf(format, v...):
	default:
	}
}

// Errorf implements server.Logger.
func (l logger) Errorf(format string, v ...any) { l.say(slog.LevelWarn, format, v...) }

// Debugf implements server.Logger.
func (l logger) Debugf(format string, v ...any) { l.say(slog.LevelDebug, format, v...) }

// Tracef implements server.Logger.
func (l logger) Tracef(format string, v ...any) { l.say(slog.LevelDebug, format, v...) }
