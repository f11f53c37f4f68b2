//! The function's binary, run as Lambda runs it.

shared::job_binary! { "sweep" }
