package lint_test

import (
	"slices"

	"github.com/edgeprime/edgeprime/edge/lint"
)

// parRows are the rows of the rules of syntax and hygiene.
func parRows() []ruleRow {
	return slices.Concat(parArgumentRows(), parNameRows(), parCombinedRows(), parDateRows(), parOtherRows())
}

func parArgumentRows() []ruleRow {
	return []ruleRow{
		{rule: "PAR001", fire: true, header: "Cache-Control: public, max-age=3600.0", at: "max-age=3600.0"},
		{rule: "PAR001", fire: true, header: "Cache-Control: s-maxage=-1"},
		{rule: "PAR001", fire: true, header: "Cache-Control: stale-if-error='60'"},
		{rule: "PAR001", header: "Cache-Control: max-age=060"},
		{rule: "PAR001", why: "in quotes", header: `Cache-Control: max-age="60"`},
		{rule: "PAR001", why: "no value", header: "Cache-Control: max-age="},
		{rule: "PAR001", why: "not a delta", header: "Cache-Control: min-fresh=x"},
		{rule: "PAR002", fire: true, header: "Cache-Control: public, stale-while-revalidate", at: "stale-while-revalidate"},
		{rule: "PAR002", fire: true, header: "Cache-Control: max-age="},
		{rule: "PAR002", why: "zero", header: "Cache-Control: max-age=0"},
		{rule: "PAR002", why: "needs none", header: "Cache-Control: immutable"},
		{rule: "PAR003", fire: true, header: `Cache-Control: max-age=1|cache-control: s-maxage="60"`, at: `s-maxage="60"`},
		{rule: "PAR003", why: "a list", header: `Cache-Control: no-cache="60"`},
		{rule: "PAR003", why: "plain", header: "Cache-Control: max-age=60"},
		{rule: "PAR004", fire: true, header: "Cache-Control: public, max-age =60", at: "max-age =60"},
		{rule: "PAR004", fire: true, header: "Cache-Control: max-age= 60"},
		{rule: "PAR004", why: "between directives", header: "Cache-Control: public ,  max-age=60 "},
		{rule: "PAR006", fire: true, header: "Cache-Control: max-age=60, public=1", at: "public=1"},
		{rule: "PAR006", fire: true, header: "Cache-Control: immutable="},
		{rule: "PAR006", why: "may have a list", header: "Cache-Control: private=x, no-cache=y"},
		{rule: "PAR006", why: "an extension", header: "Cache-Control: max-age=60, community=ucl"},
		{rule: "PAR011", fire: true, header: "Cache-Control: public; max-age=60", at: ";"},
		{rule: "PAR011", fire: true, header: `Cache-Control: max-age=60, no-cache="x`, at: `"`},
		{rule: "PAR011", fire: true, header: `Cache-Control: no-cache="x"y`, at: "y"},
		{rule: "PAR011", fire: true, header: "Cache-Control: =60", at: "="},
		{rule: "PAR011", fire: true, header: "Cache-Control: max-age:60", at: ":"},
		{rule: "PAR011", why: "within quotes", header: `Cache-Control: x="a;b"`},
		{rule: "PAR011", why: "only white space", header: "Cache-Control: max-age = 60"},
		{rule: "PAR020", fire: true, header: "Cache-Control: , ,"},
		{rule: "PAR020", fire: true, header: "Cache-Control: "},
		{rule: "PAR020", why: "absent", header: "Expires: 0"},
		{rule: "PAR020", why: "one line says something", header: "Cache-Control: |Cache-Control: public"},
	}
}

func parNameRows() []ruleRow {
	return []ruleRow{
		{rule: "PAR007", fire: true, header: "Cache-Control: maxage=60", at: "maxage=60", fix: "write max-age for maxage"},
		{rule: "PAR007", fire: true, header: "Cache-Control: public, S-max-age=60", fix: "s-maxage"},
		{rule: "PAR007", fire: true, header: "Cache-Control: no-catch", fix: "no-cache"},
		{rule: "PAR007", fire: true, header: "Cache-Control: max_age=60.0", fix: "max-age"},
		{rule: "PAR007", why: "three edits", header: "Cache-Control: no-chat"},
		{rule: "PAR007", why: "an extension", header: "Cache-Control: durable, max-age=60"},
		{rule: "PAR007", why: "of requests", header: "Cache-Control: min-fresh=60, max-stale"},
		{rule: "PAR007", why: "upper case", header: "Cache-Control: MAX-AGE=60"},
		{rule: "PAR007", why: "no name", header: "Cache-Control: max age=60"},
		{rule: "PAR008", fire: true, header: "Cache-Control: max-age=60, only-if-cached", at: "only-if-cached"},
		{rule: "PAR008", fire: true, header: "Cache-Control: max-stale"},
		{rule: "PAR008", fire: true, header: "Cache-Control: min-fresh=1"},
		{rule: "PAR008", header: "Cache-Control: max-age=60, no-transform"},
		{rule: "PAR010", fire: true, header: "Cache-Control: max-age=60, Public", at: "Public"},
		{rule: "PAR010", why: "only the field's name and an argument", header: `CACHE-CONTROL: max-age=60, no-cache="Set-Cookie"`},
		{rule: "PAR012", fire: true, header: "Cache-Control: max-age=60, post-check=0", at: "post-check=0"},
		{rule: "PAR012", fire: true, header: "Cache-Control: pre-check=0"},
		{rule: "PAR012", why: "an extension", header: "Cache-Control: max-age=60, check=0"},
	}
}

func parCombinedRows() []ruleRow {
	return []ruleRow{
		{rule: "PAR005", fire: true, header: "Cache-Control: max-age=60|Cache-Control: public, max-age=61", at: "max-age=61"},
		{rule: "PAR005", fire: true, header: "Cache-Control: max-age=60, Max-Age=060", severity: lint.Warning},
		{rule: "PAR005", fire: true, header: "Cache-Control: public, public", severity: lint.Warning},
		{rule: "PAR005", fire: true, header: `Cache-Control: no-cache, no-cache="x"`},
		{rule: "PAR005", why: "unknown", header: "Cache-Control: x=1, x=2"},
		{rule: "PAR005", why: "two names", header: "Cache-Control: max-age=60, s-maxage=61"},
		{rule: "PAR009", fire: true, header: "Cache-Control: no-store, no-cache", at: "no-cache", fix: "Cache-Control: no-store"},
		{rule: "PAR009", why: "alone", header: "Cache-Control: no-store"},
		{rule: "PAR009", why: "understood", header: "Cache-Control: no-store, must-understand, max-age=60"},
		{rule: "PAR009", fire: true, header: "Cache-Control: public, no-cache, max-age=0", at: "max-age=0", fix: "Cache-Control: public, no-cache"},
		{rule: "PAR009", why: "no contradiction", header: "Cache-Control: public, no-cache"},
		{rule: "PAR009", why: "one field", header: `Cache-Control: no-cache="x", max-age=60`},
		{rule: "PAR009", fire: true, header: "Cache-Control: max-age=60, must-revalidate, immutable", at: "immutable"},
		{rule: "PAR009", fire: true, header: "Cache-Control: max-age=60, stale-if-error=9, must-revalidate", at: "stale-if-error=9"},
		{rule: "PAR009", why: "only shared caches", header: "Cache-Control: max-age=60, stale-if-error=9, proxy-revalidate"},
		{rule: "PAR009", why: "in force", header: "Cache-Control: max-age=60, must-revalidate"},
	}
}

func parDateRows() []ruleRow {
	return []ruleRow{
		{rule: "PAR014", fire: true, header: "Expires: 0", at: "0"},
		{rule: "PAR014", fire: true, header: "Expires: -1|Cache-Control: public"},
		{rule: "PAR014", fire: true, header: "Expires: Tue, 01 Dec 2026 14:00:00 UTC"},
		{rule: "PAR014", why: "a date", header: "Expires: Tue, 01 Dec 2026 14:00:00 GMT"},
		{rule: "PAR014", why: "max-age", header: "Expires: 0|Cache-Control: max-age=60"},
		{rule: "PAR014", why: "s-maxage", header: "Expires: 0|Cache-Control: s-maxage=60"},
		{rule: "PAR015", fire: true, header: "Expires: Tue, 01 Dec 2026 14:00:00 GMT|expires: Tue, 01 Dec 2026 14:00:00 GMT", fix: "Expires"},
		{rule: "PAR015", fire: true, header: "Age: 1|Age: 2", fix: "Age"},
		{rule: "PAR015", fire: true, header: "Date: x|Date: y", fix: "Date"},
		{rule: "PAR015", fire: true, header: `ETag: "a"|ETag: "a"`, fix: "ETag"},
		{rule: "PAR015", fire: true, header: "Last-Modified: x|Last-Modified: y", fix: "Last-Modified"},
		{rule: "PAR015", why: "may come twice", header: "Cache-Control: public|Cache-Control: max-age=60"},
		{rule: "PAR016", fire: true, header: "Date: Tuesday, 01-Dec-26 14:00:00 GMT", fix: "Date: Tue, 01 Dec 2026 14:00:00 GMT", at: "Tuesday, 01-Dec-26 14:00:00 GMT"},
		{rule: "PAR016", fire: true, header: "Last-Modified: Tue Dec  1 14:00:00 2026" + dated, fix: "Last-Modified: Tue, 01 Dec"},
		{rule: "PAR016", why: "none at all", header: "Expires: Tue, 1 Dec 2026 14:00:00 GMT" + dated},
		{rule: "PAR016", header: "Expires: Tue, 01 Dec 2026 14:00:00 GMT" + dated},
		{rule: "PAR017", fire: true, header: "Last-Modified: Tue, 01 Dec 2026 14:00:00 GMT"},
		{rule: "PAR017", fire: true, header: "Expires: Tue, 01 Dec 2026 14:00:00 GMT"},
		{rule: "PAR017", why: "Date", header: "Last-Modified: Tue, 01 Dec 2026 14:00:00 GMT" + dated},
		{rule: "PAR017", why: "nothing to count", header: "Cache-Control: max-age=60"},
		{rule: "PAR018", fire: true, header: "Age: 1.5", at: "1.5"},
		{rule: "PAR018", fire: true, header: "Age: -1"},
		{rule: "PAR018", fire: true, header: "Age: 1, 2"},
		{rule: "PAR018", fire: true, header: "Age: 1;x"},
		{rule: "PAR018", fire: true, header: "Age: 2147483649"},
		{rule: "PAR018", fire: true, header: "Age: 99999999999999999999"},
		{rule: "PAR018", why: "the most", header: "Age: 2147483648"},
		{rule: "PAR018", why: "zero", header: "Age: 0"},
	}
}

func parOtherRows() []ruleRow {
	return []ruleRow{
		{rule: "PAR013", fire: true, header: "Pragma: x, No-Cache|Cache-Control: max-age=60"},
		{rule: "PAR013", fire: true, why: "another word", header: "Pragma: public|Cache-Control: max-age=60", severity: lint.Warning},
		{rule: "PAR013", fire: true, why: "nothing permits reuse", header: "Pragma: no-cache|Cache-Control: no-store, max-age=60", severity: lint.Warning},
		{rule: "PAR013", fire: true, why: "never fresh", header: "Pragma: no-cache|Cache-Control: max-age=0", severity: lint.Warning},
		{rule: "PAR013", header: "X-Pragma: no-cache|Cache-Control: max-age=60"},
		{rule: "PAR019", fire: true, header: `Warning: 110 - "stale"`},
		{rule: "PAR019", header: "X-Warning: 110"},
	}
}
