// Package web owns the built console: the files that vite wrote to dist, put
// into the binary. It does not serve them (package httpapi does) and does not
// build them (`npm run build` does).
package web

import (
	"embed"
	"io/fs"
)

//go:embed all:dist
var files embed.FS

// Dist returns the built console with index.html at its root. Before the first
// `npm run build` it holds nothing but .keep; callers say so clearly.
func Dist() fs.FS {
	dist, err := fs.Sub(files, "dist")
	if err != nil {
		return files // the path is a constant: Sub cannot refuse it
	}
	return dist
}
