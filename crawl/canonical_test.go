package crawl

import (
	"testing"

	"github.com/stretchr/testify/assert"
)

func TestCanonicalIsRecordedAndNotFetched(t *testing.T) {
	const head, body = "<head>", "</head><body>"
	for name, tt := range map[string]struct {
		answer Response
		want   string
	}{
		"in the head":              {htmlPage(head + `<link rel=canonical href=/shoes>` + body), "https://a.example/shoes"},
		"of itself":                {htmlPage(head + `<link rel=canonical href="?x=1">` + body), "https://a.example/?x=1"},
		"on another host":          {htmlPage(head + `<link rel="nofollow CANONICAL" href="//b.example/x#y">` + body), "https://b.example/x"},
		"the first counts":         {htmlPage(head + `<link rel=canonical href=/1><link rel=canonical href=/2>` + body), "https://a.example/1"},
		"one that is none":         {htmlPage(head + `<link rel=canonical href="mailto:x@a.example"><link rel=canonical href=/2>` + body), "https://a.example/2"},
		"in the body":              {htmlPage(head + body + `<p><link rel=canonical href=/shoes>`), ""},
		"in a template":            {htmlPage(head + `<template><link rel=canonical href=/shoes></template>` + body), ""},
		"below a base":             {htmlPage(head + `<base href="https://b.example/x/"><link rel=canonical href=shoes>` + body), "https://b.example/x/shoes"},
		"alternates are none":      {htmlPage(head + `<link rel=alternate hreflang=de href=/de>` + body), ""},
		"in the header":            {page("text/html", "<p>x", "Link", `</shoes>; rel="canonical"`), "https://a.example/shoes"},
		"the header before markup": {page("text/html", head+`<link rel=canonical href=/1>`+body, "Link", `</2>; rel=canonical`), "https://a.example/2"},
		"not of a base's":          {page("text/html", head+`<base href="https://b.example/x/">`+body, "Link", `<2>; rel=canonical`), "https://a.example/2"},
	} {
		t.Run(name, func(t *testing.T) {
			s := site{"https://a.example/?x=1": tt.answer}
			m := s.crawl(t, Config{Entries: []string{"https://a.example/?x=1"}})
			assert.Equal(t, tt.want, m.find("https://a.example/?x=1").Canonical)
			for _, u := range m.urls() {
				assert.Contains(t, []string{"https://a.example/?x=1", "https://a.example/favicon.ico"}, u, "a canonical URL is no asset")
			}
		})
	}
}

func TestCanonicalOfAPreviewIsPublic(t *testing.T) {
	s := site{"https://preview.example/": htmlPage(`<link rel=canonical href=/>`)}
	m := s.crawl(t, Config{
		Entries: []string{"https://www.example/"},
		Scope:   Scope{Hosts: []string{"www.example"}, Preview: map[string]string{"preview.example": "www.example"}},
	})
	assert.Equal(t, "https://www.example/", m.find("https://www.example/").Canonical)
}
