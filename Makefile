# How `sam build` builds a function: it calls `build-<logical id>`, and the logical id in lower case
# is the crate. Functions are built by package, so that none links what only another needs.
# People need cargo alone; nothing else uses this file.
#
# PC_PROFILE=dev   builds for trying things on this machine: quickly, and large.
# PC_BUILD=…       builds by another command. Where a binary asks for a newer C library than Lambda
#                  has, which the last line finds, one that links against an older one:
#                  pip install cargo-zigbuild ziglang
#                  PC_BUILD="cargo zigbuild --target x86_64-unknown-linux-gnu.2.34" \
#                  PC_OUT=target/x86_64-unknown-linux-gnu sam build

PROFILE := $(or $(PC_PROFILE),release)
BUILD := $(or $(PC_BUILD),cargo build)
OUT := $(or $(PC_OUT),$(CARGO_TARGET_DIR),target)
FOLDER := $(if $(filter dev,$(PROFILE)),debug,$(PROFILE))

build-%: crate = $(shell printf '%s' '$*' | tr '[:upper:]' '[:lower:]')
build-%:
	$(BUILD) --profile $(PROFILE) --locked --package $(crate)
	strip -o "$(ARTIFACTS_DIR)/bootstrap" $(OUT)/$(FOLDER)/$(crate)
	cargo xtask glibc "$(ARTIFACTS_DIR)/bootstrap"
