package regions

import "github.com/edgeprime/edgeprime/edge"

// Region is where visitors are.
type Region struct {
	// Name is unique within a launch: lower-case letters, digits and hyphens, at most 63.
	Name string `json:"name" yaml:"name"`
	// Vantages are the ways to reach the region's edges; none means one direct vantage.
	Vantages []edge.Vantage `json:"vantages" yaml:"vantages"`
}
