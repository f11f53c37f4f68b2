//! Captures what is logged on a test's thread.

use std::cell::RefCell;
use std::io::{self, Write};
use std::sync::{Arc, Mutex, Once};
use tracing_subscriber::Layer;
use tracing_subscriber::filter::dynamic_filter_fn;
use tracing_subscriber::layer::SubscriberExt;
use tracing_subscriber::util::SubscriberInitExt;

thread_local! {
    /// Where this thread's lines go.
    static SINK: RefCell<Option<Log>> = const { RefCell::new(None) };
}

/// Everything that any crate logs on this test's thread, at any level.
#[derive(Clone, Default)]
pub(crate) struct Log(Arc<Mutex<Vec<u8>>>);

/// Captures until it is dropped.
pub(crate) struct Guard;

impl Drop for Guard {
    fn drop(&mut self) {
        SINK.set(None);
    }
}

impl Write for Log {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0.lock().expect("no panic before").extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

impl Log {
    /// Captures until the guard is dropped.
    ///
    /// One subscriber serves the whole process: those set for a thread come and go with other
    /// tests, and take what is cached about a place in the code with them.
    pub(crate) fn capture(&self) -> Guard {
        static INSTALL: Once = Once::new();
        INSTALL.call_once(|| {
            let writer = || SINK.with_borrow(|sink| sink.clone().unwrap_or_default());
            let lines = tracing_subscriber::fmt::layer().with_ansi(false).with_writer(writer);
            let here = dynamic_filter_fn(|_, _| SINK.with_borrow(Option::is_some));
            tracing_subscriber::registry().with(lines.with_filter(here)).init();
        });
        SINK.set(Some(self.clone()));
        Guard
    }

    /// What was logged since the last taking.
    pub(crate) fn taken(&self) -> Vec<u8> {
        std::mem::take(&mut self.0.lock().expect("no panic before"))
    }
}
