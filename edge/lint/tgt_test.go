package lint_test

// tgtRows are the rows of the rules of targeted fields.
func tgtRows() []ruleRow { return append(tgtSyntaxRows(), tgtMeaningRows()...) }

func tgtSyntaxRows() []ruleRow {
	cloudflare := named("cloudflare")
	return []ruleRow{
		{rule: "TGT001", fire: true, header: "CDN-Cache-Control: max-age=60,", profile: cloudflare, at: ","},
		{rule: "TGT001", fire: true, header: "CDN-Cache-Control: public, Max-Age=60", profile: cloudflare, at: "Max-Age=60"},
		{rule: "TGT001", fire: true, header: "CDN-Cache-Control: max-age =60", profile: cloudflare, at: "max-age =60"},
		{rule: "TGT001", fire: true, header: "CDN-Cache-Control: max-age=1234567890123456", profile: cloudflare, at: "max-age=1234567890123456"},
		{rule: "TGT001", fire: true, header: "CDN-Cache-Control: public; max-age=60; x=%", profile: cloudflare},
		{rule: "TGT001", fire: true, why: "empty", header: "CDN-Cache-Control: ", profile: cloudflare},
		{rule: "TGT001", fire: true, why: "the longest name", header: "Cloudflare-CDN-Cache-Control: max-age=60,", profile: cloudflare, at: ","},
		{rule: "TGT001", header: "CDN-Cache-Control: max-age=60", profile: cloudflare},
		{rule: "TGT001", why: "not read", header: "CDN-Cache-Control: max-age=60,", profile: named("nginx")},
		{rule: "TGT002", fire: true, header: `CDN-Cache-Control: no-store=?0, max-age="60"`, at: `max-age="60"`},
		{rule: "TGT002", fire: true, header: "CDN-Cache-Control: max-age=60.5"},
		{rule: "TGT002", fire: true, header: "CDN-Cache-Control: s-maxage=-1"},
		{rule: "TGT002", fire: true, header: "Vercel-CDN-Cache-Control: max-age=x"},
		{rule: "TGT002", header: "CDN-Cache-Control: max-age=60"},
		{rule: "TGT002", why: "no number is asked for", header: `CDN-Cache-Control: private="60"`},
		{rule: "TGT002", why: "not targeted", header: `Cache-Control: max-age="60"`},
		{rule: "TGT003", fire: true, header: "CDN-Cache-Control: max-age=60, public|CDN-Cache-Control: max-age=61", at: "max-age=61"},
		{rule: "TGT003", why: "two names", header: "CDN-Cache-Control: max-age=60, s-maxage=61"},
		{rule: "TGT003", why: "two fields", header: "CDN-Cache-Control: max-age=60|Vercel-CDN-Cache-Control: max-age=61"},
		{rule: "TGT003", why: "broken as a whole", header: "CDN-Cache-Control: max-age=60, max-age=61,"},
		{rule: "TGT010", fire: true, header: "CDN-Cache-Control: max-age=60, stale-if-error=9", at: "stale-if-error=9"},
		{rule: "TGT010", header: "CDN-Cache-Control: max-age=60, must-revalidate, no-store, no-cache, private"},
		{rule: "TGT010", why: "not targeted", header: "Cache-Control: max-age=60, stale-if-error=9"},
	}
}

func tgtMeaningRows() []ruleRow {
	nginx := named("nginx")
	return []ruleRow{
		{rule: "TGT004", fire: true, header: "CDN-Cache-Control: max-age=60", profile: nginx},
		{rule: "TGT004", fire: true, header: "CDN-Cache-Control: max-age=60|Cache-Control: max-age=61", profile: nginx},
		{rule: "TGT004", why: "the same", header: "CDN-Cache-Control: max-age=60|Cache-Control: max-age=9, s-maxage=60", profile: nginx},
		{rule: "TGT004", fire: true, why: "the same, but not stored", header: "CDN-Cache-Control: max-age=60|Cache-Control: private, max-age=60", profile: nginx},
		{rule: "TGT004", why: "read", header: "CDN-Cache-Control: max-age=60", profile: named("netlify")},
		{rule: "TGT004", why: "not verified", header: "CDN-Cache-Control: max-age=60", profile: named("akamai")},
		{rule: "TGT004", why: "for another CDN", header: "Vercel-CDN-Cache-Control: max-age=60", profile: nginx},
		{rule: "TGT005", fire: true, header: "CDN-Cache-Control: max-age=60|Cache-Control: no-store", at: "no-store"},
		{rule: "TGT005", fire: true, header: "CDN-Cache-Control: max-age=60|Cache-Control: private"},
		{rule: "TGT005", why: "only asks", header: "CDN-Cache-Control: max-age=60|Cache-Control: no-cache"},
		{rule: "TGT005", why: "neither stores", header: "CDN-Cache-Control: max-age=60, no-store|Cache-Control: no-store"},
		{rule: "TGT005", why: "never fresh", header: "CDN-Cache-Control: max-age=0|Cache-Control: no-store"},
		{rule: "TGT006", fire: true, header: "Surrogate-Control: max-age=60|CDN-Cache-Control: max-age=61"},
		{rule: "TGT006", why: "the same", header: "Surrogate-Control: content=\"ESI/1.0\", max-age=60|CDN-Cache-Control: max-age=60"},
		{rule: "TGT006", why: "one says nothing", header: "Surrogate-Control: max-age=60|CDN-Cache-Control: must-revalidate"},
		{rule: "TGT007", fire: true, header: "Surrogate-Control: max-age=60|X-Cache-Status: HIT"},
		{rule: "TGT007", fire: true, header: "Netlify-CDN-Cache-Control: max-age=60|X-Cache-Status: HIT"},
		{rule: "TGT007", why: "for all CDNs", header: "CDN-Cache-Control: max-age=60|X-Cache-Status: HIT"},
		{rule: "TGT007", why: "at the origin", header: "Surrogate-Control: max-age=60"},
		{rule: "TGT009", fire: true, header: "Cache-Control: max-age=60" + html},
		{rule: "TGT009", why: "its own", header: "Cache-Control: max-age=60, s-maxage=61" + html},
		{rule: "TGT009", why: "no page", header: "Cache-Control: max-age=60|Content-Type: text/css"},
		{rule: "TGT009", why: "nothing stated", header: "Last-Modified: Mon, 30 Nov 2026 14:00:00 GMT" + html},
		{rule: "TGT009", why: "not kept", header: "Cache-Control: private, max-age=60" + html},
		{rule: "TGT009", why: "not known", header: "Cache-Control: max-age=60" + html, profile: named("akamai")},
	}
}
