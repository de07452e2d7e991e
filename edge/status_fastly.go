package edge

import (
	"strconv"
	"strings"
)

// fastlyStates are the values of fastly_info.state, which sites echo in a header of their choice,
// without the suffixes that tell details. States that end in details of their own stand in
// fastlyFamilies.
var fastlyStates = words{
	"none":    says(Unknown, ContactUnknown),
	"hit":     says(Hit, ContactNo),
	"miss":    says(Miss, ContactYes),
	"hitpass": says(Bypass, ContactYes),
	"upgrade": says(Bypass, ContactYes),
}

// fastlyRefreshed ends the states of a copy that the origin was asked to confirm; the other suffixes
// tell which server of the PoP had it and whether another request was waited for.
const fastlyRefreshed = "-refresh"

var fastlySuffixes = [...]string{"-cluster", "-wait", fastlyRefreshed}

// fastlyFamilies are beginnings of states, the longer before the shorter.
var fastlyFamilies = [...]struct {
	prefix  string
	reading reading
}{
	{"hit-stale", says(Stale, ContactUnknown)},
	{"hit-synth", says(Unknown, ContactNo)},
	{"pass", says(Bypass, ContactYes)},
	{"bg-error-", says(Errored, ContactYes)},
	{"error", says(Errored, ContactUnknown)},
}

// fastlyWords are the entries of Fastly's X-Cache. HIT also stands for stale and synthetic
// bodies, MISS also for passes.
var fastlyWords = words{"hit": says(Hit, ContactNo), "miss": says(Miss, ContactYes)}

func readFastlyState(s *signals) said {
	state := s.value[fieldFastlyState]
	for _, family := range fastlyFamilies {
		if hasPrefixFold(state, family.prefix) {
			return said{reading: family.reading}
		}
	}
	return said{reading: fastlyState(state)}
}

// fastlyState reads a state with any number of suffixes.
func fastlyState(state string) reading {
	refreshed := false
	for i := 0; i < len(fastlySuffixes); i++ {
		if before, found := cutSuffixFold(state, fastlySuffixes[i]); found {
			refreshed = refreshed || fastlySuffixes[i] == fastlyRefreshed
			state, i = before, -1
		}
	}
	r := fastlyStates.read(state)
	if refreshed && (r.outcome == Hit || r.outcome == Miss) {
		return says(Revalidated, ContactYes)
	}
	return r
}

// isFastly tells Fastly's X-Cache by the server names that come with it.
func isFastly(s *signals) bool {
	_, last := lastMember(s.value[fieldServedBy])
	return hasPrefixFold(last, "cache-")
}

// readFastlyXCache reads the hops, shield first, edge last. An entry before the last is frozen
// since the edge was filled, so it says something only when the edge missed.
func readFastlyXCache(s *signals) said {
	_, node := lastMember(s.value[fieldServedBy])
	rest, last := lastMember(s.value[fieldXCache])
	r := said{reading: fastlyWords.read(last), node: node}
	if rest == "" {
		return r
	}
	spared := false
	for hop := range strings.SplitSeq(rest, ",") {
		outcome := fastlyWords.read(strings.Trim(hop, " \t")).outcome
		spared = spared || outcome == Hit
		r.layers = append(r.layers, outcome)
	}
	r.layers = append(r.layers, r.outcome)
	if spared && r.outcome == Miss {
		r.origin = ContactNo
	}
	return r
}

// readFastlyDebug reads "H server remaining stale-if-error age" of the edge: the first of hops in
// parentheses, which each puts before those behind it, else the last of a list. A dash instead of
// the letter means that another node holds the object: ask again.
func readFastlyDebug(s *signals) said {
	_, hop := lastMember(s.value[fieldFastlyDebug])
	if first := between(s.value[fieldFastlyDebug], "(", ")"); first != "" {
		hop = first
	}
	letter, rest, _ := strings.Cut(hop, " ")
	server, rest, _ := strings.Cut(rest, " ")
	remaining, _, _ := strings.Cut(rest, " ")
	r := said{reading: silent(), node: server}
	switch letter {
	case "H", "h":
		r.reading = says(Hit, ContactNo)
	case "M", "m":
		r.reading = says(Miss, ContactYes)
	}
	if ttl, err := strconv.ParseFloat(remaining, 64); err == nil && r.outcome == Hit && ttl > -maxTTL && ttl < maxTTL {
		whole := int64(ttl)
		r.ttl = &whole
	}
	return r
}

// maxTTL bounds a stated lifetime to what fits a float exactly.
const maxTTL = 1 << 52

// hasPrefixFold is strings.HasPrefix without case.
func hasPrefixFold(s, prefix string) bool {
	return len(s) >= len(prefix) && strings.EqualFold(s[:len(prefix)], prefix)
}

// cutSuffixFold is strings.CutSuffix without case.
func cutSuffixFold(s, suffix string) (before string, found bool) {
	i := len(s) - len(suffix)
	if i < 0 || !strings.EqualFold(s[i:], suffix) {
		return s, false
	}
	return s[:i], true
}
