package lint

import (
	"cmp"
	"fmt"
	"maps"
	"math"
	"slices"
	"strings"
	"time"
)

// Findings returns what the rules complain about, in the order of reports.
func (s *Set) Findings() []Finding {
	findings := slices.Concat(s.alike, s.together(), s.forecast(), s.places(), s.proofs())
	sortFindings(findings)
	return findings
}

// together is TTL014, about the worst minute.
func (s *Set) together() []Finding {
	var worst int64 = math.MinInt64
	crowded := 0
	for minute, n := range s.minutes {
		if n < s.linter.config.ExpireTogether {
			continue
		}
		crowded++
		if worst == math.MinInt64 || n > s.minutes[worst] || n == s.minutes[worst] && minute < worst {
			worst = minute
		}
	}
	if crowded == 0 {
		return nil
	}
	message := fmt.Sprintf("%d critical copies expire in the minute from %s", s.minutes[worst], utc(time.Unix(worst*60, 0)))
	if crowded > 1 {
		message += fmt.Sprintf(", and in %d more minutes as many as %d or more", crowded-1, s.linter.config.ExpireTogether)
	}
	return s.finding("TTL014", Finding{Message: message})
}

// forecast is EDGE013.
func (s *Set) forecast() []Finding {
	planned := s.linter.config.PlannedRPS
	if planned <= 0 || s.originRPS <= 0 || s.known == 0 {
		return nil
	}
	share := float64(s.fetched) / float64(s.known)
	if share*planned <= s.originRPS {
		return nil
	}
	return s.finding("EDGE013", Finding{Message: fmt.Sprintf(
		"%d of %d measured answers came from the origin: at %g requests a second of visitors that are %.1f a second, the origin's limit is %g",
		s.fetched, s.known, planned, share*planned, s.originRPS)})
}

// places is REG008.
func (s *Set) places() []Finding {
	var findings []Finding
	for _, pop := range slices.Sorted(maps.Keys(s.regionsOf)) {
		if regions := slices.Sorted(maps.Keys(s.regionsOf[pop])); len(regions) > 1 {
			findings = append(findings, s.finding("REG008", Finding{
				Region: regions[0], Message: fmt.Sprintf("%s answered for the regions %s", pop, strings.Join(regions, ", ")),
			})...)
		}
	}
	for key, one := range s.elsewhere {
		findings = append(findings, s.finding("REG008", Finding{
			Region: key[0], Vantage: key[1],
			Message: fmt.Sprintf("%d of its answers came from another place than %s, such as %s", one.answers, one.planned, one.pop),
		})...)
	}
	return findings
}

// proofs is REG009. A region of which nothing was asked is missing evidence.
func (s *Set) proofs() []Finding {
	var findings []Finding
	for region, p := range s.regions {
		if p.asked == 0 {
			continue
		}
		var why []string
		if p.few > 0 {
			why = append(why, fmt.Sprintf("%d of %d critical cells were asked less often than %s", p.few, p.cells, times(s.linter.config.Samples)))
		}
		if most := s.linter.config.UnknownShare; float64(p.unknown) > most*float64(p.asked) {
			why = append(why, fmt.Sprintf("%d of %d critical cells tell nothing about the edge's store, more than %.0f %%", p.unknown, p.asked, 100*most))
		}
		if len(why) > 0 {
			findings = append(findings, s.finding("REG009", Finding{Region: region, Message: strings.Join(why, "; ")})...)
		}
	}
	return findings
}

// finding completes a finding of a rule that is not off.
func (s *Set) finding(id string, f Finding) []Finding {
	rule, level := s.linter.place(id)
	if level == Off {
		return nil
	}
	f.Rule, f.Severity, f.Fix = rule.ID, level, cmp.Or(f.Fix, rule.Fix)
	return []Finding{f}
}
