# Crosscut. `make` alone lists what can be made.
SHELL := /bin/sh
export CROSSCUT_HOME ?= $(CURDIR)/.crosscut
CROSSCUT := .venv/bin/crosscut
MANIFEST := src/crosscut/site/static/build/manifest.json
PAGE_SOURCES := $(wildcard package.json package-lock.json vite.config.ts tsconfig.json) $(shell find frontend -type f 2>/dev/null)

.DEFAULT_GOAL := help
.PHONY: help demo run test unit check bench doctor docs messages channel lock

help: ## list what can be made
	@sed -n 's/^\([a-z]*\):.*## /\1\t/p' $(MAKEFILE_LIST) | while IFS="$$(printf '\t')" read -r name about; do printf '  make %-9s %s\n' "$$name" "$$about"; done

demo: .venv/run.stamp $(MANIFEST) ## install, start everything, play the worked campaign, stay up
	@exec $(CROSSCUT) demo

run: .venv/run.stamp $(MANIFEST) ## install and start everything, with what you have made so far
	@exec $(CROSSCUT) up

test: .venv/test.stamp $(MANIFEST) ## install what the tests need and run everything
	@scripts/test-needs & needs=$$!; scripts/check; checked=$$?; wait $$needs && [ $$checked = 0 ] && scripts/test

unit: .venv/test.stamp $(MANIFEST) ## run the everyday tests, those beside the code
	@scripts/test src -m "not browser and not peer and not fault"

check: .venv/test.stamp ## style, types, layers: what needs no run
	@scripts/check

bench: .venv/test.stamp $(MANIFEST) ## run the benchmarks, or one: make bench NAME=pages
	@scripts/bench $(NAME)

doctor: .venv/run.stamp ## say what is here, what is missing and how to get it
	@$(CROSSCUT) doctor

docs: .venv/test.stamp ## write the reference pages anew from the code
	@.venv/bin/python scripts/reference.py

messages: .venv/run.stamp ## collect every sentence for translators
	@.venv/bin/python scripts/messages.py

channel: .venv/run.stamp ## begin a channel of your own: make channel NAME=example
	@.venv/bin/python scripts/channel.py $(NAME)

lock: .venv/run.stamp ## choose package versions anew
	@scripts/lock

.venv/run.stamp: requirements/run.lock requirements/tools.lock pyproject.toml
	@scripts/environment requirements/run.lock
	@touch $@

.venv/test.stamp: requirements/test.lock requirements/tools.lock pyproject.toml
	@scripts/environment requirements/test.lock
	@touch $@ .venv/run.stamp

$(MANIFEST): $(PAGE_SOURCES) | .venv/run.stamp
	@scripts/pages
	@[ ! -f $@ ] || touch $@
