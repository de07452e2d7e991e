package crawl

import "encoding/json"

// readIcons takes the images of a web app manifest: icons, and screenshots and shortcuts, which
// only an installation asks for. It returns false when the file is no manifest.
func (r *refs) readIcons(body []byte) bool {
	type image struct {
		Src string `json:"src"`
	}
	var app struct {
		Icons       []image `json:"icons"`
		Screenshots []image `json:"screenshots"`
		Shortcuts   []struct {
			Icons []image `json:"icons"`
		} `json:"shortcuts"`
	}
	if err := json.Unmarshal(decodeNamed(body, ""), &app); err != nil {
		return false
	}
	for _, icon := range app.Icons {
		r.addUnasked(icon.Src, Asset{Kind: Image, Reason: "icon of the web app manifest", Source: "manifest:icons"})
	}
	for _, shot := range app.Screenshots {
		r.addUnasked(shot.Src, Asset{Kind: Image, Reason: "screenshot of the web app manifest", Source: "manifest:screenshots"})
	}
	for _, shortcut := range app.Shortcuts {
		for _, icon := range shortcut.Icons {
			r.addUnasked(icon.Src, Asset{Kind: Image, Reason: "icon of a shortcut of the web app", Source: "manifest:shortcuts"})
		}
	}
	return true
}
