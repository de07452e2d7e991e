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
	path string
	args []string
	dir  string
	said *talk

	mu   sync.Mutex
	cmd  *exec.Cmd
	done chan int // its exit code, -1 when a signal ended it
}

// start starts the program, again when it has ended.
func (p *process) start(t *testing.T) {
	t.Helper()
	p.mu.Lock()
	defer p.mu.Unlock()
	p.cmd = exec.CommandContext(t.Context(), p.path, p.args...)
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

// newCluster prepares the servers; start starts them once the accounts are known.
func newCluster(t *testing.T, binary, accounts string) *cluster {
	t.Helper()
	c := &cluster{}
	var routes []string
	var ports []int
	for range 3 {
		ports = append(ports, freePort(t))
		routes = append(routes, fmt.Sprintf("nats-route://127.0.0.1:%d", ports[len(ports)-1]))
	}
	for i, route := range ports {
		client := freePort(t)
		c.addrs = append(c.addrs, fmt.Sprintf("127.0.0.1:%d", client))
		dir := t.TempDir()
		config := fmt.Sprintf(`server_name: n%d
listen: 127.0.0.1:%d
jetstream { store_dir: %q, sync_interval: always }
cluster { name: c, listen: 127.0.0.1:%d, no_advertise: true, routes: [%s] }
system_account: SYS
include accounts.conf
`, i+1, client, dir, route, strings.Join(routes, ", "))
		require.NoError(t, os.WriteFile(filepath.Join(dir, "accounts.conf"), []byte(strings.TrimSuffix(accounts, "}\n")+"  SYS {}\n}\n"), 0o600))
		require.NoError(t, os.WriteFile(filepath.Join(dir, "nats.conf"), []byte(config), 0o600))
		c.nodes = append(c.nodes, &process{path: binary, args: []string{"-c", filepath.Join(dir, "nats.conf")}, dir: dir, said: &talk{}})
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
	addr string
	cut  atomic.Bool
	ends []string
	next atomic.Uint64

	mu    sync.Mutex
	conns map[net.Conn]struct{}
}

// newWire leads from an address of its own to whichever of the ends answers.
func newWire(t *testing.T, ends []string) *wire {
	t.Helper()
	l, err := (&net.ListenConfig{}).Listen(t.Context(), "tcp", "127.0.0.1:0")
	require.NoError(t, err)
	w := &wire{addr: l.Addr().String(), ends: ends, conns: map[net.Conn]struct{}{}}
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
		_, _ = io.Copy(to, from)
		_ = to.Close()
		_ = from.Close()
	}()
	_, _ = io.Copy(from, to)
	w.mu.Lock()
	defer w.mu.Unlock()
	delete(w.conns, from)
	delete(w.conns, to)
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
