package policy

import (
	"slices"
	"strings"
	"time"
)

// Behaviour is how a cache deviates from RFC 9111, as values that the evaluator reads. The zero
// value is RFC 9111. Names of fields are compared without case, names of directives, members of
// Vary and extensions are in lower case.
type Behaviour struct {
	// How the policy is read.

	// Hiders are fields whose presence makes Cache-Control count as absent.
	Hiders []string
	// Surrogates are fields with Cache-Control's syntax whose max-age, stale-while-revalidate and
	// stale-if-error come before those of the policy.
	Surrogates []string
	// AccelExpires is true when X-Accel-Expires decides before everything else.
	AccelExpires bool
	// Ignores are directives without effect.
	Ignores []string
	// LastWins is true when the last of repeated directives counts, not the first.
	// LastLineWins is true when the first within the last line counts.
	LastWins, LastLineWins bool
	// CaseSensitive is true when directives count in lower case only.
	CaseSensitive bool
	// Number is how seconds are read.
	Number Number
	// Unqualifies are directives whose list of field names is not read: they hold for all fields.
	Unqualifies []string
	// Pragma is what no-cache in Pragma does.
	Pragma Pragma
	// IgnoresExpires is true when Expires counts as absent, LongerExpires when it decides where it
	// is later than what Cache-Control states.
	IgnoresExpires, LongerExpires bool
	// FirstExpires is true when the first of several lines of Expires counts, IgnoresBadExpires
	// when one that is no date counts as absent, and ExpiresFromArrival when it is compared with
	// the clock of the cache and not with Date.
	FirstExpires, IgnoresBadExpires, ExpiresFromArrival bool
	// ClockSkew is the difference below which Date is taken for the clock of the cache, and Expires,
	// unless it is before Date, compared with that clock.
	ClockSkew time.Duration
	// IgnoresAge is true when the age on arrival is taken for 0, CountsApparentAge when it is at
	// least the time since Date, as RFC 9111, section 4.2.3, has it.
	IgnoresAge, CountsApparentAge bool
	// IgnoresAgeForExpires is IgnoresAge where Expires decides.
	IgnoresAgeForExpires bool
	// VaryAnyAlone is true when "*" counts only as the whole value of a line of Vary.
	VaryAnyAlone bool

	// What is stored.

	// Methods are the methods whose answers are stored; empty means RFC 9111.
	Methods []string
	// IgnoresRequest is true when Cache-Control of the request says nothing.
	IgnoresRequest bool
	// PassRequest are request fields whose presence keeps the answer out.
	PassRequest []string
	// IgnoresAuthorization is true when answers to authorized requests are stored like others;
	// otherwise they need one of AuthorizationNeeds, and empty means RFC 9111.
	IgnoresAuthorization bool
	AuthorizationNeeds   []string
	// Refuses are directives that keep a response out, with or without an argument.
	Refuses []string
	// RefusesQualified are directives that keep a response out when they name fields, RefusesText
	// what does so anywhere in Cache-Control, even within another word.
	RefusesQualified, RefusesText []string
	// SurrogateNoStore is true when no-store in Surrogate-Control keeps a response out,
	// SurrogateLifts when that field's presence makes Refuses and RefusesText void.
	SurrogateNoStore, SurrogateLifts bool
	// RefusesFields are response fields that keep a response out.
	RefusesFields []string
	// RefusesVary are members of Vary that keep a response out, AcceptsVary the only ones that do
	// not; empty means none and all.
	RefusesVary, AcceptsVary []string
	// IgnoresVary is true when Vary does not select a stored response.
	IgnoresVary bool
	// RefusesZero is true when a response that is stale on arrival is not stored, RefusesExpired
	// when one is not whose Expires decides and has passed.
	RefusesZero, RefusesExpired bool
	// RefusesSilentQuery is true when a response is not stored that does not say how long it is
	// fresh and whose URL has a query.
	RefusesSilentQuery bool
	// Extensions are the endings of paths, without the dot, that are eligible, and whole file names
	// with a dot. Empty means that every URL is.
	Extensions []string
	// StatusField is the cache's own status field, in which Ineligible means that the URL is not
	// and StatusSilent are words that say nothing; every other word means that it is.
	StatusField, Ineligible string
	StatusSilent            []string
	// MaxObject is the size in bytes above which nothing is stored; 0 means unlimited.
	MaxObject int64
	// Statuses are rules for statuses; the first that fits counts.
	Statuses []StatusRule

	// How long it is fresh.

	// MinGuess and MaxGuess bound the guess from Last-Modified; a MaxGuess of 0 means unbounded.
	MinGuess, MaxGuess time.Duration
	// NoGuessForQuery is true when nothing is guessed for a URL with a query.
	NoGuessForQuery bool
	// SurrogateStale is true when max-age in Surrogate-Control makes a response stale on arrival,
	// whatever Cache-Control says.
	SurrogateStale bool
	// EdgeTTL is the lifetime that a rule of the cache sets whatever the header says, for answers
	// below status 400; nil means none.
	EdgeTTL *time.Duration
	// MinTTL and MaxTTL bound the lifetime that the header states; nil means unbounded.
	MinTTL, MaxTTL *time.Duration
	// MinBeats are directives that a MinTTL above 0 beats: the response is kept for MinTTL.
	// MinBeatsVary is true when "*" in Vary does not count then either.
	MinBeats     []string
	MinBeatsVary bool

	// What is sent stale.

	// NoSWR and NoSIE are true when the cache does not implement the directives.
	NoSWR, NoSIE bool
	// DefaultSWR is the window of stale-while-revalidate of a response that does not state one.
	DefaultSWR time.Duration
	// DefaultSIE is the window of stale-if-error of a response that does not state one.
	DefaultSIE time.Duration
	// StaleDespiteSMaxage is true when s-maxage does not rule out stale answers,
	// StaleDespiteRevalidate when must-revalidate and proxy-revalidate do not, StaleDespiteNoCache
	// when no-cache does not while the origin fails.
	StaleDespiteSMaxage, StaleDespiteRevalidate, StaleDespiteNoCache bool
	// ServesStale is true when the cache is configured to send any stale copy that it still has
	// when the origin fails.
	ServesStale bool

	// IgnoresQuery is true when the query is not part of the cache key.
	IgnoresQuery bool
	// Doubts are what is not known about the cache; the first that fits counts.
	Doubts []Doubt
}

// StatusRule says what a cache does with answers of some statuses. The zero value of a field
// leaves what RFC 9111 says.
type StatusRule struct {
	// Codes are the statuses; 2 to 5 stand for a whole class. Empty means every status.
	Codes []int
	// Types are prefixes of the media types for which the rule holds. Empty means every type.
	Types []string
	// With is a directive that must be present; empty means none.
	With string
	// Refused is true when such an answer is never stored, Silent what happens when the header
	// does not say how long it is fresh, and Default the lifetime that SilentDefault gives.
	Refused bool
	Silent  Silent
	Default time.Duration
	// Floor is the least lifetime, whatever the header says.
	Floor time.Duration
}

// Silent says what a cache does with an answer that does not say how long it is fresh.
type Silent string

// The ways to treat a silent answer.
const (
	SilentHeuristic Silent = ""        // as RFC 9111 says
	SilentRefuse    Silent = "refuse"  // it is not stored
	SilentDefault   Silent = "default" // it is stored for the rule's default
	SilentGuess     Silent = "guess"   // as RFC 9111 says, and for the rule's default where that is 0
)

// Pragma says what no-cache in Pragma does in a response.
type Pragma string

// The ways to treat Pragma.
const (
	PragmaIgnored Pragma = ""         // as RFC 9111, section 5.4, says
	PragmaAlone   Pragma = "alone"    // it is no-cache where there is no Cache-Control
	PragmaNoCache Pragma = "no-cache" // it is no-cache
	PragmaRefuses Pragma = "refuses"  // the response is not stored
)

// Doubt is something that is not known about a cache. While it holds, the policy says so.
type Doubt struct {
	// Why is told to people.
	Why string
	// When is the condition; Field, Value, Codes and Members belong to it.
	When         Condition
	Field, Value string
	Codes        []int    // as in StatusRule
	Members      []string // of Vary
	// Below is the lifetime below which a doubt about max-age holds; 0 means any.
	Below time.Duration
	// Storable and Lifetime say which of the two answers is in doubt.
	Storable, Lifetime bool
}

// Condition names when a doubt holds.
type Condition string

// The conditions.
const (
	Always    Condition = "always"
	WhenField Condition = "field"    // the response has Field, and says Value unless that is empty
	WhenQuiet Condition = "silent"   // no field says how long the response is fresh
	WhenNoURL Condition = "no-url"   // the request's URL is not known and the cache goes by it
	WhenCode  Condition = "uncommon" // the status is not one of Codes
	WhenVary  Condition = "vary"     // Vary has a member that is not one of Members
	// WhenMaxAge is that max-age in Cache-Control decides.
	WhenMaxAge Condition = "max-age"
)

// statusRule returns the first rule that fits the response.
func (e *evaluation) statusRule() (StatusRule, bool) {
	status := e.response.Status
	mediaType, _, _ := strings.Cut(e.fields.contentType, ";")
	mediaType = trim(mediaType)
	for _, r := range e.behaviour.Statuses {
		if r.With != "" && !e.has(r.With) {
			continue
		}
		codes := len(r.Codes) == 0 || hasCode(r.Codes, status)
		if codes && (len(r.Types) == 0 || slices.ContainsFunc(r.Types, func(t string) bool { return hasPrefixFold(mediaType, t) })) {
			return r, true
		}
	}
	return StatusRule{}, false
}

// hasCode reports whether codes have a status or its class.
func hasCode(codes []int, status int) bool {
	return slices.Contains(codes, status) || slices.Contains(codes, status/100)
}

// reusableOnError reports whether a copy that needs a validation is sent when the origin fails.
func (p Policy) reusableOnError() bool {
	b := p.input.profile.behaviour
	return p.Storable && p.NoCache && !p.VaryAny && b != nil && b.StaleDespiteNoCache
}

// servesStale reports whether any stale copy is sent when the origin fails.
func (p Profile) servesStale() bool { return p.behaviour != nil && p.behaviour.ServesStale }
