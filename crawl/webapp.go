package crawl

import "encoding/json"

// readIcons takes the icons of a web app manifest. It returns false when the file is no manifest.
func (r *refs) readIcons(body []byte) bool {
	var app struct {
		Icons []struct {
			Src string `json:"src"`
		} `json:"icons"`
	}
	if err := json.Unmarshal(decodeNamed(body, ""), &app); err != nil {
		return false
	}
	for _, icon := range app.Icons {
		r.add(icon.Src, Asset{Kind: Image, Priority: Low, Reason: "icon of the web app manifest", Source: "manifest:icons"})
	}
	return true
}
