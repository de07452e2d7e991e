package report_test

import (
	"bytes"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/edgeprime/edgeprime/report"
)

func page(t *testing.T, r *report.Report) []byte {
	t.Helper()
	var b bytes.Buffer
	require.NoError(t, report.WriteHTML(&b, r))
	return b.Bytes()
}

func TestHTMLGolden(t *testing.T) {
	for name, r := range map[string]*report.Report{
		"not-ready.html": sample(), "ready.html": ready(), "bare.html": bare(), "hostile.html": hostile(),
	} {
		t.Run(name, func(t *testing.T) { golden(t, name, page(t, r)) })
	}
}
