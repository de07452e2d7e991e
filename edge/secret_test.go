package edge_test

import (
	"bytes"
	"encoding/json"
	"fmt"
	"log/slog"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"go.yaml.in/yaml/v4"

	"github.com/edgeprime/edgeprime/edge"
)

const canary = "canary-7f3a90c1"

func TestSecretNeverPrints(t *testing.T) {
	s := edge.NewSecret(canary)
	type exported struct{ S edge.Secret }
	type hidden struct{ s edge.Secret }
	for _, verb := range []string{"%v", "%+v", "%#v", "%s", "%q", "%x", "%X", "%d", "%p", "%T %v"} {
		for name, value := range map[string]any{
			"value": s, "pointer": &s, "exported field": exported{s}, "hidden field": hidden{s},
			"hidden field behind a pointer": &hidden{s}, "map": map[string]edge.Secret{"k": s}, "slice": []edge.Secret{s},
			"map of hidden": map[string]hidden{"k": {s}},
		} {
			assert.NotContains(t, fmt.Sprintf(verb, value), canary, "%s of a %s", verb, name)
			assert.NotContains(t, fmt.Sprintf(verb, value), fmt.Sprintf("%x", canary), "%s of a %s", verb, name)
		}
	}
	assert.Equal(t, "***", s.String())
	assert.Equal(t, "***", s.GoString())
	assert.Equal(t, "***", fmt.Sprintf("%x", s))
	assert.Equal(t, "a *** b", fmt.Sprintf("a %s b", s))
}

func TestSecretNeverMarshals(t *testing.T) {
	s := edge.NewSecret(canary)
	out, err := json.Marshal(map[string]edge.Secret{"k": s})
	require.NoError(t, err)
	assert.JSONEq(t, `{"k":"***"}`, string(out))

	out, err = yaml.Dump(map[string]edge.Secret{"k": s})
	require.NoError(t, err)
	assert.NotContains(t, string(out), canary)

	text, err := s.MarshalText()
	require.NoError(t, err)
	assert.Equal(t, "***", string(text))

	for _, handler := range []func(b *bytes.Buffer) slog.Handler{
		func(b *bytes.Buffer) slog.Handler { return slog.NewTextHandler(b, nil) },
		func(b *bytes.Buffer) slog.Handler { return slog.NewJSONHandler(b, nil) },
	} {
		var b bytes.Buffer
		slog.New(handler(&b)).Info("secret", slog.Any("s", s), slog.Any("list", []edge.Secret{s}))
		assert.NotContains(t, b.String(), canary)
		assert.Contains(t, b.String(), "***")
	}
}

func TestSecretReveals(t *testing.T) {
	assert.Equal(t, canary, edge.NewSecret(canary).Reveal())
	assert.Empty(t, edge.Secret{}.Reveal())
	assert.Equal(t, "***", edge.Secret{}.String(), "an empty secret does not show that it is empty")
}
