package edge

import (
	_ "embed"
	"encoding/csv"
	"slices"
	"strings"
	"sync"
)

// popsFile lists points of presence of CloudFront that somebody has seen: codes appear and vanish, so an
// entry is a hint. Sources of the codes: awslabs/aws-cloudfront-extensions (2024) and
// tansoft/aws-useful-code (2026), Apache-2.0; of the places: tobilg/aws-edge-locations (2025), MIT.
//
//go:embed pops.csv
var popsFile string

// PoP is a point of presence of CloudFront.
type PoP struct {
	Code    string // such as "FRA56-P4"
	City    string
	Country string // ISO 3166-1, two letters
	Area    string // such as "europe"
}

// PoPs returns the known points of presence, sorted by code.
var PoPs = sync.OnceValue(func() []PoP {
	rows, err := csv.NewReader(strings.NewReader(popsFile)).ReadAll()
	if err != nil {
		panic(err) // the file is part of the program
	}
	var all []PoP
	for _, row := range rows[1:] {
		all = append(all, PoP{row[0], row[1], row[2], row[3]})
	}
	return all
})

// PoPsNear returns the known points of presence of a country (two letters), of an area or at an airport
// (three letters), compared without case.
func PoPsNear(place string) []PoP {
	var near []PoP
	for _, p := range PoPs() {
		airport, _, _ := strings.Cut(p.Code, "-")
		airport = strings.TrimRight(airport, "0123456789")
		if strings.EqualFold(p.Country, place) || strings.EqualFold(p.Area, place) || strings.EqualFold(airport, place) {
			near = append(near, p)
		}
	}
	return near
}

// PlacesOfPoPs returns what PoPsNear knows: areas, then countries.
func PlacesOfPoPs() []string {
	var areas, countries []string
	for _, p := range PoPs() {
		areas, countries = append(areas, p.Area), append(countries, p.Country)
	}
	slices.Sort(areas)
	slices.Sort(countries)
	return slices.DeleteFunc(append(slices.Compact(areas), slices.Compact(countries)...), func(s string) bool { return s == "" })
}
