package edge

import "strings"

// placer says which header of which dialect names the place that answered.
type placer struct {
	dialect string // empty when any cache may send it
	field   field
	read    func(value string) (pop, node string)
}

// placers are tried in order; those of the deciding dialect win.
var placers = [...]placer{
	{"cloudflare", fieldCFRay, afterLastDash},
	{"cloudfront", fieldAmzPop, whole},
	{"fastly", fieldServedBy, fastlyServer},
	{"vercel", fieldVercelID, vercelRegion},
	{"bunny", fieldServer, bunnyServer},
	{"edgio", fieldEdgio, edgioPlace},
	{"", fieldPoP, whole},
	{"", fieldEdgeLocation, whole},
	{"", fieldServedBy, servedBy},
}

// place returns the point of presence and the node. A CDN that names its place in a header of its
// own is believed only there: what another cache behind it wrote is another place.
func place(s *signals, name, known string) (pop, node string) {
	for _, own := range []bool{true, false} {
		claimed := false
		for i := range placers {
			p := &placers[i]
			if own && (p.dialect != name || name == "") {
				continue
			}
			claimed = own
			if !s.present[p.field] {
				continue
			}
			if pop, node = p.read(s.value[p.field]); pop != "" || node != "" {
				return pop, firstOf(node, known)
			}
		}
		if claimed {
			break
		}
	}
	return "", known
}

func firstOf(a, b string) string {
	if a != "" {
		return a
	}
	return b
}

// whole takes the value of the last line: the PoP itself.
func whole(value string) (pop, node string) {
	_, last := lastMember(value)
	return last, ""
}

// afterLastDash reads "8f1c2d3e4a5b6c7d-AMS".
func afterLastDash(value string) (pop, node string) {
	i := strings.LastIndexByte(value, '-')
	if i < 0 {
		return "", ""
	}
	return value[i+1:], ""
}

// fastlyServer reads the last of "cache-jfk1041-JFK, cache-lhr7345-LHR".
func fastlyServer(value string) (pop, node string) {
	_, last := lastMember(value)
	if !hasPrefixFold(last, "cache-") {
		return "", ""
	}
	pop, _ = afterLastDash(last)
	return pop, last
}

// servedBy reads a server name that says no place, unless it is Fastly's.
func servedBy(value string) (pop, node string) {
	if pop, node = fastlyServer(value); pop != "" {
		return pop, node
	}
	_, node = lastMember(value)
	return "", node
}

// vercelRegion reads the first of "cdg1::iad1::x7k2p-...": the edge comes first.
func vercelRegion(value string) (pop, node string) {
	pop, _, found := strings.Cut(value, "::")
	if !found {
		return "", ""
	}
	return pop, ""
}

// bunnyServer reads "BunnyCDN-DE1-1047".
func bunnyServer(value string) (pop, node string) {
	if !hasPrefixFold(value, "BunnyCDN-") {
		return "", ""
	}
	pop, node, _ = strings.Cut(value[len("BunnyCDN-"):], "-")
	return pop, node
}

// edgioPlace reads "TCP_HIT from ECD (lga/0FE8)".
func edgioPlace(value string) (pop, node string) {
	return between(value, "(", "/"), between(value, "/", ")")
}

// PoPMatches reports whether the point of presence that answered is the one that was asked for: a
// prefix, compared without case. An empty asked accepts any; an answer that names none proves none.
func PoPMatches(asked, answered string) bool { return hasPrefixFold(answered, asked) }
