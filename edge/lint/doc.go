// Package lint holds the rules that decide whether a launch can be served from cache: rules over
// one observation, and rules over one URL's cells. A rule never fetches: it reads evidence.
package lint
