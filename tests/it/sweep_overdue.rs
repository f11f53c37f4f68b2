//! How long work has been overdue, as the sweep measures it for an alarm.

use crate::app::TestApp;
use crate::log::Log;
use shared::domain::time::minutes;

/// The values of a metric in what was logged, the largest first.
pub(crate) fn values(log: &Log, metric: &str) -> Vec<u64> {
    let said = String::from_utf8_lossy(&log.taken()).replace('\\', "");
    let metric = format!("\"{metric}\":");
    let values = said.split(&metric).skip(1);
    let digits = |rest: &str| rest.split(|c: char| !c.is_ascii_digit()).next()?.parse().ok();
    let mut values: Vec<u64> = values.filter_map(digits).collect();
    values.sort_unstable_by(|a, b| b.cmp(a));
    values
}

#[tokio::test]
async fn c_5_3_every_slice_says_how_long_its_oldest_work_has_been_due() {
    let log = Log::default();
    let _guard = log.capture();
    let measured = |log| values(log, "sweep_oldest_overdue_secs");
    let app = TestApp::start().await;
    app.code("ada@example.org").await;
    app.sweep().await;
    assert_eq!(measured(&log), [0; 8], "nothing is due, and the metric is there");
    // The code's ten minutes, and ninety in which nothing ran.
    app.clock.advance(minutes(100));
    app.sweep().await;
    assert_eq!(measured(&log), [5_400, 0, 0, 0, 0, 0, 0, 0]);
    app.sweep().await;
    assert_eq!(measured(&log), [0; 8], "it was ended");
}
