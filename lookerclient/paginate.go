package lookerclient

import (
	"context"
	"errors"
	"iter"
	"net/http"
	"reflect"
	"strconv"
	"strings"
)

// pageSize is the limit the client asks for; Looker documents no upper bound, and
// few large pages cost fewer calls.
const pageSize = 500

// errRepeatedPage: the rest cannot be read, and must not be taken for absent.
var errRepeatedPage = errors.New("Looker sent the same page again: the list cannot be read to its end")

// paginate yields every resource of a limit/offset operation, page by page,
// sorted by id so that pages keep their places. An error is yielded once, as the
// last element. A row that moved to the next page meanwhile is yielded once.
func paginate[T any](ctx context.Context, c *Client, r request) iter.Seq2[*T, error] {
	return func(yield func(*T, error) bool) {
		seen := map[ID]bool{}
		for offset := 0; ; {
			page, more, err := fetchPage[T](ctx, c, r, offset)
			if err != nil {
				yield(nil, err)
				return
			}
			fresh := 0
			for _, row := range page {
				if id, ok := idOf(reflect.ValueOf(row).Elem()); ok {
					if seen[id] {
						continue
					}
					seen[id] = true
				}
				fresh++
				if !yield(row, nil) {
					return
				}
			}
			if !more {
				return
			}
			if fresh == 0 {
				yield(nil, errRepeatedPage)
				return
			}
			offset += len(page)
		}
	}
}

func fetchPage[T any](ctx context.Context, c *Client, r request, offset int) (page []*T, more bool, err error) {
	q := r.query
	r.query = map[string][]string{}
	for k, v := range q {
		r.query[k] = v
	}
	r = r.param("sorts", "id").param("limit", strconv.Itoa(pageSize)).param("offset", strconv.Itoa(offset))
	header, err := c.do(ctx, r, &page)
	if err != nil {
		return nil, false, err
	}
	return page, hasMore(header, offset, len(page)), nil
}

// hasMore asks the headers: a server may give fewer rows than the limit and have
// more. Without headers, a page that is not full is the last.
func hasMore(h http.Header, offset, got int) bool {
	if total, err := strconv.Atoi(h.Get("X-Total-Count")); err == nil && got <= pageSize {
		return offset+got < total
	}
	links := strings.Join(h.Values("Link"), ",")
	if links == "" || got > pageSize { // overfull is everything: the endpoint knows no limit
		return got == pageSize
	}
	return strings.Contains(links, `rel="next"`) || strings.Contains(links, "rel=next")
}

// all yields every resource of an operation that answers with the whole list at
// once. An error is yielded as the only element.
func all[T any](ctx context.Context, c *Client, r request) iter.Seq2[*T, error] {
	return func(yield func(*T, error) bool) {
		rows, err := list[*T](ctx, c, r)
		if err != nil {
			yield(nil, err)
			return
		}
		for _, row := range rows {
			if !yield(row, nil) {
				return
			}
		}
	}
}

// one yields the single resource that a lookup finds, or nothing.
func one[T any](ctx context.Context, c *Client, r request) iter.Seq2[*T, error] {
	return func(yield func(*T, error) bool) {
		v, err := call[T](ctx, c, r)
		if IsNotFound(err) {
			return
		}
		yield(v, err)
	}
}
