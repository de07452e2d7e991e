//go:build unguarded

package main

import "github.com/edgeprime/edgeprime/origin"

// newPermits returns a guard that holds nothing back. It is built for one test only: the one that
// shows what the guard prevents.
func newPermits(limits origin.Limits) (*origin.Guard, error) {
	limits.MaxRPS, limits.MaxInFlight, limits.Amplification = 1<<20, 1<<10, 1
	return origin.NewGuard(limits)
}
