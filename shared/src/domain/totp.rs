//! Codes of authenticator apps (RFC 6238), as every app makes them: SHA-1, six digits, half a
//! minute.

use super::personal::Secret;
use super::time::Timestamp;
use data_encoding::BASE32_NOPAD;
use totp_rs::{Algorithm, Builder, Totp};
use zeroize::Zeroizing;

/// Seconds of a step.
pub const STEP_SECS: u64 = 30;
/// Steps before and after the present one whose codes fit too: clocks differ (RFC 6238, 5.2).
const SKEW: u16 = 1;
/// Bytes of a secret (RFC 4226, 4: 160 bits).
pub const SECRET_BYTES: usize = 20;
/// Whose the codes are, as the app shows it.
const ISSUER: &str = "OpenDataLab";

/// The step that a code is of, where it fits at `now` and is newer than the last one that was used.
/// `None` as well where the secret is none.
pub fn step_of(secret: &Secret, code: &str, (now, used): (Timestamp, Option<u64>)) -> Option<u64> {
    let at = u64::try_from(now.secs()).ok()?;
    let step = totp(secret)?.check(code.trim(), at)?;
    used.is_none_or(|used| step > used).then_some(step)
}

fn totp(secret: &Secret) -> Option<Totp> {
    let bytes = Zeroizing::new(BASE32_NOPAD.decode(secret.expose().as_bytes()).ok()?);
    let bytes: [u8; SECRET_BYTES] = bytes.as_slice().try_into().ok()?;
    let totp = Builder::new()
        .with_algorithm(Algorithm::SHA1)
        .with_digits(6)
        .with_step_duration(STEP_SECS)
        .with_skew(SKEW)
        .with_secret(totp_rs::Secret::new_stack(bytes));
    totp.build().ok()
}

/// A secret as apps take it.
pub fn secret(bytes: &[u8; SECRET_BYTES]) -> Secret {
    Secret::new(BASE32_NOPAD.encode(bytes))
}

/// The address that an app reads the secret from, mostly as a QR code. The account goes by a part
/// of its random id: an app may replace an entry by one of the same name.
pub fn uri(secret: &Secret, account: &str) -> Secret {
    let name = &account[..account.len().min(8)];
    Secret::new(
        ["otpauth://totp/", ISSUER, ":", name, "?secret=", secret.expose(), "&issuer=", ISSUER]
            .concat(),
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The secret of RFC 6238, appendix B.
    fn of_the_rfc() -> Secret {
        secret(b"12345678901234567890")
    }

    fn step(code: &str, secs: i64, used: Option<u64>) -> Option<u64> {
        step_of(&of_the_rfc(), code, (Timestamp::from_secs(secs), used))
    }

    #[test]
    fn c_7_3_codes_are_those_of_the_rfc() {
        // Its table has eight digits; apps show the last six.
        for (secs, code) in [
            (59, "287082"),
            (1_111_111_109, "081804"),
            (1_234_567_890, "005924"),
            (2_000_000_000, "279037"),
            (20_000_000_000, "353130"),
        ] {
            let of = u64::try_from(secs).expect("a time") / STEP_SECS;
            assert_eq!(step(code, secs, None), Some(of));
            assert_eq!(step(&format!(" {code} "), secs, None), Some(of));
        }
    }

    #[test]
    fn c_7_3_a_code_fits_one_step_before_and_after_and_once() {
        let (code, of) = ("287082", 1);
        for (secs, fits) in [(0, true), (30, true), (89, true), (90, false), (120, false)] {
            assert_eq!(step(code, secs, None), fits.then_some(of), "{secs}");
        }
        assert_eq!(step(code, 59, Some(0)), Some(of));
        for used in [of, of + 1] {
            assert_eq!(step(code, 59, Some(used)), None, "{used}");
        }
        for other in ["", "28708", "2870820", "+28708", "28708a", "２８７０８２"] {
            assert_eq!(step(other, 59, None), None, "{other}");
        }
    }

    #[test]
    fn a_secret_of_another_form_fits_nothing() {
        for text in ["", "a", "GEZDGNBV", "not base 32!"] {
            let secret = Secret::new(text.to_owned());
            assert_eq!(step_of(&secret, "287082", (Timestamp::from_secs(59), None)), None);
        }
    }

    #[test]
    fn the_address_of_a_secret_names_no_person() {
        let uri = uri(&of_the_rfc(), "abcdefghijklm");
        let secret = "GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ";
        let expected =
            format!("otpauth://totp/OpenDataLab:abcdefgh?secret={secret}&issuer=OpenDataLab");
        assert_eq!(uri.expose(), expected);
    }
}
