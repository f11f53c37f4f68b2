//! The newest C library that a binary asks for, against the one that Lambda has.
//!
//! A binary that asks for more does not start there, and does on a newer Debian: so it is read off
//! the binary, wherever that was built.

use std::path::Path;
use std::process::Command;

use crate::run::{self, Outcome};

/// The C library of Amazon Linux 2023, which is what the runtime `provided.al2023` is.
const OLDEST: (u32, u32) = (2, 34);

/// Looks at the binaries that are named behind the step: `cargo xtask glibc BINARY…`.
pub(crate) fn step(root: &Path) -> Outcome {
    let binaries: Vec<_> = std::env::args().skip(2).collect();
    if binaries.is_empty() {
        return Err("name binaries: `cargo xtask glibc target/release/register`".to_owned());
    }
    binaries.iter().try_for_each(|binary| fits(&root.join(binary)))
}

/// Fails where a binary asks for a newer C library than Lambda has, or for none at all.
pub(crate) fn fits(binary: &Path) -> Outcome {
    let read = run::capture(Command::new("objdump").arg("-p").arg(binary))?;
    judge(&binary.display().to_string(), &String::from_utf8_lossy(&read))
}

fn judge(binary: &str, headers: &str) -> Outcome {
    match newest(headers) {
        None => Err(format!("{binary} asks for no C library that `objdump -p` would know")),
        Some(version) if version > OLDEST => {
            let ((major, minor), (known, has)) = (version, OLDEST);
            Err(format!(
                "{binary} asks for version {major}.{minor} of the C library, and Lambda has \
                 {known}.{has}; the Makefile says how to link against an older one"
            ))
        }
        Some(_) => Ok(()),
    }
}

/// The newest version among those that `objdump -p` lists as `GLIBC_2.34`.
fn newest(headers: &str) -> Option<(u32, u32)> {
    let names = headers.split_whitespace().filter_map(|word| word.strip_prefix("GLIBC_"));
    let version = |name: &str| {
        let (major, minor) = name.split_once('.')?;
        // There are versions of three parts: 2.2.5.
        let minor = minor.split('.').next()?;
        Some((major.parse().ok()?, minor.parse().ok()?))
    };
    names.filter_map(version).max()
}

#[cfg(test)]
mod tests {
    use super::*;

    const HEADERS: &str = "Version References:
  required from libc.so.6:
    0x069691b4 0x00 08 GLIBC_2.34
    0x09691a75 0x00 02 GLIBC_2.2.5
    0x069691b9 0x00 04 GLIBC_2.9
  required from libgcc_s.so.1:
    0x0b792650 0x00 03 GCC_3.0
";

    #[test]
    fn versions_are_numbers_and_the_newest_decides() {
        assert_eq!(newest(HEADERS), Some((2, 34)));
        assert!(judge("x", HEADERS).is_ok());
    }

    #[test]
    fn a_binary_that_would_not_start_is_refused() {
        let problem = judge("x", &HEADERS.replace("2.9\n", "2.38\n")).unwrap_err();
        assert!(problem.contains("2.38"), "{problem}");
        assert!(judge("x", "file format elf64-x86-64").is_err(), "nothing was read");
    }
}
