package demo

import "embed"

// Syria is the data on the cessation of hostilities of 27 February 2016, in
// syria/data/<source>/, each with its mapping and its SOURCE.md.
//
//go:embed syria
var Syria embed.FS
