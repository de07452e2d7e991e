package check

import "path/filepath"

// Input is what a result is made of.
type Input struct {
	Head     Head
	Criteria Criteria
	Answers  []Answer
	// Sets are findings over several answers. Each is added to the first answer with its URL,
	// variant, region and vantage; what fits none stands by itself.
	Sets []Finding
	// Root is the folder that paths are told relative to; empty leaves them as they are.
	Root string
}

// Build judges the answers and decides. The answers are changed in place: see [Judge.Judge].
func Build(in Input) *Check {
	j := NewJudge(in.Criteria)
	c := &Check{Head: in.Head, Answers: present(in.Answers)}
	c.SchemaVersion = SchemaVersion
	c.mask()
	c.Findings = distribute(in.Answers, in.Sets)
	for i := range c.Answers {
		c.Answers[i].Place.File = relative(in.Root, c.Answers[i].Place.File)
		j.Judge(&c.Answers[i])
	}
	for i := range c.Findings {
		j.JudgeSet(&c.Findings[i])
	}
	c.Decision, c.Gone, c.Warnings = j.Decision(), j.Gone(), j.Warnings()
	c.Verdict, c.Reasons = c.Decision.Verdict(), c.Why()
	c.ExitCode = c.Verdict.ExitCode()
	return c
}

// cell is what a finding is about.
type cell struct{ url, variant, region, vantage string }

// distribute adds findings to the answers that they are about, and returns the others.
func distribute(answers []Answer, sets []Finding) []Finding {
	if len(sets) == 0 {
		return nil
	}
	first := map[cell]int{}
	for i := range answers {
		a := &answers[i]
		for _, c := range []cell{{a.URL, a.Variant, a.Region, a.Vantage}, {a.URL, "", a.Region, ""}, {url: a.URL}} {
			if _, ok := first[c]; !ok {
				first[c] = i
			}
		}
	}
	var rest []Finding
	for _, f := range sets {
		i, ok := first[cell{f.URL, f.Variant, f.Region, f.Vantage}]
		if !ok || f.URL == "" {
			rest = append(rest, f)
			continue
		}
		answers[i].Findings = append(answers[i].Findings, f)
	}
	return rest
}

// relative is a path below the root, with slashes; another path stays as it is.
func relative(root, path string) string {
	if path == "" {
		return ""
	}
	if root != "" {
		if full, err := filepath.Abs(path); err == nil {
			if below, err := filepath.Rel(root, full); err == nil && filepath.IsLocal(below) {
				path = below
			}
		}
	}
	return filepath.ToSlash(filepath.Clean(path))
}

// inside reports whether a path is one below the root. What standard input is called is none.
func inside(path string) bool {
	return path != "" && path != "-" && path != "stdin" && filepath.IsLocal(filepath.FromSlash(path))
}
