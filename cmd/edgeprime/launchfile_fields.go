package main

import (
	"reflect"
	"slices"
	"strings"
)

// field is one key that a section knows.
type field struct {
	key string
	typ reflect.Type
}

// fieldsOf returns the keys of a section's struct in their order, those of inlined structs too.
func fieldsOf(t reflect.Type) []field {
	var fields []field
	for f := range t.Fields() {
		key, options, _ := strings.Cut(f.Tag.Get("yaml"), ",")
		switch {
		case key == "-" || !f.IsExported():
		case options == "inline":
			fields = append(fields, fieldsOf(f.Type)...)
		case key == "":
			fields = append(fields, field{strings.ToLower(f.Name), f.Type})
		default:
			fields = append(fields, field{key, f.Type})
		}
	}
	return fields
}

// keysOf returns the names of a section's keys.
func keysOf(t reflect.Type) []string {
	var keys []string
	for _, f := range fieldsOf(t) {
		keys = append(keys, f.key)
	}
	return keys
}

// sectionOf returns the top-level sections that know a key.
func sectionOf(key string) string {
	for _, f := range fieldsOf(reflect.TypeFor[launchFile]()) {
		if f.key == key {
			return "the top level"
		}
		if f.typ.Kind() != reflect.Struct {
			continue
		}
		if slices.Contains(keysOf(f.typ), key) {
			return f.key
		}
	}
	return ""
}
