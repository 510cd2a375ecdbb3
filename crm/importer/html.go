package importer

import (
	"bytes"
	"strings"

	"golang.org/x/net/html"
	"golang.org/x/net/html/atom"
)

// looksLikeHTML finds the web pages that some systems save as .xls (T-I07).
func looksLikeHTML(raw []byte) bool {
	head := bytes.ToLower(raw[:min(len(raw), 4096)])
	return bytes.Contains(head, []byte("<table")) || bytes.HasPrefix(bytes.TrimSpace(head), []byte("<html"))
}

// readHTML reads the rows of all tables of a page, in any text encoding.
func readHTML(raw []byte) (sheet, error) {
	raw, encoding, err := toLines(raw)
	if err != nil {
		return sheet{}, errDamaged(err)
	}
	page := string(raw)
	if encoding == "gb18030" {
		page = decodeLine(raw, encoding).text
	}
	root, err := html.Parse(strings.NewReader(page))
	if err != nil {
		return sheet{}, errDamaged(err)
	}
	out := sheet{encoding: encoding}
	for n := range root.Descendants() {
		if n.Type == html.ElementNode && n.DataAtom == atom.Tr {
			out.lines = append(out.lines, line{no: len(out.lines) + 1, cells: rowCells(n)})
		}
	}
	return out, nil
}

func rowCells(tr *html.Node) []string {
	var cells []string
	for n := range tr.ChildNodes() {
		if n.DataAtom == atom.Td || n.DataAtom == atom.Th {
			cells = append(cells, textOf(n))
		}
	}
	return cells
}

func textOf(n *html.Node) string {
	var s strings.Builder
	for c := range n.Descendants() {
		if c.Type == html.TextNode {
			s.WriteString(c.Data)
		}
	}
	return strings.TrimSpace(s.String())
}
