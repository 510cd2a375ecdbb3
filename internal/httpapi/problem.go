package httpapi

import (
	"context"
	"errors"
	"net/http"
	"strings"

	"github.com/danielgtaylor/huma/v2"

	"ringback/internal/errs"
)

// problem is an RFC 9457 problem document with a stable code and both languages.
type problem struct {
	Type     string      `json:"type"`
	Title    string      `json:"title"`
	Status   int         `json:"status"`
	Code     string      `json:"code"`
	Detail   string      `json:"detail"`
	DetailZH string      `json:"detailZh"`
	DetailEN string      `json:"detailEn"`
	Field    string      `json:"field,omitempty"`
	Errors   []fieldSaid `json:"errors,omitempty"`
}

type fieldSaid struct {
	Field    string `json:"field"`
	Code     string `json:"code"`
	DetailZH string `json:"detailZh"`
	DetailEN string `json:"detailEn"`
}

func (p *problem) Error() string             { return p.Code + ": " + p.DetailEN }
func (p *problem) GetStatus() int            { return p.Status }
func (p *problem) ContentType(string) string { return "application/problem+json" }

// status is the one place where kinds become HTTP statuses.
func status(k errs.Kind) int {
	switch k {
	case errs.NotFound:
		return http.StatusNotFound
	case errs.Conflict:
		return http.StatusConflict
	case errs.Invalid:
		return http.StatusUnprocessableEntity
	case errs.Forbidden:
		return http.StatusForbidden
	case errs.Unavailable:
		return http.StatusServiceUnavailable
	case errs.SignedOut:
		return http.StatusUnauthorized
	case errs.TooMany:
		return http.StatusTooManyRequests
	}
	return http.StatusInternalServerError
}

// describe is what a person is told of any error.
func describe(err error) *errs.Error {
	if e, ok := errs.Of(err); ok {
		return e
	}
	if errors.Is(err, context.DeadlineExceeded) {
		return errs.New(errs.Unavailable, "too_slow", "服务器暂时太忙，请稍后重试。", "The server is too busy; try again in a moment.")
	}
	return errs.New("", "internal", "服务器内部出错，已记录。请重试；若仍出现，请把时间告诉系统管理员。",
		"Something went wrong in the server and was logged. Try again; if it happens again, tell your administrator the time.")
}

func problemOf(err error, lang string) *problem {
	e := describe(err)
	st := status(e.Kind)
	p := &problem{
		Type: "about:blank", Title: http.StatusText(st), Status: st, Code: e.Code,
		Detail: e.ZH, DetailZH: e.ZH, DetailEN: e.EN, Field: e.Field,
	}
	if strings.HasPrefix(lang, "en") {
		p.Detail = e.EN
	}
	return p
}

// newProblem replaces huma's error document, which would echo the offending
// value: personal data.
func newProblem(status int, _ string, causes ...error) huma.StatusError {
	p := &problem{
		Type: "about:blank", Title: http.StatusText(status), Status: status, Code: "invalid_input",
		DetailZH: "提交的内容有误，请按提示修改。", DetailEN: "The input is not valid; correct the fields named below.",
	}
	switch status {
	case http.StatusNotFound:
		p.Code, p.DetailZH, p.DetailEN = "not_found", "没有找到。", "Not found."
	case http.StatusInternalServerError:
		p.Code, p.DetailZH, p.DetailEN = "internal", "服务器内部出错，已记录。", "Something went wrong in the server and was logged."
	}
	p.Detail = p.DetailZH
	for _, c := range causes {
		var d *huma.ErrorDetail
		if errors.As(c, &d) {
			if strings.HasPrefix(d.Location, "path.") { // an address that names nothing
				p.Status, p.Title, p.Code = http.StatusNotFound, http.StatusText(http.StatusNotFound), "not_found"
				p.DetailZH, p.DetailEN = "没有这条记录，地址可能抄错了。请从列表里重新打开。", "There is no such record; the address may be mistyped. Open it from its list."
				p.Detail = p.DetailZH
			}
			p.Errors = append(p.Errors, fieldSaid{Field: d.Location, Code: "invalid", DetailZH: "不符合要求：" + d.Message, DetailEN: d.Message})
		}
	}
	return p
}

// refuse writes a problem outside huma's handlers.
func refuse(w http.ResponseWriter, r *http.Request, err error) {
	p := problemOf(err, r.Header.Get("Accept-Language"))
	w.Header().Set("Content-Type", "application/problem+json")
	w.WriteHeader(p.Status)
	writeJSON(w, p)
}
