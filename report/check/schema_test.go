package check_test

import (
	"bytes"
	"encoding/json"
	"strings"
	"testing"

	invopop "github.com/invopop/jsonschema"
	"github.com/santhosh-tekuri/jsonschema/v6"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/edgeprime/edgeprime/report/check"
)

// compiled is a schema as a validator knows it.
func compiled(t *testing.T, s *invopop.Schema) *jsonschema.Schema {
	t.Helper()
	data, err := json.Marshal(s)
	require.NoError(t, err)
	c := jsonschema.NewCompiler()
	c.AssertFormat()
	require.NoError(t, c.AddResource("schema.json", parsed(t, string(data))))
	schema, err := c.Compile("schema.json")
	require.NoError(t, err)
	return schema
}

func parsed(t *testing.T, doc string) any {
	t.Helper()
	v, err := jsonschema.UnmarshalJSON(strings.NewReader(doc))
	require.NoError(t, err)
	return v
}

func TestOutputsAgreeWithTheirSchemas(t *testing.T) {
	t.Parallel()
	document, line, baseline := compiled(t, check.Schema()), compiled(t, check.LineSchema()), compiled(t, check.BaselineSchema())
	for name, in := range map[string]check.Input{"single": single(), "mixed": mixed(), "bare": bare()} {
		c := check.Build(in)
		require.NoError(t, document.Validate(parsed(t, written(t, check.FormatJSON, c))), name)
		for one := range strings.Lines(written(t, check.FormatJSONL, c)) {
			require.NoError(t, line.Validate(parsed(t, one)), name)
		}
		var b bytes.Buffer
		require.NoError(t, check.WriteBaseline(&b, check.NewBaseline(c)))
		require.NoError(t, baseline.Validate(parsed(t, b.String())), name)
	}
}

// The schemas refuse what is no result, so that agreeing with them means something.
func TestSchemasRefuse(t *testing.T) {
	t.Parallel()
	document, line := compiled(t, check.Schema()), compiled(t, check.LineSchema())
	c := check.Build(mixed())
	doc, first := written(t, check.FormatJSON, c), strings.SplitN(written(t, check.FormatJSONL, c), "\n", 2)[0]
	for _, change := range [][2]string{
		{`"verdict": "FAIL"`, `"verdict": "READY"`},
		{`"exit_code": 3`, `"exit_code": "3"`},
		{`"answers": [`, `"answer": [`},
		{`"started": "2026-11-23T14:12:07Z"`, `"started": "today"`},
		{`"severity": "blocker"`, `"severity": "bad"`},
		{`"lifetime_s": 86400`, `"lifetime_s": "86400"`},
	} {
		require.Contains(t, doc, change[0])
		require.Error(t, document.Validate(parsed(t, strings.Replace(doc, change[0], change[1], 1))), change[1])
	}
	for _, field := range []string{
		"id", "rfc", "profile", "cache", "findings", "storable", "lifetime_s", "age_s", "fresh", "reusable", "swr_s", "sie_s",
		"outcome", "edge_hit", "origin_contacted", "pop", "layers",
	} {
		require.Contains(t, first, `"`+field+`":`)
		require.Error(t, line.Validate(parsed(t, strings.Replace(first, `"`+field+`":`, `"x":`, 1))), field)
	}
}

// Fields that do not know their value say so instead of being left out.
func TestUnknownIsNull(t *testing.T) {
	t.Parallel()
	out := written(t, check.FormatJSONL, check.Build(check.Input{Answers: []check.Answer{refused("1", "u")}}))
	for _, field := range []string{"storable", "lifetime_s", "age_s", "fresh", "reusable", "swr_s", "sie_s"} {
		assert.Equal(t, 2, strings.Count(out, `"`+field+`":null`), field)
	}
	assert.Contains(t, out, `"edge_hit":null`)
	assert.Contains(t, out, `"layers":[]`)
	assert.Contains(t, out, `"findings":[]`)
}
