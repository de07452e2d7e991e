// Package origin keeps the load that edgeprime causes at an origin inside its limits.
//
// Every request that may reach the origin needs a [Permit]. A [Guard] grants permits so that in
// any one-second window at most Limits.MaxRPS requests start at the origin and at most
// Limits.MaxInFlight are open at once, over all regions together. A permit is released only when
// the answer was read to its end or nothing was written; else it is held to its deadline. When
// the answer proves that the origin was spared, the permit is given back to the rate as well.
package origin
