//! Five years of a thousand people: at the end nothing is there past its end, and nothing is
//! missing before it, by the retention function.
//!
//! People are made by the function that registration uses, with a password hash of the lowest cost,
//! so that time goes into the years and not into hashing, and which no log-in renews; everything else they do goes over HTTP.

mod acts;
mod ends;
mod people;
mod post;
mod written;

use crate::app::TestApp;
use crate::sweep::invoke;
use crate::tables::Tables;
use crate::{raw, referee};
use people::People;
use personal_center::ledger::export;
use personal_center::role::acting;
use serde_json::json;
use shared::domain::time::days;
use shared::ledger::verify::verify;
use shared::vault::password::Cost;
use std::time::Duration;
use written::Written;

/// How many people there are in the end, and how many periods: months of logs, and the first two
/// years of evidence. At the referee's, which takes its time, there are fewer, and in one month
/// of theirs nobody comes by.
fn scale() -> (usize, usize) {
    if referee::is_on() { (100, 53 + 2) } else { (1_000, 54 + 2) }
}

/// Fortnights that are simulated.
const FORTNIGHTS: usize = 5 * 26;
/// Fortnights in which people register.
const OPEN: usize = 100;
/// How often the sweep comes, where it comes every five minutes in life. Any end may be as late as
/// the next sweep, and none later, that of an unused account neither: the last notice is due a week
/// before, so the sweep that gives it comes before the end, and the next one, a week after, has
/// waited the week that the notice leaves. Were it to come less often than once a week, the notices
/// would be late, and the end with them.
const RHYTHM: Duration = days(7);

/// Every slice at once, as its workers do.
async fn sweep(app: &TestApp) -> sweep::Report {
    let mut workers = Vec::new();
    for slice in 0..sweep::SLICES {
        let ports = app.world.ports.clone();
        let bounds = sweep::Bounds::default();
        workers.push(tokio::spawn(async move {
            acting("sweep", sweep::sweep_slice(&ports, slice, bounds)).await.expect("sweeps")
        }));
    }
    let mut report = sweep::Report::default();
    for worker in workers {
        report.add(worker.await.expect("no panic"));
    }
    report
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn c_5_3_after_five_years_nothing_is_past_its_end_and_nothing_is_missing_before_it() {
    let written = Written::default();
    let recorder = written.clone();
    let app = TestApp::with(move |options| {
        recorder.listen(options);
        options.config.least_hash = Cost { memory_kib: 0, passes: 0 };
    })
    .await;
    let ((most, periods), mut people) = (scale(), People::new(&app, 2026).await);
    let mut report = sweep::Report::default();
    for fortnight in 0..FORTNIGHTS {
        let registering = if fortnight < OPEN { most / OPEN } else { 0 };
        people.live_a_week(registering).await;
        report.add(sweep(&app).await);
        app.clock.advance(RHYTHM);
        if fortnight % 40 == 20 {
            invoke(&app, json!({"rotate": "branch"})).await;
        }
        report.add(sweep(&app).await);
    }
    people.live_the_last_day().await;
    report.add(sweep(&app).await);
    assert_eq!(people.all.len(), most);
    assert_eq!((report.failed, report.braked), (0, 0));
    let now = app.world.ports.clock.now();
    raw::broom(&app, now).await;

    let verified = verify(&export(&app.world.ports).await.expect("an export"));
    assert_eq!(verified.findings, []);
    Tables::sound(&app).await;
    let left = ends::Left::read(&app).await;
    left.nothing_is_past_its_end();
    assert!(left.nothing_is_missing(&written) > most);
    let counted = left.people_are_as_they_should(&people.all, &written);
    // The years had something of everything, and so has their end.
    let delivered = people.delivered;
    eprintln!("{report:?} {delivered:?} {counted:?} {} rows ever", written.count());
    assert!(report.erased > most / 4 && report.told > most / 4 && report.moved > most / 20);
    assert!(report.settled > most / 50 && report.expired > 0 && report.messages > most / 50);
    assert!([delivered.delivered, delivered.failed, delivered.dead].iter().all(|n| *n > most / 50));
    for lot in ["cancelled", "in use", "unused"] {
        assert!(counted[lot] > most / 50, "{lot}: {counted:?}");
    }
    for lot in ends::LEFT {
        assert!(counted.get(lot).is_some_and(|n| *n > 0), "{lot}: {counted:?}");
    }
    assert_eq!(report.periods, periods);
    assert!(report.rotated >= 2 * 3, "each rotation went through its stages");
}
