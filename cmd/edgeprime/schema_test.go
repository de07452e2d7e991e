package main

import (
	"bytes"
	"encoding/json"
	"reflect"
	"testing"

	"github.com/santhosh-tekuri/jsonschema/v6"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"go.yaml.in/yaml/v4"
)

// compiled returns the schema as a validator knows it.
func compiled(t *testing.T) *jsonschema.Schema {
	t.Helper()
	data, err := json.Marshal(launchSchema())
	require.NoError(t, err)
	doc, err := jsonschema.UnmarshalJSON(bytes.NewReader(data))
	require.NoError(t, err)
	c := jsonschema.NewCompiler()
	require.NoError(t, c.AddResource("launch.json", doc))
	schema, err := c.Compile("launch.json")
	require.NoError(t, err)
	return schema
}

// asJSON returns a YAML document as an editor's validator sees it; keys without a value are left out.
func asJSON(t *testing.T, source string) any {
	t.Helper()
	var v any
	if err := yaml.Load([]byte(source), &v); err != nil {
		require.ErrorContains(t, err, "no documents", source)
	}
	data, err := json.Marshal(withoutNull(v))
	require.NoError(t, err, source)
	doc, err := jsonschema.UnmarshalJSON(bytes.NewReader(data))
	require.NoError(t, err)
	return doc
}

func withoutNull(v any) any {
	m, ok := v.(map[string]any)
	if !ok {
		return v
	}
	for key, value := range m {
		if m[key] = withoutNull(value); value == nil {
			delete(m, key)
		}
	}
	return m
}

func TestSchemaAgreesWithTheLoader(t *testing.T) {
	schema := compiled(t)
	e, _, _ := testEnv()
	require.NoError(t, schema.Validate(asJSON(t, initFile(e.now()))), "the file of init")
	for _, tt := range goodLaunches() {
		assert.NoError(t, schema.Validate(asJSON(t, tt.source())), tt.name)
	}
	for _, tt := range badLaunches() {
		if tt.schema {
			assert.Error(t, schema.Validate(asJSON(t, tt.source())), tt.name)
		}
	}
}

// TestListedValuesAreValid holds the lists that the schema shows against the packages that decide.
func TestListedValuesAreValid(t *testing.T) {
	for _, level := range failLevels() {
		_, err := load(smallest + "criteria: {fail_on: " + level + "}\n")
		assert.NoError(t, err, level)
	}
	for _, format := range reportFormats() {
		_, err := load(smallest + "report: {formats: [" + format + "]}\n")
		assert.NoError(t, err, format)
	}
	for _, choice := range candidateChoices() {
		_, err := load(smallest + "discovery: {candidates: " + choice + "}\n")
		assert.NoError(t, err, choice)
	}
	needs := map[string]string{
		"connect_to": ", address: \"1.1.1.1:443\"", "pop": ", distribution: d1, near: DE", "ecs": ", subnet: 203.0.113.0/24",
		"proxy": ", proxy: \"socks5://proxy.example:1080\"",
	}
	for _, via := range vias() {
		workers := ""
		if via == "worker" {
			workers = "workers: {regions: [a]}\n"
		}
		_, err := load(smallest + workers + "regions: [{name: a, vantages: [{via: " + via + needs[via] + "}]}]\n")
		assert.NoError(t, err, via)
	}
}

// TestSchemaDescribesEveryKey walks the schema: each key of each section has words, and no section
// takes unknown keys.
func TestSchemaDescribesEveryKey(t *testing.T) {
	data, err := json.Marshal(launchSchema())
	require.NoError(t, err)
	var root map[string]any
	require.NoError(t, json.Unmarshal(data, &root))
	assert.Equal(t, "https://json-schema.org/draft/2020-12/schema", root["$schema"])
	keys := 0
	var walk func(at string, s map[string]any)
	walk = func(at string, s map[string]any) {
		for _, one := range asList(s["oneOf"]) {
			walk(at, one)
		}
		if items, ok := s["items"].(map[string]any); ok {
			walk(at, items)
		}
		properties, ok := s["properties"].(map[string]any)
		if !ok {
			return
		}
		assert.Equal(t, false, s["additionalProperties"], "%s takes unknown keys", at)
		for key, value := range properties {
			keys++
			below, _ := value.(map[string]any)
			words, _ := below["description"].(string)
			assert.Regexp(t, `\.$`, words, "%s.%s", at, key)
			walk(at+"."+key, below)
		}
	}
	walk("", root)
	assert.Greater(t, keys, 60)
	assert.Len(t, root["properties"], len(keysOf(reflect.TypeFor[launchFile]())))
}

func asList(v any) []map[string]any {
	var out []map[string]any
	list, _ := v.([]any)
	for _, one := range list {
		if m, ok := one.(map[string]any); ok {
			out = append(out, m)
		}
	}
	return out
}
