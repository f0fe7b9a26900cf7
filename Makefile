# make demo       a whole two-site cluster on this machine, to play with
# make demo-down  stop it (its data stays; make demo-purge removes that too)
# make build      the programs, optimized, in $(BIN)
# make test       everything, real servers included
# make test-release  the tests of whole clusters, with the optimized programs that users run
# make bench      the time of `cctrl -e ls` beside others and its shares, the gaps of switches, in the demo,
#                 and those of failovers: FAILOVERS=20 of each kind
# make fuzz       INPUTS=10000000 seeded inputs for what reads lines and frames
# make memcheck   the shell under valgrind
# make soak       FAULTS=200 of every kind that this machine permits from SEED=1, then SWITCHES=250 at each site, all under load; then all servers
#                 are compared
# make install    PREFIX and DESTDIR as usual
# make format     rewrite the sources in the project's form; make lint only checks

PREFIX ?= /usr/local
DESTDIR ?=
SWIFT ?= swift

# Apart from .build, which holds the debug build and the tests: a static runtime would rebuild all of it each time.
SCRATCH = .build-release
BIN = $(SCRATCH)/release
SANDBOX = $(BIN)/cctrl-sandbox
PROGRAMS = cctrl cctrl-manager cctrl-sandbox
# Switches and failovers of each kind in a benchmark; faults of a soak, and what chance they come from; inputs of a fuzz run.
COUNT ?= 50
FAILOVERS ?= 20
FAULTS ?= 200
SEED ?= 1
INPUTS ?= 10000000

.PHONY: build packages demo demo-down demo-purge test test-release bench fuzz memcheck soak install format lint clean

build: packages
	@# The programs by name: what tests share cannot be built without the tests.
	@for program in $(PROGRAMS) cctrl-clock; do $(SWIFT) build -c release --static-swift-stdlib --scratch-path $(SCRATCH) \
	    --product $$program || exit 1; done

packages:
	@.ci/packages

demo: build
	@$(SANDBOX) up
	@eval "$$($(SANDBOX) env east1)"; echo; echo 'east1$$ cctrl -e ls'; cctrl -e ls
	@eval "$$($(SANDBOX) env west1)"; echo; echo 'west1$$ cctrl -e ls'; cctrl -e ls
	@echo
	@echo 'To go on:'
	@echo '  $(SANDBOX) shell east1      # a shell on the host east1; there: cctrl'
	@echo '  $(SANDBOX) status           # which processes run'
	@echo '  $(SANDBOX) kill east1/mysql # break something'
	@echo '  make demo-down'

demo-down:
	@test ! -x $(SANDBOX) || $(SANDBOX) down

demo-purge:
	@test ! -x $(SANDBOX) || $(SANDBOX) down --purge

test: packages
	@.ci/test

test-release: build
	@CCTRL_BINARIES=$(CURDIR)/$(BIN) .ci/test --filter IntegrationTests

bench: build
	@$(SANDBOX) up
	@$(SANDBOX) bench
	@# The second of each pair is the reference: the switch of a script, without hold and freeze.
	@for kind in '' --connect '--rate 0'; do for way in '' --naive; do \
	    echo; $(SANDBOX) switches --count $(COUNT) $$kind $$way || exit 1; done; done
	@echo; $(SANDBOX) switches --count 5 --blocked
	@# In a cluster of their own: two would share what this machine has.
	@$(SANDBOX) down
	@FAILOVERS=$(FAILOVERS) .ci/faults bench

fuzz: packages
	@$(SWIFT) run -c release --scratch-path $(SCRATCH) cctrl-fuzz $(INPUTS)

memcheck:
	@.ci/packages valgrind
	@CCTRL_MEMCHECK=1 .ci/test --filter MemoryTests

soak: build
	@FAULTS=$(FAULTS) SEED=$(SEED) .ci/faults soak
	@.ci/soak

install: build
	install -d $(DESTDIR)$(PREFIX)/bin
	for program in $(PROGRAMS); do \
	    install -m 755 -s $(BIN)/$$program $(DESTDIR)$(PREFIX)/bin/$$program || exit 1; done
	@# What sets the clock of a sandbox's host, which it looks for beside itself.
	install -m 644 $(BIN)/libcctrl-clock.so $(DESTDIR)$(PREFIX)/bin
	install -d $(DESTDIR)$(PREFIX)/share/bash-completion/completions $(DESTDIR)$(PREFIX)/share/zsh/site-functions \
	    $(DESTDIR)$(PREFIX)/share/fish/vendor_completions.d $(DESTDIR)$(PREFIX)/share/man/man1 \
	    $(DESTDIR)$(PREFIX)/share/man/man8 $(DESTDIR)$(PREFIX)/share/doc/cctrl
	install -m 644 completions/cctrl.bash $(DESTDIR)$(PREFIX)/share/bash-completion/completions/cctrl
	install -m 644 completions/_cctrl $(DESTDIR)$(PREFIX)/share/zsh/site-functions/_cctrl
	install -m 644 completions/cctrl.fish $(DESTDIR)$(PREFIX)/share/fish/vendor_completions.d/cctrl.fish
	install -m 644 man/*.1 $(DESTDIR)$(PREFIX)/share/man/man1
	install -m 644 man/*.8 $(DESTDIR)$(PREFIX)/share/man/man8
	install -m 644 README.md $(wildcard docs/*.md docs/*.json) $(DESTDIR)$(PREFIX)/share/doc/cctrl

format:
	$(SWIFT) format -i -r Package.swift Sources Tests

lint:
	$(SWIFT) format lint --strict -r Package.swift Sources Tests

clean:
	rm -rf .build $(SCRATCH)
