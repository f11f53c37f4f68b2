//! Answers that hold a secret: rendered into a buffer that is overwritten when the last part of it
//! is dropped.

use super::catalogue::ProblemKind;
use super::problem::Problem;
use axum::body::Bytes;
use axum::http::{HeaderValue, header};
use axum::response::{IntoResponse, Response};
use serde::Serialize;
use std::io;
use zeroize::{Zeroize, Zeroizing};

/// Room for every answer that holds a secret.
const ROOM: usize = 1024;

/// A JSON answer that holds a secret.
pub struct SecretJson<T>(pub T);

impl<T: Serialize> IntoResponse for SecretJson<T> {
    fn into_response(self) -> Response {
        match render(&self.0) {
            Ok(body) => {
                let kind = HeaderValue::from_static("application/json");
                ([(header::CONTENT_TYPE, kind)], body).into_response()
            }
            Err(_) => Problem::new(ProblemKind::Internal).into_response(),
        }
    }
}

/// Renders a value as JSON that is overwritten when dropped.
pub(super) fn render(value: &impl Serialize) -> serde_json::Result<Bytes> {
    let mut buffer = Buffer::with_room(ROOM);
    serde_json::to_writer(&mut buffer, value)?;
    Ok(zeroed(buffer.0))
}

/// Bytes that share a buffer, which is overwritten when the last of them is dropped.
pub(super) fn zeroed<B>(buffer: Zeroizing<B>) -> Bytes
where
    B: Zeroize + AsRef<[u8]> + Send + 'static,
{
    Bytes::from_owner(buffer)
}

/// A buffer that leaves no copy behind when it grows.
struct Buffer(Zeroizing<Vec<u8>>);

impl Buffer {
    fn with_room(bytes: usize) -> Self {
        Self(Zeroizing::new(Vec::with_capacity(bytes)))
    }
}

impl io::Write for Buffer {
    fn write(&mut self, part: &[u8]) -> io::Result<usize> {
        let needed = self.0.len() + part.len();
        if needed > self.0.capacity() {
            let mut larger = Self::with_room(2 * needed);
            larger.0.extend_from_slice(&self.0);
            // The smaller one is overwritten here.
            *self = larger;
        }
        self.0.extend_from_slice(part);
        Ok(part.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::personal::Secret;
    use std::sync::Arc;
    use std::sync::atomic::{AtomicBool, Ordering};

    /// Bytes that tell when they are overwritten.
    struct Watched(Vec<u8>, Arc<AtomicBool>);

    impl Zeroize for Watched {
        fn zeroize(&mut self) {
            self.0.zeroize();
            self.1.store(self.0.iter().all(|byte| *byte == 0), Ordering::SeqCst);
        }
    }

    impl AsRef<[u8]> for Watched {
        fn as_ref(&self) -> &[u8] {
            &self.0
        }
    }

    #[test]
    fn c_7_2_a_body_is_overwritten_with_its_last_part() {
        let overwritten = Arc::new(AtomicBool::new(false));
        let watched = Watched(b"canary".to_vec(), overwritten.clone());
        let body = zeroed(Zeroizing::new(watched));
        let part = body.slice(2..);
        drop(body);
        assert!(!overwritten.load(Ordering::SeqCst), "a part is still on its way");
        assert_eq!(&part[..], b"nary");
        drop(part);
        assert!(overwritten.load(Ordering::SeqCst));
    }

    #[test]
    fn c_7_2_a_buffer_that_grows_moves_whole() {
        let text = "c\"anary".repeat(300);
        let mut buffer = Buffer::with_room(4);
        let secret = Secret::new(text.clone());
        serde_json::to_writer(&mut buffer, &secret).expect("JSON");
        let back: String = serde_json::from_slice(&buffer.0).expect("JSON");
        assert_eq!(back, text);
    }

    #[test]
    fn c_7_2_an_answer_with_a_secret_has_room_for_it() {
        // A buffer that has room from the start is the one that was made: nothing was moved.
        let longest = Secret::new("x".repeat(ROOM - 2));
        let mut buffer = Buffer::with_room(ROOM);
        let place = buffer.0.as_ptr();
        serde_json::to_writer(&mut buffer, &longest).expect("JSON");
        assert_eq!((buffer.0.as_ptr(), buffer.0.len()), (place, ROOM));
    }
}
