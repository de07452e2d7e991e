package render

import (
	"context"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// rested is how long a page takes until it is calm, after something has been done to it.
func rested(t *testing.T, page func(c *calm)) time.Duration {
	t.Helper()
	c, start := newCalm(), time.Now()
	ctx, cancel := context.WithTimeout(t.Context(), time.Hour)
	defer cancel()
	go page(c)
	require.NoError(t, c.wait(ctx, time.Second))
	return time.Since(start)
}

func TestCalm(t *testing.T) {
	for _, tt := range []struct {
		name        string
		page        func(c *calm)
		least, most time.Duration
	}{
		{"nothing but the document", func(c *calm) { c.load() }, time.Second, 1250 * time.Millisecond},
		{"a slow answer", func(c *calm) {
			c.begin("/a")
			c.load()
			time.Sleep(40 * time.Second)
			c.end("/a")
		}, 41 * time.Second, 41500 * time.Millisecond},
		{"one request after the other", func(c *calm) {
			c.load()
			for _, url := range []string{"/a", "/b", "/c?1", "/c?2"} {
				time.Sleep(900 * time.Millisecond)
				c.begin(url)
				c.end(url)
			}
		}, 4600 * time.Millisecond, 5 * time.Second},
		{"polling", func(c *calm) {
			c.load()
			for range 100 {
				time.Sleep(500 * time.Millisecond)
				c.begin("/poll?x")
				c.end("/poll?x")
			}
		}, 5 * time.Second, 7 * time.Second},
		{"a page that is given up", func(c *calm) { c.begin("/a"); time.Sleep(3 * time.Second); c.giveUp() }, 3 * time.Second, 3500 * time.Millisecond},
		{"a service worker that installs", func(c *calm) {
			c.load()
			c.install("1", true)
			time.Sleep(20 * time.Second)
			c.install("1", false)
		}, 21 * time.Second, 21500 * time.Millisecond},
	} {
		t.Run(tt.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				got := rested(t, tt.page)
				assert.GreaterOrEqual(t, got, tt.least)
				assert.LessOrEqual(t, got, tt.most)
				time.Sleep(time.Hour) // until the page is done
			})
		})
	}
}

func TestCalmEndsWithItsContext(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
		defer cancel()
		assert.ErrorIs(t, newCalm().wait(ctx, time.Second), context.DeadlineExceeded, "the document never came")
	})
}
