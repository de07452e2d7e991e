package crawl

import (
	"fmt"
	"math"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// device is a viewport of which pages are told that it is as wide as the device.
func device(width, height int, dpr float64) screen {
	return screens([]Viewport{{Name: "d", Width: width, Height: height, DPR: dpr}}, "width=device-width")[0]
}

func TestSourceSize(t *testing.T) {
	for sizes, want := range map[string][2]float64{ // at 390x844 and 1440x900
		"":                               {390, 1440},
		" , ,":                           {390, 1440},
		"50vw":                           {195, 720},
		"50VH":                           {422, 450},
		"320px, 10px":                    {320, 320}, // an entry without a condition ends the list
		"0":                              {0, 0},
		"5":                              {390, 1440}, // not a length
		"-1px, 7px":                      {7, 7},
		"2x, 7px":                        {7, 7},
		"20%, 7px":                       {7, 7},
		"10em":                           {160, 160},
		"1.5rem":                         {24, 24},
		"10ex":                           {80, 80},
		"1in":                            {96, 96},
		"2.54cm":                         {96, 96},
		"25.4mm":                         {96, 96},
		"101.6Q":                         {96, 96},
		"72pt":                           {96, 96},
		"6pc":                            {96, 96},
		"10vmin":                         {39, 90},
		"10vmax":                         {84.4, 144},
		"10svw":                          {39, 144},
		"10dvmin":                        {39, 90},
		"1e2px":                          {100, 100},
		"1ems, 7px":                      {7, 7},
		"(max-width: 600px) 100vw, 50vw": {390, 720},
		"/**/(max-width:600px)calc(50vw)/**/,2px":                         {195, 2},
		"(width >= 800px) 20em, 10em":                                     {160, 320},
		"(400px<=width<=2000px) 1px, 2px":                                 {2, 1},
		"not (min-width: 900px) 1px, 2px":                                 {1, 2},
		"((min-width:1px) and (orientation:portrait)) 1px,2px":            {1, 2},
		"(orientation:portrait) or (min-width:1px) 1px, 2px":              {1, 1},
		"(min-width:1px) and (min-width:1px) or (min-width:1px) 1px, 2px": {2, 2},
		"all and (min-width: 1px) 1px, 2px":                               {2, 2}, // a media query, not a condition
		"not all and (min-width: 900px) 1px, 2px":                         {2, 2},
		"(min-resolution: 2dppx) 1px, 2px":                                {1, 2},
		"(nonsense: 3) 1px, not (nonsense) 3px, 2px":                      {2, 2},
		"f(x) 1px, 2px":                         {2, 2},
		"calc(100vw - 32px)":                    {358, 1408},
		"calc(100vw -32px), 7px":                {7, 7},
		"calc(100vw- 32px), 7px":                {7, 7},
		"calc(1px+ 2px), 7px":                   {7, 7},
		"calc((100vw + 10px) / 2 * 3)":          {600, 2175},
		"calc(2 * 3px + (1px))":                 {7, 7},
		"calc(1px * 1px), 7px":                  {7, 7},
		"calc(1 / 1px), 7px":                    {7, 7},
		"calc(1px + 1), 7px":                    {7, 7},
		"calc(1), 7px":                          {7, 7},
		"calc(), 7px":                           {7, 7},
		"calc(1px 1px), 7px":                    {7, 7},
		"calc(1px *), 7px":                      {7, 7},
		"calc(1px, 2px), 7px":                   {7, 7},
		"calc(0px / 0), 7px":                    {7, 7},
		"calc(1px - 9px)":                       {0, 0},
		"min(100vw, 640px)":                     {390, 640},
		"max(100vw, 640px, 1px)":                {640, 1440},
		"clamp(200px, 50vw, 700px)":             {200, 700},
		"clamp(1px, 2px), 7px":                  {7, 7},
		"min(1px, 2), 7px":                      {7, 7},
		"calc(min(10px, 20px) + max(1px, 2px))": {12, 12},
		"calc(1px + (2px":                       {3, 3}, // the end closes what is open
		"(1px), 7px":                            {7, 7},
		"auto, 7px":                             {7, 7}, // not lazy
		"nonsense":                              {390, 1440},
		strings.Repeat("(", 5000) + "1px":       {390, 1440},
		"calc" + strings.Repeat("(", 100) + "1px" + strings.Repeat(")", 100) + ", 7px": {7, 7},
	} {
		t.Run(sizes[:min(40, len(sizes))], func(t *testing.T) {
			assert.InDelta(t, want[0], device(390, 844, 3).sourceSize(sizes, autoSize{}), 1e-9)
			assert.InDelta(t, want[1], device(1440, 900, 1).sourceSize(sizes, autoSize{}), 1e-9)
		})
	}
	assert.InDelta(t, 7, device(390, 844, 3).sourceSize("calc(1px +(2px)), 7px", autoSize{}), 0)
	lazy := autoSize{lazy: true, width: 300}
	assert.InDelta(t, 300, device(390, 844, 3).sourceSize("auto, 7px", lazy), 0)
	assert.InDelta(t, 7, device(390, 844, 3).sourceSize("auto, 7px", autoSize{lazy: true}), 0)
}

func TestMediaMatches(t *testing.T) {
	for media, want := range map[string][2]bool{ // at 390x844@3 and 1440x900@1
		"":                                 {true, true},
		"all":                              {true, true},
		"SCREEN":                           {true, true},
		"only screen":                      {true, true},
		"print":                            {false, false},
		"not print":                        {true, true},
		"not screen":                       {false, false},
		"print, (max-width: 500px)":        {true, false},
		"screen and (min-width:900px)":     {false, true},
		"not screen and (min-width:900px)": {true, false},
		"not print and (nonsense)":         {true, true},
		"not all and (nonsense)":           {false, false},
		"screen and (color) or (color)":    {false, false},
		"(max-width: 5000)":                {false, false},
		"screen and (a) or (b)":            {false, false},
		"screen (min-width:1px)":           {false, false},
		"screen and":                       {false, false},
		"and":                              {false, false},
		"not or":                           {false, false},
		"5px":                              {false, false},
		"()":                               {false, false},
		"(color)":                          {true, true},
		"(monochrome)":                     {false, false},
		"(min-color: 8)":                   {true, true},
		"(grid: 0)":                        {true, true},
		"(hover)":                          {false, true},
		"(any-pointer: coarse)":            {true, false},
		"(prefers-color-scheme: dark)":     {false, false},
		"(prefers-color-scheme: light)":    {true, true},
		"(prefers-reduced-motion)":         {false, false},
		"not (prefers-reduced-motion)":     {true, true},
		"(forced-colors: none) and (scripting: enabled) and (display-mode: browser) and (update: fast)":    {true, true},
		"(color-gamut: srgb) and (dynamic-range: standard) and (overflow-block: scroll) and (orientation)": {true, true},
		"(orientation: 3)":                    {false, false},
		"(-webkit-min-device-pixel-ratio: 2)": {true, false},
		"(min-resolution: 192dpi)":            {true, false},
		"(max-resolution: 1x)":                {false, true},
		"(resolution > 100dpcm)":              {true, false},
		"(min-aspect-ratio: 1/1)":             {false, true},
		"(aspect-ratio < 1)":                  {true, false},
		"(width: 390px)":                      {true, false},
		"(width = 390px)":                     {true, false},
		"(390px >= width)":                    {true, false},
		"(390px < width)":                     {false, true},
		"(2000px > width > 400px)":            {false, true},
		"(2000px > width < 400px)":            {false, false},
		"(width > = 1px)":                     {false, false},
		"(min-width: 1dppx)":                  {false, false},
		"(min-width: 0)":                      {true, true},
		"(min-width: calc(1px + 400px))":      {false, true},
		"(max-height: 850px)":                 {true, false},
		"((hover) or (pointer: coarse))":      {true, true},
		"(not (hover))":                       {true, false},
		"not (nonsense)":                      {false, false},
		"(nonsense) or (color)":               {true, true},
		"(color) and (max-width":              {false, false},
		strings.Repeat("(", 40) + "color":     {false, false},
		strings.Repeat("a ", 5000):            {false, false},
	} {
		t.Run(media[:min(60, len(media))], func(t *testing.T) {
			assert.Equal(t, want[0], device(390, 844, 3).matches(media), "mobile")
			assert.Equal(t, want[1], device(1440, 900, 1).matches(media), "desktop")
		})
	}
}

func TestMetaWidth(t *testing.T) {
	for meta, want := range map[string]float64{
		"":                                    980,
		"user-scalable=no":                    980,
		"width=DEVICE-WIDTH":                  390,
		"width=device-width, initial-scale=1": 390,
		"width=device-width;initial-scale=.5": 780,
		"initial-scale=1":                     390,
		"initial-scale=2":                     195,
		"initial-scale=0":                     980,
		"width=500":                           500,
		"width=0.5":                           1,
		"width=1e9":                           10000,
		"width=NaN":                           980,
		"width=-1":                            980,
		"width":                               980,
	} {
		assert.InDelta(t, want, metaWidth(meta, 390), 1e-9, meta)
	}
	got := screens([]Viewport{{"m", 390, 844, 3}, {"t", 980, 500, 1}}, "")
	assert.Equal(t, screen{name: "m", width: 980, height: 844 * (980 / 390.0), dpr: 3, handheld: true}, got[0])
	assert.Equal(t, screen{name: "t", width: 980, height: 500, dpr: 1}, got[1], "a wide viewport is no phone")
}

func TestChoose(t *testing.T) {
	for srcset, want := range map[string]string{ // at DPR 2 and 400 pixels
		"a 1x, b 2x, c 3x":       "b",
		"a 3x, b 2.5x, c 2.1x":   "c",
		"a 1x, b 1.5x":           "b",
		"a 1.5x, b 1x":           "a",
		"a 2x, b 2x":             "a",
		"a 1x, b 1x":             "a",
		"a, b 800w, c 900w":      "b",
		"a 799w, b 801w, c 800w": "c",
		"a 300w, b 400w":         "b",
		"a 5x, b 1x":             "a",
		"a 0x, b .5x":            "b",
	} {
		set := parseSrcset(srcset)
		assert.Equal(t, want, set[device(400, 800, 2).choose(set, 400)].url, srcset)
	}
	set := parseSrcset("a 100w, b 200w")
	assert.Equal(t, 0, device(400, 800, 2).choose(set, 0), "every density is infinite")
}

// selected writes, for each image of a page, who chooses it.
func selected(assets []Asset) string {
	var out []string
	for _, a := range assets {
		if a.Source == "html:favicon" {
			continue
		}
		name := strings.TrimPrefix(a.URL, "https://www.example/dir/")
		who := strings.Join(a.Selected, "+")
		if strings.HasSuffix(a.Reason, unchosen) {
			who += "-"
		}
		out = append(out, name+":"+who)
	}
	return strings.Join(out, " ")
}

func TestSelected(t *testing.T) {
	const meta = `<meta name=Viewport content="width=device-width">`
	for _, c := range [][2]string{
		{`<img src=a>`, "a:mobile+desktop"},
		{`<img srcset="a, b 2x, c 3x" src=d>`, "a:desktop b:- c:mobile d:-"},
		{`<img srcset="z 1.5x" src=a>`, "z:mobile a:desktop"},
		{`<img srcset="x 1q" src=a>`, "a:mobile+desktop"},
		{`<img srcset="x 1q">`, ""},
		{`<img srcset="a 1200w, b 1440w">`, "a:mobile b:desktop"},
		{`<img srcset="a 1x, data:,x 3x">`, "a:desktop"},
		{`<img srcset="a 1x, a 3x, b 2x">`, "a:mobile+desktop b:-"},
		{`<img srcset="a, b 3x"><img src=b>`, "a:desktop b:mobile+desktop"},
		{`<img src=b><img srcset="a, b 3x">`, "b:mobile+desktop a:desktop"},
		{`<img srcset="a, b 3x"><img srcset="b, c 3x">`, "a:desktop b:mobile+desktop c:mobile"},
		{`<link rel=icon href=b><img srcset="b, c 3x">`, "b:mobile+desktop c:mobile"},
		{`<img loading=lazy sizes=auto width=300px srcset="a 300w, b 900w, c 1400w">`, "a:desktop b:mobile c:-"},
		{`<img loading=lazy sizes="auto, 100px" srcset="a 100w, b 300w, c 1400w">`, "a:desktop b:mobile c:-"},
		{`<img sizes=auto width=300 srcset="a 300w, b 900w, c 1400w, d 1500w">`, "a:- b:- c:mobile d:desktop"},
		{`<picture><source media="(min-width:900px)" srcset="a"><source media="(min-width:500px)" srcset=b><img src=c></picture>`, "a:desktop b:- c:mobile"},
		{`<picture><source type=image/nonsense srcset=n><source type=image/avif srcset="a, b 2x"><img src=c></picture>`, "a:desktop b:mobile c:-"},
		{`<picture><source srcset="x 1q"><img src=c srcset="d 2x"></picture>`, "d:mobile c:desktop"},
		{`<picture><source srcset="a 100w, b 300w" sizes=100px><img src=c></picture>`, "a:desktop b:mobile c:-"},
		{`<picture><source srcset=a><img src=b><img src=c></picture>`, "a:mobile+desktop b:- c:mobile+desktop"},
		{`<link rel=preload as=image imagesrcset="a 400w, b 1200w" imagesizes=400px href=c>`, "a:desktop b:mobile c:-"},
		{`<link rel=preload as=image imagesrcset="a 2x" href=c>`, "a:mobile c:desktop"},
		{`<link rel=preload as=image media="(max-width:600px)" href=m><link rel=preload as=image media="(max-width:6px)" href=n>`, "m:mobile n:-"},
		{`<object data=a.svg type=image/svg+xml></object><img srcset="a.svg, b 3x">`, "a.svg:mobile+desktop b:mobile"},
		{`<img sizes=100px srcset="a 100w, b 300w"><img sizes=200px srcset="c 100w, d 200w, e 600w">`, "a:desktop b:mobile c:- d:desktop e:mobile"},
		{`<img sizes="auto, 100px" srcset="a 100w, b 300w"><img loading=lazy width=200 sizes="auto, 100px" srcset="c 100w, d 200w, e 600w">`, "a:desktop b:mobile c:- d:desktop e:mobile"},
		{`<link rel=preload as=image href=m>`, "m:mobile+desktop"},
		{`<iframe srcdoc="<meta name=viewport content='width=5000'>"></iframe><img srcset="a 1200w, b 1440w">`, "a:mobile b:desktop"},
	} {
		assert.Equal(t, c[1], selected(ExtractHTML([]byte(meta+c[0]), testPage)), c[0])
	}
	assert.Equal(t, "a:desktop b:mobile c:-", selected(ExtractHTML([]byte(`<img sizes=100vw srcset="a 1440w, b 2940w, c 4000w">`), testPage)), "without a viewport meta")
	assert.Equal(t, "a:desktop b:mobile", selected(ExtractHTML([]byte(`<meta name=viewport content="width=device-width"><meta name=viewport content="width=1000"><img srcset="a 2000w, b 3000w">`), testPage)), "the last viewport meta counts")
}

// TestSelectedReasons proves that what no viewport chooses is of low priority, and says why it is there.
func TestSelectedReasons(t *testing.T) {
	got := ExtractHTML([]byte(`<img srcset="a, b 2x, c 3x"><img src=2><img src=3><img srcset="d, e 2x, f 3x">`), testPage)
	assert.Equal(t, Critical, got[0].Priority)
	assert.Equal(t, Low, got[1].Priority)
	assert.Equal(t, "image 1 of the page, may be its largest paint; chosen by no viewport", got[1].Reason)
	assert.Equal(t, "image 1 of the page, may be its largest paint", got[2].Reason)
	assert.Equal(t, "chosen by no viewport", got[6].Reason)
}

func TestCrawlCandidates(t *testing.T) {
	const entry = "https://www.example/dir/"
	images := func(m *Manifest) string {
		var out []Asset
		for a := range m.All() {
			if a.Kind == Image {
				out = append(out, a)
			}
		}
		return selected(out)
	}
	s := site{
		entry: page("text/html", `<meta name=viewport content="width=device-width"><link rel=stylesheet href=s.css><img srcset="a, b 2x, c 3x, css 4x, both 5x">
			<svg><image href=svg /></svg><img srcset="svg, both 3x"><a>x</a>`, "Link", `<fb>; rel=preload; as=image; imagesrcset="h 1200w, i 2000w, j 9999w"; imagesizes=100vw`),
		entry + "s.css": cssPage("a{background:url(css)}"),
	}
	all := Config{Entries: []string{entry}}
	assert.Equal(t, "a:desktop b:- both:mobile c:mobile css:mobile+desktop fb:- h:mobile i:desktop j:- svg:mobile+desktop", images(s.crawl(t, all)))
	chosen := all
	chosen.Candidates = CandidatesSelected
	assert.Equal(t, "a:desktop both:mobile c:mobile css:mobile+desktop h:mobile i:desktop svg:mobile+desktop", images(s.crawl(t, chosen)))
	wanted := chosen
	wanted.Critical.Include = []string{"/dir/b", "/dir/fb"}
	assert.Equal(t, "a:desktop b:- both:mobile c:mobile css:mobile+desktop fb:- h:mobile i:desktop svg:mobile+desktop", images(s.crawl(t, wanted)), "what the launch calls critical")
	tablet := chosen
	tablet.Viewports = []Viewport{{Name: "tablet", Width: 820, Height: 1180, DPR: 2}}
	assert.Equal(t, "b:tablet both:tablet css:tablet i:tablet svg:tablet", images(s.crawl(t, tablet)))
}

func TestViewportValidate(t *testing.T) {
	require.NoError(t, Config{Entries: []string{testPage}, Viewports: DefaultViewports(), Candidates: CandidatesAll}.Validate())
	for want, cfg := range map[string]Config{
		`candidates is "some"; write "all" or "selected"`: {Candidates: "some"},
		`viewport: the name is missing`:                   {Viewports: []Viewport{{Width: 1, Height: 1, DPR: 1}}},
		`viewport "m": width is 0;`:                       {Viewports: []Viewport{{Name: "m", Height: 1, DPR: 1}}},
		`viewport "m": height is 10001;`:                  {Viewports: []Viewport{{Name: "m", Width: 1, Height: 10001, DPR: 1}}},
		`viewport "m": dpr is 0;`:                         {Viewports: []Viewport{{Name: "m", Width: 1, Height: 1}}},
		`viewport "m": dpr is NaN;`:                       {Viewports: []Viewport{{Name: "m", Width: 1, Height: 1, DPR: math.NaN()}}},
		`viewport "m": dpr is 11;`:                        {Viewports: []Viewport{{Name: "m", Width: 1, Height: 1, DPR: 11}}},
		`viewport "m" is named twice`:                     {Viewports: []Viewport{{"m", 1, 1, 1}, {"m", 2, 2, 2}}},
	} {
		cfg.Entries = []string{testPage}
		err := cfg.Validate()
		if assert.Error(t, err, want) {
			assert.Equal(t, 1, strings.Count(err.Error(), "\n")+1, "one mistake, one line")
			assert.Contains(t, err.Error(), want)
		}
	}
}

func FuzzSizes(f *testing.F) {
	f.Add("(max-width: 600px) calc(100vw - 2em), min(50vw, 10cm)", "300px")
	f.Add("auto, (400px < width <= 60em) and (not (hover)) 1px", "")
	f.Add("calc((((", "1e99")
	f.Fuzz(func(t *testing.T, sizes, width string) {
		a := attributes{names: [][]byte{[]byte("width"), []byte("loading")}, values: [][]byte{[]byte(width), []byte("lazy")}}
		for _, v := range []screen{device(390, 844, 3), device(1440, 900, 1)} {
			size := v.sourceSize(sizes, newAutoSize(&a))
			require.False(t, math.IsNaN(size) || size < 0, fmt.Sprint(size))
			set := parseSrcset("a 1w, b 2x, c")
			require.Less(t, v.choose(set, size), len(set))
		}
	})
}

func FuzzMedia(f *testing.F) {
	f.Add("not screen and (min-width: 900px), (1px < width < 2px)", "width=device-width, initial-scale=1")
	f.Add("((((hover)) or f(x) and", "width=1e400;initial-scale=-1")
	f.Fuzz(func(t *testing.T, media, meta string) {
		for _, v := range screens(DefaultViewports(), meta) {
			require.GreaterOrEqual(t, v.width, 1.0)
			require.LessOrEqual(t, v.width, float64(maxSide))
			if toks, ok := cssTokens(media); ok {
				negated := append([]cssToken{}, toks...)
				value, isCondition := v.condition(negated, 0)
				require.True(t, value >= isFalse && value <= isTrue)
				require.True(t, !isCondition || v.query(toks) == value, "a condition is a query")
			}
			v.matches(media)
		}
	})
}
