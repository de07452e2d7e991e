package main

import (
	"fmt"
	"io"
	"os"
	"sync"
	"time"

	"github.com/vbauerster/mpb/v8"
	"github.com/vbauerster/mpb/v8/decor"
	"golang.org/x/term"

	"github.com/edgeprime/edgeprime/edge"
)

// talkEvery is how often a run without a terminal says where it is.
const talkEvery = 10 * time.Second

// interactive reports whether a stream is a terminal that wants colour and bars.
func (e *env) interactive(stream io.Writer) bool {
	if p, ok := stream.(*pipe); ok {
		stream = p.w
	}
	file, ok := stream.(*os.File)
	if !ok || !term.IsTerminal(int(file.Fd())) {
		return false
	}
	return e.getenv("NO_COLOR") == "" && e.getenv("TERM") != "dumb" && e.getenv("CI") == ""
}

// progress shows how far one piece of work is: a bar on a terminal, else a plain line every ten
// seconds and one at the end. Safe for concurrent use.
type progress struct {
	e     *env
	what  string
	bars  *mpb.Progress // nil without a terminal
	bar   *mpb.Bar
	mu    sync.Mutex
	done  int
	total int
	told  time.Time
}

// progress begins a piece of work whose size is not known.
func (e *env) progress(what string) *progress {
	p := &progress{e: e, what: what, told: e.now()}
	if !e.quiet && e.interactive(e.stderr) {
		p.bars = mpb.New(mpb.WithOutput(e.stderr), mpb.WithWidth(40))
		p.bar = p.bars.AddBar(0,
			mpb.PrependDecorators(decor.Name(what+" ")),
			mpb.AppendDecorators(decor.CurrentNoUnit("%d"), decor.Any(p.of)))
	}
	return p
}

// of is what a bar shows behind its count.
func (*progress) of(s decor.Statistics) string {
	if s.Total <= s.Current && !s.Completed {
		return ""
	}
	return fmt.Sprintf(" of %d", s.Total)
}

// step says that n more are done, of a total that is not known.
func (p *progress) step(n int) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.show(p.done+n, 0)
}

// set says how many of a total are done; a total of 0 is unknown.
func (p *progress) set(done, total int) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.show(done, total)
}

// show does what set does. The caller holds p.mu.
func (p *progress) show(done, total int) {
	p.done, p.total = max(p.done, done), total
	switch {
	case p.bar != nil:
		p.bar.SetTotal(int64(max(total, p.done+1)), false)
		p.bar.SetCurrent(int64(p.done))
	case p.e.now().Sub(p.told) >= talkEvery:
		p.told = p.e.now()
		p.tell()
	}
}

func (p *progress) tell() {
	if p.total > 0 {
		p.e.tell("%s: %d of %d", p.what, p.done, p.total)
		return
	}
	p.e.tell("%s: %d", p.what, p.done)
}

// end says how the work ended.
func (p *progress) end() {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.bars == nil {
		p.tell()
		return
	}
	p.bar.SetTotal(int64(p.done), true)
	p.bars.Wait()
}

// rounds shows a run's passes one after another.
type rounds struct {
	e       *env
	mu      sync.Mutex
	name    string
	current *progress
}

func (e *env) rounds() *rounds { return &rounds{e: e} }

// show implements regions.Progress.
func (r *rounds) show(stage string, pass edge.Pass, done, total int) {
	r.mu.Lock()
	defer r.mu.Unlock()
	name := string(pass)
	if stage != name {
		name = fmt.Sprintf("%s %s", pass, stage)
	}
	if r.name != name {
		r.endCurrent()
		r.name, r.current = name, r.e.progress(name)
	}
	r.current.set(done, total)
}

func (r *rounds) endCurrent() {
	if r.current != nil {
		r.current.end()
	}
}

func (r *rounds) end() {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.endCurrent()
}
