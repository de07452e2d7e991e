package safe

import (
	"regexp"
	"strconv"
	"strings"
)

// mask stands for what is hidden.
const mask = "***"

var (
	// userinfo finds the part of an authority before its last "@".
	userinfo = regexp.MustCompile(`(?i)([a-z][a-z0-9+.-]*:\\?/\\?/)[^/?#\s"'<>]*@`)
	// parameter finds one key and value of a query, or of a fragment that looks like one.
	parameter = regexp.MustCompile(`([?&;#])([^?&;#=\s"'<>]{1,200})=([^&;#\s"'<>]*)`)
	// credential matches the keys of credentials, in lower case and letters only. The second line
	// has those that are too short to look for within others.
	credential = regexp.MustCompile(`token|signature|passw|secret|apikey|accesskey|authkey|privatekey|session|credential|hdnea|hdnts|jwt|bearer|` +
		`^(?:key|sig|auth|authorization|pass|pwd|sid|hmac|code|otp|policy|keypairid|awsaccesskeyid)$`)
)

// URL returns s, a URL or a text that holds some, with "***" in place of userinfo and of the
// values of query keys that look like credentials: token, key, sig, signature, password, auth,
// session, access_token, X-Amz-Signature and their like. Nothing is parsed, so a malformed URL
// shows no more than a good one. URL is idempotent.
func URL(s string) string {
	if strings.Contains(s, "@") {
		s = userinfo.ReplaceAllString(s, "${1}"+mask+"@")
	}
	if !strings.Contains(s, "=") {
		return s
	}
	return parameter.ReplaceAllStringFunc(s, func(pair string) string {
		key, value, _ := strings.Cut(pair[1:], "=")
		if value == "" || !secretKey(key) {
			return pair
		}
		return pair[:1] + key + "=" + mask
	})
}

// secretKey reports whether a query key names a credential.
func secretKey(key string) bool {
	return credential.MatchString(letters(strings.ToLower(unescape(key))))
}

// letters keeps the letters of a key: "X-Amz-Signature" and "x_amz_signature" are the same.
func letters(s string) string {
	return strings.Map(func(r rune) rune {
		if r >= 'a' && r <= 'z' {
			return r
		}
		return -1
	}, s)
}

// unescape decodes percent-encoded octets leniently.
func unescape(s string) string {
	if !strings.Contains(s, "%") {
		return s
	}
	var b strings.Builder
	for i := 0; i < len(s); i++ {
		if s[i] == '%' && i+2 < len(s) {
			if octet, err := strconv.ParseUint(s[i+1:i+3], 16, 8); err == nil {
				b.WriteByte(byte(octet))
				i += 2
				continue
			}
		}
		b.WriteByte(s[i])
	}
	return b.String()
}
