package main

import (
	"fmt"
	"time"

	"go.yaml.in/yaml/v4"

	"github.com/edgeprime/edgeprime/crawl"
	"github.com/edgeprime/edgeprime/edge"
	"github.com/edgeprime/edgeprime/edge/lint"
	"github.com/edgeprime/edgeprime/edge/policy"
	"github.com/edgeprime/edgeprime/origin"
	"github.com/edgeprime/edgeprime/regions"
	"github.com/edgeprime/edgeprime/report"
)

// launchFile is what a launch file says. A key that is absent means its default, a key that is
// zero is refused. keyHelp describes every key; sections are structs of the packages they are for.
type launchFile struct {
	Name     string `yaml:"name"`
	Owner    string `yaml:"owner"`
	OnCall   string `yaml:"on_call"`
	Approver string `yaml:"approver"`
	DeployID string `yaml:"deploy_id"`

	Launch launchTimes `yaml:"launch"`

	Entries   []string         `yaml:"entries"`
	Pages     []string         `yaml:"pages"`
	Sitemaps  []string         `yaml:"sitemaps"`
	URLLists  []string         `yaml:"url_lists"`
	Scope     crawl.Scope      `yaml:"scope"`
	Critical  crawl.Globs      `yaml:"critical"`
	Discovery discoverySection `yaml:"discovery"`

	Variants []edge.Variant   `yaml:"variants"`
	Regions  []regions.Region `yaml:"regions"`
	Stages   stagesSection    `yaml:"stages"`

	Origin         originSection  `yaml:"origin"`
	AllowAddresses []string       `yaml:"allow_addresses"`
	Resolvers      []string       `yaml:"resolvers"`
	Workers        workersSection `yaml:"workers"`

	CDN      cdnSection        `yaml:"cdn"`
	Rules    lint.Config       `yaml:"rules"`
	Criteria report.Criteria   `yaml:"criteria"`
	Report   reportSection     `yaml:"report"`
	Headers  map[string]string `yaml:"headers"`
	Identify identifySection   `yaml:"identify"`
}

// launchTimes says when the launch is and how long it must stay warm.
type launchTimes struct {
	At         string        `yaml:"at"`
	TimeZone   string        `yaml:"time_zone"`
	WarmWindow time.Duration `yaml:"warm_window"`
	PrimeAt    string        `yaml:"prime_at"`
}

// stagesSection is regions.Stages as a launch file writes it: the shield by name or in place.
type stagesSection struct {
	Shield shieldList   `yaml:"shield"`
	Canary string       `yaml:"canary"`
	Gate   regions.Gate `yaml:"gate"`
	Cover  int          `yaml:"cover"`
}

// shieldList holds what stands before all regions. In the file it is one entry or a list.
type shieldList []shieldEntry

// shieldEntry is a vantage, or the name of a region or vantage of the launch.
type shieldEntry struct {
	ref     string
	vantage edge.Vantage
}

// UnmarshalYAML implements yaml.Unmarshaler.
func (s *shieldList) UnmarshalYAML(n *yaml.Node) error {
	nodes := []*yaml.Node{n}
	if n.Kind == yaml.SequenceNode {
		nodes = n.Content
	}
	for _, item := range nodes {
		var e shieldEntry
		if item.Kind == yaml.ScalarNode {
			e.ref = item.Value
		} else if err := item.Load(&e.vantage, yaml.WithKnownFields()); err != nil {
			return fmt.Errorf("stages.shield: %w", err)
		}
		*s = append(*s, e)
	}
	return nil
}

// MarshalYAML implements yaml.Marshaler.
func (e shieldEntry) MarshalYAML() (any, error) { //nolint:unparam // the interface has the error
	if e.ref != "" {
		return e.ref, nil
	}
	return e.vantage, nil
}

// originSection is origin.Limits with the second confirmation that a high rate needs.
type originSection struct {
	origin.Limits `yaml:",inline"`
	ConfirmMaxRPS int `yaml:"confirm_max_rps"`
}

// workersSection says which regions are worked on by workers elsewhere, and where these connect to:
// a port of this process, or a nats-server outside. Without regions there is neither.
type workersSection struct {
	Regions     []string      `yaml:"regions"`
	Listen      string        `yaml:"listen"`
	Certificate string        `yaml:"certificate"`
	Key         string        `yaml:"key"`
	Servers     []string      `yaml:"servers"`
	CA          string        `yaml:"ca"`
	Replicas    int           `yaml:"replicas"`
	Patience    time.Duration `yaml:"patience"`
}

// identifySection names a header that carries a secret with every request to the launch's hosts, so that
// their bot protection can let edgeprime through.
type identifySection struct {
	Header string `yaml:"header"`
	Secret string `yaml:"secret"`
}

// cdnSection says which cache the launch is served by, and what is configured there.
type cdnSection struct {
	Profile         string `yaml:"profile"`
	policy.Settings `yaml:",inline"`
}

// reportSection says where a run's folder is and which reports stand in it.
type reportSection struct {
	Dir     string   `yaml:"dir"`
	Formats []string `yaml:"formats"`
}
