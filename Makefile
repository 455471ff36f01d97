# `make` alone prints what one may do.
.DEFAULT_GOAL := help
.PHONY: help check test demo bench docs

help: ## this list
	@grep -E '^[a-z]+:.*##' $(MAKEFILE_LIST) | sed 's/:.*## /\t/' | expand -t 10

check: ## format, lint, types, layers, unused code, docs freshness
	npm run -s check

test: ## the tests, against a real RabbitMQ too
	npm test

demo: ## the main job on real input
	npm run -s demo

bench: ## Warren against the raw ceiling, as ratios
	npm run -s bench

docs: ## make the generated documents anew
	npm run -s docs
