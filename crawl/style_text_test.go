package crawl

import (
	"testing"

	"github.com/stretchr/testify/assert"
)

// What Chromium requests for each of these pages, whose sheet gives the family U one face.
func TestTextThatStandsInNoElement(t *testing.T) {
	const w = "https://www.example/"
	for name, c := range map[string]struct {
		css, html string
		want      bool
	}{
		"attr()":            {`[data-i]:before{font-family:U;content:attr(data-i)}`, `<p data-i=x></p>`, true},
		"counter()":         {`p:after{font-family:U;content:counter(a) "."}`, `<p></p>`, true},
		"counters()":        {`p:after{font-family:U;content:counters(a,"")}`, `<p></p>`, true},
		"attr() elsewhere":  {`p:after{font-family:U;content:"";width:attr(data-i px)}`, `<p></p>`, false},
		"placeholder":       {`input{font-family:U}`, `<input placeholder=x>`, true},
		"placeholder's own": {`input::placeholder{font-family:U}`, `<input placeholder=x>`, true},
		"value":             {`input{font-family:U}`, `<input value=x>`, true},
		"empty field":       {`input{font-family:U}`, `<input>`, true},
		"empty text area":   {`textarea{font-family:U}`, `<textarea></textarea>`, true},
		"button":            {`input{font-family:U}`, `<input type=submit>`, true},
		"check box":         {`input{font-family:U}`, `<input type=checkbox value=x>`, false},
		"hidden":            {`input{font-family:U}`, `<input type=HIDDEN value=x>`, false},
	} {
		t.Run(name, func(t *testing.T) {
			m := site{
				w:           htmlPage(`<link rel=icon href=data:,><link rel=stylesheet href=a.css>` + c.html),
				w + "a.css": cssPage(`@font-face{font-family:U;src:url(u.woff2)}` + c.css),
			}.crawl(t, Config{Entries: []string{w}})
			assert.Equal(t, c.want, m.find(w+"u.woff2").Priority == Critical)
		})
	}
}

// An element is replaced by the image that is its content.
func TestContentOfElements(t *testing.T) {
	const w = "https://www.example/"
	m := site{w: htmlPage(`<style>h1{content:url(logo.svg)}b{content:"x"}</style><h1>x</h1>`)}.crawl(t, Config{Entries: []string{w}})
	assert.NotEmpty(t, m.find(w+"logo.svg").Selected)
}
