// Package edge asks one edge for one asset and writes down everything the answer showed.
//
// A [Fetcher] turns a [Request] (asset, variant, vantage) into an [Observation]: evidence only,
// no judgement. What goes wrong on the way is part of the observation; errors are for broken
// programs. Connections are dialled through a guard that refuses private and metadata addresses,
// at the vantage's address, and requests leave the launch's scope never.
package edge
