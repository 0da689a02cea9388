package lookerclient

import (
	"context"
	"net/http"
	"reflect"
	"strings"
	"sync"
	"testing"
)

// TestEachMethodCallsTheOperationItIsFor calls every method of every service, and
// checks that together they reach every operation of the table by its method and path.
func TestEachMethodCallsTheOperationItIsFor(t *testing.T) {
	t.Parallel()
	var mu sync.Mutex
	reached := map[string]bool{}
	observe := WithObserver(func(_ context.Context, c Call) {
		mu.Lock()
		defer mu.Unlock()
		reached[c.Operation.ID] = true
	})
	f := newFake(t)
	array := false
	f.HandleFunc("/", func(w http.ResponseWriter, r *http.Request) {
		if !matchesAnOperation(r.Method, r.URL.Path) {
			t.Errorf("%s %s is no operation", r.Method, r.URL.Path)
		}
		if array {
			answer(200, `[{"id":"1","key":"1","user_attribute_id":"1"}]`)(w, r)
			return
		}
		answer(200, `{"id":"1","client_secret":"x","workspace_id":"dev","access_token":"t","expires_in":3600}`)(w, r)
	})
	c := f.client(t, observe)
	for _, service := range services(c) {
		for i := range service.NumMethod() {
			name := service.Type().String() + "." + service.Type().Method(i).Name
			if strings.HasSuffix(name, ".Alive") {
				continue // not below /api/4.0, where this server is
			}
			array = false
			if err := invoke(t, service.Method(i)); err != nil {
				array = true
				if again := invoke(t, service.Method(i)); again != nil {
					t.Errorf("%s: neither an object (%v) nor a list (%v) will do", name, err, again)
				}
			}
		}
	}
	array = false
	for _, do := range []func(context.Context) error{c.Dev().Login, c.As("1").Login, c.Logout} {
		if err := do(t.Context()); err != nil {
			t.Error(err)
		}
	}
	for _, op := range Operations {
		if !reached[op.ID] {
			t.Errorf("%s is not reached by any method", op.ID)
		}
	}
}

func services(c *Client) []reflect.Value {
	var out []reflect.Value
	v := reflect.ValueOf(c).Elem()
	for i := range v.NumField() {
		if v.Type().Field(i).IsExported() {
			out = append(out, v.Field(i))
		}
	}
	return out
}

// invoke calls a method with an id for every text, and nothing else set.
func invoke(t *testing.T, method reflect.Value) error {
	t.Helper()
	args := []reflect.Value{reflect.ValueOf(t.Context())}
	typ := method.Type()
	for i := 1; i < typ.NumIn(); i++ {
		arg := reflect.New(typ.In(i)).Elem()
		switch {
		case arg.Kind() == reflect.String:
			arg.SetString("1")
		case typ.IsVariadic() && i == typ.NumIn()-1:
			args = append(args, reflect.ValueOf(ID("1")))
			continue
		}
		args = append(args, arg)
	}
	out := method.Call(args)
	last := out[len(out)-1]
	if last.Kind() != reflect.Func {
		err, _ := last.Interface().(error)
		return err
	}
	var failure error
	yield := reflect.MakeFunc(last.Type().In(0), func(in []reflect.Value) []reflect.Value {
		failure, _ = in[1].Interface().(error)
		return []reflect.Value{reflect.ValueOf(true)}
	})
	last.Call([]reflect.Value{yield})
	return failure
}

func matchesAnOperation(method, path string) bool {
	got := strings.Split(path, "/")
	for _, op := range Operations {
		want := strings.Split(op.Path, "/")
		match := op.Method == method && len(got) == len(want)
		for i := range want {
			match = match && i < len(got) && (got[i] == want[i] || strings.HasPrefix(want[i], "{"))
		}
		if match {
			return true
		}
	}
	return false
}
