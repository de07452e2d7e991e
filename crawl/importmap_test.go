package crawl

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// TestImportMap goes through HTML section 8.1.6.2: "-" stands for what the map forbids, "" for what
// it says nothing of.
func TestImportMap(t *testing.T) {
	const w = "https://www.example"
	for _, tt := range []struct{ clause, imports, script, specifier, want string }{
		{"a bare name", `"a":"/x.js"`, "", "a", w + "/x.js"},
		{"another one", `"a":"/x.js"`, "", "b", ""},
		{"only the whole name", `"a":"/x.js"`, "", "a/b", ""},
		{"relative to the document", `"a":"./x.js"`, "/js/deep/m.js", "a", w + "/dir/x.js"},
		{"an absolute address", `"a":"https://cdn.example/x.js"`, "", "a", "https://cdn.example/x.js"},
		{"a prefix", `"a/":"/lib/a/"`, "", "a/b/c.js", w + "/lib/a/b/c.js"},
		{"a prefix itself", `"a/":"/lib/a/"`, "", "a/", w + "/lib/a/"},
		{"a prefix is no name", `"a/":"/lib/a/"`, "", "a", ""},
		{"the longest prefix", `"a/":"/1/","a/b/":"/2/","a/b/c/":"/3/"`, "", "a/b/x.js", w + "/2/x.js"},
		{"a whole name over a prefix", `"a/":"/1/","a/b.js":"/2.js"`, "", "a/b.js", w + "/2.js"},
		{"a prefix needs a target with a slash", `"a/":"/x"`, "", "a/b", "-"},
		{"a relative name is a URL", `"./a.js":"/x.js"`, "/dir/m.js", "./a.js", w + "/x.js"},
		{"relative to the script that imports", `"./a.js":"/x.js"`, "/js/m.js", "./a.js", ""},
		{"whatever way it is written", `"/dir/a.js":"/x.js"`, "/js/m.js", "../dir/./a.js", w + "/x.js"},
		{"a prefix of URLs", `"/dir/":"/v2/"`, "/js/m.js", "/dir/a.js", w + "/v2/a.js"},
		{"an absolute name", `"https://cdn.example/a.js":"/x.js"`, "", "https://cdn.example/a.js", w + "/x.js"},
		{"null forbids", `"a":null`, "", "a", "-"},
		{"null forbids what a prefix allows", `"a/":"/1/","a/b.js":null`, "", "a/b.js", "-"},
		{"no string forbids", `"a":5`, "", "a", "-"},
		{"a bare address forbids", `"a":"x.js"`, "", "a", "-"},
		{"an address that is no URL forbids", `"a":"https://["`, "", "a", "-"},
		{"an empty name is left out", `"":"/x.js"`, "", "a", ""},
		{"a scope", `"a":"/1.js"},"scopes":{"/js/":{"a":"/2.js"}`, "/js/m.js", "a", w + "/2.js"},
		{"outside of it", `"a":"/1.js"},"scopes":{"/js/":{"a":"/2.js"}`, "/x/m.js", "a", w + "/1.js"},
		{"the longest scope", `"a":"/1.js"},"scopes":{"/":{"a":"/2.js"},"/js/":{"a":"/3.js"}`, "/js/m.js", "a", w + "/3.js"},
		{"from scope to scope", `"a":"/1.js"},"scopes":{"/":{"a":"/2.js"},"/js/":{"b":"/3.js"}`, "/js/m.js", "a", w + "/2.js"},
		{"from scope to imports", `"a":"/1.js"},"scopes":{"/js/":{"b":"/3.js"}`, "/js/m.js", "a", w + "/1.js"},
		{"a scope of one script", `"a":"/1.js"},"scopes":{"/js/m.js":{"a":"/2.js"}`, "/js/m.js", "a", w + "/2.js"},
		{"a scope without a slash is one script", `"a":"/1.js"},"scopes":{"/js":{"a":"/2.js"}`, "/js/m.js", "a", w + "/1.js"},
		{"a scope that forbids", `"a":"/1.js"},"scopes":{"/js/":{"a":null}`, "/js/m.js", "a", "-"},
		{"other keys", `"a":"/1.js"},"integrity":{"/1.js":"sha384-x"`, "", "a", w + "/1.js"},
	} {
		t.Run(tt.clause, func(t *testing.T) {
			doc, err := newResolver(testPage)
			require.NoError(t, err)
			m := parseImportMap([]byte(`{"imports":{`+tt.imports+`}}`), doc)
			require.NotNil(t, m)
			from, err := newResolver(w + "/dir/m.js")
			if tt.script != "" {
				from, err = newResolver(w + tt.script)
			}
			require.NoError(t, err)
			target, ok := m.resolve(tt.specifier, from)
			if ok && target == "" {
				target = "-"
			}
			assert.Equal(t, tt.want, target)
		})
	}
	doc, err := newResolver(testPage)
	require.NoError(t, err)
	for _, not := range []string{"", "[]", `{"imports":[]}`, `{"imports":{"a":"/x.js"}`, `{"scopes":{"/":5}}`} {
		assert.Nil(t, parseImportMap([]byte(not), doc), not)
	}
	_, ok := (*importMap)(nil).resolve("a", doc)
	assert.False(t, ok)
}

// TestImportMapOfPage: a map counts for inline and external modules, and for the first map only.
func TestImportMapOfPage(t *testing.T) {
	s := site{
		testPage: htmlPage(`<link rel=icon href=data:,><script type=importmap>{"imports":{"a":"/a.js","no":null}}</script><script type=importmap>{"imports":{"b":"/b.js"}}</script>
			<script type=module>import "a"; import "no"; import "b"</script><script type=module src=/m.js></script>`),
		"https://www.example/m.js": jsPage(`import "a"; import("a"); import "c"`),
		"https://www.example/a.js": jsPage(``),
	}
	m := s.crawl(t, Config{Entries: []string{testPage}})
	assert.Equal(t, []string{"https://www.example/a.js", testPage, "https://www.example/m.js"}, m.urls())
	assert.Contains(t, m.problem("import-bare", "https://www.example/m.js").Detail, "1 module")
}

// TestHostileImportMap would take time without end if every entry were tried for every import.
func TestHostileImportMap(t *testing.T) {
	doc, err := newResolver(testPage)
	require.NoError(t, err)
	var text strings.Builder
	for i := range 1000 {
		text.WriteString(`,"` + strings.Repeat("a/", i+1) + `":"/x/"`)
	}
	m := parseImportMap([]byte(`{"imports":{`+text.String()[1:]+`},"scopes":{"/":{`+text.String()[1:]+`}}}`), doc)
	require.NotNil(t, m)
	_, ok := m.resolve("a/"+strings.Repeat("x", maxURL), doc)
	require.False(t, ok, "longer than any URL")
	for range 200 {
		_, ok := m.resolve(strings.Repeat("a/", 1000)+"b", doc)
		require.True(t, ok)
		_, ok = m.resolve(strings.Repeat("b/", 1<<20), doc)
		require.False(t, ok)
	}
}

func FuzzImportMap(f *testing.F) {
	f.Add(`{"imports":{"a":"/x.js","b/":"./c/","./d":null},"scopes":{"/js/":{"a":"/y.js"}}}`, "a", "b/c.js")
	f.Add(`{"imports":{"":"","/":"/"},"scopes":{"":{"":""}}}`, "", "/")
	f.Fuzz(func(t *testing.T, text, specifier, script string) {
		doc, err := newResolver(testPage)
		require.NoError(t, err)
		m := parseImportMap([]byte(text), doc)
		target, ok := m.resolve(specifier, doc)
		require.True(t, ok || target == "")
		require.True(t, m != nil || !ok)
		d := readHTML([]byte(`<script type=importmap>`+text+`</script><script type=module>import "`+specifier+`";import("`+script+`")</script>`), "", testPage, DefaultViewports(), nil)
		checkAssets(t, d.refs.assets())
	})
}
