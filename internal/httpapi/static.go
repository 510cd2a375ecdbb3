package httpapi

import (
	"io/fs"
	"net/http"
	"strings"

	"ringback/internal/errs"
)

const missingBundle = `<!doctype html><meta charset="utf-8"><title>Ringback</title><body style="font:16px sans-serif;max-width:40em;margin:4em auto">
<h1>控制台还没有构建 · The console is not built</h1>
<p>服务器已经运行，但程序里没有网页。请在源码目录运行 <code>make web</code>，再重新构建 ringback。</p>
<p>The server runs, but this binary holds no pages. Run <code>make web</code> in the source tree and build ringback again.</p>`

// static serves the console: hashed assets for ever, the page itself never from
// a cache. Unknown addresses get the page, which knows its own routes; unknown
// assets and API paths are 404.
func (s *Server) static() http.Handler {
	files := http.FileServerFS(s.Web)
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		path := strings.TrimPrefix(r.URL.Path, "/")
		switch {
		case strings.HasPrefix(path, "api/"):
			refuse(w, r, errs.New(errs.NotFound, "route_unknown", "没有这个接口，页面可能已过期，请刷新。", "There is no such address; reload the page."))
		case path != "" && isFile(s.Web, path):
			if strings.HasPrefix(path, "assets/") {
				w.Header().Set("Cache-Control", "public, max-age=31536000, immutable")
			}
			files.ServeHTTP(w, r)
		case strings.HasPrefix(path, "assets/") || r.Method != http.MethodGet && r.Method != http.MethodHead:
			http.NotFound(w, r)
		default:
			s.page(w, r)
		}
	})
}

func (s *Server) page(w http.ResponseWriter, r *http.Request) {
	w.Header().Set("Cache-Control", "no-store")
	if !isFile(s.Web, "index.html") {
		w.Header().Set("Content-Type", "text/html; charset=utf-8")
		w.WriteHeader(http.StatusServiceUnavailable)
		_, _ = w.Write([]byte(missingBundle))
		return
	}
	r.URL.Path = "/"
	http.FileServerFS(s.Web).ServeHTTP(w, r)
}

func isFile(files fs.FS, path string) bool {
	st, err := fs.Stat(files, path)
	return err == nil && !st.IsDir()
}
