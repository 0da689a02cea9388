package lookertest

import "strings"

// A selection is a parsed fields parameter; nil selects everything.
type selection map[string]selection

// parseFields reads "id,name,credentials_email(email,is_disabled)"; spaces are tolerated, empty means all.
func parseFields(s string) selection {
	p := &fieldParser{s: s}
	sel := p.list()
	if len(sel) == 0 {
		return nil
	}
	return sel
}

type fieldParser struct {
	s string
	i int
}

func (p *fieldParser) list() selection {
	sel := selection{}
	for p.i < len(p.s) {
		name := p.word()
		var nested selection
		if p.i < len(p.s) && p.s[p.i] == '(' {
			p.i++
			nested = p.list()
		}
		if name != "" {
			sel[name] = nested
		}
		if p.i >= len(p.s) {
			break
		}
		closing := p.s[p.i] == ')'
		p.i++
		if closing {
			break
		}
	}
	return sel
}

func (p *fieldParser) word() string {
	start := p.i
	for p.i < len(p.s) && !strings.ContainsRune(",()", rune(p.s[p.i])) {
		p.i++
	}
	return strings.TrimSpace(p.s[start:p.i])
}

// apply drops what is not selected, everywhere in v.
func (sel selection) apply(v any) any {
	if sel == nil {
		return v
	}
	switch v := v.(type) {
	case map[string]any:
		out := make(map[string]any, len(sel))
		for name, nested := range sel {
			if value, ok := v[name]; ok {
				out[name] = nested.apply(value)
			}
		}
		return out
	case []any:
		out := make([]any, len(v))
		for i := range v {
			out[i] = sel.apply(v[i])
		}
		return out
	}
	return v
}
