//! Logs: one JSON line per event, without personal data.

use tracing_subscriber::filter::LevelFilter;

/// Starts logging as JSON lines to standard error; Lambda stamps the time on each. A second call
/// changes nothing.
pub fn start() {
    let _already = tracing_subscriber::fmt()
        .json()
        .with_max_level(LevelFilter::INFO)
        .with_current_span(false)
        .with_span_list(false)
        .with_target(false)
        .without_time()
        .flatten_event(true)
        .with_writer(std::io::stderr)
        .try_init();
}
