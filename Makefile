# Each target is a line or two that a person could type.
GO ?= go

.PHONY: build check test race golden fuzz bench demo same

build: ## the binary, static, version from git
	CGO_ENABLED=0 $(GO) build -trimpath -o truce ./cmd/truce

check: ## format, vet, tidy
	@test -z "$$(gofmt -l $$(git ls-files '*.go'))" || { gofmt -l $$(git ls-files '*.go'); exit 1; }
	$(GO) vet ./...
	$(GO) mod tidy -diff

test: check ## everything, without network or clock
	$(GO) test ./...
