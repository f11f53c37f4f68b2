# How `sam build` builds a function: it calls `build-<logical id>`, and the logical id in lower case
# is the crate. Functions are built by package, so that none links what only another needs.
# People need cargo alone; nothing else uses this file.
#
# PC_PROFILE=dev   builds for trying things on this machine: quickly, and large.
# PC_BUILD=…       builds by another command. Where a binary asks for a newer C library than Lambda
#                  has, which the look at it finds, one that links against an older one:
#                  pip install cargo-zigbuild ziglang
#                  PC_BUILD="cargo zigbuild --target x86_64-unknown-linux-gnu.2.34" \
#                  PC_OUT=target/x86_64-unknown-linux-gnu sam build
# PC_STRIP=…       strips by another command, where the binary is for another processor.
# PC_ARCHITECTURE  is the processor that the stage asks for, x86_64 or arm64; `cargo xtask deploy`
#                  says it. A binary for another one is refused, and where this machine has another
#                  one it is built across, as above:
#                  rustup target add aarch64-unknown-linux-gnu
#                  PC_BUILD="cargo zigbuild --target aarch64-unknown-linux-gnu.2.34" \
#                  PC_OUT=target/aarch64-unknown-linux-gnu PC_STRIP=aarch64-linux-gnu-strip

PROFILE := $(or $(PC_PROFILE),release)
BUILD := $(or $(PC_BUILD),cargo build)
ARCHITECTURE := $(or $(PC_ARCHITECTURE),x86_64)
STRIP := $(or $(PC_STRIP),strip)
OUT := $(or $(PC_OUT),$(CARGO_TARGET_DIR),target)
FOLDER := $(if $(filter dev,$(PROFILE)),debug,$(PROFILE))

build-%: crate = $(shell printf '%s' '$*' | tr '[:upper:]' '[:lower:]')
build-%:
	$(BUILD) --profile $(PROFILE) --locked --package $(crate)
	cargo xtask glibc --for $(ARCHITECTURE) "$(OUT)/$(FOLDER)/$(crate)"
	$(STRIP) -o "$(ARTIFACTS_DIR)/bootstrap" $(OUT)/$(FOLDER)/$(crate)
