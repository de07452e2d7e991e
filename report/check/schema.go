package check

import (
	"reflect"

	"github.com/invopop/jsonschema"

	"github.com/edgeprime/edgeprime/edge"
	"github.com/edgeprime/edgeprime/edge/lint"
)

// Schema describes the JSON document of a result in JSON Schema draft 2020-12. Fields may be added
// to a document, so a reader ignores those that it does not know.
func Schema() *jsonschema.Schema {
	s := reflector().Reflect(Check{})
	s.Title, s.Description = "edgeprime check", "What was seen of cache headers, what is wrong with them, and what follows."
	return s
}

// LineSchema describes one line of the JSON Lines.
func LineSchema() *jsonschema.Schema {
	s := reflector().Reflect(Answer{})
	s.Title, s.Description = "edgeprime check, one answer", "One input with what was seen and judged."
	return s
}

// BaselineSchema describes a baseline.
func BaselineSchema() *jsonschema.Schema {
	s := reflector().Reflect(Baseline{})
	s.Title, s.Description = "edgeprime check, a baseline", "The findings that were there before, so that only new ones count."
	return s
}

func reflector() *jsonschema.Reflector {
	words := schemaWords()
	return &jsonschema.Reflector{
		DoNotReference: true, ExpandedStruct: true, Anonymous: true, AllowAdditionalProperties: true,
		Mapper: func(t reflect.Type) *jsonschema.Schema {
			if values := enum(t); values != nil {
				return &jsonschema.Schema{Type: "string", Enum: values}
			}
			return nil
		},
		LookupComment: func(t reflect.Type, field string) string { return words[t.Name()+"."+field] },
	}
}

// enum are the values of a type of few words.
func enum(t reflect.Type) []any {
	switch t {
	case reflect.TypeFor[Verdict]():
		return []any{Pass, Fail, Inconclusive}
	case reflect.TypeFor[State]():
		return []any{StateNew, StateUnchanged, StateUpdated}
	case reflect.TypeFor[lint.Severity]():
		return []any{lint.Blocker, lint.Error, lint.Warning, lint.Note, Never}
	case reflect.TypeFor[edge.Contact]():
		return []any{edge.ContactYes, edge.ContactNo, edge.ContactUnknown}
	case reflect.TypeFor[edge.Outcome]():
		return []any{
			edge.Hit, edge.Stale, edge.Updating, edge.Revalidated, edge.Expired, edge.Miss, edge.Bypass, edge.Dynamic, edge.Errored, edge.Unknown,
		}
	default:
		return nil
	}
}

// schemaWords describe fields whose names do not say it all.
func schemaWords() map[string]string {
	return map[string]string{
		"Head.SchemaVersion": "A minor adds, a major breaks.",
		"Head.Profile":       "The cache that answers are judged for.",
		"Check.ExitCode":     "0 pass, 3 fail, 5 inconclusive.",
		"Check.Findings":     "Findings that belong to no answer.",
		"Check.Gone":         "Findings of the baseline that no longer occur.",
		"Decision.FailOn":    "The mildest severity that fails the check, or never.",
		"Decision.Undecided": "Critical inputs that failed or that something is not known about.",
		"Decision.Counting":  "Findings that are neither waived nor in the baseline.",
		"Decision.Excused":   "Findings that the baseline has.",
		"Answer.ID":          "The input's own id, else its place in the input, from 1.",
		"Answer.Status":      "0 without an answer.",
		"Answer.JudgedAt":    "The instant of age, freshness and reuse.",
		"Answer.RFC":         "What a shared cache by the letter of RFC 9111 makes of it.",
		"Answer.Profile":     "What the profile's cache makes of it.",
		"Answer.Unknown":     "What could not be judged, and why.",
		"Answer.Failure":     "Why there is no answer, or none that can be judged.",
		"Caching.Storable":   "Null when it is not known.",
		"Caching.LifetimeS":  "Seconds from the answer's generation on; null when it is not known.",
		"Caching.AgeS":       "Seconds, at the instant of judging.",
		"Caching.Reusable":   "Whether the copy may be sent without asking the origin, at the instant of judging.",
		"Caching.SWRS":       "stale-while-revalidate in force, in seconds.",
		"Caching.SIES":       "stale-if-error in force, in seconds.",
		"Cache.Layers":       "Outcomes cache by cache, nearest the origin first.",
		"Finding.Evidence":   "Response header lines as received; credentials are masked.",
		"Finding.At":         "Where in the evidence the trouble is: bytes of one line.",
		"Finding.Key":        "The same for the same complaint in another run.",
		"Known.URL":          "Without the values of its query.",
	}
}
