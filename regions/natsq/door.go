package natsq

import (
	"context"
	"crypto/tls"
	"encoding/json"
	"errors"
	"fmt"
	"sync/atomic"
	"time"

	"github.com/nats-io/nats.go"
	"github.com/nats-io/nats.go/jetstream"
	"github.com/nats-io/nkeys"

	"github.com/edgeprime/edgeprime/origin"
	"github.com/edgeprime/edgeprime/regions"
)

// askTimeout is how long a worker waits for a permit's answer: longer than a coordinator keeps the
// question.
const askTimeout = 4 * time.Second

// mostAsks is how many questions for permits of one region wait at once; what comes beyond is told to
// ask again. Honest workers have fewer slots.
const mostAsks = 4096

// ErrAway means that no coordinator answered.
var ErrAway = errors.New("natsq: no coordinator answers")

// ErrRefused means that the server does not know the worker's key.
var ErrRefused = errors.New("natsq: the worker's key is not known there")

// NewKey returns the seed and the public key of a new user.
func NewKey() (seed, public string, err error) {
	user, err := nkeys.CreateUser()
	if err != nil {
		return "", "", fmt.Errorf("natsq: new key: %w", err)
	}
	secret, err := user.Seed()
	if err != nil {
		return "", "", fmt.Errorf("natsq: new key: %w", err)
	}
	if public, err = user.PublicKey(); err != nil {
		return "", "", fmt.Errorf("natsq: new key: %w", err)
	}
	return string(secret), public, nil
}

// identify is a connection of the user whose key a seed makes.
func identify(seed []byte) (nats.Option, error) {
	user, err := nkeys.FromSeed(seed)
	if err != nil {
		return nil, err
	}
	key, err := user.PublicKey()
	if err != nil {
		return nil, err
	}
	return nats.Nkey(key, user.Sign), nil
}

// DoorConfig says where a worker elsewhere connects to, and as who.
type DoorConfig struct {
	Launch, Region string
	Worker         string // name, unique among workers
	URL            string
	Seed           []byte // nkey of the region's user
	TLS            *tls.Config
	// Changed hears of lost and regained connections, in words; nil for nobody.
	Changed func(string)
}

// Door is the way of a worker elsewhere to its region's work: it dials out and reconnects. It is
// an origin.Lender. Create one with Dial; it is safe for concurrent use.
type Door struct {
	names

	region string
	conn   *nats.Conn
	js     jetstream.JetStream
}

// Dial connects, and goes on trying when nobody is there yet.
func Dial(c DoorConfig) (*Door, error) {
	identity, err := identify(c.Seed)
	if err != nil {
		return nil, fmt.Errorf("natsq: the worker's seed: %w", err)
	}
	news := &news{tell: c.Changed}
	options := lasting([]nats.Option{
		nats.Name(c.Worker), identity, nats.CustomInboxPrefix(inboxPrefix(c.Region)),
		nats.RetryOnFailedConnect(true), nats.Timeout(requestTimeout),
		nats.ConnectHandler(func(conn *nats.Conn) { news.here("connected to " + conn.ConnectedUrlRedacted()) }),
		nats.ReconnectHandler(func(conn *nats.Conn) { news.here("connected again to " + conn.ConnectedUrlRedacted()) }),
		nats.DisconnectErrHandler(func(_ *nats.Conn, err error) { news.gone(err) }),
		nats.ReconnectErrHandler(func(_ *nats.Conn, err error) { news.gone(err) }),
	})
	if c.TLS != nil {
		options = append(options, nats.Secure(c.TLS))
	}
	d := &Door{names: names{c.Launch}, region: c.Region}
	if d.conn, err = nats.Connect(c.URL, options...); err != nil {
		return nil, fmt.Errorf("natsq: connect: %w", err)
	}
	if d.js, err = jetstream.NewWithAPIPrefix(d.conn, apiPrefix); err != nil {
		d.conn.Close()
		return nil, fmt.Errorf("natsq: connect: %w", err)
	}
	return d, nil
}

// news tells of a connection: that it is gone once, however often it is tried again.
type news struct {
	tell func(string)
	lost atomic.Bool
}

func (n *news) here(what string) {
	n.lost.Store(false)
	if n.tell != nil {
		n.tell(what)
	}
}

func (n *news) gone(err error) {
	if err != nil && !n.lost.Swap(true) && n.tell != nil {
		n.tell("no connection (" + err.Error() + "): trying again until there is one")
	}
}

// Link returns the worker's end of its region's queues.
func (d *Door) Link() *Link { return newLink(d.names, d.region, d.js, 0) }

// Hello says hello to the coordinator. The error wraps ErrAway when nobody answers; it is ErrRefused when
// nobody ever will.
func (d *Door) Hello(ctx context.Context, h regions.Hello) (regions.Session, error) {
	var s regions.Session
	err := d.ask(ctx, requestTimeout, d.helloSubject(d.region), h, &s)
	return s, err
}

// Ask implements origin.Lender.
func (d *Door) Ask(ctx context.Context, a origin.Ask) (origin.Grant, error) {
	var g origin.Grant
	err := d.ask(ctx, askTimeout, d.askSubject(d.region), a, &g)
	return g, err
}

// Return implements origin.Lender.
func (d *Door) Return(r origin.Return) {
	data, err := json.Marshal(r)
	if err == nil {
		_ = d.conn.Publish(d.returnSubject(d.region), data) // what is lost is held to its deadline
	}
}

func (d *Door) ask(ctx context.Context, timeout time.Duration, subject string, question, answer any) error {
	data, err := json.Marshal(question)
	if err != nil {
		return fmt.Errorf("natsq: ask: %w", err)
	}
	ctx, cancel := context.WithTimeout(ctx, timeout)
	defer cancel()
	msg, err := d.conn.RequestWithContext(ctx, subject, data)
	if err != nil {
		if errors.Is(d.conn.LastError(), nats.ErrAuthorization) && d.conn.IsClosed() {
			return ErrRefused // the library tries no further
		}
		return fmt.Errorf("%w: %w", ErrAway, err)
	}
	if err := json.Unmarshal(msg.Data, answer); err != nil {
		return fmt.Errorf("natsq: answer of the coordinator: %w", err)
	}
	return nil
}

// Close ends the connection once what is on its way is sent.
func (d *Door) Close() {
	_ = d.conn.FlushTimeout(requestTimeout)
	d.conn.Close()
}

// Serve answers the workers of a region elsewhere, until stop is called: who says hello, and who
// asks for permits.
func (e *Engine) Serve(region string, hello func(regions.Hello) regions.Session, broker *origin.Broker) (stop func(), err error) {
	ctx, cancel := context.WithCancel(context.Background())
	var subs []*nats.Subscription
	waiting := make(chan struct{}, mostAsks)
	stop = func() {
		cancel()
		for _, s := range subs {
			_ = s.Unsubscribe()
		}
	}
	for subject, handle := range map[string]nats.MsgHandler{
		e.helloSubject(region): answers(hello),
		e.askSubject(region): func(msg *nats.Msg) {
			select {
			case waiting <- struct{}{}:
			default:
				answers(func(origin.Ask) origin.Grant { return origin.Grant{} })(msg)
				return
			}
			go func() {
				defer func() { <-waiting }()
				answers(func(a origin.Ask) origin.Grant { return broker.Ask(ctx, region, a) })(msg)
			}()
		},
		e.returnSubject(region): func(msg *nats.Msg) {
			var r origin.Return
			if json.Unmarshal(msg.Data, &r) == nil {
				broker.Return(region, r)
			}
		},
	} {
		sub, err := e.conn.Subscribe(subject, handle)
		if err != nil {
			stop()
			return nil, fmt.Errorf("natsq: serve %s: %w", region, err)
		}
		subs = append(subs, sub)
	}
	return stop, nil
}

// answers turns a function into a handler. What is no question gets no answer.
func answers[Q, A any](f func(Q) A) nats.MsgHandler {
	return func(msg *nats.Msg) {
		var q Q
		if json.Unmarshal(msg.Data, &q) != nil {
			return
		}
		if data, err := json.Marshal(f(q)); err == nil {
			_ = msg.Respond(data)
		}
	}
}
