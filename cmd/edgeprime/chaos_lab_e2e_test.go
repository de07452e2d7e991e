//go:build e2e && unix

package main

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"syscall"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

// process is a program of the test that can be killed, frozen and started again.
type process struct {
	path   string
	args   []string
	prefix []string // of the command line
	dir    string
	said   *talk

	mu   sync.Mutex
	cmd  *exec.Cmd
	done chan int // its exit code, -1 when a signal ended it
}

// start starts the program, again when it has ended.
func (p *process) start(t *testing.T) {
	t.Helper()
	p.mu.Lock()
	defer p.mu.Unlock()
	line := slices.Concat(p.prefix, []string{p.path}, p.args)
	p.cmd = exec.CommandContext(t.Context(), line[0], line[1:]...)
	p.cmd.Dir, p.cmd.Stdout, p.cmd.Stderr = p.dir, p.said, p.said
	p.cmd.Env = append(os.Environ(), "TMPDIR="+t.TempDir())
	require.NoError(t, p.cmd.Start())
	cmd, done := p.cmd, make(chan int, 1)
	p.done = done
	go func() {
		_ = cmd.Wait()
		done <- cmd.ProcessState.ExitCode()
	}()
}

func (p *process) signal(s os.Signal) {
	p.mu.Lock()
	defer p.mu.Unlock()
	_ = p.cmd.Process.Signal(s) // it may have ended by itself
}

// end kills the program and waits for its end.
func (p *process) end() {
	p.signal(syscall.SIGKILL)
	p.wait()
}

func (p *process) wait() int {
	p.mu.Lock()
	done := p.done
	p.mu.Unlock()
	code := <-done
	done <- code
	return code
}

// goBinary builds a program.
func goBinary(t *testing.T, name, pkg string) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), name)
	out, err := exec.CommandContext(t.Context(), "go", "build", "-o", path, pkg).CombinedOutput()
	require.NoError(t, err, string(out))
	return path
}

// cluster is three nats-servers on loopback.
type cluster struct {
	nodes []*process
	addrs []string
}

// seat is where one of the servers runs.
type seat struct {
	client, route string   // ip:port
	prefix        []string // of its command line
}

// loopbackSeats are three seats here.
func loopbackSeats(t *testing.T) []seat {
	t.Helper()
	var seats []seat
	for range 3 {
		seats = append(seats, seat{client: fmt.Sprintf("127.0.0.1:%d", freePort(t)), route: fmt.Sprintf("127.0.0.1:%d", freePort(t))})
	}
	return seats
}

// newCluster prepares the servers.
func newCluster(t *testing.T, binary, accounts string, seats []seat) *cluster {
	t.Helper()
	c := &cluster{}
	var routes []string
	for _, s := range seats {
		routes = append(routes, "nats-route://"+s.route)
	}
	for i, s := range seats {
		c.addrs = append(c.addrs, s.client)
		dir := t.TempDir()
		config := fmt.Sprintf(`server_name: n%d
listen: %s
jetstream { store_dir: %q, sync_interval: always }
cluster { name: c, listen: %s, no_advertise: true, routes: [%s] }
system_account: SYS
include accounts.conf
`, i+1, s.client, dir, s.route, strings.Join(routes, ", "))
		require.NoError(t, os.WriteFile(filepath.Join(dir, "accounts.conf"), []byte(strings.TrimSuffix(accounts, "}\n")+"  SYS {}\n}\n"), 0o600))
		require.NoError(t, os.WriteFile(filepath.Join(dir, "nats.conf"), []byte(config), 0o600))
		c.nodes = append(c.nodes, &process{
			path: binary, args: []string{"-c", filepath.Join(dir, "nats.conf")}, prefix: s.prefix, dir: dir, said: &talk{},
		})
	}
	return c
}

func (c *cluster) start(t *testing.T) {
	t.Helper()
	for _, n := range c.nodes {
		n.start(t)
		t.Cleanup(n.end)
	}
	require.Eventually(t, func() bool {
		for _, n := range c.nodes {
			if strings.Contains(n.said.String(), "JetStream cluster new metadata leader") {
				return true
			}
		}
		return false
	}, 30*time.Second, 50*time.Millisecond, "the cluster has a leader")
}

// wire is a way for TCP that can be cut.
type wire struct {
	addr  string
	cut   atomic.Bool
	ends  []string
	delay time.Duration // each way
	next  atomic.Uint64

	mu    sync.Mutex
	conns map[net.Conn]struct{}
}

// newWire leads from an address of its own to whichever of the ends answers.
func newWire(t *testing.T, ends []string) *wire {
	t.Helper()
	return newLongWire(t, "127.0.0.1", 0, ends)
}

// newLongWire takes its time each way.
func newLongWire(t *testing.T, ip string, delay time.Duration, ends []string) *wire {
	t.Helper()
	l, err := (&net.ListenConfig{}).Listen(t.Context(), "tcp", net.JoinHostPort(ip, "0"))
	require.NoError(t, err)
	w := &wire{addr: l.Addr().String(), ends: ends, delay: delay, conns: map[net.Conn]struct{}{}}
	var wg sync.WaitGroup
	wg.Go(func() {
		for {
			conn, err := l.Accept()
			if err != nil {
				return
			}
			wg.Go(func() { w.carry(t.Context(), conn) })
		}
	})
	t.Cleanup(func() {
		_ = l.Close()
		w.sever()
		wg.Wait()
	})
	return w
}

// carry passes bytes both ways until one end goes or the wire is cut.
func (w *wire) carry(ctx context.Context, from net.Conn) {
	defer func() { _ = from.Close() }()
	if w.cut.Load() {
		return
	}
	var to net.Conn
	var err error
	for range w.ends {
		end := w.ends[w.next.Add(1)%uint64(len(w.ends))]
		if to, err = (&net.Dialer{Timeout: time.Second}).DialContext(ctx, "tcp", end); err == nil {
			break
		}
	}
	if err != nil {
		return
	}
	defer func() { _ = to.Close() }()
	w.mu.Lock()
	w.conns[from], w.conns[to] = struct{}{}, struct{}{}
	w.mu.Unlock()
	go func() {
		w.pass(to, from)
		_ = to.Close()
		_ = from.Close()
	}()
	w.pass(from, to)
	w.mu.Lock()
	defer w.mu.Unlock()
	delete(w.conns, from)
	delete(w.conns, to)
}

// pass copies bytes, each after the wire's delay, until an end goes.
func (w *wire) pass(to io.Writer, from io.Reader) {
	type piece struct {
		data []byte
		due  time.Time
	}
	pieces := make(chan piece, 1<<12)
	done := make(chan struct{})
	go func() {
		defer close(done)
		for p := range pieces {
			time.Sleep(time.Until(p.due))
			if _, err := to.Write(p.data); err != nil {
				return
			}
		}
	}()
	for {
		buf := make([]byte, 32<<10)
		n, err := from.Read(buf)
		if n > 0 {
			select {
			case pieces <- piece{buf[:n], time.Now().Add(w.delay)}:
			case <-done:
				err = io.ErrClosedPipe
			}
		}
		if err != nil {
			break
		}
	}
	close(pieces)
	<-done
}

func (w *wire) sever() {
	w.mu.Lock()
	defer w.mu.Unlock()
	for c := range w.conns {
		_ = c.Close()
	}
}

// partition cuts the wire for some time: what stands breaks, and nothing new comes through.
func (w *wire) partition(d time.Duration) {
	w.cut.Store(true)
	w.sever()
	time.Sleep(d)
	w.cut.Store(false)
}

// edgeprimeOnce runs the program to its end.
func edgeprimeOnce(t *testing.T, binary, dir string, args ...string) string {
	t.Helper()
	cmd := exec.CommandContext(t.Context(), binary, args...)
	var out, said bytes.Buffer
	cmd.Dir, cmd.Stdout, cmd.Stderr = dir, &out, &said
	require.NoError(t, cmd.Run(), "%v: %s", args, &said)
	return out.String()
}
