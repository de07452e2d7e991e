//go:build e2e && unix

package render

import (
	"context"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/edgeprime/edgeprime/crawl"
)

// site is a web site in memory, by URL; everything else in scope answers 200 with a body by its
// extension. It counts what it is asked.
type site struct {
	pages map[string]crawl.Response

	mu    sync.Mutex
	asked map[string]int
}

const home = "https://shop.example/"

func newSite(pages map[string]string) *site {
	s := &site{pages: map[string]crawl.Response{}, asked: map[string]int{}}
	for path, body := range pages {
		s.pages[absolute(path)] = answer(path, body)
	}
	return s
}

func absolute(path string) string {
	if strings.Contains(path, "://") {
		return path
	}
	return home + strings.TrimPrefix(path, "/")
}

// gif is an image of one pixel.
const gif = "GIF89a\x01\x00\x01\x00\x80\x00\x00\x00\x00\x00\xff\xff\xff!\xf9\x04\x01\x00\x00\x00\x00,\x00\x00\x00\x00\x01\x00\x01\x00\x00\x02\x02D\x01\x00;"

func answer(path, body string) crawl.Response {
	contentType := "text/html"
	path, _, _ = strings.Cut(path, "?")
	for suffix, t := range map[string]string{
		".js": "text/javascript", ".css": "text/css", ".png": "image/gif", ".gif": "image/gif", ".json": "application/json", ".txt": "text/plain", ".svg": "image/svg+xml",
	} {
		if strings.HasSuffix(path, suffix) {
			contentType = t
		}
	}
	if contentType == "image/gif" {
		body = gif
	}
	return crawl.Response{
		Status: http.StatusOK, Header: http.Header{"Content-Type": {contentType}}, Body: []byte(body), WireBytes: int64(len(body)),
	}
}

func (s *site) fetch(_ context.Context, a crawl.Asset) (crawl.Response, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.asked[a.URL]++
	if r, ok := s.pages[a.URL]; ok {
		return r, nil
	}
	return answer(a.URL, " "), nil
}

func open(t *testing.T, cfg Config) *Browser {
	t.Helper()
	b, err := New(cfg)
	require.NoError(t, err)
	t.Cleanup(b.Close)
	return b
}

// crawl discovers the site's home page with a browser.
func (s *site) crawl(t *testing.T, b *Browser, change func(*crawl.Config)) *crawl.Manifest {
	t.Helper()
	cfg := crawl.Config{Entries: []string{home}, Renderer: b}
	if change != nil {
		change(&cfg)
	}
	m, err := crawl.New(cfg, s.fetch, nil).Crawl(t.Context())
	require.NoError(t, err)
	return m
}

// only is what the browser alone found: source by path.
func only(m *crawl.Manifest) map[string]string {
	found := map[string]string{}
	for a := range m.All() {
		if source, ok := strings.CutPrefix(a.Source, "render:"); ok {
			found[strings.TrimPrefix(a.URL, home)] = source
		}
	}
	return found
}

// problem returns the problem of a name; the zero problem when there is none.
func problem(m *crawl.Manifest, name string) crawl.Problem {
	for _, p := range m.Problems {
		if p.Problem == name {
			return p
		}
	}
	return crawl.Problem{}
}

// assetAt returns the asset of a path; the zero asset when there is none.
func assetAt(m *crawl.Manifest, path string) crawl.Asset {
	a, _ := m.Find(absolute(path))
	return a
}

// icon keeps the browser from asking for /favicon.ico.
const icon = `<!doctype html><link rel=icon href="data:,">`

func TestRenderFindsWhatScriptsRequest(t *testing.T) {
	s := newSite(map[string]string{
		"/": icon + `<script src=/app.js></script><img src=/static.png><iframe src=/frame></iframe><iframe src="https://partner.test/frame"></iframe><script>debugger</script>`,
		"/app.js": `new Image().src = "/by" + "-script.png"; fetch("/da" + "ta.json?q=1"); import("/mod" + "ule.js");
			new Worker("/wor" + "ker.js"); new SharedWorker("/sha" + "red.js"); navigator.serviceWorker.register("/sw" + ".js");`,
		"/module.js": `import "/dependency.js"`,
		"/worker.js": `importScripts("/imported.js"); fetch("/from-worker.json"); new Worker("/nested.js")`,
		"/nested.js": `fetch("/from-nested.json")`,
		"/shared.js": `fetch("/from-shared.json")`,
		"/sw.js": `importScripts("/sw-imported.js"); addEventListener("install", e => e.waitUntil(new Promise(done => setTimeout(done, 1500))
			.then(() => caches.open("v1")).then(c => c.addAll(["/kept.js", "/kept.css"]))))`,
		"/frame":                     `<script>new Image().src = "/in" + "-frame.png"</script>`,
		"https://partner.test/frame": `<script>new Image().src = "/in" + "-partner.png"; new Worker("/partner" + ".js")</script>`,
	})
	m := s.crawl(t, open(t, Config{}), func(c *crawl.Config) { c.Scope.Hosts = []string{"shop.example", "partner.test"} })
	assert.Equal(t, map[string]string{
		"by-script.png": "script", "data.json?q=1": "fetch", "module.js": "script", "dependency.js": "script", "in-frame.png": "script",
		"worker.js": "worker", "imported.js": "worker", "from-worker.json": "worker", "nested.js": "worker", "from-nested.json": "worker",
		"shared.js": "worker", "from-shared.json": "worker",
		"sw.js": "worker", "sw-imported.js": "worker", "kept.js": "worker", "kept.css": "worker",
		"https://partner.test/in-partner.png": "frame", "https://partner.test/partner.js": "frame",
	}, only(m))
	assert.Empty(t, m.Problems)
	for url, n := range s.asked {
		assert.Equal(t, 1, n, "%s is asked once, for the crawl and both viewports together", url)
	}
	assert.Equal(t, "asked for by https://shop.example/app.js:1", assetAt(m, "/by-script.png").Reason)
	assert.Equal(t, []string{"mobile", "desktop"}, assetAt(m, "/by-script.png").Selected)
	assert.Equal(t, "asked for by https://shop.example/worker.js", assetAt(m, "/from-worker.json").Reason)
	data := assetAt(m, "/data.json?q=1")
	assert.Equal(t, []any{crawl.Data, crawl.CORS, 200}, []any{data.Kind, data.Mode, data.Status})
}

// TestRenderNeverConnects proves that the browser opens no connection by itself, whatever a page
// tries: the page names a server that answers on loopback, and is in scope.
func TestRenderNeverConnects(t *testing.T) {
	tcp, err := net.Listen("tcp", "127.0.0.1:0")
	require.NoError(t, err)
	t.Cleanup(func() { _ = tcp.Close() })
	udp, err := net.ListenPacket("udp", tcp.Addr().String())
	require.NoError(t, err)
	t.Cleanup(func() { _ = udp.Close() })
	arrived := make(chan string, 100)
	go func() {
		for {
			conn, err := tcp.Accept()
			if err != nil {
				return
			}
			arrived <- "tcp"
			_ = conn.Close()
		}
	}()
	go func() {
		for {
			if _, _, err := udp.ReadFrom(make([]byte, 1500)); err != nil {
				return
			}
			arrived <- "udp"
		}
	}()
	host := tcp.Addr().String()
	local := "http://" + host + "/"
	s := newSite(map[string]string{local: icon + strings.ReplaceAll(`<link rel=preconnect href="http://HOST"><link rel=dns-prefetch href="http://localhost">
		<img src="http://HOST/in-scope.png"><img src="http://third.test/pixel.png"><script src="http://third.test/tag.js"></script><a ping="http://HOST/ping" href="#x" id=a>x</a>
		<script type=speculationrules>{"prefetch": [{"urls": ["/speculation", "http://third.test/speculation"], "eagerness": "immediate"}],
			"prerender": [{"urls": ["/prerender"], "eagerness": "immediate"}]}</script>
		<script>
		new WebSocket("ws://HOST/socket"); new EventSource("http://HOST/events"); navigator.sendBeacon("http://HOST/beacon", "x");
		fetch("http://HOST/post", {method: "POST", body: "x"}).catch(() => fetch("/after-refusal.json")); a.click();
		const peer = new RTCPeerConnection({iceServers: [{urls: "stun:HOST"}, {urls: "turn:HOST?transport=tcp", username: "u", credential: "c"}]});
		peer.createDataChannel("x"); peer.createOffer().then(o => peer.setLocalDescription(o));
		try { new WebTransport("https://HOST/transport").ready.catch(() => 0) } catch {}
		</script>`, "HOST", host)})
	m := s.crawl(t, open(t, Config{}), func(c *crawl.Config) { c.Entries = []string{local} })
	select {
	case network := <-arrived:
		t.Fatalf("the browser has opened a %s connection", network)
	default:
	}
	for url := range s.asked {
		assert.True(t, strings.HasPrefix(url, local), "%s is in scope", url)
		assert.NotContains(t, url, "post")
		assert.NotContains(t, url, "beacon")
	}
	assert.Equal(t, 1, s.asked[local+"in-scope.png"])
	assert.Equal(t, crawl.Low, assetAt(m, local+"speculation").Priority, "what is not paused is named all the same")
	assert.Equal(t, 1, s.asked[local+"after-refusal.json"], "the page sees that it was refused")
	assert.True(t, assetAt(m, "http://third.test/tag.js").ThirdParty)
	assert.Contains(t, problem(m, "render-third-party").Detail, "2 requests to hosts out of scope were refused, such as http://third.test/pixel.png;")
	assert.Contains(t, problem(m, "render-socket").Detail, "web sockets or event streams")
	method := problem(m, "render-method")
	assert.Contains(t, method.Detail, "1 requests other than GET were refused, such as POST "+local+"post;")
	assert.True(t, method.Incomplete)
}

func TestRenderScrollsToTheEnd(t *testing.T) {
	s := newSite(map[string]string{"/": icon + `<script>
		const watch = new IntersectionObserver(seen => seen.forEach(e => e.isIntersecting && (e.target.src = e.target.dataset.src)));
		for (let i = 0; i < 12; i++) {
			const image = new Image(); image.style = "display:block;height:900px"; image.dataset.src = "/watched-" + i + ".png";
			document.addEventListener("DOMContentLoaded", () => { document.body.append(image); watch.observe(image) });
		}</script><body>`})
	m := s.crawl(t, open(t, Config{}), nil)
	for _, path := range []string{"/watched-0.png", "/watched-5.png", "/watched-11.png"} {
		assert.Equal(t, []string{"mobile", "desktop"}, assetAt(m, path).Selected, path)
	}
	assert.Equal(t, crawl.Critical, assetAt(m, "/watched-0.png").Priority, "the largest paint")
	assert.Equal(t, crawl.Low, assetAt(m, "/watched-11.png").Priority)
	assert.Empty(t, m.Problems)
}

func TestRenderScrollsWhatScrolls(t *testing.T) {
	s := newSite(map[string]string{"/": icon + `<body style="margin:0;overflow:hidden"><div style="height:100vh;overflow-y:auto">
		<div style="height:9000px"></div><img id=last style="height:1px" data-src=1></div>
		<script>new IntersectionObserver(seen => seen[0].isIntersecting && (last.src = "/la" + "st.png")).observe(last)</script>`})
	assert.Equal(t, []string{"mobile", "desktop"}, assetAt(s.crawl(t, open(t, Config{}), nil), "/last.png").Selected)
}

func TestRenderEndsAPageWithoutEnd(t *testing.T) {
	s := newSite(map[string]string{"/": icon + `<body style="height:3000px"><script>let n = 0;
		addEventListener("scroll", () => { document.body.style.height = (3000 * (++n + 1)) + "px"; new Image().src = "/more-" + n + ".png" })</script>`})
	m := s.crawl(t, open(t, Config{Screens: 5}), nil)
	p := problem(m, "render-scroll")
	assert.Equal(t, "on mobile the page has no end within 5 screens, and was not scrolled any further", p.Detail)
	assert.Equal(t, []string{"mobile", "desktop"}, assetAt(m, "/more-4.png").Selected)
	assert.Empty(t, assetAt(m, "/more-9.png").URL)
}

func TestRenderViewports(t *testing.T) {
	s := newSite(map[string]string{"/": icon + `<meta name=viewport content="width=device-width"><script>
		const words = [innerWidth, devicePixelRatio, "ontouchstart" in window ? "touch" : "mouse", /Mobile/.test(navigator.userAgent) ? "phone" : "desk",
			/Headless/.test(navigator.userAgent) ? "bot" : "visitor", matchMedia("(hover:none)").matches ? "finger" : "pointer"];
		new Image().src = "/" + words.join("-") + ".png"</script>`})
	m := s.crawl(t, open(t, Config{}), nil)
	assert.Equal(t, []string{"mobile"}, assetAt(m, "/390-3-touch-phone-visitor-finger.png").Selected)
	assert.Equal(t, []string{"desktop"}, assetAt(m, "/1440-1-mouse-desk-visitor-pointer.png").Selected)
}

func TestRenderHTTP(t *testing.T) {
	s := newSite(map[string]string{
		"/": icon + `<link rel=stylesheet href=/late.css><img src=/moved.png><video src=/film.mp4 autoplay muted></video><script>alert("?"); confirm("?") || fetch("/declined.json");
			fetch("/head.json", {method: "HEAD"}).then(r => fetch("/head-" + r.status + ".json"));
			fetch("https://api.shop.example/open.json", {headers: {"X-Own": "1"}}).then(r => fetch("/opened.json"), () => fetch("/closed.json"));
			fetch("https://api.shop.example/shut.json").then(r => fetch("/opened2.json"), () => fetch("/closed2.json"));
			fetch("/broken.json").then(r => fetch("/answered-" + r.status + ".json"), () => fetch("/failed.json"));
			fetch("/gone.json").then(r => fetch("/answered-" + r.status + ".json"));
			const frame = document.createElement("iframe"); frame.src = "/file.zip"; document.documentElement.append(frame);</script>`,
	})
	s.pages[absolute("/moved.png")] = crawl.Response{Status: 302, Header: http.Header{"Location": {"/target.png"}}}
	s.pages[absolute("/gone.json")] = crawl.Response{Status: 404, Header: http.Header{}}
	s.pages[absolute("/broken.json")] = crawl.Response{Failure: "reset"}
	s.pages[absolute("/file.zip")] = crawl.Response{Status: 200, Header: http.Header{"Content-Type": {"application/zip"}, "Content-Disposition": {"attachment"}}, Body: []byte("PK")}
	for path, allow := range map[string]string{"open": "*", "shut": "https://else.example"} {
		r := answer("/x.json", "{}")
		r.Header.Set("Access-Control-Allow-Origin", allow)
		r.Header.Set("Content-Encoding", "br") // the body has none any more
		r.Header.Set("X-Odd", "\xff")
		s.pages["https://api.shop.example/"+path+".json"] = r
	}
	m := s.crawl(t, open(t, Config{}), func(c *crawl.Config) { c.Scope.Hosts = []string{"shop.example", "*.shop.example"} })
	var got []string
	for path := range only(m) {
		got = append(got, path)
	}
	assert.ElementsMatch(t, []string{
		"declined.json", "head.json", "head-200.json", "https://api.shop.example/open.json", "opened.json", "https://api.shop.example/shut.json", "closed2.json",
		"broken.json", "failed.json", "gone.json", "answered-404.json", "target.png", "file.zip",
	}, got)
	moved := assetAt(m, "/moved.png")
	assert.Equal(t, []any{302, absolute("/target.png")}, []any{moved.Status, moved.Location})
	open := assetAt(m, "https://api.shop.example/open.json")
	assert.Equal(t, []any{crawl.CORS, "https://shop.example"}, []any{open.Mode, open.Initiator})
	assert.Equal(t, []string{"mobile", "desktop"}, assetAt(m, "/film.mp4").Selected)
	for _, p := range m.Problems {
		assert.NotContains(t, p.Problem, "render-", p)
	}
}

func TestRenderNamesWhatGoesWrong(t *testing.T) {
	for _, tt := range []struct {
		name, page string
		cfg        Config
		problem    string
	}{
		{"a script that never ends", `<script>new Image().src="/be" + "fore.png"; setTimeout(() => { for (;;); }, 100)</script>`, Config{Deadline: 3 * time.Second}, "render-deadline"},
		{"a loop that makes up URLs", `<script>let n = 0; const go = () => fetch("/loop/" + n++).finally(go); go(); new Image().src="/be" + "fore.png"</script>`, Config{Requests: 50}, "render-limit-requests"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			s := newSite(map[string]string{"/": icon + tt.page, "/second": icon + `<script>new Image().src="/af" + "ter.png"</script>`})
			m := s.crawl(t, open(t, tt.cfg), func(c *crawl.Config) { c.Pages = []string{absolute("/second")} })
			assert.True(t, problem(m, tt.problem).Incomplete, "%v", m.Problems)
			assert.Equal(t, tt.problem == "render-deadline", problem(m, "render-deadline").URL != "", "%v", m.Problems)
			assert.NotEmpty(t, assetAt(m, "/before.png").URL, "what was seen is kept")
			assert.NotEmpty(t, assetAt(m, "/after.png").URL, "the next page is loaded all the same")
		})
	}
}

func TestRenderPollingIsRest(t *testing.T) {
	s := newSite(map[string]string{"/": icon + `<script>setInterval(() => fetch("/poll.json?" + Math.random()), 50)</script>`})
	m := s.crawl(t, open(t, Config{Deadline: 20 * time.Second}), nil)
	assert.Empty(t, m.Problems)
}

// shortTemp makes a folder for temporary files: a socket's path has its limit.
func shortTemp(t *testing.T) string {
	t.Helper()
	dir, err := os.MkdirTemp("", "e") //nolint:usetesting // its folders have long names
	require.NoError(t, err)
	t.Cleanup(func() { _ = os.RemoveAll(dir) })
	t.Setenv("TMPDIR", dir)
	return dir
}

// processesOf are the processes of the browser whose profile is below a folder, by command line.
func processesOf(t *testing.T, dir string) map[int]string {
	t.Helper()
	files, err := filepath.Glob("/proc/[0-9]*/cmdline")
	require.NoError(t, err)
	found := map[int]string{}
	for _, file := range files {
		line, _ := os.ReadFile(file) // it may have ended
		pid, err := strconv.Atoi(filepath.Base(filepath.Dir(file)))
		require.NoError(t, err)
		if strings.Contains(string(line), "--user-data-dir="+dir) {
			found[pid] = string(line)
		}
	}
	return found
}

// TestRenderOutlivesItsBrowser kills the page's process, or all, in the middle of a page.
func TestRenderOutlivesItsBrowser(t *testing.T) {
	for problemName, victim := range map[string]func(line string) bool{
		"render-crashed": func(line string) bool { return strings.Contains(line, "--type=renderer") },
		"render-lost":    func(line string) bool { return !strings.Contains(line, "--type=") },
	} {
		t.Run(problemName, func(t *testing.T) {
			dir := shortTemp(t)
			s := newSite(map[string]string{
				"/":       icon + `<script>new Image().src = "/be" + "fore.png"; fetch("/now.json")</script>`,
				"/second": icon + `<script>new Image().src = "/af" + "ter.png"</script>`,
			})
			b, err := New(Config{})
			require.NoError(t, err)
			fetch := func(ctx context.Context, a crawl.Asset) (crawl.Response, error) {
				if strings.HasSuffix(a.URL, "now.json") {
					for pid, line := range processesOf(t, dir) {
						if victim(line) {
							_ = syscall.Kill(pid, syscall.SIGKILL)
						}
					}
				}
				return s.fetch(ctx, a)
			}
			m, err := crawl.New(crawl.Config{Entries: []string{home}, Pages: []string{absolute("/second")}, Renderer: b}, fetch, nil).Crawl(t.Context())
			b.Close()
			require.NoError(t, err)
			p := problem(m, problemName)
			assert.True(t, p.Incomplete, "%v", m.Problems)
			assert.Contains(t, p.Detail, "on mobile ")
			assert.Equal(t, []string{"mobile", "desktop"}, assetAt(m, "/after.png").Selected, "the next page is loaded all the same")
			assert.Empty(t, processesOf(t, dir), "no process is left")
		})
	}
}

// TestRenderCancelled proves that nothing is left behind by a crawl that is cancelled in the middle.
func TestRenderCancelled(t *testing.T) {
	dir := shortTemp(t)
	ctx, cancel := context.WithCancel(t.Context())
	s := newSite(map[string]string{"/": icon + `<script>fetch("/now.json"); setInterval(() => 0, 10)</script>`})
	b, err := New(Config{})
	require.NoError(t, err)
	fetch := func(ctx context.Context, a crawl.Asset) (crawl.Response, error) {
		if strings.HasSuffix(a.URL, "now.json") {
			assert.NotEmpty(t, processesOf(t, dir))
			cancel()
		}
		return s.fetch(ctx, a)
	}
	_, err = crawl.New(crawl.Config{Entries: []string{home}, Renderer: b}, fetch, nil).Crawl(ctx)
	require.ErrorIs(t, err, context.Canceled)
	b.Close()
	left, err := os.ReadDir(dir)
	require.NoError(t, err)
	assert.Empty(t, left, "no profile is left")
	assert.Empty(t, processesOf(t, dir), "no process is left")
}
