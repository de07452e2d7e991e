package crawl

import (
	"context"
	"errors"
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

func TestMemoAsksOnce(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var asked atomic.Int32
		m := newMemo(func(context.Context, Asset) (Response, error) {
			asked.Add(1)
			time.Sleep(time.Second)
			return Response{Status: 200, Body: []byte("x")}, nil
		}, memoBytes)
		var group sync.WaitGroup
		for range 8 {
			group.Go(func() {
				r, err := m.fetch(t.Context(), Asset{URL: "https://a.example/"})
				assert.NoError(t, err)
				assert.Equal(t, "x", string(r.Body))
			})
		}
		group.Wait()
		assert.EqualValues(t, 1, asked.Load())

		ask := func(a Asset) { _, err := m.fetch(t.Context(), a); require.NoError(t, err) }
		ask(Asset{URL: "https://a.example/", Mode: CORS, Initiator: "https://a.example"})
		assert.EqualValues(t, 1, asked.Load(), "a cors request to its own origin is the same question")
		ask(Asset{URL: "https://a.example/", Mode: CORS, Initiator: "https://b.example"})
		assert.EqualValues(t, 2, asked.Load(), "who asks may change the answer")
	})
}

func TestMemoForgetsWhatIsNotWanted(t *testing.T) {
	asked := map[string]int{}
	m := newMemo(func(_ context.Context, a Asset) (Response, error) {
		asked[a.URL]++
		return Response{Status: 200, Body: make([]byte, 10<<10)}, nil
	}, 35<<10)
	for _, path := range []string{"1", "2", "3", "1", "4", "1", "2"} {
		_, err := m.fetch(t.Context(), Asset{URL: "https://a.example/" + path})
		require.NoError(t, err)
		assert.LessOrEqual(t, m.size, m.most)
	}
	assert.Equal(t, map[string]int{"https://a.example/1": 1, "https://a.example/2": 2, "https://a.example/3": 1, "https://a.example/4": 1}, asked)
}

func TestMemoKeepsNoError(t *testing.T) {
	asked := 0
	m := newMemo(func(context.Context, Asset) (Response, error) { asked++; return Response{}, errors.New("stop") }, memoBytes)
	for range 2 {
		_, err := m.fetch(t.Context(), Asset{URL: "https://a.example/"})
		require.EqualError(t, err, "stop")
	}
	assert.Equal(t, 2, asked)
	assert.Zero(t, m.size)
}

func TestMemoWaitsNoLongerThanItsContext(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		m := newMemo(func(context.Context, Asset) (Response, error) {
			time.Sleep(time.Hour)
			return Response{Status: 200}, nil
		}, memoBytes)
		go func() { _, _ = m.fetch(context.Background(), Asset{URL: "https://a.example/"}) }()
		synctest.Wait()
		ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
		defer cancel()
		_, err := m.fetch(ctx, Asset{URL: "https://a.example/"})
		assert.ErrorIs(t, err, context.DeadlineExceeded)
		time.Sleep(2 * time.Hour)
	})
}
