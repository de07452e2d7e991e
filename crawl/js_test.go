package crawl

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

func scanScript(t *testing.T, script string) (out *refs, bare []string, whole bool) {
	t.Helper()
	r, err := newResolver("https://www.example/js/m.js")
	require.NoError(t, err)
	out = &refs{resolver: r, page: "https://www.example/js/m.js", origin: "https://www.example"}
	doc, err := newResolver("https://www.example/page/")
	require.NoError(t, err)
	scan := scriptScan{out: out, doc: doc, priority: Critical, module: true}
	whole = scan.scan([]byte(script))
	return out, scan.bare, whole
}

func TestModuleImports(t *testing.T) {
	for script, want := range map[string]string{
		`import "./a.js"`: "a.js",
		`import{a as e,b as t}from"./a.js";import r from"./b.js";import*as n from '../js/c.js';import x,{y}from"/js/d.js"`: "a.js b.js c.js d.js",
		`export*from"./a.js";export{q}from"./b.js";export * as ns from "./c.js"`:                                           "a.js b.js c.js",
		`import j from "./d.json" with {type:"json"}; import s from "./s.css" with {type:"css"}`:                           "d.json s.css",
		"import('./a.js');if(x)import(\"./b.js\", {with:{}});import(`./c.js`);import(`./${n}.js`);import(n+'./no.js')":     "a.js b.js c.js",
		`x.import("./no.js"); const o={import:1}; o.import("./no.js")`:                                                     "",
		"const s=`import(\"./no.js\")`, r=/import\"\\.\\/no.js\"/.test(s); // import './no.js'\n/* import './no.js' */":    "",
		`export const from = "./no.js"; const from2 = 1; let a = b / c; import "./a.js"; d / 2`:                            "a.js",
		`if (x) /import "no"/.test(y); import "./a.js"`:                                                                    "a.js",
		`function f(){} /"/.test(y); import "./a.js"`:                                                                      "a.js",
		`const o = {} / 2; import "./a.js"; ")"`:                                                                           "a.js",
		`x = a[0] / b / "c"; y = (1) / 2; return /["]/; import "./a.js"`:                                                   "a.js",
		`new URL('./i.png',import.meta.url); new URL("./no.png", base); URL("./no.png", import.meta.url)`:                  "i.png",
		`import.meta.env.from "x"; import { a } from "https://www.example/js/abs.js"`:                                      "abs.js",
		`import "./\u0061.js"; import "./\x62.js"; import "./\c.js"`:                                                       "a.js b.js c.js",
	} {
		t.Run(script, func(t *testing.T) {
			out, bare, whole := scanScript(t, script)
			assert.True(t, whole)
			assert.Empty(t, bare)
			got := []string{}
			for _, f := range out.list {
				got = append(got, strings.TrimPrefix(f.URL, "https://www.example/js/"))
			}
			assert.Equal(t, want, strings.Join(got, " "))
		})
	}
}

func TestModuleReferences(t *testing.T) {
	out, bare, whole := scanScript(t, `import "./a.js"; import "lib"; import("./b.js"); import c from "./c.css" with {type:"css"};
		new Worker(new URL("./w.ts", import.meta.url), {type:"module"}); new URL("./d.bin", import.meta.url); import "lib/x"; import "node:fs"`)
	assert.True(t, whole)
	assert.Equal(t, []string{"lib", "lib/x"}, bare)
	assert.Equal(t, []string{
		"script critical cors js:import /js/a.js",
		"script high cors js:import() /js/b.js",
		"stylesheet critical cors js:import /js/c.css",
		"script high js:new-url /js/w.ts",
		"data high js:new-url /js/d.bin",
	}, brief(out.assets()))
	roles := []role{}
	for _, f := range out.list {
		roles = append(roles, f.role)
	}
	assert.Equal(t, []role{readModule, readModule, readSheet, readScript, unread}, roles)

	_, _, whole = scanScript(t, "import './a.js'; const s = /unterminated\n")
	assert.False(t, whole)
}
