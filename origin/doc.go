// Package origin keeps the load that edgeprime causes at an origin inside its limits.
//
// Every request that may reach the origin needs a [Permit]. A [Guard] grants permits so that in
// any one-second window at most Limits.MaxRPS requests start at the origin and at most
// Limits.MaxInFlight are open at once, over all regions together. A permit is released only when
// the answer was read to its end or nothing was written; else it is held to its deadline. When
// the answer proves that the origin was spared, the permit is given back to the rate as well.
//
// The guard knows of each request the latest time at which it can start at the origin: the end of its
// fetch's time at first, and once its answer has begun that moment, when the answer proves that the origin
// was asked before it, or a little later. A further permit is granted when fewer than MaxRPS of these
// times are less than a second ago. A start comes after its grant, so MaxRPS+1 starts within one second
// would need MaxRPS others whose latest time is less than a second before the last of the grants. The
// price is the time in which a start may still lie: MaxRPS per second and time to first byte. A second
// is five milliseconds longer than that here, for what an origin's own log rounds.
//
// Under that ceiling the guard keeps a [Pace], since what the owner agreed to is what the origin bears
// on a good day. It begins at the ceiling. A window of at least half a second is bad when more than two
// answers in a hundred failed (5xx, 429, a deadline), or, twice in a row, when the median of proven
// misses is over 1.8 times what is usual for their region, and 50 ms over it; a bad window halves rate
// and slots, down to 1, and a clean one adds a step. A region is compared with itself alone, documents
// apart from files, and with several regions at work the delay counts that all of them see: the way of
// one of them is not the origin. What takes as long at the slowest pace is usual from then on.
//
// The outer rails stand beside the pace, for what it cannot make up for: more than 5 failures among
// the last hundred answers pause everyone, more than 20 end the run, and Retry-After is waited for.
// Slowness pauses only where it is not proven to be the origin's, or is still there at pace 1.
//
// A [Broker] lends permits to workers elsewhere, where a [Remote] asks for them. Clocks need not
// agree: both ends count from when the worker sent its question. What cannot be bounded from
// outside is a process that is frozen between Permit.Start and the write, requests that a CDN makes
// by itself, and a worker that lies.
package origin
