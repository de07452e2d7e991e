//go:build !unguarded

package main

import "github.com/edgeprime/edgeprime/origin"

// newPermits returns the guard of the origin. No flag or key switches it off; a build with the tag
// unguarded exists for the one test that shows what it prevents.
func newPermits(limits origin.Limits) (*origin.Guard, error) { return origin.NewGuard(limits) }
