//! Logs and metrics: one JSON line per event, without personal data.

pub mod metrics;
mod work;

pub(crate) use work::CountCalls;
pub use work::{Work, measured};

use std::io::{self, Write};
use tracing::field::{Field, Visit};
use tracing::{Event, Subscriber};
use tracing_subscriber::Layer;
use tracing_subscriber::filter::{LevelFilter, filter_fn};
use tracing_subscriber::layer::{Context, SubscriberExt};
use tracing_subscriber::util::SubscriberInitExt;

/// Starts logging as JSON lines to standard error; Lambda stamps the time on each. A second call
/// changes nothing.
pub fn start() {
    let lines = tracing_subscriber::fmt::layer()
        .json()
        .with_current_span(false)
        .with_span_list(false)
        .with_target(false)
        .without_time()
        .flatten_event(true)
        .with_writer(io::stderr)
        .with_filter(filter_fn(|of| of.target() != metrics::TARGET));
    let layers = lines.and_then(Documents.with_filter(LevelFilter::INFO));
    let _already = tracing_subscriber::registry().with(LevelFilter::INFO).with(layers).try_init();
}

/// Prints metrics as they are: each is a document of its own, whose form CloudWatch fixes.
struct Documents;

impl<S: Subscriber> Layer<S> for Documents {
    fn on_event(&self, event: &Event<'_>, _: Context<'_, S>) {
        if event.metadata().target() == metrics::TARGET {
            event.record(&mut Printed);
        }
    }
}

/// Prints the one field that a metric has.
struct Printed;

impl Visit for Printed {
    fn record_str(&mut self, field: &Field, value: &str) {
        if field.name() == metrics::FIELD {
            // A closed log loses the line, not the work.
            let _lost = writeln!(io::stderr().lock(), "{value}");
        }
    }

    fn record_debug(&mut self, _: &Field, _: &dyn std::fmt::Debug) {}
}
