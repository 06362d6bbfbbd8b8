# One command for each thing that one does here. `make` lists them.

SHELL := bash
.DEFAULT_GOAL := help
.PHONY: help quickstart test test-one e2e bench lint docs site install release release-twice prerequisites

help: ## List these commands
	@awk -F ':.*## ' '/^[a-z0-9-]+:.*## / { printf "  make %-14s %s\n", $$1, $$2 }' $(firstword $(MAKEFILE_LIST))

quickstart: prerequisites ## Plan, apply and destroy the example with real Terraform, a real Kubernetes API and a local AWS
	@scripts/with-counterparts.sh scripts/quickstart.sh

test: prerequisites ## Run every test; says at its end what the tests ran against
	@scripts/test.sh

test-one: prerequisites ## Run the tests whose name contains FILTER: `make test-one FILTER=launch_template::imports`
	@scripts/test-one.sh '$(FILTER)'

e2e: prerequisites ## Let a real Karpenter bring up nodes for pods that ask for slices; part of `make test`, too
	@scripts/e2e.sh

bench: prerequisites ## Measure speed, memory and size of the release binary against Terraform's own floor
	@scripts/bench.sh

lint: ## Check format, clippy, rustdoc, shell scripts; changes nothing
	@scripts/lint.sh

docs: prerequisites ## Write docs/, schemas/, man/ and completions/ again from the code and examples/
	@scripts/docs.sh

site: prerequisites ## Make the documentation as static pages in site/, with pictures and search
	@scripts/site.sh

install: ## Build the release binary and put it where terraform, tofu and pulumi look for it
	@scripts/install.sh

release: ## Make what the registries, Pulumi and people download: `make release VERSION=1.2.3`, optionally PLATFORMS="linux_amd64 ..."
	@PLATFORMS='$(PLATFORMS)' scripts/release.sh '$(VERSION)'

release-twice: ## Make a release again in other folders, and compare the bytes: `make release-twice VERSION=1.2.3`, of linux_amd64 or PLATFORMS
	@PLATFORMS='$(PLATFORMS)' scripts/release-twice.sh '$(VERSION)'

prerequisites:
	@scripts/prerequisites.sh
