package main

import (
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"net/http"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"

	"golang.org/x/net/http/httpguts"

	"github.com/edgeprime/edgeprime/edge"
)

// maxSecret bounds a credential, in bytes.
const maxSecret = 16 << 10

// variantHeader is true for the request headers by which browsers select a stored response. Any
// other header in a variant could poison the caches that the launch is about to use.
func variantHeader(name string) bool {
	switch name = strings.ToLower(name); name {
	case "accept", "accept-encoding", "accept-language", "user-agent", "origin", "save-data",
		"dpr", "viewport-width", "width":
		return true
	}
	return strings.HasPrefix(name, "sec-ch-") || strings.HasPrefix(name, "sec-fetch-")
}

// variants checks names and headers.
func (c *checker) variants(list []edge.Variant) {
	names := map[string]keyPath{}
	for i, v := range list {
		at := path("variants").index(i)
		c.unique(names, at.key("name"), v.Name, nameRule, "lower-case letters, digits and hyphens, at most 63")
		seen := map[string]string{}
		for _, name := range slices.Sorted(maps.Keys(v.Headers)) {
			c.variantHeader(at.key("headers").key(name), name, v.Headers[name], seen)
		}
	}
}

func (c *checker) variantHeader(at keyPath, name, value string, seen map[string]string) {
	canonical := http.CanonicalHeaderKey(name)
	first, again := seen[canonical]
	seen[canonical] = name
	switch {
	case !variantHeader(name):
		c.bad(at, "header %q cannot select a variant and is not sent; allowed are Accept, Accept-Encoding, Accept-Language, "+
			"User-Agent, Origin, Save-Data, DPR, Viewport-Width, Width, Sec-CH-* and Sec-Fetch-*", shortened(name))
	case !httpguts.ValidHeaderFieldName(name):
		c.bad(at, "%q is no header name", shortened(name))
	case again:
		c.bad(at, "headers %q and %q are the same", first, name)
	case value == "" || !httpguts.ValidHeaderFieldValue(value):
		c.bad(at, "the value of header %s is empty or holds a control character", name)
	}
}

// privateHeader is true for the headers that a launch must not set on its requests: they steer
// the connection, the cache or another server.
func privateHeader(name string) bool {
	switch name = strings.ToLower(name); name {
	case "host", "connection", "content-length", "transfer-encoding", "te", "trailer", "upgrade",
		"keep-alive", "expect", "range", "forwarded", "via", "cache-control", "pragma", "age":
		return true
	}
	for _, prefix := range []string{"x-forwarded-", "x-original-", "x-rewrite-", "x-http-method", "x-method-", "if-", "proxy-", "accept", "sec-"} {
		if strings.HasPrefix(name, prefix) {
			return true
		}
	}
	return false
}

// headers resolves the credentials of the preview hosts.
func (c *checker) headers(l *launch, e *env) {
	l.Headers = map[string]edge.Secret{}
	names := slices.Sorted(maps.Keys(l.File.Headers))
	if len(names) > 0 && len(l.File.Scope.Preview) == 0 && !c.isBroken(path("scope")) {
		c.add(path("headers"), "headers are sent to preview hosts only, and scope.preview names none; add it, or leave headers out")
	}
	for _, name := range names {
		at := path("headers").key(name)
		if privateHeader(name) || !httpguts.ValidHeaderFieldName(name) {
			c.bad(at, "header %q cannot be set here; use the header that the preview host asks for as its credential", shortened(name))
			continue
		}
		secret, err := resolve(l.File.Headers[name], filepath.Dir(l.Path), e.getenv)
		if err != nil {
			c.bad(at, "headers.%s: %s", name, err)
			continue
		}
		l.Headers[http.CanonicalHeaderKey(name)] = secret
	}
}

// identify resolves the secret that bot protection is to know edgeprime by.
func (c *checker) identify(l *launch, e *env) {
	id := l.File.Identify
	if id == (identifySection{}) {
		return
	}
	at := path("identify")
	if id.Header == "" || id.Secret == "" {
		c.bad(at, "identify needs both header and secret, such as {header: X-Edgeprime-Key, secret: \"${env:EDGEPRIME_KEY}\"}")
		return
	}
	if strings.EqualFold(id.Header, runHeader) || strings.EqualFold(id.Header, "User-Agent") || strings.EqualFold(id.Header, "Cookie") ||
		privateHeader(id.Header) || !httpguts.ValidHeaderFieldName(id.Header) {
		c.bad(at.key("header"), "identify.header is %q, which cannot be set; use one of your own, such as X-Edgeprime-Key", shortened(id.Header))
		return
	}
	var err error
	if l.Secret, err = resolve(id.Secret, filepath.Dir(l.Path), e.getenv); err != nil {
		c.bad(at.key("secret"), "identify.secret: %s", err)
	}
	for _, page := range slices.Concat(l.File.Entries, l.File.Pages) {
		if strings.HasPrefix(page, "http://") {
			c.note("the secret of identify is sent in the clear: %s is asked over http", page)
			break
		}
	}
}

// reference is how a launch file names a credential; a scheme such as "Bearer " may stand in front.
var reference = regexp.MustCompile(`^((?:[A-Za-z][A-Za-z0-9-]* )?)\$\{(env|file):([^{}]+)\}$`)

// resolve returns the credential that a reference names. No message shows a value.
func resolve(text, folder string, getenv func(string) string) (edge.Secret, error) {
	match := reference.FindStringSubmatch(text)
	if match == nil {
		return edge.Secret{}, errors.New("a credential never stands in the file; write ${env:NAME} or ${file:/path}")
	}
	prefix, kind, name := match[1], match[2], match[3]
	read := func() (string, error) { return secretEnv(name, getenv) }
	if kind == "file" {
		read = func() (string, error) { return secretFile(name, folder) }
	}
	value, err := read()
	if err != nil {
		return edge.Secret{}, err
	}
	if !httpguts.ValidHeaderFieldValue(value) {
		return edge.Secret{}, fmt.Errorf("the value of ${%s:%s} holds a control character", kind, name)
	}
	return edge.NewSecret(prefix + value), nil
}

// secretEnv reads a credential from the environment.
func secretEnv(name string, getenv func(string) string) (string, error) {
	value := getenv(name)
	if value == "" {
		return "", fmt.Errorf("the environment variable %s is not set", name)
	}
	return value, nil
}

// secretFile reads a credential from a file that nobody but its owner and group may touch.
func secretFile(name, folder string) (string, error) {
	if !filepath.IsAbs(name) {
		name = filepath.Join(folder, name)
	}
	info, err := os.Stat(name)
	if err != nil {
		return "", errors.New(reason(err))
	}
	const others fs.FileMode = 0o007
	if info.Mode().Perm()&others != 0 {
		return "", fmt.Errorf("%s can be reached by every user (%s); run: chmod 600 %s", name, info.Mode().Perm(), name)
	}
	data, err := readRegular(name, maxSecret)
	if err != nil {
		return "", errors.New(reason(err))
	}
	value := strings.TrimRight(string(data), "\r\n")
	if value == "" {
		return "", fmt.Errorf("%s is empty", name)
	}
	return value, nil
}
