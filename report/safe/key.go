package safe

import (
	"slices"
	"strconv"
	"strings"
)

// longestKey is how much of a query key is looked at.
const longestKey = 200

// secretKey tells whether a query key names a credential: "X-Amz-Signature", "x_amz_signature" and
// "%78amzsignature" are the same.
func secretKey(key string) bool {
	key = strings.ToLower(unescape(unescape(key[:min(len(key), longestKey)])))
	words := strings.FieldsFunc(key, func(r rune) bool { return r < 'a' || r > 'z' })
	for _, word := range words {
		if slices.Contains(secretWords(), word) {
			return true
		}
	}
	letters := strings.Join(words, "")
	return slices.Contains(secretNames(), letters) ||
		slices.ContainsFunc(secretParts(), func(part string) bool { return strings.Contains(letters, part) })
}

// secretNames name a credential alone: with other words they are something else, such as a country's code.
func secretNames() []string {
	return []string{"code", "policy", "pass", "pw", "sess", "mac", "ticket", "assertion"}
}

// secretWords name a credential as a word of a key: they are too short to look for within words.
func secretWords() []string { return []string{"key", "sig", "auth", "pwd", "sid", "hmac", "otp"} }

// secretParts name a credential wherever they stand in a key.
func secretParts() []string {
	return []string{
		"token", "signature", "passw", "passphrase", "secret", "apikey", "accesskey", "authkey", "privatekey", "session", "sessid",
		"credential", "authorization", "oauth", "hdnea", "hdnts", "hdntl", "jwt", "bearer", "keypairid",
	}
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
