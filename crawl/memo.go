package crawl

import (
	"container/list"
	"context"
	"sync"
)

// memoBytes is how much a memo keeps: the pages, sheets and scripts of a launch, and the images of
// the pages that are rendered.
const memoBytes = 128 << 20

// memo gives the same answer to the same question, so that the origin is asked once for what both
// the crawl and a browser want. Beyond its size it forgets what was not wanted for longest.
type memo struct {
	ask  Fetch
	most int

	mu      sync.Mutex
	answers map[string]*list.Element // of *memoAnswer
	recent  list.List                // of *memoAnswer and nothing else, the latest first
	size    int
}

// memoAnswer is an answer, or one that is still awaited.
type memoAnswer struct {
	key   string
	ready chan struct{}
	resp  Response
	err   error
	size  int
}

func newMemo(ask Fetch, most int) *memo {
	return &memo{ask: ask, most: most, answers: map[string]*list.Element{}}
}

// fetch implements [Fetch].
func (m *memo) fetch(ctx context.Context, a Asset) (Response, error) {
	key := a.URL
	if a.Mode == CORS && a.Initiator != originOf(a.URL) {
		key += " " + a.Initiator // who asks may change the answer
	}
	m.mu.Lock()
	if at, ok := m.answers[key]; ok {
		m.recent.MoveToFront(at)
		m.mu.Unlock()
		return at.Value.(*memoAnswer).wait(ctx)
	}
	w := &memoAnswer{key: key, ready: make(chan struct{})}
	m.answers[key] = m.recent.PushFront(w)
	m.mu.Unlock()
	w.resp, w.err = m.ask(ctx, a)
	close(w.ready)
	m.keep(w)
	return w.resp, w.err
}

func (w *memoAnswer) wait(ctx context.Context) (Response, error) {
	select {
	case <-w.ready:
		return w.resp, w.err
	case <-ctx.Done():
		return Response{}, ctx.Err()
	}
}

// keep counts an answer and makes room for it. An error is not kept: it ends the crawl.
func (m *memo) keep(w *memoAnswer) {
	const overhead = 1 << 10 // header fields and the rest
	m.mu.Lock()
	defer m.mu.Unlock()
	w.size = len(w.resp.Body) + overhead
	m.size += w.size
	if w.err != nil {
		m.drop(m.answers[w.key])
	}
	for at := m.recent.Back(); at != nil && m.size > m.most; {
		earlier := at.Prev()
		if old := at.Value.(*memoAnswer); old.size > 0 { // what is awaited has no size
			m.drop(at)
		}
		at = earlier
	}
}

func (m *memo) drop(at *list.Element) {
	w := m.recent.Remove(at).(*memoAnswer)
	delete(m.answers, w.key)
	m.size -= w.size
}
