package regions

import (
	"crypto/sha256"
	"encoding/binary"
	"encoding/hex"

	"github.com/edgeprime/edgeprime/crawl"
	"github.com/edgeprime/edgeprime/edge"
)

// Task is one request to make: a cell, and the pass in which it is asked.
type Task struct {
	ID      string       `json:"id"`
	Asset   crawl.Asset  `json:"asset"`
	Variant edge.Variant `json:"variant"`
	Vantage edge.Vantage `json:"vantage"`
	Stage   string       `json:"stage"`
	Pass    edge.Pass    `json:"pass"`
	Epoch   int          `json:"epoch,omitempty"`
	Round   int          `json:"round,omitempty"` // of a repetition, from 1
}

// NewTask returns the task of a run for one cell and pass, with its id, in the epoch of the asset. A task has one observation, ever.
func NewTask(run string, c Cell, stage string, pass edge.Pass) Task {
	t := Task{Asset: c.Asset, Variant: c.Variant, Vantage: c.Vantage, Stage: stage, Pass: pass, Epoch: c.Asset.Epoch}
	t.ID = TaskID(run, &edge.Observation{
		URL: c.Asset.URL, Variant: c.Variant.Name, Vantage: c.Vantage.Name, Pass: pass, Epoch: t.Epoch,
	})
	return t
}

// Repeated is the task of a repetition of the same cell in the same pass, from 1; 0 is the task itself.
func (t Task) Repeated(run string, round int) Task {
	if t.Round = round; round > 0 {
		t.ID = TaskID(run, &edge.Observation{
			URL: t.Asset.URL, Variant: t.Variant.Name, Vantage: t.Vantage.Name, Pass: t.Pass, Epoch: t.Epoch, Round: round,
		})
	}
	return t
}

// TaskID is the id of the task that an observation answers: the SHA-256 in hex of run, URL, names of
// variant and vantage, pass, epoch, and the number of a repetition.
func TaskID(run string, o *edge.Observation) string {
	h := sha256.New()
	for _, field := range []string{run, o.URL, o.Variant, o.Vantage, string(o.Pass)} {
		_ = binary.Write(h, binary.BigEndian, uint64(len(field))) // a hash never fails
		h.Write([]byte(field))
	}
	_ = binary.Write(h, binary.BigEndian, int64(o.Epoch))
	if o.Round > 0 {
		_ = binary.Write(h, binary.BigEndian, int64(o.Round))
	}
	return hex.EncodeToString(h.Sum(nil))
}

// Cell is what is primed, measured and judged: an asset in a variant at a vantage.
type Cell struct {
	Asset   crawl.Asset
	Variant edge.Variant
	Vantage edge.Vantage
}

// Batch is what a worker holds at once: tasks of one vantage, stage and pass.
type Batch struct {
	Vantage string `json:"vantage"`
	Tasks   []Task `json:"tasks"`
}
