//! Both channels against servers that speak the protocol, and break it in every place.

#![expect(clippy::expect_used, reason = "a test that cannot go on has failed")]

mod certificates;
mod letters;
mod peer;
mod smtp;
mod smtp_faults;
mod smtp_tls;
mod webhook;
