package edge_test

import (
	"encoding/json"
	"os"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/edgeprime/edgeprime/edge"
)

func TestEdgeStatusVectors(t *testing.T) {
	t.Parallel()
	folder := os.Getenv("EDGEPRIME_VECTORS")
	if folder == "" {
		t.Skip("EDGEPRIME_VECTORS is not set: the compiled header sets are not read, the table of this package is")
	}
	data, err := os.ReadFile(filepath.Join(folder, "edge_status.json"))
	require.NoError(t, err, "EDGEPRIME_VECTORS must name the folder of the vectors")
	var file struct {
		Vectors []struct {
			ID       string      `json:"id"`
			Headers  [][2]string `json:"headers"`
			Expected struct {
				Outcome   edge.Outcome   `json:"outcome"`
				EdgeHit   *bool          `json:"edge_hit"`
				Origin    edge.Contact   `json:"origin_contacted"`
				Synthetic bool           `json:"synthetic"`
				Layers    []edge.Outcome `json:"layers_origin_to_edge"`
			} `json:"expected"`
		} `json:"vectors"`
	}
	require.NoError(t, json.Unmarshal(data, &file))
	require.NotEmpty(t, file.Vectors)
	for _, v := range file.Vectors {
		got := edge.ReadCacheStatus(v.Headers)
		want := edge.CacheStatus{Outcome: v.Expected.Outcome, EdgeHit: v.Expected.EdgeHit, Origin: v.Expected.Origin, Synthetic: v.Expected.Synthetic}
		assert.Equal(t, brief(want), brief(got), v.ID)
		assert.Equal(t, v.Expected.Layers, got.Layers, v.ID)
	}
}
