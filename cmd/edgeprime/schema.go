package main

import (
	"cmp"
	"encoding/json"
	"fmt"
	"maps"
	"reflect"
	"slices"
	"strings"
	"time"

	"github.com/invopop/jsonschema"
	"github.com/urfave/cli/v2"

	"github.com/edgeprime/edgeprime/edge"
	"github.com/edgeprime/edgeprime/report"
	"github.com/edgeprime/edgeprime/report/check"
)

// schemaCommand prints the JSON Schemas of what edgeprime reads and writes.
func schemaCommand(e *env) *cli.Command {
	return &cli.Command{
		Name:      "schema",
		ArgsUsage: "[NAME]",
		Usage:     "print a JSON Schema: of the launch file, for editors, or of what check writes",
		Description: "launch is the launch file; check and check-line are the JSON document and a JSON line of check,\n" +
			"check-baseline its baselines; audit is the receipt of audit.",
		Action: func(c *cli.Context) error {
			args, err := positionals(c, e.argv)
			if err != nil {
				return err
			}
			if len(args) > 1 {
				return usageError("schema takes one name")
			}
			name := "launch"
			if len(args) == 1 {
				name = args[0]
			}
			schema := schemas()[name]
			if schema == nil {
				return withHint(usageError("there is no schema %q; %s", name, near(name, slices.Sorted(maps.Keys(schemas())))), "edgeprime schema --help")
			}
			out, err := json.MarshalIndent(schema(), "", "  ")
			if err != nil {
				return fmt.Errorf("schema: %w", err)
			}
			_, err = fmt.Fprintf(e.stdout, "%s\n", out)
			return err
		},
	}
}

// schemas are all schemas by name.
func schemas() map[string]func() *jsonschema.Schema {
	return map[string]func() *jsonschema.Schema{
		"launch": launchSchema, "check": check.Schema, "check-line": check.LineSchema, "check-baseline": check.BaselineSchema,
		"audit": report.ReceiptSchema,
	}
}

const durationPattern = `^([0-9]+(\.[0-9]*)?(ns|us|µs|ms|s|m|h))+$`

// launchSchema describes the launch file in JSON Schema draft 2020-12. Structure and types come
// from launchFile, words and bounds from keyHelp.
func launchSchema() *jsonschema.Schema {
	r := jsonschema.Reflector{
		FieldNameTag: "yaml", DoNotReference: true, ExpandedStruct: true, Anonymous: true,
		RequiredFromJSONSchemaTags: true,
	}
	r.Mapper = func(t reflect.Type) *jsonschema.Schema {
		switch t {
		case reflect.TypeFor[time.Duration]():
			return &jsonschema.Schema{Type: "string", Pattern: durationPattern}
		case reflect.TypeFor[shieldList]():
			return shieldSchema(&r)
		}
		return nil
	}
	s := r.Reflect(launchFile{})
	s.Title = "edgeprime launch file"
	s.Description = "What edgeprime primes, measures and judges before a launch."
	s.Required = []string{"name", "launch"}
	s.AnyOf = []*jsonschema.Schema{
		{Required: []string{"entries"}},
		{Required: []string{"pages"}},
		{Required: []string{"sitemaps"}},
		{Required: []string{"url_lists"}},
	}
	describe(s, nil)
	return s
}

// shieldSchema is one name or vantage, or a list of them.
func shieldSchema(r *jsonschema.Reflector) *jsonschema.Schema {
	one := func() *jsonschema.Schema {
		vantage := r.ReflectFromType(reflect.TypeFor[edge.Vantage]())
		vantage.Version = ""
		return &jsonschema.Schema{OneOf: []*jsonschema.Schema{{Type: "string", Description: "A region or vantage of the launch."}, vantage}}
	}
	list := &jsonschema.Schema{Type: "array", Items: one()}
	return &jsonschema.Schema{OneOf: append(one().OneOf, list)}
}

// describe adds descriptions, bounds and defaults to a schema and all below it. An empty value is
// an absent one, so every key may be null.
func describe(s *jsonschema.Schema, at keyPath) {
	if s == nil {
		return
	}
	for _, one := range s.OneOf {
		describe(one, at)
	}
	describe(s.Items, at)
	if s.Properties == nil {
		return
	}
	for pair := s.Properties.Oldest(); pair != nil; pair = pair.Next() {
		below := at.key(pair.Key)
		help := keyHelp(below)
		pair.Value.Description = help.words
		bound(pair.Value, help)
		if d := defaultOf(below); d != "" && pair.Value.OneOf == nil {
			pair.Value.Default = typed(pair.Value, d)
		}
		describe(pair.Value, below)
	}
}

func typed(s *jsonschema.Schema, value string) any {
	if s.Type == "integer" || s.Type == "number" {
		return json.Number(value)
	}
	if s.Type == "boolean" {
		return value == "true"
	}
	return value
}

// bound writes down the limits of a key's values.
func bound(s *jsonschema.Schema, h help) {
	switch s.Type {
	case "integer":
		s.Minimum = "1"
		s.Maximum = h.most
		if h.zero {
			s.Minimum = "0"
		}
	case "number":
		s.ExclusiveMinimum = "0"
		s.Maximum = cmp.Or(h.most, "1")
	}
	target := s
	if s.Type == "array" && s.Items != nil {
		target = s.Items
	}
	if s.AdditionalProperties != nil && s.Type == "object" && (h.pattern != "" || h.values != nil) {
		target = s.AdditionalProperties
	}
	if h.pattern != "" {
		target.Pattern = h.pattern
	}
	for _, value := range h.values {
		target.Enum = append(target.Enum, value)
	}
	s.Required = h.required
	if h.names != "" {
		s.PropertyNames = &jsonschema.Schema{Pattern: h.names}
	}
	if s.Items != nil && s.Items.Type == "object" {
		s.Items.Required = h.required
		s.Required = nil
	}
}

// vias are the values of a vantage's via.
func vias() []string {
	var names []string
	for _, v := range edge.Vias() {
		names = append(names, string(v))
	}
	return names
}

// help is what a key means and which values it may have.
type help struct {
	words    string
	pattern  string   // of the value, or of each element
	values   []string // all values, when they are few
	required []string // keys that must stand below
	names    string   // pattern of the keys of a free mapping
	zero     bool     // zero is allowed
	most     json.Number
}

const (
	urlPattern       = `^[Hh][Tt][Tt][Pp][Ss]?://[^\s@/?#]+([/?#]\S*)?$`
	namePattern      = `^[a-z0-9][a-z0-9-]{0,62}$`
	referencePattern = `^([A-Za-z][A-Za-z0-9-]* )?\$\{(env|file):[^{}]+\}$`
	headerPattern    = `^([Aa][Cc][Cc][Ee][Pp][Tt](-[Ee][Nn][Cc][Oo][Dd][Ii][Nn][Gg]|-[Ll][Aa][Nn][Gg][Uu][Aa][Gg][Ee])?` +
		`|[Uu][Ss][Ee][Rr]-[Aa][Gg][Ee][Nn][Tt]|[Oo][Rr][Ii][Gg][Ii][Nn]|[Ss][Aa][Vv][Ee]-[Dd][Aa][Tt][Aa]|[Dd][Pp][Rr]` +
		`|([Vv][Ii][Ee][Ww][Pp][Oo][Rr][Tt]-)?[Ww][Ii][Dd][Tt][Hh]|[Ss][Ee][Cc]-([Cc][Hh]|[Ff][Ee][Tt][Cc][Hh])-.+)$`
)

// keyHelp describes a key of the launch file. List elements share their list's path.
func keyHelp(at keyPath) help {
	table := topHelp()
	for _, more := range []map[string]help{sectionHelp(), regionHelp(), ruleHelp()} {
		maps.Copy(table, more)
	}
	return table[strings.TrimSuffix(at.String(), ".")]
}
