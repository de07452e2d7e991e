package natsq

import (
	"bytes"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"strings"

	"github.com/edgeprime/edgeprime/edge"
)

// A chunk is sent when it holds so many observations or bytes.
const (
	chunkLines = 64
	chunkBytes = 128 << 10
)

// chunk is a message of observations: one JSON document a line.
type chunk struct {
	body  bytes.Buffer
	tasks []string
}

// line is an observation, with the proof that its task was handed out.
type line struct {
	Proof       string           `json:"proof"`
	Observation edge.Observation `json:"observation"`
}

func (c *chunk) add(proof string, o edge.Observation) error {
	if err := json.NewEncoder(&c.body).Encode(line{proof, o}); err != nil {
		return fmt.Errorf("natsq: observation: %w", err)
	}
	c.tasks = append(c.tasks, o.Task)
	return nil
}

func (c *chunk) full() bool { return len(c.tasks) >= chunkLines || c.body.Len() >= chunkBytes }

// message is a stored chunk, and the region that its subject names.
type message struct {
	region string
	lines  []line
}

var errSubject = errors.New("natsq: not a subject of observations")

// parse reads a stored chunk. A line that is no observation is left empty, and then refused.
func parse(subject string, body []byte) (message, error) {
	tokens := strings.Split(subject, ".")
	if len(tokens) != 4 {
		return message{}, fmt.Errorf("%w: %q", errSubject, subject)
	}
	m := message{region: tokens[2]}
	for raw := range bytes.Lines(body) {
		var l line
		if err := json.Unmarshal(raw, &l); err != nil {
			l = line{}
		}
		m.lines = append(m.lines, l)
	}
	return m, nil
}

// taskKey is the first half of a task id: enough to tell the tasks of a run apart.
type taskKey [16]byte

var errTask = errors.New("natsq: not a task id")

func keyOf(task string) (key taskKey, err error) {
	if len(task) != 64 {
		return key, fmt.Errorf("%w: %q", errTask, task)
	}
	if _, err := hex.Decode(key[:], []byte(task[:32])); err != nil {
		return key, fmt.Errorf("%w: %q", errTask, task)
	}
	return key, nil
}
