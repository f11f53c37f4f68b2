//! Captures what any crate logs on a test's thread, at any level.
//!
//! One subscriber serves the whole process: subscribers that come and go race with call sites that
//! other tests' threads register, and such a call site stays silent.

use std::cell::RefCell;
use std::fmt::{Debug, Write};
use std::sync::Once;
use tracing::field::{Field, Visit};
use tracing::span::{Attributes, Id, Record};
use tracing::subscriber::{Interest, Subscriber};
use tracing::{Event, Metadata};

thread_local! {
    static LINES: RefCell<Option<String>> = const { RefCell::new(None) };
}

/// The log of the thread that made it, until it is dropped.
pub(crate) struct Log(());

impl Log {
    pub(crate) fn capture() -> Self {
        static INSTALLED: Once = Once::new();
        INSTALLED.call_once(|| {
            tracing::subscriber::set_global_default(ByThread).expect("the only one");
        });
        tracing::callsite::rebuild_interest_cache();
        LINES.set(Some(String::new()));
        Self(())
    }

    /// What was logged since the last taking, a line for each event and each span.
    #[expect(clippy::unused_self, reason = "there is a log where there is one of these")]
    pub(crate) fn taken(&self) -> String {
        LINES.with_borrow_mut(|lines| lines.replace(String::new()).unwrap_or_default())
    }
}

impl Drop for Log {
    fn drop(&mut self) {
        LINES.set(None);
    }
}

/// Writes to the log of the thread, where there is one.
struct ByThread;

/// A line: where it is from, and every field.
struct Line(String);

impl Line {
    fn of(metadata: &Metadata<'_>) -> Self {
        Self(format!("{} {} {}", metadata.level(), metadata.target(), metadata.name()))
    }

    fn end(self) {
        LINES.with_borrow_mut(|lines| {
            if let Some(lines) = lines {
                lines.push_str(&self.0);
                lines.push('\n');
            }
        });
    }
}

impl Visit for Line {
    fn record_debug(&mut self, field: &Field, value: &dyn Debug) {
        let _infallible = write!(self.0, " {field}={value:?}");
    }

    fn record_str(&mut self, field: &Field, value: &str) {
        let _infallible = write!(self.0, " {field}={value}");
    }
}

impl Subscriber for ByThread {
    fn register_callsite(&self, _: &'static Metadata<'static>) -> Interest {
        Interest::sometimes()
    }

    fn enabled(&self, _: &Metadata<'_>) -> bool {
        LINES.with_borrow(Option::is_some)
    }

    fn new_span(&self, span: &Attributes<'_>) -> Id {
        let mut line = Line::of(span.metadata());
        span.record(&mut line);
        line.end();
        Id::from_u64(1)
    }

    fn record(&self, _: &Id, values: &Record<'_>) {
        let mut line = Line("recorded".to_owned());
        values.record(&mut line);
        line.end();
    }

    fn event(&self, event: &Event<'_>) {
        let mut line = Line::of(event.metadata());
        event.record(&mut line);
        line.end();
    }

    fn record_follows_from(&self, _: &Id, _: &Id) {}

    fn enter(&self, _: &Id) {}

    fn exit(&self, _: &Id) {}
}
