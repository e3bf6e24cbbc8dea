# Each target is a line or two that a person could type.
GO ?= go
FUZZTIME ?= 30s
STATICCHECK ?= honnef.co/go/tools/cmd/staticcheck@v0.8.2
# The packages whose own tests must notice most mutants.
MUTANTS ?= audit internal/ledger internal/release internal/assess

.PHONY: demo-viina truce-bench mutants laws ui browser pictures load build check test race golden fuzz bench demo demo-alaska same lint vuln dist torture interop

PORT ?= 8471

demo: ui build ## a truce that was in force, Syria 2016: a summary, a report with a map, and the room at http://localhost:8471 (PORT=8480 for another)
	./truce demo
	./truce serve out/demo/mission --demo --addr 127.0.0.1:$(PORT)

demo-alaska: ui build ## twelve days of August 2025 against terms that nobody has signed
	./truce demo alaska
	./truce serve out/demo-alaska/mission --demo --addr 127.0.0.1:$(PORT)

demo-viina: build ## months of VIINA 2.0 to play with, fetched once: MONTHS="202401 202402"; then ./truce serve out/viina/mission
	$(GO) run ./bin/viina $(MONTHS)

test: check ## format, vet, tidy, and every test; needs no network once modules are there
	$(GO) test ./...

ui: ## the pages' scripts and fonts, where npm is; without it pages work, and the map says how to build it
	@command -v npm >/dev/null || { echo "npm is not here: the room's map, live news and passkeys are left out"; exit 0; }; \
		cd internal/web/ui && { [ -f node_modules/.package-lock.json ] && [ node_modules/.package-lock.json -nt package-lock.json ] || npm ci --no-audit --no-fund --ignore-scripts; } && npm run --silent build

build: ## the binary, static
	CGO_ENABLED=0 $(GO) build -trimpath -o truce ./cmd/truce

check: ## gofmt, vet, tidy
	@test -z "$$(gofmt -l $$(git ls-files '*.go'))" || { gofmt -l $$(git ls-files '*.go'); exit 1; }
	$(GO) vet ./...
	$(GO) mod tidy -diff

lint: ## staticcheck; fetches it
	$(GO) run $(STATICCHECK) ./...

vuln: ## govulncheck; fetches it and its data, by the module proxy
	./bin/vuln

race: ## the tests that share memory, under the race detector
	$(GO) test -race ./internal/... ./cmd/...

laws: ## what takes longer: every command and form writes every kind of entry; every example of --help is carried out; every field of every form gets what people mistype; bodies by the thousand against a running room; SURVIVAL=10000 for a night
	TRUCE_LAWS=1 $(GO) test ./cmd/truce -run 'TestScripts/everything|TestEverythingBesideARoom|TestEveryForm|TestExamples' -count=1
	TRUCE_LAWS=1 TRUCE_SURVIVAL=$(or $(SURVIVAL),200) $(GO) test ./internal/web -run 'TestHonest|TestNoFormFails|TestSurvival|TestMirrorsSeeTheSame|TestNonInterference' -rapid.checks=10 -count=1 -timeout 6h

mutants: ## how many small faults the tests of audit, ledger, release and assess notice, 85 % at least: doc/testing.md; SAMPLE=200 SEED=7 for some of them
	$(GO) run ./bin/mutants -go $(GO) $(if $(SAMPLE),-sample $(SAMPLE) -seed $(or $(SEED),1)) $(addprefix ./,$(MUTANTS))

golden: ## rewrite expected output, then read the difference
	$(GO) test ./internal/source ./internal/report ./cmd/truce -update && git diff --stat

fuzz: ## each fuzz target for FUZZTIME
	GO="$(GO)" ./bin/fuzz $(FUZZTIME)

torture: ## a writer killed 1,000 times under load, and every write failed in every way
	TRUCE_TORTURE=$(or $(TIMES),1000) TRUCE_FAULTS=all $(GO) test ./internal/ledger -run 'TestTorture|TestFaultLayer' -count=1 -timeout 60m -v

interop: ## the record and the lists against programs that others wrote; fetches them, and uses ogrinfo and xmllint where they are
	cd interop && $(GO) vet . && $(GO) test -count=1 -v .

truce-bench: ## the program that measures; not part of the product
	CGO_ENABLED=0 $(GO) build -trimpath -o truce-bench ./cmd/truce-bench

bench: truce-bench ## from CSV to findings, five formats of files, and the record: 100,000 and 1,000,000 observations; then the Go benchmarks
	./truce-bench findings
	./truce-bench formats
	./truce-bench record
	$(GO) test -run '^$$' -bench . -benchmem ./...

same: ## one digest of the demo under other processors, zones, languages and versions of Go
	./bin/same

VERSION ?= $(shell git describe --tags --always --dirty 2>/dev/null || echo dev)

dist: ui ## release archives for Linux, macOS and Windows with SHA256SUMS, in out/dist (VERSION=v1.2.3)
	$(GO) run ./bin/dist -go $(GO) -version $(VERSION)

pictures: ui build ## the pictures of the README, from the demo (needs Chromium and npm)
	node internal/web/ui/pictures.mjs

browser: ui build truce-bench ## each role's day through the room in a real browser (needs Chromium and npm)
	cd internal/web/ui && TRUCE=$(CURDIR)/truce TRUCE_BENCH=$(CURDIR)/truce-bench node --test --test-concurrency=1 test/

load: build truce-bench ## a room under 200 readers, 20 writers and an attack by 60, then killed: OBSERVATIONS=1000000 FOR=5m for the large one
	./truce-bench load --observations $(or $(OBSERVATIONS),0) --for $(or $(FOR),45s)
