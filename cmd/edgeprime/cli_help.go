package main

import (
	"fmt"
	"strings"

	"github.com/urfave/cli/v2"
)

// topic is a page of help that belongs to no command.
type topic struct{ name, text string }

// topics are all topics of `edgeprime help`.
func topics() []topic {
	return []topic{{"exit-codes", exitCodesTopic}, {"check-input", checkInputTopic}}
}

const exitCodesTopic = `Exit codes:
    0  ready, or the command did what it was asked; check: nothing is at or above --fail-on
    1  runtime error: I/O, state, disk, internal
    2  usage or configuration
    3  not ready: the launch failed on evidence; check: a finding is at or above --fail-on
       (check --exit-code N ends with N instead)
    4  credentials missing, refused or expired
    5  inconclusive: evidence is missing; check: there was nothing to judge, or something critical
       could not be
  130  interrupted; the report is marked INCOMPLETE
`

const checkInputTopic = `What edgeprime check --headers-from FILE reads; - is standard input:

headers  what curl -i, -I, -D or -v write, or header lines alone; an empty line stands behind each
         answer, a line "# https://..." in front of one names its URL:

           # https://www.example.com/
           HTTP/2 200
           cache-control: public, max-age=3600

har      an HTTP Archive, as the network panel of a browser saves it

jsonl    JSON Lines, one answer a line (shown here on several):

           {"id": "home", "url": "https://www.example.com/", "method": "GET", "status": 200,
            "request_headers": [["Accept-Encoding", "gzip"]],
            "response_headers": [["Cache-Control", "max-age=3600"], ["Age", "120"]],
            "requested_at": "2026-12-01T09:00:00Z", "received_at": "2026-12-01T09:00:00.2Z",
            "now": 1764579700}

         status and response_headers are needed to judge anything. Instants are RFC 3339 or seconds
         since 1970; those left out are taken from the others, at last from Date and Age. Age, freshness
         and reuse are told for "now". Further keys: "profile", the cache that gave the answer;
         "kind", such as document or script; "critical": false.

The format is told by the beginning of the input, or by --input-format. Every answer is critical
unless its record says otherwise. With --format jsonl the results come one by one, as long as the
input is.
`

// helpCommand shows the help of a command or a topic.
func helpCommand(e *env) *cli.Command {
	var names []string
	for _, t := range topics() {
		names = append(names, t.name)
	}
	return &cli.Command{
		Name:      "help",
		Usage:     "show the help of a command, or a topic: " + strings.Join(names, ", "),
		ArgsUsage: "[COMMAND | " + strings.Join(names, " | ") + "]",
		Action: func(c *cli.Context) error {
			word, err := e.oneArg(c)
			switch {
			case err != nil:
				return err
			case word == "":
				return cli.ShowAppHelp(c)
			}
			for _, t := range topics() {
				if t.name == word {
					_, err := fmt.Fprint(e.stdout, t.text)
					return err
				}
			}
			if c.App.Command(word) == nil {
				return helpless(c, word, names)
			}
			return cli.ShowCommandHelp(c.Lineage()[1], word)
		},
	}
}

// helpless answers a topic that does not exist.
func helpless(c *cli.Context, word string, names []string) error {
	for _, command := range c.App.Commands {
		names = append(names, command.Name)
	}
	err := usageError("no help on %q", word)
	if near := nearest(word, names); near != "" {
		return withHint(err, "did you mean: edgeprime help %s", near)
	}
	return withHint(err, "edgeprime help")
}
