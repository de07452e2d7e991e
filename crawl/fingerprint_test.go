package crawl

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
)

func TestFingerprint(t *testing.T) {
	const base = `<!doctype html><html><head><meta name="csrf-token" content="abc"><script nonce="n1">var t = 1</script><link rel=stylesheet href=/a.css nonce=n1></head><body><!-- built at 12:00 --><form><input type=hidden name=t value=1><input name=q value=1></form><p>Hello</p><style>a{background:url(b.png)}</style><script type=module>import "/m.js"; let t=1</script></body></html>`
	same := map[string][2]string{
		"nonce":         {"n1", "n2"},
		"inline script": {"var t = 1", "var t = 2"},
		"module body":   {"let t=1", "let t=2"},
		"comment":       {"12:00", "12:01"},
		"hidden input":  {"name=t value=1", "name=t value=2"},
		"csrf meta":     {"abc", "abd"},
		"injected":      {"</body>", "<script>(function(){var a=1})();</script></body>"},
		"challenge":     {"</body>", "<script src=/cdn-cgi/challenge-platform/scripts/jsd/main.js></script></body>"},
		"loader":        {"</body>", "<script>var s=document.createElement('script');s.src='/cdn-cgi/challenge-platform/x.js'</script></body>"},
		"beacon":        {"</body>", "<script defer src=https://static.cloudflareinsights.com/beacon.min.js data-cf-beacon='{}'></script></body>"},
		"akamai":        {"</head>", "<script src=//www.example.com/akam/13/5c1 defer></script></head>"},
	}
	differ := map[string][2]string{
		"text":          {"Hello", "Bye"},
		"sheet":         {"/a.css", "/a2.css"},
		"image":         {"b.png", "b2.png"},
		"import":        {"/m.js", "/m2.js"},
		"visible input": {"name=q value=1", "name=q value=2"},
		"end tag":       {"</p>", "</i>"},
		"attribute":     {"<body>", "<body class=x>"},
		"doctype":       {"<!doctype html>", "<!doctype svg>"},
		"script":        {"</body>", "<script src=/app.js></script></body>"},
		"other script":  {"</body>", "<script src=https://static.example/akamai/app.js></script></body>"},
		"own query":     {"</body>", "<script src=/app.js?next=https://a.example/akam/x></script></body>"},
		"inline import": {"</body>", "<script type=module>import '/n.js'</script></body>"},
	}
	want := Fingerprint([]byte(base), testPage)
	assert.Regexp(t, "^sha-256:[0-9a-f]{64}$", want)
	for name, c := range same {
		assert.Contains(t, base, c[0])
		assert.Equal(t, want, Fingerprint([]byte(strings.ReplaceAll(base, c[0], c[1])), testPage), name)
	}
	for name, c := range differ {
		assert.Contains(t, base, c[0])
		assert.NotEqual(t, want, Fingerprint([]byte(strings.Replace(base, c[0], c[1], 1)), testPage), name)
	}
	assert.NotEqual(t, want, Fingerprint([]byte(base), "https://other.example/"))
	assert.NotEmpty(t, Fingerprint(nil, "no url"))
}
