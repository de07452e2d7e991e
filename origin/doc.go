// Package origin keeps the load that edgeprime causes at an origin inside its limits.
//
// Every request that may reach the origin needs a [Permit]. A [Guard] grants permits so that in
// any one-second window at most Limits.MaxRPS requests start at the origin and at most
// Limits.MaxInFlight are open at once, over all regions together. A permit is released only when
// the answer was read to its end or nothing was written; else it is held to its deadline. When
// the answer proves that the origin was spared, the permit is given back to the rate as well.
//
// The guard knows of each request the latest time at which it can start at the origin: some time
// after the grant at first, less once it was written, and the end of the answer when that proves that
// the origin was asked before it. A further permit is granted when fewer than MaxRPS of these
// times are less than a second ago. A start comes after its grant, so MaxRPS+1 starts within one second
// would need MaxRPS others whose latest time is less than a second before the last of the grants.
//
// A [Broker] lends permits to workers elsewhere, where a [Remote] asks for them. Clocks need not
// agree: both ends count from when the worker sent its question. What cannot be bounded from
// outside is a process that is frozen between Permit.Start and the write, a way to the origin that
// varies by more than 150 ms without an answer that proves anything, requests that a CDN makes by
// itself, and a worker that lies.
package origin
