package policy

import "slices"

// Deviations returns the facts that make this policy differ from what RFC 9111 says of the same
// response: a smallest set of the profile's facts from which the same answer follows, in the order
// in which they apply. None means that profile and RFC agree.
func (p Policy) Deviations() []Fact {
	profile := p.input.profile
	if p.input.evaluate(profile.deviate(profile.mode, nil)).answers(p) {
		return nil
	}
	needed := slices.DeleteFunc(slices.Clone(profile.deviations), func(d deviation) bool { return !d.holds(profile.mode) })
	for i := 0; i < len(needed); {
		without := slices.Delete(slices.Clone(needed), i, i+1)
		if p.input.evaluate(profile.deviate(profile.mode, without)).answers(p) {
			needed = without
			continue
		}
		i++
	}
	var facts []Fact
	for _, d := range needed {
		facts = append(facts, d.fact)
	}
	return facts
}

// evaluate asks for another profile.
func (in input) evaluate(p Profile) Policy {
	return Evaluate(in.request, in.response, in.requested, in.received, p)
}

// answers reports whether both policies say the same about the response.
func (p Policy) answers(q Policy) bool {
	return p.Storable == q.Storable && p.Reason == q.Reason && p.Lifetime == q.Lifetime && p.Basis == q.Basis &&
		p.CorrectedAge == q.CorrectedAge && p.NoCache == q.NoCache && p.VaryAny == q.VaryAny &&
		p.StaleForbidden == q.StaleForbidden && p.SWR == q.SWR && p.SIE == q.SIE && p.Unknown == q.Unknown &&
		p.sentLongStale() == q.sentLongStale()
}

// sentLongStale reports whether a copy is sent when the origin fails, however stale it is.
func (p Policy) sentLongStale() bool { return p.ServesOnError(p.Received.Add(maxTTL)) }
