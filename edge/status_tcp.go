package edge

import "strings"

// tcpWords are the codes that Akamai, Azure and Edgio share. What each adds does not collide.
var tcpWords = words{
	"tcp_hit":                 says(Hit, ContactNo),
	"tcp_mem_hit":             says(Hit, ContactNo),
	"tcp_ims_hit":             says(Hit, ContactNo),
	"tcp_negative_hit":        says(Hit, ContactNo), // of a cached error
	"tcp_remote_hit":          {outcome: Hit, origin: ContactNo, remote: true},
	"tcp_miss":                says(Miss, ContactYes),
	"tcp_refresh_hit":         says(Revalidated, ContactYes),
	"tcp_expired_hit":         says(Revalidated, ContactYes),
	"tcp_refresh_miss":        says(Expired, ContactYes),
	"tcp_expired_miss":        says(Expired, ContactYes),
	"tcp_refresh_fail_hit":    says(Stale, ContactUnknown),
	"tcp_client_refresh_miss": says(Bypass, ContactYes),
	"private_nostore":         says(Bypass, ContactYes),
	"config_nocache":          says(Bypass, ContactYes),
	"tcp_denied":              says(Errored, ContactUnknown),
	"tcp_cookie_deny":         says(Errored, ContactUnknown),
	"n/a":                     says(Errored, ContactUnknown), // the request was denied
	"none":                    says(Unknown, ContactUnknown),
}

func isAkamai(s *signals) bool {
	return strings.Contains(s.value[fieldXCache], "akamai") || strings.Contains(s.value[fieldXCache], "Akamai")
}

func isAzure(s *signals) bool { return s.present[fieldAzureRef] }

// readAkamaiXCache reads the debug header with that of the parent tier.
func readAkamaiXCache(s *signals) said {
	r := readTCP(s)
	if !s.present[fieldAkamaiRemote] {
		return r
	}
	word, _ := wordAndNode(s.value[fieldAkamaiRemote])
	return r.behind(tcpWords.read(word))
}

// readTCP reads "TCP_HIT" or "TCP_HIT from host (software) (flags)".
func readTCP(s *signals) said {
	word, node := wordAndNode(s.value[fieldXCache])
	return said{reading: tcpWords.read(word), node: node}
}

// readEdgio reads "TCP_HIT from ECD (lga/0FE8)".
func readEdgio(s *signals) said {
	word, _ := wordAndNode(s.value[fieldEdgio])
	return said{reading: tcpWords.read(word), node: between(s.value[fieldEdgio], "/", ")")}
}

// wordAndNode splits "WORD from node more".
func wordAndNode(value string) (word, node string) {
	word, rest, _ := strings.Cut(value, " from ")
	node, _, _ = strings.Cut(rest, " ")
	return strings.Trim(word, " \t"), node
}

// between returns what stands between the first opening and the closing behind it, or "".
func between(s, opening, closing string) string {
	_, s, _ = strings.Cut(s, opening)
	s, _, found := strings.Cut(s, closing)
	if !found {
		return ""
	}
	return s
}

// lastMember splits a list at its last comma.
func lastMember(list string) (rest, last string) {
	i := strings.LastIndexByte(list, ',')
	if i < 0 {
		return "", strings.Trim(list, " \t")
	}
	return list[:i], strings.Trim(list[i+1:], " \t")
}
