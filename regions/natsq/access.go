package natsq

import (
	"fmt"
	"maps"
	"slices"
	"strings"
)

// apiPrefix is under which a region's account finds the part of JetStream that is its own.
const apiPrefix = "EDGEPRIME.API"

// Access says who may connect to the servers of a launch.
type Access struct {
	// Coordinator is the public nkey of the coordinator's user.
	Coordinator string
	// Workers are the public nkeys of workers' users, by region.
	Workers map[string][]string
}

// Config returns the accounts block of a nats-server configuration for a launch: one account for
// the coordinator, and one for each region that imports the subjects of this region only. It is
// what the server in the process runs with, and what one outside must have.
func (a Access) Config(launch string) string {
	n := names{launch}
	var exports, accounts strings.Builder
	for _, region := range slices.Sorted(maps.Keys(a.Workers)) {
		account := n.account(region)
		var imports strings.Builder
		var publish []string
		for _, s := range n.services(region) {
			response := ""
			if s.stream {
				response = ", response_type: stream"
			}
			fmt.Fprintf(&exports, "      {service: %q, accounts: [%q]%s}\n", s.subject, account, response)
			to := s.subject
			fmt.Fprintf(&imports, "      {service: {account: EDGEPRIME, subject: %q}", s.subject)
			if api, ok := strings.CutPrefix(s.subject, "$JS.API"); ok {
				to = apiPrefix + api
				fmt.Fprintf(&imports, ", to: %q", to)
			}
			imports.WriteString("}\n")
			publish = append(publish, fmt.Sprintf("%q", to))
		}
		fmt.Fprintf(&accounts, "  %s {\n    imports: [\n%s    ]\n    users: [\n", account, imports.String())
		for _, key := range a.Workers[region] {
			fmt.Fprintf(&accounts, "      {nkey: %s, permissions: {publish: [%s], subscribe: [%q]}}\n",
				key, strings.Join(publish, ", "), inboxPrefix(region)+".>")
		}
		accounts.WriteString("    ]\n  }\n")
	}
	return fmt.Sprintf("accounts {\n  EDGEPRIME {\n    jetstream: enabled\n    users: [{nkey: %s}]\n    exports: [\n%s    ]\n  }\n%s}\n",
		a.Coordinator, exports.String(), accounts.String())
}

// service is a subject of the coordinator's account that a region may send to.
type service struct {
	subject string
	stream  bool // one question has several answers
}

func (n names) services(region string) []service {
	return []service{
		{"$JS.API.CONSUMER.INFO." + n.work(region) + ".*", false},
		{"$JS.API.CONSUMER.MSG.NEXT." + n.work(region) + ".*", true},
		{"$JS.ACK." + n.work(region) + ".>", false},
		{n.resultSubject(region, "*"), false},
		{n.askSubject(region), false},
		{n.returnSubject(region), false},
		{n.helloSubject(region), false},
	}
}

func inboxPrefix(region string) string { return "_INBOX_" + region }
