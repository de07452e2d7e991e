// Package policy is the arithmetic of RFC 9111 for shared and private caches: may a response be
// stored, how long is it fresh, how old is it. It is pure: header fields and instants in, values out.
package policy
