//! The roots that AWS endpoints chain to. `roots.pem` has them, and the compiler reads it: a start
//! has nothing left to read.

use rustls::RootCertStore;
use rustls::pki_types::{Der, TrustAnchor};

const PEM: &[u8] = include_bytes!("../roots.pem");
/// What the file decodes to, in a place that is large enough, and how long it is.
const DECODED: ([u8; PEM.len()], usize) = decoded(PEM);
/// The certificates, one after the other.
static CERTIFICATES: [u8; DECODED.1] = *DECODED.0.split_at(DECODED.1).0.first_chunk().unwrap();
/// Of each its subject and its key.
static ROOTS: [(&[u8], &[u8]); count(&CERTIFICATES)] = roots(&CERTIFICATES);

/// Who is trusted.
pub(super) fn trusted() -> RootCertStore {
    let roots = ROOTS.iter().map(|(subject, key)| TrustAnchor {
        subject: Der::from_slice(subject),
        subject_public_key_info: Der::from_slice(key),
        name_constraints: None,
    });
    RootCertStore { roots: roots.collect() }
}

/// Decodes what is between the lines that begin with a hyphen. Beside it there may be anything.
const fn decoded(pem: &[u8]) -> ([u8; PEM.len()], usize) {
    let (mut der, mut length) = ([0; PEM.len()], 0);
    let (mut at, mut inside) = (0, false);
    let (mut held, mut bits) = (0_u32, 0);
    while at < pem.len() {
        let begins = at == 0 || pem[at - 1] == b'\n';
        if begins && pem[at] == b'-' {
            inside = pem[at + 5] == b'B';
            (held, bits) = (0, 0);
            while pem[at] != b'\n' {
                at += 1;
            }
        } else if inside && pem[at] != b'\n' && pem[at] != b'=' {
            held = (held << 6) | digit(pem[at]);
            bits += 6;
            if bits >= 8 {
                bits -= 8;
                [.., der[length]] = (held >> bits).to_be_bytes();
                length += 1;
            }
        }
        at += 1;
    }
    (der, length)
}

/// The value of a digit of base 64; anything else does not compile.
#[expect(clippy::panic, reason = "the compiler's, never a start's")]
const fn digit(letter: u8) -> u32 {
    let value = match letter {
        b'A'..=b'Z' => letter - b'A',
        b'a'..=b'z' => letter - b'a' + 26,
        b'0'..=b'9' => letter - b'0' + 52,
        b'+' => 62,
        b'/' => 63,
        _ => panic!("roots.pem is no PEM"),
    };
    value as u32
}

const fn count(der: &[u8]) -> usize {
    let (mut at, mut count) = (0, 0);
    while at < der.len() {
        at = content(der, at).1;
        count += 1;
    }
    count
}

const fn roots<const COUNT: usize>(der: &[u8]) -> [(&[u8], &[u8]); COUNT] {
    let (mut roots, mut at, mut done) = ([(der, der); COUNT], 0, 0);
    while done < COUNT {
        roots[done] = root(der, at);
        at = content(der, at).1;
        done += 1;
    }
    roots
}

/// The subject and the key of the certificate that begins at a place (RFC 5280, section 4.1). None
/// has constraints on names, which would be needed too: the test compares.
const fn root(der: &[u8], at: usize) -> (&[u8], &[u8]) {
    let (certificate, _) = content(der, at);
    let (mut at, _) = content(der, certificate);
    let version = 0xA0;
    if der[at] == version {
        at = content(der, at).1;
    }
    // Serial number, signature, issuer, validity.
    let mut skipped = 0;
    while skipped < 4 {
        at = content(der, at).1;
        skipped += 1;
    }
    let subject = content(der, at);
    let key = content(der, subject.1);
    (part(der, subject), part(der, key))
}

/// Where the content of the value begins that is at a place, and where it ends.
const fn content(der: &[u8], at: usize) -> (usize, usize) {
    let first = der[at + 1] as usize;
    if first < 0x80 {
        return (at + 2, at + 2 + first);
    }
    // The length has a length.
    let (begin, mut next, mut length) = (at + 2 + (first - 0x80), at + 2, 0);
    while next < begin {
        length = length * 256 + der[next] as usize;
        next += 1;
    }
    (begin, begin + length)
}

const fn part(der: &[u8], (begin, end): (usize, usize)) -> &[u8] {
    der.split_at(end).0.split_at(begin).1
}

#[cfg(test)]
mod tests {
    use super::*;
    use rustls::pki_types::CertificateDer;
    use rustls::pki_types::pem::PemObject;

    #[test]
    fn the_roots_are_those_that_rustls_reads_from_the_file() {
        let mut read = RootCertStore::empty();
        for certificate in CertificateDer::pem_slice_iter(PEM) {
            read.add(certificate.expect("PEM")).expect("a certificate");
        }
        assert_eq!(trusted().roots, read.roots);
        assert_eq!(ROOTS.len(), 12);
    }
}
