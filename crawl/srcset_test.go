package crawl

import (
	"testing"

	"github.com/stretchr/testify/assert"
)

func TestParseSrcset(t *testing.T) {
	for srcset, want := range map[string][]candidate{
		"":                                  nil,
		" , ,":                              nil,
		"a.png":                             {{url: "a.png", density: 1}},
		"a.png 1x, b.png 2x":                {{url: "a.png", density: 1}, {url: "b.png", density: 2}},
		"a.png,b.png 2x":                    {{url: "a.png,b.png", density: 2}},
		"a.png, b.png":                      {{url: "a.png", density: 1}, {url: "b.png", density: 1}},
		"a.png,, b.png 1.5x":                {{url: "a.png", density: 1}, {url: "b.png", density: 1.5}},
		"\n a 100w ,\t b 200w\f":            {{url: "a", width: 100}, {url: "b", width: 200}},
		"w_1,h_2/a.png 100w 50h":            {{url: "w_1,h_2/a.png", width: 100}},
		"x.png 1x 2x, y.png foo, z.png .5x": {{url: "z.png", density: .5}},
		"a 1w 1x, b 1x 1w, c 1h, d 1h 1x, e 1x 1h, f 1w 1w, g 1w 1h 1h": nil,
		"a 0w, b -1w, c 1.5w, d -1x, e +1x, f 1.x, g infx, h w, i x":    nil,
		"a 0x, b 1e3x, c 1e1w":             {{url: "a", density: 0}, {url: "b", density: 1000}},
		"data:,a ,b 2x":                    {{url: "data:,a", density: 1}, {url: "b", density: 2}},
		"data:image/gif;base64,AA== 1x, b": {{url: "data:image/gif;base64,AA==", density: 1}, {url: "b", density: 1}},
		"a (1x, 2x) , b":                   {{url: "b", density: 1}},
		"a 1x(, b":                         nil,
		"a 2(w)":                           nil,
		"a 99999999999999999999w, b":       {{url: "b", density: 1}},
	} {
		t.Run(srcset, func(t *testing.T) { assert.Equal(t, want, parseSrcset(srcset)) })
	}
}
