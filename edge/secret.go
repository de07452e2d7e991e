package edge

import (
	"fmt"
	"io"
	"log/slog"
)

// masked is what every Secret looks like, also an empty one: its length would be a hint.
const masked = "***"

// Secret is a credential that cannot be printed by accident: every way of formatting it gives
// "***", and only Reveal gives the value. Its zero value is the empty credential. It is immutable
// and safe for concurrent use.
type Secret struct {
	// A pointer, since fmt reads an unexported field of a struct past every method of its type.
	value *string
}

// NewSecret returns the secret that holds value.
func NewSecret(value string) Secret { return Secret{value: &value} }

// Reveal returns the value, to be written to the wire and nowhere else.
func (s Secret) Reveal() string {
	if s.value == nil {
		return ""
	}
	return *s.value
}

// String implements fmt.Stringer.
func (Secret) String() string { return masked }

// GoString implements fmt.GoStringer.
func (Secret) GoString() string { return masked }

// Format implements fmt.Formatter: every verb gives the mask, %x and %q too.
func (Secret) Format(f fmt.State, _ rune) { _, _ = io.WriteString(f, masked) }

// MarshalText implements encoding.TextMarshaler.
func (Secret) MarshalText() ([]byte, error) { return []byte(masked), nil }

// MarshalJSON implements json.Marshaler.
func (Secret) MarshalJSON() ([]byte, error) { return []byte(`"` + masked + `"`), nil }

// LogValue implements slog.LogValuer.
func (Secret) LogValue() slog.Value { return slog.StringValue(masked) }
