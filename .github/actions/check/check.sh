#!/usr/bin/env bash
# Runs edgeprime check for the action beside this file. Its inputs are EDGEPRIME_CHECK_*; the job
# summary is written by edgeprime itself.
set -euo pipefail

binary=${EDGEPRIME_CHECK_BINARY:-}
if [ -z "$binary" ]; then
	if ! command -v go >/dev/null; then
		echo '::error title=edgeprime::there is no Go here: add actions/setup-go before this step, or set binary'
		exit 1
	fi
	export GOBIN=$RUNNER_TEMP/edgeprime
	go install "github.com/edgeprime/edgeprime/cmd/edgeprime@${EDGEPRIME_CHECK_VERSION:-latest}"
	binary=$GOBIN/edgeprime
fi

args=(check --format github)
[ -z "${EDGEPRIME_CHECK_FAIL_ON:-}" ] || args+=(--fail-on "$EDGEPRIME_CHECK_FAIL_ON")
[ -z "${EDGEPRIME_CHECK_SARIF:-}" ] || args+=(--report "sarif=$EDGEPRIME_CHECK_SARIF")
while read -r line; do
	line=${line%$'\r'}
	[ -z "$line" ] || args+=("$line")
done <<<"${EDGEPRIME_CHECK_ARGS:-}"

code=0
"$binary" "${args[@]}" || code=$?
echo "exit-code=$code" >>"$GITHUB_OUTPUT"
if [ -n "${EDGEPRIME_CHECK_SARIF:-}" ] && [ -f "$EDGEPRIME_CHECK_SARIF" ]; then
	echo "sarif=$EDGEPRIME_CHECK_SARIF" >>"$GITHUB_OUTPUT"
fi
exit "$code"
