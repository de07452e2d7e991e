package crawl

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// scanned lists what a script at /static/js/main.js of a page at /page/ loads, with its source.
func scanned(t *testing.T, script string, worker bool) string {
	t.Helper()
	const own = "https://www.example/static/js/main.js"
	r, err := newResolver(own)
	require.NoError(t, err)
	doc, err := newResolver("https://www.example/page/")
	require.NoError(t, err)
	out := &refs{resolver: r, page: own, origin: "https://www.example"}
	scan := scriptScan{out: out, doc: doc, worker: worker}
	scan.scan([]byte(script))
	got := []string{}
	for _, f := range out.list {
		got = append(got, strings.TrimPrefix(f.Source, "js:")+" "+strings.TrimPrefix(f.URL, "https://www.example"))
	}
	return strings.Join(got, ", ")
}

func TestWorkers(t *testing.T) {
	for script, want := range map[string]string{
		`new Worker("w.js")`:                                          "worker /page/w.js",
		`new SharedWorker('/w.js', {type:"module"})`:                  "worker /w.js",
		"new Worker(`w.js`)":                                          "worker /page/w.js",
		`new Worker(url); Worker("w.js"); new X.Worker("w.js")`:       "",
		`new Worker(new URL("w.js", import.meta.url))`:                "new-url /static/js/w.js",
		`navigator.serviceWorker.register("/sw.js", {scope:"/"})`:     "service-worker /sw.js",
		`navigator.serviceWorker.register(x); events.register("/n")`:  "",
		`navigator.serviceWorker.addEventListener("x",f);q("/sw.js")`: "",
		`importScripts("a.js")`:                                       "import-scripts /static/js/a.js",
		`self.importScripts("a.js"); importScripts(x)`:                "",
		`new Worker("data:,x"); new Worker("blob:x")`:                 "",
	} {
		assert.Equal(t, want, scanned(t, script, false), script)
	}
}

func TestPrecacheLists(t *testing.T) {
	for script, want := range map[string]string{
		`p([{url:"/a.html",revision:null},{url:"b.js",revision:"1"}])`:  "precache /a.html, precache /static/js/b.js",
		`p([{revision:"1",url:"/a.css"},{'revision':null,'url':'/b'}])`: "precache /a.css, precache /b",
		`p([{"url":"/a.png","revision":"1"}])`:                          "precache /a.png",
		`p([{url:x,revision:"1"},{url:"/a"},{href:"/a",revision:"1"}])`: "",
	} {
		assert.Equal(t, want, scanned(t, script, true), script)
		assert.Empty(t, scanned(t, script, false), "no service worker: %s", script)
	}
}

// TestChunks: the tables of bundlers, as they write them.
func TestChunks(t *testing.T) {
	for name, tt := range map[string]struct{ script, want string }{
		"webpack":             {`o.p="/",o.u=e=>"static/js/"+e+"."+{1:"aa",2:"bb"}[e]+".chunk.js"`, "/static/js/1.aa.chunk.js, /static/js/2.bb.chunk.js"},
		"names or ids":        {`o.p="/",o.u=e=>"js/"+({1:"home"}[e]||e)+"."+{1:"aa",2:"bb"}[e]+".js"`, "/js/home.aa.js, /js/2.bb.js"},
		"a function":          {`r.p="/";r.u=function(e){return"js/"+e+"."+{1:"aa"}[e]+".js"};x("js/2.js")`, "/js/1.aa.js"},
		"several parameters":  {`r.p="/";r.u=(e,t)=>"js/"+{1:"aa"}[e]+".js"`, "/js/aa.js"},
		"quoted ids":          {`r.p="/";r.u=e=>"js/"+{"main-x":"aa"}[e]+".js"`, "/js/aa.js"},
		"style sheets":        {`r.p="/";r.miniCssF=e=>"css/"+{1:"aa"}[e]+".css"`, "/css/aa.css"},
		"a choice":            {`r.p="/_next/";r.u=e=>12===e?"static/chunks/12-ab.js":13===e?"static/chunks/13-cd.js":"static/chunks/"+e+"."+{5:"ef"}[e]+".js"`, "/_next/static/chunks/12-ab.js, /_next/static/chunks/13-cd.js, /_next/static/chunks/5.ef.js"},
		"another public path": {`r.p="https://cdn.example/x/";r.u=e=>{1:"a"}[e]+".js"`, "https://cdn.example/x/a.js"},
		"a table first":       {`r.p="https://cdn.example/x/";r.u=e=>({1:"a"}[e])+".js"`, "https://cdn.example/x/a.js"},
		"path by the script":  {`r.u=e=>"js/"+{1:"a"}[e]+".js"`, "/static/js/a.js"},
		"path auto":           {`r.p="auto";r.u=e=>"js/"+{1:"a"}[e]+".js"`, "/static/js/a.js"},
		"path unknown":        {`r.u=e=>"x/"+{1:"a"}[e]+".js"`, "/x/a.js"},
		"no tables":           {`r.p="/";r.u=e=>"js/"+e+".js"`, ""},
		"ends with a comma":   {`r.p="/";r.u=e=>"js/"+{1:"a"}[e]+".js",r.x="no.js"`, "/js/a.js"},
		"Vite absolute":       {`const __vite__mapDeps=(i,m=__vite__mapDeps,d=(m.f||(m.f=["assets/a.js","assets/a.css"])))=>i.map(i=>d[i]);x(["no.js"])`, "/assets/a.js, /assets/a.css"},
		"Vite relative":       {`const __vite__mapDeps=(i,m=x,d=(m.f||(m.f=["./a.js","../b.css"])))=>0`, "/static/js/a.js, /static/b.css"},
		"Next.js":             {`self.__BUILD_MANIFEST={"/":["static/chunks/a.js","static/css/b.css"],"/x":["no","static/page"],sortedPages:["/"]};`, "/static/chunks/a.js, /static/css/b.css"},
		"never ends":          {`r.p="/";r.u=e=>"js/"+{1:"a"}[e]+".js"+(`, "/js/a.js"},
	} {
		t.Run(name, func(t *testing.T) {
			want := strings.ReplaceAll(", "+tt.want, ", ", ", chunks ")
			if tt.want == "" {
				want = ", "
			}
			assert.Equal(t, want, ", "+scanned(t, tt.script, false))
		})
	}
}

// TestHostileChunks: neither open braces nor long sums may multiply the work or the result.
func TestHostileChunks(t *testing.T) {
	assert.Empty(t, scanned(t, strings.Repeat("r.u=e=>"+strings.Repeat("{", 60_000)+strings.Repeat("}", 60_000)+";", 30), false))
	assert.Empty(t, scanned(t, "r.u=e=>"+strings.Repeat(`({1:"a"}[e]||e)+`, maxChunkTerms+1), false))
	assert.Empty(t, scanned(t, strings.Repeat("r.u=e=>", 100_000)+strings.Repeat("__vite__mapDeps[", 100_000), false))
}
