package main

import (
	"encoding/json"
	"fmt"
	"io"
	"os"
	"slices"

	"github.com/urfave/cli/v2"

	"github.com/edgeprime/edgeprime/regions/natsq"
)

// workerToken is all that a worker needs to join a launch but the address: a credential, so the file
// is for its owner only.
type workerToken struct {
	Launch string   `json:"launch"`
	Region string   `json:"region"`
	Seed   string   `json:"seed"`         // nkey of the region's user
	CA     string   `json:"ca,omitempty"` // PEM; the port's certificate must be this one, or from it
	Pinned bool     `json:"pinned,omitempty"`
	Hosts  []string `json:"hosts"` // what the worker asks at all, whatever it is told
}

func workerTokenCommand(e *env) *cli.Command {
	return &cli.Command{
		Name: "token", ArgsUsage: "[FILE]",
		Usage: "make the credential of a worker, for one region of a launch",
		Description: "The token lets a worker take the work of its region, and nothing of another. Give it to the machine\n" +
			"in that region as a file that only the worker can read. Tokens count from the next start of the launch on.",
		Flags: append(launchFlags(),
			&cli.StringFlag{Name: "region", Usage: "the `REGION` that the worker is in", Required: false},
			&cli.BoolFlag{Name: "revoke", Usage: "let no worker of the region connect any more, instead"},
			outputFlag("token")),
		Action: func(c *cli.Context) error {
			l, err := launchOf(e, c)
			if err != nil {
				return err
			}
			region := c.String("region")
			if err := remoteRegion(l, region); err != nil {
				return err
			}
			who, err := readEnrolled(l)
			if err != nil {
				return err
			}
			if c.Bool("revoke") {
				n := len(who.Workers[region])
				delete(who.Workers, region)
				e.tell("%s of region %s may not connect any more", plural(n, "worker"), region)
				return who.write(l)
			}
			return e.makeToken(l, who, region, c.String("output"))
		},
	}
}

// remoteRegion checks that a region is one that workers elsewhere work on.
func remoteRegion(l *launch, region string) error {
	names := l.File.Workers.Regions
	if len(names) == 0 {
		return withHint(usageError("launch %s has no workers elsewhere", l.File.Name),
			"name their regions in the launch file, such as workers: {regions: [%s]}", l.File.Regions[0].Name)
	}
	if !slices.Contains(names, region) {
		return usageError("--region is %q, which workers.regions does not name; %s", region, near(region, names))
	}
	return nil
}

func (e *env) makeToken(l *launch, who *enrolled, region, output string) error {
	seed, err := who.enrol(region)
	if err != nil {
		return err
	}
	t := workerToken{Launch: l.File.Name, Region: region, Seed: seed, Hosts: l.CrawlConfig().EffectiveScope().Hosts}
	switch w := l.File.Workers; {
	case len(w.Servers) > 0 && w.CA != "":
		ca, err := os.ReadFile(w.CA)
		if err != nil {
			return usageError("workers.ca: %w", err)
		}
		t.CA = string(ca)
	case len(w.Servers) == 0 && w.Certificate == "":
		t.CA, t.Pinned = who.Certificate, true
	}
	if err := e.writeTo(output, func(w io.Writer) error {
		enc := json.NewEncoder(w)
		enc.SetIndent("", "  ")
		return enc.Encode(t)
	}); err != nil {
		return err
	}
	if err := who.write(l); err != nil {
		return err
	}
	if len(l.File.Workers.Servers) > 0 {
		e.tell("the servers must know it before: edgeprime worker accounts %s", l.Path)
	}
	return nil
}

func workerAccountsCommand(e *env) *cli.Command {
	return &cli.Command{
		Name: "accounts", ArgsUsage: "[FILE]",
		Usage:       "print the accounts that nats-servers outside must be configured with",
		Description: "Include the output in the configuration of each server, with jetstream { sync_interval: always }.",
		Flags:       append(launchFlags(), outputFlag("accounts")),
		Action: func(c *cli.Context) error {
			l, err := launchOf(e, c)
			if err != nil {
				return err
			}
			who, err := readEnrolled(l)
			if err != nil {
				return err
			}
			if who.Public == "" {
				return withHint(usageError("launch %s has no worker yet", l.File.Name), "edgeprime worker token --region REGION makes one")
			}
			return e.writeTo(c.String("output"), func(w io.Writer) error {
				_, err := io.WriteString(w, natsq.Access{Coordinator: who.Public, Workers: who.Workers}.Config(l.File.Name))
				return err
			})
		},
	}
}

// readToken reads a worker's token. A file that others can read is refused: it is a credential.
func readToken(path string) (*workerToken, error) {
	info, err := os.Stat(path)
	if err != nil {
		return nil, usageError("token: %w", err)
	}
	if info.Mode().Perm()&0o077 != 0 {
		return nil, withHint(credentials("token %s can be read by others", path), "chmod 600 %s", path)
	}
	data, err := os.ReadFile(path)
	if err != nil {
		return nil, usageError("token: %w", err)
	}
	var t workerToken
	if err := json.Unmarshal(data, &t); err != nil || t.Launch == "" || t.Region == "" || t.Seed == "" {
		return nil, withHint(credentials("%s is no worker's token", path), "edgeprime worker token --region REGION -o %s makes one", path)
	}
	if len(t.Hosts) == 0 {
		return nil, fmt.Errorf("token %s names no hosts: make a new one", path)
	}
	return &t, nil
}
