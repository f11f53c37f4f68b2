//! Wrappers that keep personal values and secrets out of logs, errors and debug output.

use serde::{Deserialize, Serialize};
use std::fmt;
use zeroize::Zeroize;

/// A personal value: it has no `Display`, and its `Debug` prints no content.
#[derive(Clone, Eq, PartialEq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Personal<T>(T);

impl<T> Personal<T> {
    /// Marks a value as personal.
    pub const fn new(value: T) -> Self {
        Self(value)
    }

    /// The value itself. Each use is a place to look at in a review.
    pub const fn expose(&self) -> &T {
        &self.0
    }
}

impl<T> fmt::Debug for Personal<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Personal(..)")
    }
}

/// A secret text: it prints nothing and is overwritten when dropped.
#[derive(Clone, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Secret(String);

impl Secret {
    /// Marks a text as secret.
    pub const fn new(value: String) -> Self {
        Self(value)
    }

    /// The text itself. Each use is a place to look at in a review.
    pub fn expose(&self) -> &str {
        &self.0
    }
}

impl fmt::Debug for Secret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Secret(..)")
    }
}

impl Drop for Secret {
    fn drop(&mut self) {
        self.0.zeroize();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn c_7_2_debug_output_shows_no_value() {
        let shown = format!("{:?} {:?}", Personal::new("canary"), Secret::new("canary".into()));
        assert_eq!(shown, "Personal(..) Secret(..)");
    }
}
