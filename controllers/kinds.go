// Package controllers teaches the engine the kinds of Looker resources, one
// adapter a kind, and keeps the connections to Looker instances.
package controllers

import (
	"github.com/looker-operator/looker-operator/api/v1alpha1"
	"github.com/looker-operator/looker-operator/controllers/engine"
	"github.com/looker-operator/looker-operator/lookerclient"
)

// Kinds returns every kind that has a custom resource.
func Kinds() []engine.Kind {
	return []engine.Kind{
		engine.NewKind(&v1alpha1.LookerFolder{}, &folderAdapter{}),
		engine.NewKind(&v1alpha1.LookerUser{}, userAdapter{}),
		engine.NewKind(&v1alpha1.LookerSchedule{}, scheduleAdapter{}),
		engine.NewKind(&v1alpha1.LookerSetting{}, settingAdapter{}),
		engine.NewKind(&v1alpha1.LookerGroup{}, groupAdapter{}),
		engine.NewKind(&v1alpha1.LookerUserAttribute{}, attributeAdapter{}),
		engine.NewKind(&v1alpha1.LookerRole{}, roleAdapter{}),
		engine.NewKind(&v1alpha1.LookerPermissionSet{}, permissionSetAdapter{}),
		engine.NewKind(&v1alpha1.LookerModelSet{}, modelSetAdapter{}),
	}
}

// byName indexes rows by Looker's own name.
func byName[L any](name func(*L) string) func(map[string]*L) map[v1alpha1.Target][]string {
	return func(rows map[string]*L) map[v1alpha1.Target][]string {
		index := make(map[v1alpha1.Target][]string, len(rows))
		for id, row := range rows {
			t := v1alpha1.Target{By: v1alpha1.ByName, Value: name(row)}
			index[t] = append(index[t], id)
		}
		return index
	}
}

// valueOf returns the value of an optional field, zero if it has none.
func valueOf[T any](o lookerclient.Optional[T]) T {
	v, _ := o.Get()
	return v
}

// isTrue reports whether an optional flag is there and true.
func isTrue(o lookerclient.Optional[bool]) bool { return valueOf(o) }

// isFalse reports whether an optional flag is there and false.
func isFalse(o lookerclient.Optional[bool]) bool {
	v, ok := o.Get()
	return ok && !v
}

// ids converts strings to Looker ids.
func ids(in []string) []lookerclient.ID {
	out := make([]lookerclient.ID, len(in))
	for i, s := range in {
		out[i] = lookerclient.ID(s)
	}
	return out
}

// idStrings converts Looker ids to strings.
func idStrings(in []lookerclient.ID) []string {
	out := make([]string, len(in))
	for i, id := range in {
		out[i] = string(id)
	}
	return out
}
