package edge

import "strings"

// The words of CDNs that report one word in a header of their own.
var (
	cloudflareWords = words{
		"hit":          says(Hit, ContactNo),
		"miss":         says(Miss, ContactYes),
		"expired":      says(Expired, ContactYes),
		"stale":        says(Stale, ContactNo), // the origin was tried and unreachable
		"updating":     says(Updating, ContactUnknown),
		"revalidated":  says(Revalidated, ContactYes),
		"bypass":       says(Bypass, ContactYes),
		"dynamic":      says(Dynamic, ContactYes),
		"none":         says(Unknown, ContactNo),
		"unknown":      says(Unknown, ContactNo),
		"none/unknown": says(Unknown, ContactNo),
	}
	cloudFrontWords = words{
		"hit":                       says(Hit, ContactNo),
		"refreshhit":                says(Revalidated, ContactYes),
		"miss":                      says(Miss, ContactUnknown), // a regional cache may have answered
		"error":                     says(Errored, ContactUnknown),
		"limitexceeded":             says(Errored, ContactNo),
		"lambdavalidationerror":     says(Errored, ContactUnknown),
		"lambdaexecutionerror":      says(Errored, ContactUnknown),
		"lambdalimitexceeded":       says(Errored, ContactUnknown),
		"redirect":                  says(Unknown, ContactNo),
		"functiongeneratedresponse": says(Unknown, ContactNo),
		"lambdageneratedresponse":   says(Unknown, ContactNo),
	}
	vercelWords = words{
		"hit":         says(Hit, ContactNo),
		"prerender":   says(Hit, ContactNo),
		"miss":        says(Miss, ContactYes),
		"stale":       says(Stale, ContactUnknown),
		"bypass":      says(Bypass, ContactYes),
		"revalidated": says(Expired, ContactYes), // fetched in the foreground, unlike elsewhere
	}
	huaweiWords    = words{"1": says(Hit, ContactNo), "0": says(Miss, ContactYes)}
	liteSpeedWords = words{
		"hit":  says(Hit, ContactNo),
		"miss": says(Miss, ContactYes),
		"bkn":  says(Unknown, ContactUnknown),
	}
	akamaiWords = words{
		"hit":          says(Hit, ContactNo),
		"miss":         says(Miss, ContactYes),
		"refreshhit":   says(Revalidated, ContactYes),
		"hitstale":     says(Stale, ContactUnknown),
		"notcacheable": says(Bypass, ContactYes),
		"constructed":  says(Unknown, ContactNo),
		"redirect":     says(Unknown, ContactNo),
		"error":        says(Errored, ContactUnknown),
	}
	tencentWords = words{
		"cache hit":              says(Hit, ContactNo),
		"hit from memcache":      says(Hit, ContactNo),
		"hit from disktank":      says(Hit, ContactNo),
		"hit from inner cluster": says(Hit, ContactNo),
		"cache miss":             says(Miss, ContactYes),
	}
)

// cloudFrontTail ends every X-Cache value of CloudFront; AWS itself varies the case.
const cloudFrontTail = " from cloudfront"

// cloudFrontWord finds CloudFront's word among the lines of X-Cache, nearest the client.
func cloudFrontWord(s *signals) (string, bool) {
	value := s.value[fieldXCache]
	for value != "" {
		var last string
		value, last = lastMember(value)
		if n := len(last) - len(cloudFrontTail); n > 0 && strings.EqualFold(last[n:], cloudFrontTail) {
			return last[:n], true
		}
	}
	return "", false
}

func isCloudFront(s *signals) bool {
	_, ok := cloudFrontWord(s)
	return ok
}

func readCloudFront(s *signals) said {
	word, _ := cloudFrontWord(s)
	return said{reading: cloudFrontWords.read(word)}
}

// readAkamaiStatus reads "Miss from child, Hit from parent": the edge comes first.
func readAkamaiStatus(s *signals) said {
	child, parents, tiered := strings.Cut(s.value[fieldAkamai], ",")
	word, _, _ := strings.Cut(child, " ")
	r := said{reading: akamaiWords.read(word)}
	if !tiered {
		return r
	}
	word, _, _ = strings.Cut(strings.Trim(parents, " \t"), " ")
	return r.behind(akamaiWords.read(word))
}

// behind adds the tier of the same CDN that the edge asked: whether the origin was contacted is for
// that tier to say.
func (r said) behind(parent reading) said {
	if parent.outcome == Unknown {
		return r
	}
	r.layers = []Outcome{parent.outcome, r.outcome}
	if r.origin == ContactYes {
		r.origin = parent.origin
	}
	return r
}

// readBunny reads CDN-Cache with the storage layer behind it, which is frozen once the edge hits.
func readBunny(s *signals) said {
	r := said{reading: nginxWords.read(s.value[fieldBunny])}
	if r.outcome == Miss && s.present[fieldPerma] {
		if nginxWords.read(s.value[fieldPerma]).outcome == Hit {
			r.origin = ContactNo // storage is no cache, but it spared the origin
		}
	}
	return r
}

// isAlibaba tells "HIT TCP_MEM_HIT dirn:-2:-2" from other X-Cache values.
func isAlibaba(s *signals) bool {
	_, second, _ := strings.Cut(s.value[fieldXCache], " ")
	return s.present[fieldAlibaba] || strings.HasPrefix(second, "TCP_")
}

func readAlibaba(s *signals) said {
	word, detail, _ := strings.Cut(s.value[fieldXCache], " ")
	code, _, _ := strings.Cut(detail, " ")
	r := nginxWords.read(word)
	switch {
	case r.outcome == Miss && s.value[fieldAlibaba] == "0":
		r = says(Bypass, ContactYes) // stored for no time at all
	case r.outcome == Miss && strings.EqualFold(code, "TCP_REFRESH_MISS"):
		r = says(Expired, ContactYes)
	}
	return said{reading: r}
}

// isTencent tells "Cache Hit" from the X-Cache-Lookup of Squid.
func isTencent(s *signals) bool {
	first, _, _ := strings.Cut(s.value[fieldXLookup], ",")
	return tencentWords.read(first).outcome != Unknown
}

// readTencent reads repeated lines, the edge first.
func readTencent(s *signals) said {
	edge, parents, tiered := strings.Cut(s.value[fieldXLookup], ",")
	r := said{reading: tencentWords.read(edge)}
	if !tiered || r.outcome != Miss {
		return r
	}
	return r.behind(tencentWords.read(strings.Trim(parents, " \t")))
}
