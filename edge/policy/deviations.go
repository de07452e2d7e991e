package policy

// Deviations returns the facts that make this policy differ from what RFC 9111 says of the same
// response: each one that changes the answer when the profile's facts are applied one after the
// other. None means that profile and RFC agree.
func (p Policy) Deviations() []Fact {
	in := p.input
	var changed []Fact
	var applied []deviation
	before := in.evaluate(in.profile.deviate(in.profile.mode, nil))
	for _, d := range in.profile.deviations {
		if !d.holds(in.profile.mode) {
			continue
		}
		applied = append(applied, d)
		after := in.evaluate(in.profile.deviate(in.profile.mode, applied))
		if !after.answers(before) {
			changed = append(changed, d.fact)
		}
		before = after
	}
	return changed
}

// evaluate asks for another profile.
func (in input) evaluate(p Profile) Policy {
	return Evaluate(in.request, in.response, in.requested, in.received, p)
}

// answers reports whether both policies say the same about the response.
func (p *Policy) answers(q Policy) bool {
	return p.Storable == q.Storable && p.Reason == q.Reason && p.Lifetime == q.Lifetime && p.Basis == q.Basis &&
		p.CorrectedAge == q.CorrectedAge && p.NoCache == q.NoCache && p.VaryAny == q.VaryAny &&
		p.StaleForbidden == q.StaleForbidden && p.SWR == q.SWR && p.SIE == q.SIE && p.Unknown == q.Unknown &&
		p.input.profile.servesStale() == q.input.profile.servesStale()
}
