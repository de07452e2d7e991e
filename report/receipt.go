package report

import (
	"fmt"
	"io"
	"strings"

	"github.com/invopop/jsonschema"

	"github.com/edgeprime/edgeprime/origin"
	"github.com/edgeprime/edgeprime/report/safe"
)

// AddReceipt adds what the origin's own log says. A limit that it shows broken makes the launch not
// ready: the readiness was bought with a load that the origin had not agreed to. What it does not
// prove changes nothing, since a report without a receipt has no proof either.
func (r *Report) AddReceipt(receipt *origin.Receipt) {
	r.Receipt = receipt
	if receipt == nil || receipt.Proof != origin.Broken {
		return
	}
	reason := "the origin's own log shows a limit broken: " + receiptLoad(receipt)
	if r.Verdict == Ready {
		r.Reasons = nil
	}
	r.Verdict, r.Reasons = NotReady, append([]string{reason}, r.Reasons...)
	if !r.Run.Interrupted {
		r.ExitCode = r.Verdict.ExitCode()
	}
}

// WriteReceipt writes a receipt for a terminal.
func WriteReceipt(w io.Writer, r *origin.Receipt) error {
	var b strings.Builder
	fmt.Fprintf(&b, "run %s: limits %s\n\n", safe.Text(r.Run, 80), r.Proof)
	textReceipt(&b, r)
	_, err := io.WriteString(w, b.String())
	return err
}

// textReceipt writes what the origin's own log says.
func textReceipt(b *strings.Builder, r *origin.Receipt) {
	list(b, "origin log", receiptWords(r), 100)
}

// receiptLoad words the figures that have limits.
func receiptLoad(r *origin.Receipt) string {
	open := "most open at once not shown"
	if r.InFlight != nil {
		open = fmt.Sprintf("%s of %d in flight", r.InFlight, r.Limits.MaxInFlight)
	}
	return fmt.Sprintf("peak %s of %d per second, %s", r.Peak, r.Limits.MaxRPS, open)
}

// receiptWords words a receipt, line by line, the proof first.
func receiptWords(r *origin.Receipt) []string {
	lines := []string{
		fmt.Sprintf("limits %s by %s: %s", r.Proof, plural(r.Requests, "request"), receiptLoad(r)),
		fmt.Sprintf("%s filled, %s more than once", plural(r.Objects, "object"), plural(r.Refilled, "object")),
		fmt.Sprintf("visitors: %s in the same time, %.0f %% of all; peak of a clock second %d, with the run %d",
			plural(r.Visitors.Requests, "request"), 100*r.Share(), r.Visitors.PeakClockSecond, r.Visitors.PeakWithRun),
	}
	for _, f := range r.MostFilled[:min(len(r.MostFilled), textFindings)] {
		lines = append(lines, fmt.Sprintf("%d x %s %s", f.Times, safe.Text(safe.URL(f.URL), 200), safe.Text(f.Variant, 40)))
	}
	lines = append(lines, r.Notes...)
	for _, bad := range r.BadLines[:min(len(r.BadLines), textFindings)] {
		lines = append(lines, fmt.Sprintf("%s:%d: %s", safe.Text(bad.File, 200), bad.Line, safe.Text(bad.Reason, 200)))
	}
	return lines
}

// receiptLines are receiptWords of a report's receipt, none without one.
func receiptLines(r *Report) []string {
	if r.Receipt == nil {
		return nil
	}
	return receiptWords(r.Receipt)
}

// ReceiptSchema describes the JSON of a receipt.
func ReceiptSchema() *jsonschema.Schema {
	reflector := &jsonschema.Reflector{DoNotReference: true, ExpandedStruct: true, Anonymous: true, AllowAdditionalProperties: true}
	s := reflector.Reflect(origin.Receipt{})
	s.Title, s.Description = "edgeprime audit", "What an origin's own access log says of one run."
	return s
}
