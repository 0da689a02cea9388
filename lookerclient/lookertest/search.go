package lookertest

import (
	"cmp"
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"
)

// A listing is a list answer before sorting, paging and rendering.
type listing struct {
	rows []row
	view func(row) map[string]any
}

// page sorts and cuts the rows. Link and X-Total-Count are sent if and only if limit or per_page is given.
func (c *call) page(l listing, header http.Header) []row {
	rows := c.sorted(l)
	limit, offset, paged := c.window()
	if !paged {
		return rows
	}
	total := len(rows)
	header.Set("X-Total-Count", strconv.Itoa(total))
	header.Set("Link", c.links(total, limit, offset))
	from := min(offset, total)
	return rows[from:min(from+limit, total)]
}

// window is the part of a list asked for. limit and offset win over the deprecated page and per_page.
func (c *call) window() (limit, offset int, paged bool) {
	number := func(name string) (int, bool) {
		n, err := strconv.Atoi(c.params[name])
		return n, err == nil
	}
	limit, paged = number("limit")
	offset, _ = number("offset")
	if perPage, ok := number("per_page"); ok && !paged {
		limit, paged = perPage, true
		if page, ok := number("page"); ok && page > 1 {
			offset = (page - 1) * perPage
		}
	}
	if !paged && offset > 0 {
		return int(^uint(0)>>1) - offset, offset, true
	}
	if c.s.switches.CapsPageSize && limit > 100 {
		limit = 100
	}
	return limit, offset, paged
}

func (c *call) links(total, limit, offset int) string {
	if limit <= 0 {
		return ""
	}
	link := func(offset int, rel string) string {
		q := c.r.URL.Query()
		q.Del("page")
		q.Del("per_page")
		q.Set("limit", strconv.Itoa(limit))
		q.Set("offset", strconv.Itoa(offset))
		u := url.URL{Path: c.r.URL.Path, RawQuery: q.Encode()}
		return fmt.Sprintf("<%s%s>; rel=%q", c.s.baseURL, u.String(), rel)
	}
	last := 0
	if total > 0 {
		last = (total - 1) / limit * limit
	}
	out := []string{link(0, "first"), link(last, "last")}
	if offset+limit < total {
		out = append(out, link(offset+limit, "next"))
	}
	if offset > 0 {
		out = append(out, link(max(0, offset-limit), "prev"))
	}
	return strings.Join(out, ",")
}

// sorted orders rows by the sorts parameter: a comma list of field or "field desc". Without it, by id.
func (c *call) sorted(l listing) []row {
	spec := c.params["sorts"]
	if spec == "" || !c.route.params["sorts"] {
		return l.rows
	}
	type key struct {
		field string
		desc  bool
	}
	var keys []key
	for _, part := range strings.Split(spec, ",") {
		words := strings.Fields(part)
		if len(words) > 0 {
			keys = append(keys, key{words[0], len(words) > 1 && strings.EqualFold(words[1], "desc")})
		}
	}
	value := func(r row, field string) any {
		if v, ok := r[field]; ok {
			return v
		}
		return l.view(r)[field]
	}
	rows := slices.Clone(l.rows)
	slices.SortStableFunc(rows, func(a, b row) int {
		for _, k := range keys {
			n := compareValues(value(a, k.field), value(b, k.field))
			if k.desc {
				n = -n
			}
			if n != 0 {
				return n
			}
		}
		return 0
	})
	return rows
}

func compareValues(a, b any) int {
	x, okX := a.(float64)
	y, okY := b.(float64)
	if okX && okY {
		return cmp.Compare(x, y)
	}
	return compareIDs(text(a), text(b))
}

// text is a value as search and sorting see it.
func text(v any) string {
	switch v := v.(type) {
	case nil:
		return ""
	case string:
		return v
	}
	return fmt.Sprint(v)
}

// A criterion is one search parameter: the values of the field it looks at, and how it compares.
type criterion struct {
	param  string
	values func(row) []any
	kind   matchKind
}

type matchKind int

const (
	likeMatch matchKind = iota // case-insensitive LIKE
	idMatch                    // comma list, IN
	boolMatch
	csvLike // comma list of LIKE patterns
)

// field is a criterion on the field of the same name.
func field(name string, kind matchKind) criterion {
	return criterion{param: name, kind: kind, values: func(r row) []any { return []any{r[name]} }}
}

// filter keeps the rows that satisfy all given criteria, or any with filter_or=true.
func (c *call) filter(rows []row, criteria ...criterion) ([]row, error) {
	var active []criterion
	for _, cr := range criteria {
		if v, ok := c.params[cr.param]; ok && v != "" {
			active = append(active, cr)
		}
	}
	for _, cr := range active {
		if v := c.params[cr.param]; cr.kind == boolMatch && v != "true" && v != "false" && !isNullTest(v) {
			return nil, errBadRequest("query parameter '%s' must be true or false.", cr.param)
		}
	}
	if len(active) == 0 {
		return rows, nil
	}
	or := c.params["filter_or"] == "true"
	out := make([]row, 0, len(rows))
	for _, r := range rows {
		if c.satisfies(r, active, or) {
			out = append(out, r)
		}
	}
	return out, nil
}

func (c *call) satisfies(r row, criteria []criterion, or bool) bool {
	for _, cr := range criteria {
		hit := cr.matches(r, c.params[cr.param])
		if hit == or {
			return or
		}
	}
	return !or
}

func isNullTest(pattern string) bool {
	return strings.EqualFold(pattern, "IS NULL") || strings.EqualFold(pattern, "NOT NULL")
}

func (cr criterion) matches(r row, pattern string) bool {
	values := cr.values(r)
	if isNullTest(pattern) {
		empty := true
		for _, v := range values {
			empty = empty && (v == nil || v == "")
		}
		return empty == strings.EqualFold(pattern, "IS NULL")
	}
	for _, v := range values {
		if cr.matchesValue(v, pattern) {
			return true
		}
	}
	return false
}

func (cr criterion) matchesValue(v any, pattern string) bool {
	switch cr.kind {
	case idMatch:
		for _, want := range strings.Split(pattern, ",") {
			if v != nil && text(v) == strings.TrimSpace(want) {
				return true
			}
		}
		return false
	case boolMatch:
		return truth(v) == (pattern == "true")
	case csvLike:
		for _, want := range strings.Split(pattern, ",") {
			if v != nil && like(strings.TrimSpace(want), text(v)) {
				return true
			}
		}
		return false
	}
	return v != nil && like(pattern, text(v))
}

// like is SQL LIKE without escape: % any characters, _ exactly one, case ignored.
func like(pattern, s string) bool {
	p, t := []rune(strings.ToLower(pattern)), []rune(strings.ToLower(s))
	pi, ti, star, mark := 0, 0, -1, 0
	for ti < len(t) {
		switch {
		case pi < len(p) && p[pi] == '%':
			star, mark = pi, ti
			pi++
		case pi < len(p) && (p[pi] == '_' || p[pi] == t[ti]):
			pi++
			ti++
		case star >= 0:
			mark++
			pi, ti = star+1, mark
		default:
			return false
		}
	}
	for pi < len(p) && p[pi] == '%' {
		pi++
	}
	return pi == len(p)
}

// csvIDs is the set of a comma list parameter, nil when absent. Quotes are not stripped: a list in quotes is ignored
// by the server, as recorded.
func (c *call) csvIDs(param string) map[string]bool {
	v := c.params[param]
	if v == "" || strings.ContainsAny(v, `"[]`) {
		return nil
	}
	out := map[string]bool{}
	for _, id := range strings.Split(v, ",") {
		out[strings.TrimSpace(id)] = true
	}
	return out
}

// byIDs keeps the rows that a comma list parameter names.
func (c *call) byIDs(rows []row, param string) []row {
	ids := c.csvIDs(param)
	if ids == nil {
		return rows
	}
	out := make([]row, 0, len(ids))
	for _, r := range rows {
		if ids[str(r["id"])] {
			out = append(out, r)
		}
	}
	return out
}
