// Package geo answers where things are on the WGS 84 ellipsoid: how far, in
// which direction, inside or outside, and how large. It knows nothing of
// Truce. Distances, areas and angles are floating point numbers. Rooms that decide on
// them first turn distances into whole millimetres and shares into parts per million.
//
// What it promises:
//
//   - A [Point] is two integers of 1e-7 degree, about 1 cm. Every edge, of a
//     ring or of a line, is the shortest geodesic between its two points.
//   - Distances are those of Karney, "Algorithms for geodesics", J. Geodesy 87
//     (2013), 43-55. S2 and a tree of straight chords only find candidates.
//   - Within 1 cm of a boundary the answer is [Straddles]; for areas, an
//     overlap or a remainder below 1e-9 of the whole counts as nothing.
//   - Values are immutable once made and safe for concurrent use. Nothing
//     depends on the order of a map.
//   - Products that feed sums are written float64(a*b)+c, which Go forbids to
//     fuse. The standard library's sines and the overlay library are not ours
//     to write, so the last bit of a float may still differ between
//     architectures: callers round what they print and decide on the sides,
//     whose margins are millions of times wider.
//
// Polygons that contain a pole are refused. Points, distances and discs work
// everywhere.
package geo
