package crawl

import (
	"fmt"
	"reflect"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"
)

// someAsset draws an asset whose fields often are those of others.
func someAsset() *rapid.Generator[Asset] {
	text := func(few ...string) *rapid.Generator[string] {
		return rapid.OneOf(rapid.SampledFrom(append(few, "")), rapid.String())
	}
	return rapid.Custom(func(t *rapid.T) Asset {
		return Asset{
			URL:        text("https://a.example/", "https://a.example/p/").Draw(t, "url") + rapid.StringN(0, 3, -1).Draw(t, "end"),
			Kind:       rapid.SampledFrom([]Kind{Document, Image}).Draw(t, "kind"),
			Priority:   rapid.SampledFrom([]Priority{Critical, Low}).Draw(t, "priority"),
			Reason:     text("listed in a sitemap").Draw(t, "reason"),
			Mode:       rapid.SampledFrom([]Mode{Navigate, CORS}).Draw(t, "mode"),
			Initiator:  text("https://a.example").Draw(t, "initiator"),
			Page:       text("https://a.example/s1.xml", "https://a.example/s2.xml").Draw(t, "page"),
			Source:     text("sitemap").Draw(t, "source"),
			Selected:   rapid.SampledFrom([][]string{nil, {""}, {"a", "b"}, {"a\x00b"}, {`a""b`}}).Draw(t, "selected"),
			ThirdParty: rapid.Bool().Draw(t, "third party"),
			Status:     rapid.SampledFrom([]int{0, 0, 200, 999}).Draw(t, "status"),
			Canonical:  text("https://a.example/").Draw(t, "canonical"),
			Location:   text("https://a.example/moved").Draw(t, "location"),
			Bytes:      rapid.OneOf(rapid.Just(int64(0)), rapid.Int64()).Draw(t, "bytes"),
			Epoch:      rapid.IntRange(0, 2).Draw(t, "epoch"),
		}
	})
}

func TestPackedGivesBackWhatItTook(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		want := rapid.SliceOfN(someAsset(), 0, 3*packedGroup).Draw(rt, "assets")
		var p packer
		for _, a := range want {
			p.add(a)
		}
		got := p.packed()
		assert.Equal(rt, len(want), got.n)
		require.Equal(rt, want, append([]Asset{}, slices.Collect(got.all())...))
		for range got.all() { // a reader may stop
			break
		}
	})
}

// TestPackedKnowsEveryField fails when an Asset gets a field that is not packed.
func TestPackedKnowsEveryField(t *testing.T) {
	for i := range reflect.TypeFor[Asset]().NumField() {
		var a Asset
		switch f := reflect.ValueOf(&a).Elem().Field(i); f.Kind() {
		case reflect.String:
			f.SetString("x")
		case reflect.Bool:
			f.SetBool(true)
		case reflect.Int, reflect.Int64:
			f.SetInt(1)
		case reflect.Slice:
			f.Set(reflect.ValueOf([]string{"x"}))
		default:
			t.Fatalf("a field of kind %s", f.Kind())
		}
		want := []Asset{a, {}, {}, a}
		var p packer
		for _, a := range want {
			p.add(a)
		}
		got := p.packed()
		assert.Equal(t, want, slices.Collect(got.all()), reflect.TypeFor[Asset]().Field(i).Name)
	}
}

func TestManifestFindsEachAssetAndNoOther(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		assets := rapid.SliceOfNDistinct(someAsset(), 0, 3*packedGroup, func(a Asset) string { return a.URL }).Draw(rt, "assets")
		m := NewManifest(assets)
		for _, a := range assets {
			got, ok := m.Find(a.URL)
			require.True(rt, ok, a.URL)
			require.Equal(rt, a, got)
		}
		stranger := rapid.String().Filter(func(url string) bool {
			return !slices.ContainsFunc(assets, func(a Asset) bool { return a.URL == url })
		}).Draw(rt, "stranger")
		_, ok := m.Find(stranger)
		require.False(rt, ok)
		require.True(rt, slices.IsSortedFunc(slices.Collect(m.All()), func(a, b Asset) int { return strings.Compare(a.URL, b.URL) }))
	})
}

func TestNewManifestJoins(t *testing.T) {
	m := NewManifest([]Asset{{URL: "b"}, {URL: "a", Priority: Low, Source: "first"}, {URL: "a", Priority: Critical, Reason: "why", Source: "second"}})
	assert.Equal(t, []Asset{{URL: "a", Priority: Critical, Reason: "why", Source: "first"}, {URL: "b"}}, slices.Collect(m.All()))
}

// TestPackedIsSmall holds what a million assets take: here 20 bytes for each URL of a usual sitemap.
func TestPackedIsSmall(t *testing.T) {
	var p packer
	const n = 100_000
	for i := range n {
		p.add(Asset{
			URL: fmt.Sprintf("https://www.example/products/category-%03d/a-thing-to-buy-%06d.html", i/1000, i), Kind: Document, Priority: Critical,
			Reason: "listed in a sitemap", Mode: Navigate, Page: fmt.Sprintf("https://www.example/sitemap-%d.xml.gz", i/50_000), Source: "sitemap",
		})
	}
	size := 0
	out := p.packed()
	for _, group := range out.groups {
		size += len(group)
	}
	assert.Less(t, size, 20*n)
	assert.Len(t, out.templates, 1)
}
