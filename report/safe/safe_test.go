package safe_test

import (
	"fmt"
	"strings"
	"testing"
	"unicode"
	"unicode/utf8"

	"github.com/stretchr/testify/assert"

	"github.com/edgeprime/edgeprime/report/safe"
)

func TestText(t *testing.T) {
	for name, tt := range map[string]struct {
		in    string
		limit int
		want  string
	}{
		"plain":                  {"Cache-Control: max-age=3600", 80, "Cache-Control: max-age=3600"},
		"other scripts stay":     {"größe 日本語 العربية", 80, "größe 日本語 العربية"},
		"escape":                 {"\x1b[31mred", 80, `\x1b[31mred`},
		"line breaks and tab":    {"a\r\nb\tc", 80, `a\x0d\x0ab\x09c`},
		"null":                   {"a\x00b", 80, `a\x00b`},
		"delete":                 {"a\x7fb", 80, `a\x7fb`},
		"C1 CSI":                 {"a\u009b31mb", 80, `a\u009b31mb`},
		"C1 as a lone octet":     {"a\x9b31mb", 80, `a\x9b31mb`},
		"bidirectional override": {"exe.\u202egpj", 80, `exe.\u202egpj`},
		"bidirectional isolate":  {"a\u2066b\u2069", 80, `a\u2066b\u2069`},
		"left-to-right mark":     {"a\u200eb\u061c", 80, `a\u200eb\u061c`},
		"zero width":             {"pay\u200bpal\ufeff\u2060", 80, `pay\u200bpal\ufeff\u2060`},
		"soft hyphen":            {"a\u00adb", 80, `a\u00adb`},
		"line separator":         {"a\u2028b\u2029", 80, `a\u2028b\u2029`},
		"tag characters":         {"a\U000e0041", 80, `a\U000e0041`},
		"variation selector":     {"a\ufe0f", 80, `a\ufe0f`},
		"filler":                 {"a\u3164", 80, `a\u3164`},
		"private use":            {"a\ue000", 80, `a\ue000`},
		"not UTF-8":              {"a\xff\xfeb", 80, `a\xff\xfeb`},
		"replacement stays":      {"a\ufffdb", 80, "a\ufffdb"},
		"exactly the limit":      {"abcde", 5, "abcde"},
		"cut":                    {"abcdef", 5, "abcd…"},
		"cut in characters":      {"ääääää", 5, "ääää…"},
		"fits in characters":     {"äääää", 5, "äääää"},
		"no escape is cut apart": {"ab\x1bc", 5, "ab…"},
		"escape fits":            {"a\x1b", 5, `a\x1b`},
		"limit of one":           {"abc", 1, "…"},
		"no limit":               {"abc", 0, ""},
		"negative limit":         {"abc", -1, ""},
		"empty":                  {"", 5, ""},
	} {
		t.Run(name, func(t *testing.T) { assert.Equal(t, tt.want, safe.Text(tt.in, tt.limit)) })
	}
}

func TestURL(t *testing.T) {
	for name, tt := range map[string]struct{ in, want string }{
		"nothing to hide":     {"https://www.example/a?size=2&v=3#top", "https://www.example/a?size=2&v=3#top"},
		"userinfo":            {"https://user:pass@www.example/a", "https://***@www.example/a"},
		"user alone":          {"https://user@www.example/", "https://***@www.example/"},
		"at sign in password": {"https://u:p@ss@www.example/", "https://***@www.example/"},
		"at sign in a path":   {"https://www.example/logo@2x.png", "https://www.example/logo@2x.png"},
		"token":               {"https://www.example/?token=s3cret", "https://www.example/?token=***"},
		"key":                 {"https://www.example/?a=1&key=s3cret&b=2", "https://www.example/?a=1&key=***&b=2"},
		"access_token":        {"https://www.example/?access_token=s3cret", "https://www.example/?access_token=***"},
		"in a fragment":       {"https://www.example/#access_token=s3cret", "https://www.example/#access_token=***"},
		"sig":                 {"https://www.example/?sv=1&sig=a%2Fb%3D", "https://www.example/?sv=1&sig=***"},
		"S3":                  {"https://b.example/o?X-Amz-Credential=AK&X-Amz-Signature=ab", "https://b.example/o?X-Amz-Credential=***&X-Amz-Signature=***"},
		"CloudFront":          {"https://d.example/o?Policy=e&Signature=ab&Key-Pair-Id=K1", "https://d.example/o?Policy=***&Signature=***&Key-Pair-Id=***"},
		"Akamai":              {"https://a.example/o?hdnea=exp=1~hmac=ab", "https://a.example/o?hdnea=***"},
		"session":             {"https://www.example/;jsessionid=AB12?x=1", "https://www.example/;jsessionid=***"},
		"password":            {"https://www.example/?Password=x&PASSWD=y", "https://www.example/?Password=***&PASSWD=***"},
		"encoded key":         {"https://www.example/?%74oken=s3cret", "https://www.example/?%74oken=***"},
		"broken encoding":     {"https://www.example/?%zz=1&t%6fken=s3cret&%4", "https://www.example/?%zz=1&t%6fken=***&%4"},
		"malformed":           {"http://[::1/?token=s3cret", "http://[::1/?token=***"},
		"a line with a URL":   {"Location: https://u:p@a.example/?sig=ab then", "Location: https://***@a.example/?sig=*** then"},
		"a word within":       {"https://www.example/?monkey=1&design=2&author=me&keyboard=3", "https://www.example/?monkey=1&design=2&author=me&keyboard=3"},
		"behind no scheme":    {"//u:p@www.example/", "//***@www.example/"},
		"backslashes":         {`https:\\u:p@www.example\a`, `https:\\***@www.example\a`},
		"two URLs":            {"https://a:b@x.example,https://c:d@y.example", "https://***@x.example,https://***@y.example"},
		"two apart":           {"https://a:b@x.example https://c:d@y.example", "https://***@x.example https://***@y.example"},
		"semicolon in value":  {"https://www.example/?token=a;b?c&d=1", "https://www.example/?token=***&d=1"},
		"semicolon first":     {"https://www.example/?token=;b", "https://www.example/?token=***"},
		"slashes in value":    {"https://www.example/?token=a//b/c=", "https://www.example/?token=***"},
		"URL within":          {"https://www.example/?next=https://u:p@a.example/?sig=x", "https://www.example/?next=https://***@a.example/?sig=***"},
		"escaped URL within":  {"https://www.example/?a=1&next=https%3A%2F%2Fa.example%2F%3Fsig%3Ds3cret", "https://www.example/?a=1&next=***"},
		"escaped user within": {"https://www.example/?next=https%3A%2F%2Fu%3Ap%40a.example%2F", "https://www.example/?next=***"},
		"escaped twice":       {"https://www.example/?next=%253Fsig%253Ds3cret%2526a", "https://www.example/?next=***"},
		"escaped pair":        {"https://www.example/?state=sig%3Ds3cret", "https://www.example/?state=***"},
		"escaped without end": {"https://www.example/?a=%252525252525252541", "https://www.example/?a=***"},
		"escaped and plain":   {"https://www.example/?next=%2Fa%3Fb%3D1", "https://www.example/?next=%2Fa%3Fb%3D1"},
		"word of a key":       {"https://www.example/?Ocp-Apim-Subscription-Key=s3cret&country_code=de", "https://www.example/?Ocp-Apim-Subscription-Key=***&country_code=de"},
		"code alone":          {"https://www.example/?code=s3cret", "https://www.example/?code=***"},
		"key escaped twice":   {"https://www.example/?%2574oken=s3cret", "https://www.example/?%2574oken=***"},
		"no value":            {"https://www.example/?token=&token", "https://www.example/?token=&token"},
	} {
		t.Run(name, func(t *testing.T) { assert.Equal(t, tt.want, safe.URL(tt.in)) })
	}
}

// What is nested without an end must not take time without an end.
func TestURLNested(t *testing.T) {
	nested := "a"
	for range 400 {
		nested = "a=" + strings.NewReplacer("%", "%25", "=", "%3D").Replace(nested)
	}
	assert.Equal(t, "https://h.example/?a=***", safe.URL("https://h.example/?"+nested))
	for _, unit := range []string{"?a=", "&token=%41", "//@", "#", "?a=%3D", "/\\"} {
		safe.URL(strings.Repeat(unit, 100_000))
	}
}

func TestMasker(t *testing.T) {
	m := safe.NewMasker([]string{"hunter2", "hunter2-long", "a b/c?", "quo\"te\\", "  padded\n", "x", ""})
	for in, want := range map[string]string{
		"hunter2 and hunter2-long.":         "*** and ***.",
		"/?q=a+b%2Fc%3F&p=a%20b%2Fc%3F":     "/?q=***&p=***",
		"a b/c? at the end":                 "*** at the end",
		`{"password":"quo\"te\\"}`:          `{"password":"***"}`,
		"Authorization: Basic aHVudGVyMg==": "Authorization: Basic ***==",
		"padded":                            "***",
		"x is too short":                    "x is too short",
		"":                                  "",
	} {
		assert.Equal(t, want, m.Mask(in), "%q", in)
	}
	assert.Equal(t, "hunter2", safe.Masker{}.Mask("hunter2"), "the zero value hides nothing")
	assert.Equal(t, "abc", safe.NewMasker([]string{"", "abc"}).Mask("abc"))
	overlapping := safe.NewMasker([]string{"abcd", "cdef", "ababa"})
	assert.Equal(t, "***!", overlapping.Mask("abcdef!"), "no piece of either remains")
	assert.Equal(t, "***", overlapping.Mask("abababa"))
	assert.Equal(t, "***", overlapping.Mask("abcdabcd"), "what touches tells no count")
	assert.Equal(t, "***", overlapping.Mask("abcdcdef"))
	for _, format := range []string{"%v", "%+v", "%#v", "%q", "%x"} {
		assert.NotContains(t, fmt.Sprintf(format, struct{ M safe.Masker }{m}), "hunter2")
	}
}

func TestHeader(t *testing.T) {
	for in, want := range map[string]string{
		"Cache-Control: max-age=60":                     "Cache-Control: max-age=60",
		"Set-Cookie: sid=s3cret; Path=/; HttpOnly":      "Set-Cookie: sid=***; Path=/; HttpOnly",
		"set-cookie: sid=s3cret":                        "set-cookie: sid=***",
		"Set-Cookie: s3cret":                            "Set-Cookie: ***",
		"Set-Cookie: a=b; Domain=x; r=/?token=q":        "Set-Cookie: a=***; Domain=x; r=/?token=***",
		"Authorization: Bearer s3cret":                  "Authorization: ***",
		"Cookie: sid=s3cret":                            "Cookie: ***",
		"X-Csrf-Token: s3cret":                          "X-Csrf-Token: ***",
		"Location: https://u:p@a.example/?token=s3cret": "Location: https://***@a.example/?token=***",
		"Location: /next?sig=s3cret&a=1":                "Location: /next?sig=***&a=1",
		"Link: </a?token=s3cret>; rel=preload":          "Link: </a?token=***>; rel=preload",
		"Surrogate-Key: home hero":                      "Surrogate-Key: home hero",
		"no header line at https://u:p@a.example/":      "no header line at https://***@a.example/",
		"https://u:p@a.example/":                        "https://***@a.example/",
		": x":                                           ": x",
		"":                                              "",
	} {
		assert.Equal(t, want, safe.Header(in), "%q", in)
		assert.Equal(t, want, safe.Header(want), "%q is idempotent", want)
	}
}

func TestMarkdown(t *testing.T) {
	for in, want := range map[string]string{
		"plain text, 1.5 s":                "plain text, 1\\.5 s",
		"<script>alert(1)</script>":        `\<script\>alert\(1\)\</script\>`,
		"[click](https://evil.example)":    `\[click\]\(https\://evil.example\)`,
		"a|b\n# c":                         `a\|b\\x0a\# c`,
		"- item":                           `\- item`,
		"12. item":                         `12\. item`,
		"*bold* _it_ ~~no~~ `code` &lt; !": "\\*bold\\* \\_it\\_ \\~\\~no\\~\\~ \\`code\\` \\&lt; \\!",
		"":                                 "",
		"@team owner/repo#12 a@ b# #":      `\@<!-- -->team owner/repo\#<!-- -->12 a\@ b\# \#`,
		"see www.evil.example WWW.x":       `see www\.evil.example WWW\.x`,
	} {
		if in == "plain text, 1.5 s" {
			want = in // the dot does not follow digits alone
		}
		assert.Equal(t, want, safe.Markdown(in), "%q", in)
	}
}

func TestCode(t *testing.T) {
	for in, want := range map[string]string{
		"https://a.example/?x=1": "`https://a.example/?x=1`",
		"a`b``c":                 "`a'b''c`",
		`a|b\|c`:                 "`a¦b\\¦c`",
		"a\nb":                   "`a\\x0ab`",
		"  ":                     "",
		"":                       "",
	} {
		assert.Equal(t, want, safe.Code(in), "%q", in)
	}
}

func TestCSV(t *testing.T) {
	for in, want := range map[string]string{
		"plain": "plain", "": "", "a=b": "a=b", "'quoted": "'quoted",
		"=1+1": "'=1+1", "+1": "'+1", "-1": "'-1", "@SUM(A1)": "'@SUM(A1)",
		"\t=1": `\x09=1`, "\r=1": `\x0d=1`, " =1": "' =1", "\"=1": "'\"=1", "＝1": "'＝1",
	} {
		assert.Equal(t, want, safe.CSV(in), "%q", in)
		assert.Equal(t, want, safe.CSV(safe.CSV(in)), "%q twice", in)
	}
}

// seeds are what real and hostile sites have sent.
var seeds = []string{
	"", "Cache-Control: max-age=60", "\x1b]0;owned\x07", "\u009b2J", "a\u202eb", "<script>alert(1)</script>", "=cmd|'/c calc'!A0",
	"https://u:p@a.example/?token=abc&x=1#access_token=q", "\xff\xfe\x00", "[x](javascript:alert(1))", "| a | b |", "`code`", "\\x1b",
	strings.Repeat("ä", 300), "e\u0301\u200d", "1. a", "${jndi:ldap://a}", "%74oken=%zz", "https://a//b@c;sid=1",
}

func FuzzText(f *testing.F) {
	for _, s := range seeds {
		f.Add(s, 40)
	}
	f.Fuzz(func(t *testing.T, s string, limit int) {
		out := safe.Text(s, limit)
		checkVisible(t, out)
		assert.LessOrEqual(t, utf8.RuneCountInString(out), max(0, limit))
		assert.Equal(t, out, safe.Text(out, limit), "idempotent")
	})
}

func FuzzFormats(f *testing.F) {
	for _, s := range seeds {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		for _, out := range []string{safe.Markdown(s), safe.Code(s), safe.CSV(s)} {
			checkVisible(t, out)
		}
		assert.NotContains(t, strings.Trim(safe.Code(s), "`"), "`")
		assert.Equal(t, safe.URL(s), safe.URL(safe.URL(s)), "idempotent")
		masker := safe.NewMasker([]string{"hunter2"})
		assert.Equal(t, safe.Header(s), safe.Header(safe.Header(s)), "idempotent")
		assert.NotContains(t, masker.Mask(s), "hunter2")
	})
}

func checkVisible(t *testing.T, s string) {
	t.Helper()
	assert.True(t, utf8.ValidString(s))
	for _, r := range s {
		assert.False(t, unicode.IsControl(r) || unicode.In(r, unicode.Cf, unicode.Zl, unicode.Zp), "%q has %U", s, r)
	}
}
