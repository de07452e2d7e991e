// Package natsq carries a run between the coordinator and its workers on NATS JetStream, and keeps
// what the run has seen. It is the only package that knows NATS.
//
// An [Engine] is a nats-server in the process, without a port unless workers elsewhere are declared,
// or the way to one outside. It holds, for a launch:
//
//	stream WORK_<launch>_<region>   batches, one message each; a consumer per vantage; a lease lasts
//	                                while its worker says so
//	stream RES_<launch>_<run>       observations in chunks, in the order in which they count
//	bucket STATE_<launch>           what else must outlive a process
//
// A [Run] is one run's observations: each task counts once, the first time that it stands in the
// stream. [Work] is what the coordinator has handed out. A [Link] is a worker's end.
//
// A region is the name of a subject, never a field of a message. A worker elsewhere has an account
// that holds the subjects of its region alone (see Access): it can neither read nor forge another
// region's work, results or permits.
package natsq
