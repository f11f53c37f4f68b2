//! What a binary asks for, against what Lambda has: the newest C library, and the processor.
//!
//! A binary that asks for more does not start there, and does on a newer Debian: so it is read off
//! the binary, wherever that was built.

use std::fs::File;
use std::io::Read as _;
use std::path::Path;
use std::process::Command;

use crate::run::{self, Outcome};

/// The C library of Amazon Linux 2023, which is what the runtime `provided.al2023` is.
const OLDEST: (u32, u32) = (2, 34);

/// Where the Makefile is told the processor of a stage; else that is the template's own value.
pub(crate) const ARCHITECTURE: &str = "PC_ARCHITECTURE";
/// The template's own value.
pub(crate) const USUAL: &str = "x86_64";

/// Processors: as the template, Rust and the header of a binary name them.
const MACHINES: &[(&str, &str, u16)] = &[("x86_64", "x86_64", 62), ("arm64", "aarch64", 183)];

/// The processor of this machine, as the template names it.
pub(crate) fn own() -> &'static str {
    let rust = std::env::consts::ARCH;
    MACHINES.iter().find(|(_, name, _)| *name == rust).map_or(rust, |(name, ..)| name)
}

/// Looks at the binaries that are named behind the step, `cargo xtask glibc BINARY…`, and where they
/// are for a stage also at their processor, `cargo xtask glibc --for arm64 BINARY…`.
pub(crate) fn step(root: &Path) -> Outcome {
    let mut words = std::env::args().skip(2).peekable();
    let wanted = words.next_if(|word| word == "--for").and_then(|_| words.next());
    let binaries: Vec<_> = words.collect();
    if binaries.is_empty() {
        return Err("name binaries: `cargo xtask glibc target/release/register`".to_owned());
    }
    binaries.iter().map(|binary| root.join(binary)).try_for_each(|binary| {
        wanted.iter().try_for_each(|wanted| is_for(&binary, wanted))?;
        fits(&binary)
    })
}

/// Fails where a binary is for another processor than the stage's: Lambda would not start it.
fn is_for(binary: &Path, wanted: &str) -> Outcome {
    let mut head = [0; 20];
    let read = File::open(binary).and_then(|mut file| file.read_exact(&mut head));
    read.map_err(|error| format!("{}: {error}", binary.display()))?;
    let there = processor(head).unwrap_or("another processor");
    if there == wanted {
        return Ok(());
    }
    Err(format!(
        "{} is built for {there}, and the stage's Architecture is {wanted} ({ARCHITECTURE}); the \
         Makefile says how to build for another processor",
        binary.display()
    ))
}

/// The processor in the first bytes of a binary.
fn processor(head: [u8; 20]) -> Option<&'static str> {
    let [0x7f, b'E', b'L', b'F', .., low, high] = head else { return None };
    let machine = u16::from_le_bytes([low, high]);
    MACHINES.iter().find(|(.., known)| *known == machine).map(|(name, ..)| *name)
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
    fn a_binary_for_another_processor_is_refused() {
        let test = std::env::current_exe().unwrap();
        assert!(is_for(&test, own()).is_ok(), "{}", own());
        let other = if own() == "arm64" { "x86_64" } else { "arm64" };
        let problem = is_for(&test, other).unwrap_err();
        assert!(
            problem.contains(&format!("for {}", own())) && problem.contains(other),
            "{problem}"
        );
        assert!(is_for(Path::new("Cargo.toml"), own()).unwrap_err().contains("another processor"));
        // The template has these processors, and the one that a build takes unless it is told.
        let template = include_str!("../../../template.yaml");
        let names: Vec<_> = MACHINES.iter().map(|(name, ..)| *name).collect();
        let line = format!("    Default: {USUAL}\n    AllowedValues: [{}]\n", names.join(", "));
        assert!(template.contains(&line), "{line}");
        let makefile = include_str!("../../../Makefile");
        assert!(makefile.contains("\n\tcargo xtask glibc --for $(ARCHITECTURE) "));
        let told = format!("\nARCHITECTURE := $(or $({ARCHITECTURE}),{USUAL})\n");
        assert!(makefile.contains(&told), "{told}");
    }

    #[test]
    fn a_binary_that_would_not_start_is_refused() {
        let problem = judge("x", &HEADERS.replace("2.9\n", "2.38\n")).unwrap_err();
        assert!(problem.contains("2.38"), "{problem}");
        assert!(judge("x", "file format elf64-x86-64").is_err(), "nothing was read");
    }
}
