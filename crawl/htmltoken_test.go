package crawl

import (
	"bytes"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"golang.org/x/net/html"
)

// hardMarkup is where tokenizers go wrong.
func hardMarkup() []string {
	return []string{
		"", "a", "<", "a<", "a</", "</", "<!", "<!x", "<!>", "<!>x", "<?", "<?x", "<?x?>y", "</>", "</ x>", "</1>a", "<1", "<a", "<a ", "<a b", "<a b=", "<a b=c",
		"<a b='c", "</a", "</a b='>'>", "<a/>", "<a />", "<a b=/>", "<a b=c/>", "<a b=c />", "<a b/c>", "<a / b>", "<a =b>", "<a ==b>", "<a b= >", "<a b=>", "<a b = c>",
		`<a b="x>y" c='"'>z`, "<A B=C b=d>", "<a b=1 b=/>", "<a b=&amp;&lt>", "<a b=&copy=1 c=&copy;>", "<a b=\"x\r\ny\">", "<a\x00b c\x00=d\x00>", "<a\fb>", "x < y <= z <3",
		"<!-->a", "<!--->a", "<!---->a", "<!--a-->b", "<!--a--!>b", "<!--a--!-->b", "<!--a--!->b-->", "<!--a->b-->", "<!--a--x>b-->", "<!--", "<!--a", "<!--a--", "<!--a--!", "<!-a>b",
		"<!doctype html>a", "<!DOCTYPE", "<!DOCT>x", "<!doctype >", "<![CDATA[a]]>b",
		"<script>a<b</script>c", "<script>a</SCRIPT >c", "<script></script>", "<script>a", "<script>a</scriptx></script", "<script><!--<script>a</script>b--></script>c",
		"<script><!--a</script>b", "<script><!--<script>a</script>", "<title>a<b>&amp;</title>", "<textarea></textareas></textarea>", "<style><!--</style>-->", "<plaintext>a</plaintext>",
		"<noscript><img src=a></noscript>", "<xmp><b></xmp>", "<iframe></</iframe>", "<style></</style>x", "<title/>a</title>",
		"<p" + strings.Repeat(" a=1", 40) + " b=2 a=3>", "<p" + strings.Repeat(" a b", 40) + ">", "<svg:image xlink:href=a />",
	}
}

func TestHTMLTokens(t *testing.T) {
	for _, text := range hardMarkup() {
		sameTokens(t, []byte(text))
		sameTokens(t, []byte("x<p>"+text+"<i>y"))
	}
	z := htmlTokens{text: []byte("a<!--" + strings.Repeat("x", maxToken) + "-->b")}
	assert.Equal(t, textToken, z.next())
	assert.Equal(t, noToken, z.next())
	assert.True(t, z.tooLong)
}

// FuzzHTMLTokens compares with the tokenizer that was written first.
func FuzzHTMLTokens(f *testing.F) {
	for _, text := range hardMarkup() {
		f.Add([]byte(text))
	}
	f.Fuzz(sameTokens)
}

func sameTokens(t *testing.T, text []byte) {
	t.Helper()
	z, want := htmlTokens{text: text}, html.NewTokenizer(bytes.NewReader(text))
	for {
		kind, wantKind := z.next(), want.Next()
		require.Equal(t, kindOfToken(wantKind), kind, "%q", text)
		if kind == noToken {
			return
		}
		require.Equal(t, string(want.Raw()), string(z.raw), "%q", text)
		if kind != startToken && kind != endToken {
			continue
		}
		name, more := want.TagName()
		require.Equal(t, string(name), string(z.name), "%q", text)
		if kind == endToken {
			continue
		}
		require.Equal(t, wantKind == html.SelfClosingTagToken, z.selfClosing, "%q", text)
		for i := 0; more; i++ {
			var key, value []byte
			key, value, more = want.TagAttr()
			require.Less(t, i, len(z.attrs.names), "%q", text)
			require.Equal(t, string(key), string(z.attrs.names[i]), "%q", text)
			require.Equal(t, string(value), string(z.attrs.values[i]), "%q", text)
			require.Equal(t, !more, i+1 == len(z.attrs.names), "%q", text)
		}
	}
}

func kindOfToken(t html.TokenType) tokenKind {
	switch t {
	case html.TextToken:
		return textToken
	case html.StartTagToken, html.SelfClosingTagToken:
		return startToken
	case html.EndTagToken:
		return endToken
	case html.CommentToken, html.DoctypeToken:
		return otherToken
	case html.ErrorToken:
	}
	return noToken
}
