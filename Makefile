# The doors of Ringback. `make help` lists them.
SHELL := /bin/bash
.DEFAULT_GOAL := help
.PHONY: help demo cluster test check bench bench-calls bench-dial bench-lists bench-pacing crash web shots build setup-demo setup-cluster setup-test setup-check generate clean

# Not ./...: npm packages may hold Go files of their own.
PACKAGES := ./cmd/... ./crm/... ./dialer/... ./internal/... ./telephony/... ./web

GO_FILES := $(shell find cmd crm dialer internal telephony web/embed.go -name '*.go' -not -name '*_test.go' 2>/dev/null)
EMBEDDED := $(shell find internal/postgres/migrations crm telephony -type f \( -name '*.sql' -o -name '*.yaml' -o -name '*.csv' -o -name '*.xlsx' -o -name '*.alaw' -o -name '*.wav' \) 2>/dev/null)
WEB_FILES := $(shell find web/src web/index.html web/vite.config.ts web/package-lock.json -type f 2>/dev/null)
STATICCHECK := go run honnef.co/go/tools/cmd/staticcheck@v0.8.2
GOFUMPT := go run mvdan.cc/gofumpt@v0.12.0

help: ## list the doors
	@grep -hE '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | awk -F':.*## ' '{printf "  make %-12s %s\n", $$1, $$2}'

demo: setup-demo build ## install what is needed, build, and run the demo (PORT=8080 DATA=./var ARGS=--reset)
	@exec bin/ringback demo $(if $(PORT),--port $(PORT)) $(if $(DATA),--data $(DATA)) $(ARGS)

cluster: setup-cluster build ## three servers, one database, one Redis, the demo's store and carrier (PORT=8080 DATA=./var/cluster NODES=3)
	@exec bin/ringback cluster $(if $(NODES),--nodes $(NODES)) $(if $(PORT),--port $(PORT)) $(if $(DATA),--data $(DATA)) $(ARGS)

# make check vets; symbols that only a debugger wants take long to link.
test: setup-test build web/node_modules/.stamp ## all tests with their own set-up (real Postgres, Redis, sipp, baresip, Chromium)
	cd web && npx --no-install vitest run
	go test -vet=off -ldflags='-s -w' -timeout 40m $(PACKAGES)

check: setup-check build web/node_modules/.stamp ## vet, lint, types, race, walls, generated files
	go vet $(PACKAGES)
	$(STATICCHECK) $(PACKAGES)
	@unformatted=$$($(GOFUMPT) -l cmd crm dialer internal telephony web/embed.go); \
	  if [ -n "$$unformatted" ]; then echo "not formatted (run: make generate):"; echo "$$unformatted"; exit 1; fi
	cd web && npx --no-install tsc --noEmit && npx --no-install eslint .
	bin/ringback openapi | diff -q - web/openapi.json >/dev/null || { echo "web/openapi.json is out of date: run make generate"; exit 1; }
	cd web && npx --no-install openapi-typescript openapi.json --default-non-nullable=false -o /tmp/ringback-types.$$$$.ts >/dev/null && \
	  diff -q /tmp/ringback-types.$$$$.ts src/api/types.ts || { echo "web/src/api/types.ts is out of date: run make generate"; exit 1; }
	CGO_ENABLED=1 go test -race -timeout 15m $(RACE)
	CGO_ENABLED=1 go test -race -timeout 15m -run '$(RACE_DIALER)' ./dialer

# Packages with goroutines of their own: the race detector is for them. Pacing and
# its simulator have none and would take minutes.
RACE := ./internal/events ./internal/live ./internal/redis ./telephony/... ./dialer/hopper ./internal/desk

# Of the dialer those tests that run its loops on several goroutines or nodes.
RACE_DIALER := ManyNodes|BrokenConnections|CapHolds|SlidingSecond|LostRedis|EmptiedHopper|Everyone|Wakes|Vanished|NeverInTwoCalls|Share|Drained|Preview

bench: bench-calls ## benchmarks; ratios within one run, nothing is asserted
	go test -run '^$$' -bench . -benchmem ./telephony/... ./dialer/... ./crm/... ./internal/...

# RINGBACK_BENCH_STATEMENTS=1 adds the dearest SQL statements.
bench-calls: setup-demo ## 200 calls at five a second: answer to audio, CPU per call, memory
	go test -run '^$$' -bench '^BenchmarkCalls$$' -benchtime 1x -timeout 10m ./cmd/ringback

crash: setup-test web/dist/index.html ## kill servers, Redis and PostgreSQL N times under a running campaign (N=1000 ONLY=Redis)
	RINGBACK_CRASH_CYCLES=$(or $(N),1000) RINGBACK_CRASH_ONLY='$(ONLY)' go test -count 1 -run '^TestWhateverIsKilledNobodyIsCalledTwice$$' -timeout 12h -v ./cmd/ringback

# RINGBACK_BENCH_PLANS=1 adds the query plans.
bench-lists: setup-demo ## search and lists on a million customers, by which indexes
	RINGBACK_BENCH_ROWS=$${RINGBACK_BENCH_ROWS:-1000000} go test -run '^$$' -bench '^BenchmarkLists$$' -benchtime 1x -timeout 30m ./crm/report

bench-dial: setup-test ## a million tasks, 15 stores, 300 agents, 60 calls a second: CPU per attempt, answer to agent, refills with plans, ticks
	RINGBACK_BENCH_TASKS=$${RINGBACK_BENCH_TASKS:-1000000} go test -run '^$$' -bench '^BenchmarkDial$$' -benchtime 1x -timeout 30m ./dialer

bench-pacing: ## PACING.md's table of talk shares, the reference in brackets
	go test ./dialer/sim -run '^TestTable$$' -count 1 -timeout 20m -v -table

web: web/dist/index.html ## build the console

shots: setup-test build web/node_modules/.stamp ## every page in both languages and sizes, into web/shots
	node web/scripts/shots.mjs

generate: build web/node_modules/.stamp ## formatting, OpenAPI, TypeScript types, schema.sql
	$(GOFUMPT) -w cmd crm dialer internal telephony web/embed.go
	bin/ringback openapi > web/openapi.json
	cd web && npx --no-install openapi-typescript openapi.json --default-non-nullable=false -o src/api/types.ts
	go test ./internal/postgres -run TestSchemaFile -update

build: bin/ringback bin/ringsim

bin/ringback: web/dist/index.html $(GO_FILES) $(EMBEDDED) go.mod go.sum
	go build -o $@ ./cmd/ringback

bin/ringsim: $(GO_FILES) $(EMBEDDED) go.mod go.sum
	go build -o $@ ./cmd/ringsim

web/node_modules/.stamp: web/package-lock.json web/package.json
	cd web && npm ci --no-audit --no-fund --loglevel=error
	@touch $@

web/dist/index.html: web/node_modules/.stamp $(WEB_FILES)
	cd web && npm run --silent build

setup-demo:
	@deploy/setup.sh demo

setup-cluster:
	@deploy/setup.sh cluster

setup-test:
	@deploy/setup.sh test

setup-check:
	@deploy/setup.sh check

clean: ## remove what was built (not ./var)
	rm -rf bin web/node_modules web/dist/assets web/dist/index.html web/shots
