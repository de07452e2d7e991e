package main

import (
	"bytes"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/edgeprime/edgeprime/edge"
)

// launchCase is a launch file and what loading it must say.
type launchCase struct {
	name   string
	yaml   string // below the smallest good file, unless it begins with "whole:"
	want   string // part of the error; "" when it loads
	schema bool   // the JSON Schema refuses it too
}

const smallest = "name: sale\nlaunch: {at: \"2026-12-01 09:00\", time_zone: America/New_York}\nentries: [\"https://www.example.com/\"]\n"

func (c launchCase) source() string {
	if whole, ok := strings.CutPrefix(c.yaml, "whole:"); ok {
		return whole
	}
	return smallest + c.yaml
}

func goodLaunches() []launchCase {
	return []launchCase{
		{name: "smallest"},
		{name: "empty keys are absent ones", yaml: "owner:\norigin:\nregions:\nstages: {shield: , gate: }\n"},
		{name: "sitemap only", yaml: "whole:name: a\nlaunch: {at: 2026-12-01T09:00:00+01:00}\nsitemaps: [http://example.com:8080/sitemap.xml]\n"},
		{name: "unquoted time", yaml: "whole:name: a\nlaunch:\n  at: 2026-12-01 09:00\n  time_zone: Europe/Berlin\npages: [https://example.com]\n"},
		{name: "variants", yaml: "variants:\n- {name: plain}\n- name: mobile\n  headers: {accept: \"image/avif, */*\", Sec-CH-UA-Mobile: \"?1\", Sec-Fetch-Mode: cors, DPR: \"2\", Viewport-Width: \"390\", Width: \"390\", Save-Data: \"on\", User-Agent: x, Origin: \"https://www.example.com\", Accept-Language: de}\n"},
		{name: "regions", yaml: "regions:\n- name: us-east\n- name: eu\n  vantages:\n  - {name: fra, via: connect_to, address: \"151.101.1.57:443\", pop: FRA}\n  - {address: \"edge.example.net:443\"}\nstages: {canary: eu, shield: us-east, gate: {max_error_ratio: 0.1, min_hit_ratio: 1, sample: 5}}\n"},
		{name: "shield in place", yaml: "stages: {shield: {name: tier, address: \"151.101.1.57:443\"}}\n"},
		{name: "shield list", yaml: "regions: [{name: eu}]\nstages: {shield: [eu, {address: \"[2606:4700::1]:443\"}]}\n"},
		{name: "limits", yaml: "origin: {max_rps: 60, confirm_max_rps: 60, max_in_flight: 8, amplification: 2, timeout: 1m30s, hold_tail: 500ms}\n"},
		{name: "no confirmation", yaml: "origin: {max_rps: 50, confirm_max_rps: 0}\n"},
		{name: "ways", yaml: "resolvers: [\"9.9.9.11:53\"]\nworkers: {regions: [far]}\nregions:\n- name: eu\n  vantages:\n  - {distribution: d111111abcdef8.cloudfront.net, pop: FRA56-P4}\n  - {name: de, distribution: d111111abcdef8, near: DE}\n  - {subnet: 203.0.113.0/24, pop: FRA}\n  - {proxy: \"socks5://proxy.example:1080\"}\n- name: far\n  vantages: [{via: worker}]\n"},
		{name: "loopback by exemption", yaml: "allow_addresses: [\"127.0.0.1:8080\", \"[::1]:443\"]\nregions: [{name: eu, vantages: [{address: \"127.0.0.1:8080\"}]}]\n"},
		{name: "everything else", yaml: "owner: a\non_call: b\napprover: c\ndeploy_id: \"0123\"\ncdn: {profile: cloudfront, edge_ttl: 0s, min_ttl: 1s, max_ttl: 2h, default_ttl: 24h, negative_ttl: 10s, cache_rule: true, vary_rule: true, always_online: true, serve_stale: true, ignores_query: true}\nrules: {preset: strict, levels: {ST008: \"off\", TTL007: error}, html_max_age: 1m, unhashed_max_age: 1h, clock_skew: 1s, compress_above: 1, vary_members: 4, expire_together: 5, samples: 2, unknown_share: 0.1, planned_rps: 10, personal_pattern: csrf, fingerprint: {include: [a], exclude: [b]}}\ncriteria: {hit_ratio: 1, max_evidence_age: 24h, fail_on: warning}\nreport: {dir: out, formats: [html]}\ndiscovery: {pages: 1, assets: 2, links_per_page: 3, redirects: 4, sitemap_urls: 5, sitemap_depth: 6, concurrency: 7, rendered_pages: 8, render: true, browser: chromium, sitemap_since: 2026-11-01, sitemap_min_priority: 0.5}\ncritical: {include: [/a/**, \"https://www.example.com/b\"], exclude: [\"*.map\"]}\nscope: {hosts: [www.example.com, \"*.cdn.example.com\"], include: [/**], exclude: [/x/*]}\n"},
		{name: "links and devices", yaml: "discovery: {depth: 2, pages_per_host: 5, links_per_pattern: 6, queries_per_path: 7, candidates: selected, viewports: [{name: a, width: 1, height: 1, dpr: 0.5}, {name: B-1.x, width: 10000, height: 10000, dpr: 10}]}\n"},
		{name: "no links", yaml: "discovery: {depth: 0}\n"},
		{name: "credential", yaml: "scope: {preview: {preview.example.com: www.example.com}}\nheaders: {Authorization: \"Bearer ${env:TOKEN}\"}\n"},
	}
}

func badLaunches() []launchCase {
	return []launchCase{
		{"empty", "whole:", "is empty", true},
		{"comment only", "whole:# nothing\n", "is empty", true},
		{"a list", "whole:- a\n", "1: the file is no mapping", true},
		{"no YAML", "whole:name: [a\nb: c\n", ":2: the file is no YAML", false},
		{"tab", "whole:\tname: a\n", ":1: the file is no YAML", false},
		{"two documents", "whole:" + smallest + "---\n" + smallest, "several YAML documents", false},
		{"unknown key", "entrys: []\n", `:4: unknown key "entrys" (nearest key: entries)`, true},
		{"unknown key, nothing near", "zzz: 1\n", `:4: unknown key "zzz" (known keys: name, owner`, true},
		{"key of a section", "max_rps: 4\n", `:4: unknown key "max_rps" (nearest key: max_rps of origin)`, true},
		{"key of the top", "origin: {name: 4}\n", `:4: unknown key "name" in origin (nearest key: name of the top level)`, true},
		{"unknown key deep down", "regions:\n- name: a\n  vantages:\n  - {popp: FRA}\n", `:7: unknown key "popp" in regions[0].vantages[0] (nearest key: pop)`, true},
		{"key twice", "owner: a\nowner: b\n", ":5: owner stands twice, first on line 4", false},
		{"header twice", "variants: [{name: a, headers: {DPR: \"1\", dpr: \"2\"}}]\n", `headers "DPR" and "dpr" are the same`, false},
		{"alias", "owner: &a x\napprover: *a\n", ":5: approver is an alias", false},
		{"merge", "origin: {<<: {max_rps: 4}}\n", ":4: anchors, aliases and merged keys", false},
		{"key that is a list", "? [a]\n: b\n", "anchors, aliases and merged keys", false},
		{"list for a text", "owner: [a]\n", ":4: owner must be one text value", true},
		{"text for a list", "pages: https://a.example/\n", ":4: pages must be a list", true},
		{"text for a section", "origin: fast\n", ":4: origin must be a mapping", true},
		{"list for a map", "scope: {preview: [a]}\n", ":4: scope.preview must be a mapping", true},
		{"element without a value", "pages:\n- https://a.example/\n-\n", ":6: pages[1] is empty", true},
		{"control character", "owner: \"a\\e[31m\"\n", ":4: owner holds a control character", false},
		{"endless text", "owner: " + strings.Repeat("a", maxValue+1) + "\n", ":4: owner is longer than", false},

		{"no name", "whole:launch: {at: \"2026-12-01 09:00\", time_zone: UTC}\nentries: [\"https://a.example/\"]\n", "name is missing", true},
		{"name with capitals", "whole:" + strings.Replace(smallest, "sale", "Sale", 1), `:1: name is "Sale"; use lower-case`, true},
		{"name with a path", "whole:" + strings.Replace(smallest, "sale", "../sale", 1), ":1: name is", true},
		{"long name", "whole:" + strings.Replace(smallest, "sale", strings.Repeat("a", 64), 1), ":1: name is", true},

		{"no time", "whole:name: a\nlaunch: {time_zone: UTC}\nentries: [\"https://a.example/\"]\n", ":2: launch.at is missing", true},
		{"no launch", "whole:name: a\nentries: [\"https://a.example/\"]\n", "launch.at is missing", true},
		{"no zone", "whole:name: a\nlaunch: {at: \"2026-12-01 09:00\"}\nentries: [\"https://a.example/\"]\n", ":2: launch.at is \"2026-12-01 09:00\": a local time needs launch.time_zone", false},
		{"no such zone", "whole:name: a\nlaunch: {at: \"2026-12-01 09:00\", time_zone: America/New_Yorck}\nentries: [\"https://a.example/\"]\n", "is no IANA time zone", false},
		{"the machine's zone", "whole:name: a\nlaunch: {at: \"2026-12-01 09:00\", time_zone: Local}\nentries: [\"https://a.example/\"]\n", "is no IANA time zone", false},
		{"relative time", "whole:name: a\nlaunch: {at: +2h, time_zone: UTC}\nentries: [\"https://a.example/\"]\n", "relative to now", true},
		{"no time of day", "whole:name: a\nlaunch: {at: \"2026-12-01\", time_zone: UTC}\nentries: [\"https://a.example/\"]\n", "the time of day is missing", true},
		{"no such day", "whole:name: a\nlaunch: {at: 2026-02-30 09:00, time_zone: UTC}\nentries: [\"https://a.example/\"]\n", "this is no date and time", false},
		{"hour that is skipped", "whole:name: a\nlaunch: {at: 2027-03-14 02:30, time_zone: America/New_York}\nentries: [\"https://a.example/\"]\n", "does not exist in America/New_York", false},
		{
			"past", "whole:name: a\nlaunch: {at: 2026-11-24 05:59, time_zone: UTC}\nentries: [\"https://a.example/\"]\n",
			"launch.at is in the past: the launch was at 2026-11-24 05:59 UTC and its warm window ended at 2026-11-24 11:59 UTC, now it is 2026-11-24 12:00 UTC; set", false,
		},
		{"window of zero", "whole:name: a\nlaunch: {at: 2026-12-01 09:00, time_zone: UTC, warm_window: 0s}\nentries: [\"https://a.example/\"]\n", ":2: launch.warm_window is 0s; set a duration above zero, or leave the key out for the default 6h0m0s", false},
		{"window without a unit", "whole:name: a\nlaunch: {at: 2026-12-01 09:00, time_zone: UTC, warm_window: 6}\nentries: [\"https://a.example/\"]\n", `launch.warm_window is "6", which is no duration`, true},
		{"primed too late", "whole:name: a\nlaunch: {at: 2026-12-01 09:00, time_zone: UTC, prime_at: 2026-12-01 09:01}\nentries: [\"https://a.example/\"]\n", "launch.prime_at is after launch.at", false},
		{"primed never", "whole:name: a\nlaunch: {at: 2026-12-01 09:00, time_zone: UTC, prime_at: tomorrow}\nentries: [\"https://a.example/\"]\n", `launch.prime_at is "tomorrow"`, true},

		{"no page", "whole:name: a\nlaunch: {at: 2026-12-01 09:00, time_zone: UTC}\n", "the launch names no page", true},
		{"no scheme", "pages: [www.example.com/a?token=hunter2]\n", `:4: pages[0]: "www.example.com/a" has no scheme`, true},
		{"other scheme", "pages: [\"file:///etc/passwd\"]\n", "the scheme \"file\" is not http or https", true},
		{"credentials in a URL", "pages: [\"https://user:hunter2@www.example.com/\"]\n", "the URL holds a user name or password", true},
		{"space in a URL", "pages: [\"https://www.example.com/a b\"]\n", "the URL holds white space", true},
		{"no host", "pages: [\"https:///a\"]\n", ":4: pages[0]", true},
		{"bad host", "pages: [\"https://a b/\"]\n", ":4: pages[0]", true},
		{"bad port", "pages: [\"https://a.example:99999/?token=hunter2\"]\n", `:4: pages[0]: "https://a.example:99999/" is no URL`, false},
		{"empty URL", "pages: [\"\"]\n", ":4: pages[0]: the URL is empty", true},
		{"long URL", "pages: [\"https://a.example/" + strings.Repeat("a", maxURL) + "\"]\n", "longer than 2048", false},
		{"out of scope", "scope: {hosts: [other.example]}\n", ":3: entries[0] is outside the launch's scope", false},
		{"no URL list", "url_lists: [nowhere.txt]\n", ":4: url_lists[0]: cannot read nowhere.txt", false},
		{"folder for a URL list", "url_lists: [.]\n", ":4: url_lists[0]: . is no regular file", false},
		{"device for a URL list", "url_lists: [/dev/zero]\n", "/dev/zero is no regular file", false},

		{"bad scope", "scope:\n  hosts: [www.example.com]\n  include:\n  - /ok\n  - sale\n", `:8: scope: include: glob "sale"`, true},
		{"bad preview", "scope:\n  preview:\n    a.example: www.example.com\n    b.example: www.example.com\n", ":", false},
		{"bad glob", "critical: {exclude: [\"\"]}\n", ":4: critical: exclude", true},
		{"too many at once", "discovery: {concurrency: 65}\n", ":4: limit concurrency is 65", true},
		{"sitemaps since a word", "discovery: {sitemap_since: yesterday}\n", ":4: discovery.sitemap_since is \"yesterday\": this is no date and time", true},
		{"sitemaps since no time", "discovery: {sitemap_since: 0h}\n", ":4: discovery.sitemap_since is 0h; set a duration above zero", false},
		{"sitemaps since the future", "discovery: {sitemap_since: 2027-11-01}\n", ":4: discovery.sitemap_since is after launch.at", false},
		{"sitemap priority", "discovery: {sitemap_min_priority: 1.5}\n", ":4: discovery.sitemap_min_priority is 1.5; priorities of sitemaps are at most 1", true},
		{"no sitemap priority", "discovery: {sitemap_min_priority: 0}\n", ":4: discovery.sitemap_min_priority is 0; set a number above zero", true},
		{"no truth value", "discovery: {render: maybe}\n", ":4: discovery.render is \"maybe\"; write true or false", true},
		{"quoted truth value", "discovery: {render: \"true\"}\n", ":4: discovery.render is \"true\"; write true or false", true},
		{"links below zero", "discovery: {depth: -1}\n", ":4: discovery.depth is -1; set a number above zero, or leave the key out for the default 0", true},
		{"a device without a name", "discovery:\n  viewports:\n  - {width: 1, height: 1, dpr: 1}\n", ":6: discovery.viewports[0].name is missing", true},
		{"a device without a width", "discovery:\n  viewports:\n  - {name: a, height: 1, dpr: 1}\n", `:6: viewport "a": width is 0`, true},
		{"a device too wide", "discovery:\n  viewports:\n  - name: a\n    width: 10001\n    height: 1\n    dpr: 1\n", `:7: viewport "a": width is 10001`, true},
		{"a device too dense", "discovery: {viewports: [{name: a, width: 1, height: 1, dpr: 11}]}\n", `:4: viewport "a": dpr is 11`, true},
		{"a device twice", "discovery: {viewports: [{name: a, width: 1, height: 1, dpr: 1}, {name: a, width: 1, height: 1, dpr: 1}]}\n", `:4: discovery.viewports[1].name is "a", as discovery.viewports[0].name is`, false},
		{"candidates", "discovery: {candidates: some}\n", `:4: discovery.candidates is "some"; use all or selected`, true},
		{"discovery of zero", "discovery: {pages: 0}\n", ":4: discovery.pages is 0; set a number above zero, or leave the key out for the default 2000", true},

		{"variant without a name", "variants: [{headers: {DPR: \"1\"}}]\n", ":4: variants[0].name is missing", true},
		{"variants of one name", "variants: [{name: a}, {name: a}]\n", ":4: variants[1].name is \"a\", as variants[0].name is", false},
		{"cookie", "variants: [{name: a, headers: {Cookie: hunter2}}]\n", `:4: header "Cookie" cannot select a variant`, true},
		{"forwarded host", "variants: [{name: a, headers: {X-Forwarded-Host: evil.example}}]\n", "cannot select a variant", true},
		{"original URL", "variants: [{name: a, headers: {X-Original-URL: /admin}}]\n", "cannot select a variant", true},
		{"host", "variants: [{name: a, headers: {Host: evil.example}}]\n", "cannot select a variant", true},
		{"cache-control", "variants: [{name: a, headers: {Cache-Control: no-cache}}]\n", "cannot select a variant", true},
		{"range", "variants: [{name: a, headers: {Range: bytes=0-0}}]\n", "cannot select a variant", true},
		{"authorization", "variants: [{name: a, headers: {authorization: hunter2}}]\n", "cannot select a variant", true},
		{"header that is no token", "variants: [{name: a, headers: {\"Sec-CH-a b\": x}}]\n", "is no header name", false},
		{"header without a value", "variants: [{name: a, headers: {DPR: \"\"}}]\n", "the value of header DPR is empty", false},

		{"region without a name", "regions: [{vantages: []}]\n", ":4: regions[0].name is missing", true},
		{"region with a space", "regions: [{name: us east}]\n", ":4: regions[0].name is \"us east\"", true},
		{"regions of one name", "regions:\n- name: a\n- name: a\n", ":6: regions[1].name is \"a\", as regions[0].name is", false},
		{"region named as a stage", "regions: [{name: shield}]\n", "which is the name of a stage", false},
		{"vantages of one name", "regions: [{name: a, vantages: [{name: x}]}, {name: b, vantages: [{name: x}]}]\n", "regions[1].vantages[0].name is \"x\"", false},
		{"vantage name with a slash", "regions: [{name: a, vantages: [{name: ../x}]}]\n", "regions[0].vantages[0].name is \"../x\"", true},
		{"unknown via", "regions: [{name: a, vantages: [{via: tunnel}]}]\n", "via is \"tunnel\"; use direct, connect_to, pop, ecs, proxy, worker", true},
		{"two ways at once", "regions: [{name: a, vantages: [{via: ecs, subnet: 203.0.113.0/24, proxy: \"http://proxy.example:3128\"}]}]\n", "proxy is set, but via is ecs; use via: proxy, or leave proxy out", false},
		{"network of one visitor", "regions: [{name: a, vantages: [{subnet: 203.0.113.7/32}]}]\n", "write a network of the region's visitors, such as 203.0.113.0/24", false},
		{"no point of presence", "regions: [{name: a, vantages: [{distribution: d1.cloudfront.net}]}]\n", "needs pop or near", false},
		{"two of them", "regions: [{name: a, vantages: [{distribution: d1, pop: FRA56-P4, near: DE}]}]\n", "needs pop or near", false},
		{"no such place", "regions: [{name: a, vantages: [{distribution: d1, near: atlantis}]}]\n", "near is \"atlantis\"; known are asia, australia,", false},
		{"no distribution", "regions: [{name: a, vantages: [{distribution: www.example.com, pop: FRA56-P4}]}]\n", "write the domain name of the CloudFront distribution", true},
		{"credential in a proxy's URL", "regions: [{name: a, vantages: [{proxy: \"http://me:secret@proxy.example:3128\"}]}]\n", "proxy is \"http://***@proxy.example:3128\"; write socks5://host:1080", true},
		{"credential of a proxy", "regions: [{name: a, vantages: [{proxy: \"http://proxy.example:3128\", proxy_auth: \"me:secret\"}]}]\n", "a credential never stands in the file", true},
		{"proxy in the private net", "regions: [{name: a, vantages: [{proxy: \"http://10.0.0.1:3128\"}]}]\n", "add \"10.0.0.1:3128\" to allow_addresses", false},
		{"proxy for a worker", "regions: [{name: a, vantages: [{proxy: \"http://proxy.example:3128\"}]}]\nworkers: {regions: [a]}\n", "via is proxy, but a worker elsewhere takes this region", false},
		{"worker that is none", "regions: [{name: a, vantages: [{via: worker}]}]\n", "workers.regions does not name the region", false},
		{"resolver by name", "resolvers: [\"dns.example:53\"]\n", "resolvers[0] is \"dns.example:53\"; write ip:port", true},
		{"resolver in the private net", "resolvers: [\"10.0.0.1:53\"]\n", "add \"10.0.0.1:53\" to allow_addresses", false},
		{"address of a direct vantage", "regions: [{name: a, vantages: [{via: direct, address: \"1.1.1.1:443\"}]}]\n", "is set, but via is direct", false},
		{"no address", "regions: [{name: a, vantages: [{via: connect_to}]}]\n", "write the edge's ip:port or host:port", false},
		{"address without a port", "regions: [{name: a, vantages: [{address: 1.1.1.1}]}]\n", "write the edge's ip:port or host:port", true},
		{"port zero", "regions: [{name: a, vantages: [{address: \"1.1.1.1:0\"}]}]\n", "write the edge's ip:port or host:port", false},
		{"metadata address", "regions: [{name: a, vantages: [{address: \"169.254.169.254:80\"}]}]\n", "add \"169.254.169.254:80\" to allow_addresses", false},
		{"other port than the exemption", "allow_addresses: [\"127.0.0.1:81\"]\nregions: [{name: a, vantages: [{address: \"127.0.0.1:80\"}]}]\n", ":5: regions[0].vantages[0].address: address is private", false},
		{"pop with a space", "regions: [{name: a, vantages: [{pop: a b}]}]\n", "write the code that the edge's answers name", true},
		{"exemption of a network", "allow_addresses: [\"10.0.0.0/8\"]\n", ":4: allow_addresses[0] is \"10.0.0.0/8\", which is no exact ip:port", true},
		{"exemption of a name", "allow_addresses: [\"localhost:80\"]\n", "which is no exact ip:port", true},
		{"unknown canary", "regions: [{name: eu-west}]\nstages: {canary: eu-wset}\n", ":5: stages.canary is \"eu-wset\", which is no region of the launch; did you mean eu-west?", false},
		{"unknown shield", "regions: [{name: eu-west}]\nstages:\n  shield:\n  - eu-west\n  - us\n", ":8: stages.shield[1] is \"us\", which is no region and no vantage of the launch; there are: eu-west", false},
		{"unknown key in the shield", "stages: {shield: {popp: x}}\n", `unknown key "popp" in stages.shield`, true},
		{"no hit for a node", "stages: {cover: -1}\n", "stages.cover is -1; set a number above zero", true},
		{"too many hits for a node", "stages: {cover: 1001}\n", "stages.cover is 1001; use 1 to 1000", true},
		{"identify without a secret", "identify: {header: X-Key}\n", "identify needs both header and secret", false},
		{"identify with a secret in the file", "identify: {header: X-Key, secret: hunter2}\n", "a credential never stands in the file", true},
		{"identify by a header that steers", "identify: {header: X-Forwarded-For, secret: \"${env:KEY}\"}\n", "identify.header is \"X-Forwarded-For\", which cannot be set", false},
		{"shield in the private net", "stages: {shield: {address: \"10.0.0.1:80\"}}\n", "allow_addresses", false},
		{"shield of a region's name", "regions: [{name: eu}]\nstages: {shield: {name: eu}}\n", "stages.shield[0].name is \"eu\"", false},
		{"gate over one", "stages: {gate: {min_hit_ratio: 95}}\n", ":4: stages.gate.min_hit_ratio is 95", true},
		{"gate of zero", "stages: {gate: {sample: 0}}\n", ":4: stages.gate.sample is 0", true},

		{"rate of zero", "origin: {max_rps: 0}\n", ":4: origin.max_rps is 0; set a number above zero, or leave the key out for the default 5", true},
		{"negative rate", "origin: {max_rps: -5}\n", ":4: origin.max_rps is -5", true},
		{"octal rate", "origin: {max_rps: 010}\n", ":4: origin.max_rps is 010, which YAML may read as an octal number", false},
		{"rate as text", "origin: {max_rps: \"5\"}\n", ":4: origin.max_rps is \"5\", which is not a whole number", true},
		{"half a request", "origin: {max_rps: 2.5}\n", "which is not a whole number", true},
		{"endless rate", "origin: {max_rps: 99999999999999999999}\n", ":4: origin.max_rps", false},
		{"no number", "criteria: {hit_ratio: .nan}\n", "which is not a number", false},
		{"high rate once", "origin: {max_rps: 51}\n", ":4: origin.max_rps is 51; above 50 it must be confirmed", false},
		{"high rate, other confirmation", "origin: {max_rps: 60, confirm_max_rps: 50}\n", "origin.confirm_max_rps is 50, but max_rps is 60", false},
		{"amplification over in flight", "origin: {amplification: 5}\n", ":4: amplification 5 is over max_in_flight 4", false},
		{"ratio over one", "criteria: {hit_ratio: 95}\n", "criteria.hit_ratio is 95: set a share", true},
		{"unknown cache", "cdn: {profile: cloudflar}\n", ":4: cdn.profile is \"cloudflar\"; did you mean cloudflare?", true},
		{"cache mode of another", "cdn: {profile: nginx, cache_mode: force-cache-all}\n", ":4: settings: profile nginx has no cache_mode", false},
		{"bounds the wrong way round", "cdn: {min_ttl: 2h, max_ttl: 1h}\n", ":4: settings: min_ttl 2h0m0s is above max_ttl 1h0m0s", false},
		{"lifetime below zero", "cdn: {edge_ttl: -1s}\n", ":4: cdn.edge_ttl is -1s; set a duration above zero", false},
		{"unknown rule", "rules: {levels: {ST999: off}}\n", ":4: rules.levels names \"ST999\", which is no rule", false},
		{"unknown level", "rules:\n  levels:\n    ST001: fatal\n", ":6: rules.levels.ST001 is \"fatal\"", true},
		{"unknown preset", "rules: {preset: all}\n", ":4: rules.preset is \"all\"", true},
		{"bad pattern", "rules: {personal_pattern: \"(\"}\n", ":4: rules: \"(\" is no regular expression", false},
		{"unknown severity", "criteria: {fail_on: eror}\n", "criteria.fail_on is \"eror\"", true},
		{"unknown format", "report: {formats: [pdf]}\n", ":4: report.formats[0] is \"pdf\"", true},
		{"format twice", "report: {formats: [html, html]}\n", "which stands twice", false},

		{"literal credential", "scope: {preview: {p.example: www.example.com}}\nheaders: {X-Token: hunter2}\n", ":5: headers.X-Token: a credential never stands in the file", true},
		{"credential as a list", "scope: {preview: {p.example: www.example.com}}\nheaders: {X-Token: [hunter2]}\n", ":5: headers.X-Token must be one text value", true},
		{"unset credential", "scope: {preview: {p.example: www.example.com}}\nheaders: {X-Token: \"${env:NOPE}\"}\n", ":5: headers.X-Token: the environment variable NOPE is not set", false},
		{"control character in a credential", "scope: {preview: {p.example: www.example.com}}\nheaders: {X-Token: \"${env:CONTROL}\"}\n", "holds a control character", false},
		{"no credential file", "scope: {preview: {p.example: www.example.com}}\nheaders: {X-Token: \"${file:/nowhere/token}\"}\n", "cannot read /nowhere/token", false},
		{"device for a credential", "scope: {preview: {p.example: www.example.com}}\nheaders: {X-Token: \"${file:/dev/null}\"}\n", "X-Token: ", false},
		{"credential for public hosts", "headers: {X-Token: \"${env:TOKEN}\"}\n", ":4: headers are sent to preview hosts only", false},
		{"forbidden header", "scope: {preview: {p.example: www.example.com}}\nheaders: {X-Forwarded-Host: \"${env:TOKEN}\"}\n", `:5: header "X-Forwarded-Host" cannot be set here`, false},
		{"host header", "scope: {preview: {p.example: www.example.com}}\nheaders: {host: \"${env:TOKEN}\"}\n", "cannot be set here", false},
	}
}

// load loads a launch file from standard input.
func load(source string, over ...override) (*launch, error) {
	e, _, _ := testEnv()
	e.stdin = strings.NewReader(source)
	e.getenv = func(name string) string {
		return map[string]string{"TOKEN": "hunter2", "CONTROL": "a\x1bb"}[name]
	}
	return loadLaunch(e, "-", over)
}

func TestGoodLaunchesLoad(t *testing.T) {
	for _, tt := range goodLaunches() {
		_, err := load(tt.source())
		assert.NoError(t, err, tt.name)
	}
}

func TestBadLaunchesAreRefused(t *testing.T) {
	for _, tt := range badLaunches() {
		_, err := load(tt.source())
		if assert.ErrorContains(t, err, tt.want, tt.name) {
			assert.Equal(t, exitUsage, exitCode(t.Context(), err), tt.name)
			assert.NotContains(t, err.Error(), "hunter2", tt.name)
			assert.NotContains(t, err.Error(), "\n", "%s is one mistake, told once", tt.name)
		}
	}
}

func TestLaunchIsResolved(t *testing.T) {
	l, err := load(smallest + `sitemaps: [https://www.example.com/sitemap.xml]
scope: {preview: {p.example: www.example.com}}
headers: {x-token: "${env:TOKEN}", Authorization: "Bearer ${env:TOKEN}"}
regions:
- name: us-east
  vantages: [{address: "151.101.1.57:443", pop: IAD}, {}]
- name: eu
stages: {shield: us-east, canary: eu}
origin: {max_rps: 20}
discovery: {sitemap_since: 2026-11-01, sitemap_min_priority: 0.4}
`)
	require.NoError(t, err)
	zone, _ := time.LoadLocation("America/New_York")
	assert.Equal(t, time.Date(2026, 12, 1, 9, 0, 0, 0, zone), l.At)
	assert.Equal(t, l.At.Add(6*time.Hour), l.WarmUntil)
	assert.Equal(t, time.Date(2026, 11, 24, 7, 0, 0, 0, zone), l.PrimeAt, "no prime_at means now")
	assert.Empty(t, l.Notes)
	assert.Regexp(t, `^sha-256:[0-9a-f]{64}$`, l.Digest)

	cfg := l.CrawlConfig()
	require.NoError(t, cfg.Validate())
	assert.Equal(t, []string{"https://www.example.com/"}, cfg.Entries)
	assert.Equal(t, []string{"https://www.example.com/sitemap.xml"}, cfg.Sitemaps)
	assert.Equal(t, time.Date(2026, 11, 1, 0, 0, 0, 0, zone), cfg.SitemapSince)
	assert.InEpsilon(t, 0.4, cfg.SitemapMinPriority, 1e-9)

	assert.Equal(t, 20, l.Limits().MaxRPS)
	assert.Equal(t, 4, l.Limits().MaxInFlight)
	require.NoError(t, l.Stages().Validate())
	assert.Equal(t, "eu", l.Stages().Canary)
	assert.Equal(t, []edge.Vantage{
		{Name: "shield-us-east-1", Via: edge.ConnectTo, Address: "151.101.1.57:443", PoP: "IAD"},
		{Name: "shield-us-east-2", Via: edge.Direct},
	}, l.Stages().Shield, "the shield has names of its own, the region stays a region")
	assert.Equal(t, "us-east-1", l.File.Regions[0].Vantages[0].Name)
	assert.Equal(t, "eu", l.File.Regions[1].Vantages[0].Name)

	assert.Equal(t, "hunter2", l.Headers["X-Token"].Reveal())
	assert.Equal(t, "Bearer hunter2", l.Headers["Authorization"].Reveal())
}

func TestSitemapSince(t *testing.T) {
	zone, _ := time.LoadLocation("America/New_York")
	for text, want := range map[string]time.Time{
		"720h":                      time.Date(2026, 11, 1, 9, 0, 0, 0, zone),
		"2026-11-01 12:00":          time.Date(2026, 11, 1, 12, 0, 0, 0, zone),
		`"2026-11-01T12:00:00Z"`:    time.Date(2026, 11, 1, 7, 0, 0, 0, zone),
		`"2026-11-01 12:00" # x`:    time.Date(2026, 11, 1, 12, 0, 0, 0, zone),
		"2026-10-31T12:00:00+01:00": time.Date(2026, 10, 31, 7, 0, 0, 0, zone),
	} {
		l, err := load(smallest + "discovery: {sitemap_since: " + text + "\n}\n")
		require.NoError(t, err, text)
		assert.True(t, want.Equal(l.CrawlConfig().SitemapSince), "%s is %s", text, l.CrawlConfig().SitemapSince)
	}
}

func TestDigestNamesWhatMatters(t *testing.T) {
	digest := func(source string, over ...override) string {
		l, err := load(source, over...)
		require.NoError(t, err)
		return l.Digest
	}
	base := digest(smallest)
	assert.Equal(t, base, digest("# a comment\n"+smallest), "a comment changes nothing")
	assert.Equal(t, base, digest(smallest+"origin: {max_rps: 5}\n"), "nor does a default that is said")
	assert.NotEqual(t, base, digest(smallest+"origin: {max_rps: 6}\n"))
	assert.NotEqual(t, base, digest(smallest, override{path: path("deploy_id"), value: "b", source: "flag --deploy-id"}))
	assert.Equal(t, base, digest(smallest+"discovery: {render: true, browser: /x}\n"), "how the manifest was found binds no later step")
}

func TestOverridesStandAboveTheFile(t *testing.T) {
	rate := path("origin", "max_rps")
	l, err := load(smallest+"origin: {max_rps: 9}\n", override{path: rate, value: "7", source: "env A"}, override{path: rate, value: "8", source: "flag --b"})
	require.NoError(t, err)
	assert.Equal(t, 8, l.Limits().MaxRPS, "the later wins")
	assert.Equal(t, "flag --b", l.tree.source(rate))

	l, err = load(smallest, override{path: path("deploy_id"), value: "null", source: "flag --deploy-id"})
	require.NoError(t, err)
	assert.Equal(t, "null", l.File.DeployID, "a flag's text is no YAML")
	l, err = load(smallest, override{path: path("deploy_id"), value: "true", source: "flag --deploy-id"})
	require.NoError(t, err)
	assert.Equal(t, "true", l.File.DeployID)

	l, err = load(smallest+"origin: hello\n", override{path: rate, value: "7", source: "env A"})
	require.NoError(t, err)
	assert.Equal(t, 7, l.Limits().MaxRPS)
}

func TestPrintedSources(t *testing.T) {
	l, err := load(smallest + "owner:\napprover: \"\"\n")
	require.NoError(t, err)
	all, err := printConfig(l, true)
	require.NoError(t, err)
	assert.Contains(t, string(all), "owner: '' # default\n", "an empty key says nothing")
	assert.Contains(t, string(all), "approver: '' # -:5\n", "an empty text does")
	said, err := printConfig(l, false)
	require.NoError(t, err)
	assert.NotContains(t, string(said), "owner")
	assert.NotContains(t, string(said), "default")
}

func TestNotes(t *testing.T) {
	for _, tt := range []struct{ source, want string }{
		{"name: a\nlaunch: {at: 2026-11-24 11:00, time_zone: UTC}\nentries: [https://a.example/]\n", "the launch was at 2026-11-24 11:00 UTC; its warm window still runs until 2026-11-24 17:00 UTC"},
		{"name: a\nlaunch: {at: 2027-11-07 01:30, time_zone: America/New_York}\nentries: [https://a.example/]\n", "launch.at 2027-11-07 01:30 comes twice in America/New_York; the earlier one is meant: 2027-11-07T01:30:00-04:00"},
		{"name: a\nlaunch: {at: 2026-12-01 09:00, time_zone: UTC, prime_at: 2026-11-24 11:59}\nentries: [https://a.example/]\n", "launch.prime_at has passed; priming is due now"},
		{"name: a\nlaunch: {at: 2026-12-01 09:00, time_zone: UTC}\nentries: [\"https://a.example/?token=hunter2#top\"]\n", "entries[0]: the part behind # is never sent; https://a.example/ is asked for"},
	} {
		l, err := load(tt.source)
		require.NoError(t, err, tt.source)
		assert.Equal(t, []string{tt.want}, l.Notes)
	}
	l, err := load("name: a\nlaunch: {at: 2026-12-01 09:00, time_zone: Europe/Berlin, prime_at: 2026-12-01 08:15}\nentries: [https://a.example/]\n")
	require.NoError(t, err)
	assert.Empty(t, l.Notes)
	assert.Equal(t, "2026-12-01T08:15:00+01:00", l.PrimeAt.Format(time.RFC3339), "prime_at is a time of the launch's zone")
}

func TestFilesAreCapped(t *testing.T) {
	folder := t.TempDir()
	write := func(name, content string) string {
		file := filepath.Join(folder, name)
		require.NoError(t, os.WriteFile(file, []byte(content), 0o600))
		return file
	}
	e, _, _ := testEnv()
	_, err := loadLaunch(e, write("large.yaml", strings.Repeat("#", maxLaunchFile+1)), nil)
	require.ErrorContains(t, err, "too large")
	_, err = load(strings.Repeat("#", maxLaunchFile+1))
	require.ErrorContains(t, err, "too large")
	_, err = load(smallest + "#" + strings.Repeat("x", maxLaunchFile-len(smallest)-1))
	require.NoError(t, err, "exactly the cap is fine")

	write("token", strings.Repeat("x", maxSecret+1))
	_, err = resolve("${file:token}", folder, nil)
	require.ErrorContains(t, err, "too large")
	write("token", "\n")
	_, err = resolve("${file:token}", folder, nil)
	require.ErrorContains(t, err, "is empty")
	write("token", "hunter2\r\n")
	secret, err := resolve("${file:token}", folder, nil)
	require.NoError(t, err)
	assert.Equal(t, "hunter2", secret.Reveal())
	require.NoError(t, os.Chmod(filepath.Join(folder, "token"), 0o604))
	_, err = resolve("${file:token}", folder, nil)
	require.ErrorContains(t, err, "can be reached by every user")
	require.NoError(t, os.Chmod(filepath.Join(folder, "token"), 0o640))
	_, err = resolve("${file:token}", folder, nil)
	require.NoError(t, err, "the group may be the service's own")

	write("urls.txt", strings.Repeat("nope\n", 50))
	_, err = loadLaunch(e, write("l.yaml", smallest+"url_lists: [urls.txt]\n"), nil)
	assert.Equal(t, maxListBugs+2, strings.Count(err.Error(), "\n")+1, "a headline, some lines and their number")
	assert.ErrorContains(t, err, "has 50 lines that are no URL")
	write("urls.txt", "\ufeffhttps://a.example/\r\n  # comment\n\nhttps://a.example/b#c\n")
	l, err := loadLaunch(e, write("l.yaml", smallest+"url_lists: [urls.txt]\n"), nil)
	require.NoError(t, err)
	assert.Equal(t, []string{"https://a.example/", "https://a.example/b#c"}, l.CrawlConfig().URLs)
}

func TestInstant(t *testing.T) {
	for _, tt := range []struct{ text, zone, want string }{
		{"2026-12-01 09:00", "America/New_York", "2026-12-01T09:00:00-05:00"},
		{"2026-12-01 09:00:30", "UTC", "2026-12-01T09:00:30Z"},
		{"2026-12-01T09:00", "Asia/Kolkata", "2026-12-01T09:00:00+05:30"},
		{"2026-12-01T09:00:00", "Asia/Kathmandu", "2026-12-01T09:00:00+05:45"},
		{"2026-12-01T09:00:00Z", "", "2026-12-01T09:00:00Z"},
		{"2026-12-01T09:00:00+01:00", "", "2026-12-01T09:00:00+01:00"},
		{"2026-12-01T09:00:00+01:00", "America/New_York", "2026-12-01T03:00:00-05:00"},
		{"2026-03-08 01:59", "America/New_York", "2026-03-08T01:59:00-05:00"},
		{"2026-03-08 02:00", "America/New_York", "does not exist"},
		{"2026-03-08 02:30", "America/New_York", "2026-03-08T03:30:00-04:00 may be what is meant"},
		{"2026-03-08 03:00", "America/New_York", "2026-03-08T03:00:00-04:00"},
		{"2026-11-01 00:59", "America/New_York", "2026-11-01T00:59:00-04:00"},
		{"2026-11-01 01:30", "America/New_York", "twice 2026-11-01T01:30:00-04:00"},
		{"2026-11-01 02:00", "America/New_York", "2026-11-01T02:00:00-05:00"},
		{"2026-03-29 02:30", "Europe/Berlin", "does not exist"},
		{"2026-10-25 02:30", "Europe/Berlin", "twice 2026-10-25T02:30:00+02:00"},
		{"2026-10-04 02:15", "Australia/Lord_Howe", "does not exist"},
		{"2026-04-05 01:45", "Australia/Lord_Howe", "twice 2026-04-05T01:45:00+11:00"},
		{"2011-12-30 12:00", "Pacific/Apia", "does not exist"},
		{"2026-12-01 09:00", "", "needs launch.time_zone"},
		{"2026-12-01", "UTC", "time of day is missing"},
		{"+2h", "UTC", "relative to now"},
		{"-1d", "UTC", "relative to now"},
		{"2026-02-30 09:00", "UTC", "no date and time"},
		{"2026-12-01 24:00", "UTC", "no date and time"},
		{"2026-12-01T09:00:00+0100", "UTC", "no date and time"},
		{"01.12.2026 09:00", "UTC", "no date and time"},
		{"", "UTC", "no date and time"},
	} {
		var zone *time.Location
		if tt.zone != "" {
			var err error
			zone, err = time.LoadLocation(tt.zone)
			require.NoError(t, err)
		}
		got, twice, err := instant(tt.text, zone)
		want, ambiguous := strings.CutPrefix(tt.want, "twice ")
		if _, bad := time.Parse(time.RFC3339, want); bad != nil {
			assert.ErrorContains(t, err, tt.want, "%s %s", tt.text, tt.zone)
			continue
		}
		require.NoError(t, err, "%s %s", tt.text, tt.zone)
		assert.Equal(t, want, got.Format(time.RFC3339), "%s %s", tt.text, tt.zone)
		assert.Equal(t, ambiguous, twice, "%s %s", tt.text, tt.zone)
	}
}

func FuzzInstant(f *testing.F) {
	f.Add("2026-03-08 02:30", "America/New_York")
	f.Add("2026-12-01T09:00:00+01:00", "UTC")
	f.Add("2011-12-30 12:00", "Pacific/Apia")
	f.Fuzz(func(t *testing.T, text, name string) {
		zone, err := time.LoadLocation(name)
		if err != nil {
			t.Skip()
		}
		got, _, err := instant(text, zone)
		if err != nil {
			return
		}
		if wall, err := parseClock(text); err == nil {
			assert.Equal(t, wall.Format(time.DateTime), got.Format(time.DateTime), "the zone's clocks show what was written")
		}
	})
}

func FuzzLoadLaunch(f *testing.F) {
	for _, list := range [][]launchCase{goodLaunches(), badLaunches()} {
		for _, c := range list {
			if len(c.source()) < 4<<10 {
				f.Add([]byte(c.source()))
			}
		}
	}
	f.Add([]byte("a: &a [*a]\n"))
	f.Add([]byte(initFile(time.Date(2026, 11, 24, 0, 0, 0, 0, time.UTC))))
	f.Fuzz(func(t *testing.T, data []byte) {
		if bytes.Contains(data, []byte("hunter2")) || bytes.Contains(data, []byte("file:")) || bytes.Contains(data, []byte("/")) && bytes.Contains(data, []byte("url_lists")) {
			t.Skip() // would name the credential itself, or files of the machine
		}
		l, err := load(string(data))
		if err != nil {
			assert.Equal(t, exitUsage, exitCode(t.Context(), err))
			assert.NotContains(t, err.Error(), "hunter2")
			return
		}
		require.NoError(t, l.CrawlConfig().Validate())
		out, err := printConfig(l, true)
		require.NoError(t, err)
		assert.NotContains(t, string(out), "hunter2")
	})
}
