package regions

import (
	"bufio"
	"bytes"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"iter"
	"os"
	"sync"

	"github.com/edgeprime/edgeprime/edge"
)

// ErrJournal means that a journal cannot be read beyond some place.
var ErrJournal = errors.New("regions: journal is damaged")

// Journal keeps a run's observations in a file, one JSON document a line, each task once. A line
// is written before the observation counts, so that a killed process loses at most the line that
// it was writing. Create one with OpenJournal; it is safe for concurrent use.
type Journal struct {
	mu     sync.Mutex
	file   *os.File
	end    int64 // behind the last whole line
	broken error // why nothing can be recorded any more
	done   map[[32]byte]struct{}
}

// OpenJournal opens or creates the journal at path. A torn last line is cut off; damage further
// up is refused with its byte offset, since nothing behind it can be trusted.
func OpenJournal(path string) (*Journal, error) {
	file, err := os.OpenFile(path, os.O_RDWR|os.O_CREATE, 0o600)
	if err != nil {
		return nil, fmt.Errorf("regions: open journal: %w", err)
	}
	j := &Journal{file: file, done: map[[32]byte]struct{}{}}
	j.end, err = j.load()
	if err == nil {
		err = j.rewind()
	}
	if err != nil {
		_ = file.Close()
		return nil, fmt.Errorf("regions: journal %s: %w", path, err)
	}
	return j, nil
}

// load reads the task ids and returns the offset behind the last whole line.
func (j *Journal) load() (end int64, err error) {
	r := bufio.NewReaderSize(j.file, 1<<16)
	for {
		line, err := r.ReadBytes('\n')
		if errors.Is(err, io.EOF) {
			return end, nil // an unfinished line was never acknowledged
		}
		if err != nil {
			return 0, err
		}
		var o struct {
			Task string `json:"task"`
		}
		if err := json.Unmarshal(line, &o); err != nil {
			return 0, fmt.Errorf("%w at byte %d: %w; start a new run, or cut the file there and resume", ErrJournal, end, err)
		}
		id, err := taskKey(o.Task)
		if err != nil {
			return 0, fmt.Errorf("%w at byte %d: %w", ErrJournal, end, err)
		}
		j.done[id] = struct{}{}
		end += int64(len(line))
	}
}

func taskKey(task string) (id [32]byte, err error) {
	n, err := hex.Decode(id[:], []byte(task[:min(len(task), 64)]))
	if err != nil || n != len(id) || len(task) != 64 {
		return id, fmt.Errorf("%q is no task id", task)
	}
	return id, nil
}

// Record writes an observation unless its task has one; fresh says which.
func (j *Journal) Record(o edge.Observation) (fresh bool, err error) {
	id, err := taskKey(o.Task)
	if err != nil {
		return false, fmt.Errorf("regions: record: %w", err)
	}
	var line bytes.Buffer
	if err := json.NewEncoder(&line).Encode(o); err != nil { //nolint:gosec // a pass is a phase of the run here
		return false, fmt.Errorf("regions: record: %w", err)
	}
	j.mu.Lock()
	defer j.mu.Unlock()
	if _, ok := j.done[id]; ok {
		return false, nil
	}
	if j.broken != nil {
		return false, j.broken
	}
	n, err := j.file.Write(line.Bytes())
	if err != nil {
		j.broken = errors.Join(fmt.Errorf("regions: record: %w", err), j.rewind())
		return false, j.broken
	}
	j.end += int64(n)
	j.done[id] = struct{}{}
	return true, nil
}

// rewind cuts off what stands behind the last whole line: half a line must not be written on.
func (j *Journal) rewind() error {
	if err := j.file.Truncate(j.end); err != nil {
		return fmt.Errorf("cut the journal: %w", err)
	}
	_, err := j.file.Seek(j.end, io.SeekStart)
	return err
}

// Recorded reports whether a task has its observation.
func (j *Journal) Recorded(task string) bool {
	id, err := taskKey(task)
	if err != nil {
		return false
	}
	j.mu.Lock()
	defer j.mu.Unlock()
	_, ok := j.done[id]
	return ok
}

// Len returns how many observations the journal holds.
func (j *Journal) Len() int {
	j.mu.Lock()
	defer j.mu.Unlock()
	return len(j.done)
}

// Close writes the journal to stable storage and closes it.
func (j *Journal) Close() error {
	return errors.Join(j.file.Sync(), j.file.Close())
}

// ReadObservations streams the observations of a journal or an exported file. It stops silently
// at a torn last line, and with an error at any other damage.
func ReadObservations(path string) iter.Seq2[edge.Observation, error] {
	return func(yield func(edge.Observation, error) bool) {
		file, err := os.Open(path)
		if err != nil {
			yield(edge.Observation{}, fmt.Errorf("regions: observations: %w", err))
			return
		}
		defer file.Close()
		r := bufio.NewReaderSize(file, 1<<16)
		for offset := int64(0); ; {
			line, err := r.ReadBytes('\n')
			if errors.Is(err, io.EOF) {
				return
			}
			var o edge.Observation
			if err == nil {
				err = json.Unmarshal(line, &o)
			}
			if err != nil {
				yield(edge.Observation{}, fmt.Errorf("%w: %s at byte %d: %w", ErrJournal, path, offset, err))
				return
			}
			if !yield(o, nil) {
				return
			}
			offset += int64(len(line))
		}
	}
}
