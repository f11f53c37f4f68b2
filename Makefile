# How `sam build` builds a function: it calls `build-<logical id>`, and the logical id in lower case
# is the crate. Functions are built by package, so that none links what only another needs.
# People need cargo alone; nothing else uses this file.

TARGET := $(or $(CARGO_TARGET_DIR),target)

build-%: crate = $(shell printf '%s' '$*' | tr '[:upper:]' '[:lower:]')
build-%:
	cargo build --release --locked --package $(crate)
	cp $(TARGET)/release/$(crate) $(ARTIFACTS_DIR)/bootstrap
