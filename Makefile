# edgeprime. The two commands to know are `make demo` and `make test`; `make help` lists the rest.

SHELL := /bin/bash
.SHELLFLAGS := -euo pipefail -c
.DEFAULT_GOAL := help

GO           ?= go
LINT_VERSION := 2.15.0
LINT         := $(CURDIR)/.bin/golangci-lint
MUFFET_VERSION := 2.10.1
MUFFET       := $(CURDIR)/.bin/muffet
FUZZTIME     ?= 10s
BENCHTIME    ?= 1s
SEEDS        ?= 30
FIRST        ?= 1
MIN_COVER    ?= 80
# The race detector needs a C compiler; a machine without one still runs the tests.
RACE         := $(shell command -v gcc cc clang >/dev/null 2>&1 && echo -race)
# Folders whose test files match a pattern.
tested = $(shell grep -rlE --include='*_test.go' '$(1)' . | xargs -r -n1 dirname | sort -u)
E2E    = $(call tested,^//go:build e2e)
GOLDEN = $(call tested,flag.Bool."update")

.PHONY: help
help: ## list the targets
	@grep -hE '^[a-z0-9-]+:.*## ' $(MAKEFILE_LIST) | awk -F ':.*## ' '{printf "  %-14s %s\n", $$1, $$2}'

.PHONY: demo
demo: build ## the whole way on loopback, nothing to install
	@./edgeprime demo

.PHONY: build
build: ## build ./edgeprime
	@$(GO) build -trimpath -o edgeprime ./cmd/edgeprime

.PHONY: test
test: ## all tests that need Go only, in random order with the race detector
	@test -n "$(RACE)" || echo 'no C compiler: the race detector is off' >&2
	@$(GO) test $(RACE) -shuffle=on ./...

.PHONY: e2e
e2e: ## tests against real caches and a real browser; installs them when root on Debian
	@.ci/packages
	@test -n "$(E2E)" || { echo 'no test has the build tag e2e' >&2; exit 1; }
	@$(GO) test -count=1 -tags e2e -timeout 25m -p 1 $(E2E) # each package has the machine for itself: they measure

.PHONY: oracle
oracle: ## measure discovery against a real browser; ORACLE_RECORD=.bin/oracle/record.json reuses the last record
	@.ci/packages
	@ORACLE_RECORD=$(abspath $(ORACLE_RECORD)) $(GO) test -count=1 -tags e2e -timeout 25m -v -run Discovery ./fixtures/oracle

.PHONY: check
check: tidy fmt lint vet test build ## everything that a change must pass

.PHONY: tidy
tidy: ## fail when go.mod or go.sum is not tidy
	@$(GO) mod tidy -diff
	@$(GO) mod verify >/dev/null

.PHONY: fmt
fmt: tools ## fail when a file is not formatted; fix with make format
	@$(LINT) fmt --diff

.PHONY: format
format: tools ## format every file
	@$(LINT) fmt

.PHONY: lint
lint: tools ## run the linters
	@$(LINT) run ./...
	@$(LINT) run --build-tags e2e ./...

.PHONY: vet
vet: ## run go vet, with every build tag
	@$(GO) vet ./...
	@$(GO) vet -tags e2e ./...

.PHONY: tools
tools: ## install the pinned tools into .bin
	@"$(LINT)" version 2>/dev/null | grep -qF ' $(LINT_VERSION) ' || \
		GOBIN="$(CURDIR)/.bin" GOFLAGS= $(GO) install github.com/golangci/golangci-lint/v2/cmd/golangci-lint@v$(LINT_VERSION)

.PHONY: bench
bench: ## run every benchmark; BENCHTIME=1s each
	@$(GO) test -run '^$$' -bench . -benchmem -benchtime $(BENCHTIME) ./...

.PHONY: bench-sitemaps
bench-sitemaps: ## discover a million sitemap URLs; fails over 256 MiB, or over 1.2 times the CPU a URL of 10 000
	@$(GO) test -count=1 -tags e2e -v -run '^TestMillionSitemapURLs$$' ./cmd/edgeprime -cpu-ratio 1.2

.PHONY: bench-crawl
bench-crawl: ## crawl the Python manual beside wget and muffet; fails under twice the faster one's speed, over half of muffet's memory, or under 40 MB of HTML a CPU second
	@.ci/packages
	@test -x "$(MUFFET)" || GOBIN="$(CURDIR)/.bin" GOFLAGS= $(GO) install github.com/raviqqe/muffet/v2@v$(MUFFET_VERSION) || \
		echo 'muffet cannot be installed: the rest is measured, and this ends as a failure' >&2
	@$(GO) test -count=1 -tags e2e -v -run '^Test(Crawl|Extraction)Speed$$' ./cmd/edgeprime \
		-crawl-ratio 2 -memory-ratio 0.5 -extract 40 -muffet "$$(test ! -x "$(MUFFET)" || echo "$(MUFFET)")"

.PHONY: chaos
chaos: ## break launches in three regions, SEEDS=30 times; fails when the origin's limit breaks, or an observation is lost or doubled
	@mkdir -p .bin; status=0; $(GO) test -count=1 -tags e2e -timeout 60m -run '^TestChaos$$' ./cmd/edgeprime \
		-chaos-seeds $(SEEDS) -chaos-first $(FIRST) -chaos-line $(CURDIR)/.bin/chaos || status=1; cat .bin/chaos; exit $$status

.PHONY: rates
rates: ## prime a minute at 50, 200 and 1000 a second; fails under 95 percent of max_rps here, 70 behind round trips of 100 ms, or over it in any second
	@$(GO) test -count=1 -tags e2e -v -run '^TestPrimingRate$$' ./cmd/edgeprime -rate-time 60s -rate-here 0.95 -rate-far 0.70

.PHONY: fuzz
fuzz: ## run every fuzz target; FUZZTIME=10s each
	@grep -rhoE --with-filename --include='*_test.go' '^func Fuzz[A-Za-z0-9_]*' . | sort | \
	while IFS=: read -r file func; do \
		echo "$$(dirname "$$file") $${func#func }"; \
		$(GO) test -run '^$$' -fuzz "^$${func#func }$$" -fuzztime $(FUZZTIME) "$$(dirname "$$file")"; \
	done

.PHONY: cover
cover: ## measure coverage over all packages; fails under MIN_COVER=80 percent
	@$(GO) test -coverpkg=./... -coverprofile=cover.out ./... >/dev/null
	@$(GO) tool cover -func=cover.out | awk -v min=$(MIN_COVER) '\
		/^total:/ { print "coverage " $$3; if ($$3 + 0 < min) { print "under " min "%" > "/dev/stderr"; exit 1 } }'

.PHONY: golden
golden: ## write the golden files anew; look at the diff before you commit it
	@$(GO) test $(GOLDEN) -update
