package policy_test

import (
	"slices"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/edgeprime/edgeprime/edge/policy"
)

func TestNames(t *testing.T) {
	t.Parallel()
	assert.Equal(t, []string{
		"akamai", "azure", "browser", "caddy", "cdn", "cloudflare", "cloudfront", "fastly-vcl", "gcp", "httpd", "netlify", "nginx",
		"rfc9111", "squid", "trafficserver", "varnish", "vercel",
	}, policy.Names())
	_, ok := policy.Named("cloudflair")
	assert.False(t, ok)
	for _, name := range policy.Names() {
		p, found := policy.Named(name)
		require.True(t, found, name)
		assert.Equal(t, name, p.Name)
		assert.Equal(t, name != "browser", p.Shared, name)
	}
}

func TestEveryFactIsSourcedAndDated(t *testing.T) {
	t.Parallel()
	seen := map[string]bool{}
	for _, name := range policy.Names() {
		p, _ := policy.Named(name)
		for _, mode := range append(p.Modes(), "") {
			for _, f := range p.With(policy.Settings{CacheMode: mode}).Facts() {
				seen[f.ID] = true
				assert.Regexp(t, `^[a-z0-9]+(-[a-z0-9]+)+$`, f.ID)
				assert.NotEmpty(t, f.Says, f.ID)
				assert.NotEmpty(t, f.Source, f.ID)
				assert.Regexp(t, `^20\d\d(-[01]\d(-[0-3]\d)?)?$`, f.Read, f.ID)
			}
		}
		ids := []string{}
		for _, f := range p.Facts() {
			ids = append(ids, f.ID)
		}
		assert.Len(t, slices.Compact(slices.Sorted(slices.Values(ids))), len(ids), "an id twice in %s", name)
	}
	assert.Greater(t, len(seen), 30)
	assert.Empty(t, policy.RFC9111().Facts())
	assert.Empty(t, policy.Browser().Facts())
}

// IsRFC9111 is true of a shared cache by the letter alone.
func TestIsRFC9111(t *testing.T) {
	t.Parallel()
	for _, name := range policy.Names() {
		p, ok := policy.Named(name)
		require.True(t, ok)
		assert.Equal(t, name == "rfc9111", p.IsRFC9111(), name)
	}
	letter := policy.RFC9111()
	assert.True(t, letter.With(policy.Settings{}).IsRFC9111(), "nothing is declared")
	assert.False(t, letter.With(policy.Settings{EdgeTTL: seconds(9)}).IsRFC9111(), "a lifetime is declared")
}
