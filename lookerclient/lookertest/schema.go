package lookertest

import (
	"errors"
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"
)

// A release is a Looker release such as 25.4; the zero value is older than every other.
type release struct{ major, minor int }

func parseRelease(s string) (release, error) {
	major, minor, _ := strings.Cut(s, ".")
	minor, _, _ = strings.Cut(minor, ".")
	r := release{}
	var err error
	if r.major, err = strconv.Atoi(major); err != nil {
		return release{}, fmt.Errorf("release %q: want <year>.<number>, for example 25.4", s)
	}
	if minor == "" {
		return r, nil
	}
	if r.minor, err = strconv.Atoi(minor); err != nil {
		return release{}, fmt.Errorf("release %q: want <year>.<number>, for example 25.4", s)
	}
	return r, nil
}

func (r release) before(o release) bool {
	return r.major < o.major || r.major == o.major && r.minor < o.minor
}

func (r release) String() string { return fmt.Sprintf("%d.%d", r.major, r.minor) }

type fieldMode int

const (
	readWrite fieldMode = iota
	readOnly
	writeOnly
)

// A fieldSpec is one member of an object of the API.
type fieldSpec struct {
	name     string
	typ      string // string, bool, int, map, enum(a,b), a schema's name, or [T]
	nullable bool
	required bool
	mode     fieldMode
	since    release
}

type schemaSpec struct {
	name   string
	fields []fieldSpec
	byName map[string]*fieldSpec
}

var schemas = func() map[string]*schemaSpec {
	all := map[string]*schemaSpec{}
	for _, text := range []string{usersSchemas, accessSchemas, contentSchemas, settingsSchemas, ssoSchemas} {
		parseSchemas(text, all)
	}
	return all
}()

// parseSchemas reads "Name:" lines followed by fields: a leading "-" is read-only, "+" write-only, a
// trailing "!" required; then ":type" (string when absent), "?" nullable, "@release" the first release
// that has the field. Fields newer than 23.2 whose first release is not documented carry @23.4.
func parseSchemas(text string, into map[string]*schemaSpec) {
	var current *schemaSpec
	for _, word := range strings.Fields(text) {
		if name, ok := strings.CutSuffix(word, ":"); ok {
			current = &schemaSpec{name: name, byName: map[string]*fieldSpec{}}
			into[name] = current
			continue
		}
		current.fields = append(current.fields, parseField(word))
	}
	for _, s := range into {
		for i := range s.fields {
			s.byName[s.fields[i].name] = &s.fields[i]
		}
	}
}

func parseField(word string) fieldSpec {
	f := fieldSpec{typ: "string"}
	if rest, since, ok := strings.Cut(word, "@"); ok {
		r, err := parseRelease(since)
		if err != nil {
			panic(err) // the tables are constants of this package
		}
		f.since, word = r, rest
	}
	switch word[0] {
	case '-':
		f.mode, word = readOnly, word[1:]
	case '+':
		f.mode, word = writeOnly, word[1:]
	}
	name, typ, ok := strings.Cut(word, ":")
	if ok {
		f.typ, f.nullable = strings.CutSuffix(typ, "?")
	}
	f.name, f.required = strings.CutSuffix(name, "!")
	return f
}

// empty is what a field reads as when nothing was ever stored in it.
func (f *fieldSpec) empty() any {
	switch {
	case strings.HasPrefix(f.typ, "["):
		return []any{}
	case f.nullable:
		return nil
	case f.typ == "string":
		return ""
	case f.typ == "bool":
		return false
	case f.typ == "int":
		return float64(0)
	case f.typ == "map":
		return map[string]any{}
	}
	return nil
}

// view gives an object of the named schema as the server's release answers it: every field it has,
// from values or else empty, no write-only ones.
func (s *Server) view(schema string, values map[string]any) map[string]any {
	spec := schemas[schema]
	out := make(map[string]any, len(spec.fields))
	for i := range spec.fields {
		f := &spec.fields[i]
		if f.mode == writeOnly || s.release.before(f.since) {
			continue
		}
		if v, ok := values[f.name]; ok {
			out[f.name] = v
		} else {
			out[f.name] = f.empty()
		}
	}
	return out
}

// isID tells whether a field holds ids, which arrive as strings or integers.
func isID(name string) bool {
	return name == "id" || strings.HasSuffix(name, "_id") || strings.HasSuffix(name, "_ids")
}

// checkBody validates a decoded body against a schema and returns the writable part of it. Read-only
// fields are dropped silently, as Looker does; unknown ones are a mistake of the caller in strict mode.
func (c *call) checkBody(schema string, body map[string]any) (map[string]any, error) {
	return c.checkObject(schema, "", body)
}

func (c *call) checkObject(schema, prefix string, body map[string]any) (map[string]any, error) {
	spec := schemas[schema]
	out := make(map[string]any, len(body))
	var bad []detail
	for _, name := range slices.Sorted(maps.Keys(body)) {
		v, f := body[name], spec.byName[name]
		if f == nil || c.s.release.before(f.since) {
			if c.s.strict {
				bad = append(bad, detail{prefix + name, "invalid", fmt.Sprintf("'%s' is not a field of %s in Looker %s.", name, schema, c.s.release)})
			}
			continue
		}
		if f.mode == readOnly {
			continue
		}
		nv, err := c.checkValue(f.typ, f.nullable, prefix+name, v)
		var d detail
		var nested *apiError
		switch {
		case errors.As(err, &nested):
			bad = append(bad, nested.details...)
		case errors.As(err, &d):
			bad = append(bad, d)
		default:
			out[name] = nv
		}
	}
	if len(bad) > 0 {
		return nil, c.invalid(bad...)
	}
	return out, nil
}

// checkValue returns v in the form it is stored in, a detail when its type is wrong.
func (c *call) checkValue(typ string, nullable bool, path string, v any) (any, error) {
	if v == nil {
		var err error
		if !nullable && schemas[typ] == nil {
			err = detail{path, "invalid", fmt.Sprintf("'%s' cannot be null.", path)}
		}
		return v, err
	}
	if elem, ok := strings.CutPrefix(typ, "["); ok {
		return c.checkArray(strings.TrimSuffix(elem, "]"), path, v)
	}
	if schemas[typ] != nil {
		obj, ok := v.(map[string]any)
		if !ok {
			return nil, wrongType(path, typ)
		}
		return c.checkObject(typ, path+".", obj)
	}
	return checkScalar(typ, path, v)
}

func (c *call) checkArray(elem, path string, v any) (any, error) {
	list, ok := v.([]any)
	if !ok {
		return nil, wrongType(path, "array")
	}
	out := make([]any, 0, len(list))
	for i, e := range list {
		name := fmt.Sprintf("%s[%d]", path, i)
		if isID(path) {
			e = idOf(e)
		}
		nv, err := c.checkValue(elem, false, name, e)
		if err != nil {
			return nil, err
		}
		out = append(out, nv)
	}
	return out, nil
}

func checkScalar(typ, path string, v any) (any, error) {
	ok := false
	switch {
	case typ == "string":
		if isID(path) {
			v = idOf(v)
		}
		_, ok = v.(string)
	case typ == "bool":
		_, ok = v.(bool)
	case typ == "int":
		var n float64
		n, ok = v.(float64)
		ok = ok && n == float64(int64(n))
	case typ == "map":
		_, ok = v.(map[string]any)
	case strings.HasPrefix(typ, "enum("):
		allowed := strings.Split(strings.TrimSuffix(typ[5:], ")"), ",")
		s, isString := v.(string)
		ok = isString && slices.Contains(allowed, s)
	default:
		ok = true
	}
	if !ok {
		return nil, wrongType(path, typ)
	}
	return v, nil
}

func wrongType(path, typ string) detail {
	return detail{path, "invalid", fmt.Sprintf("'%s' must be of type %s.", path, typ)}
}
