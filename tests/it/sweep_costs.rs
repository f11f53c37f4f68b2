//! What the sweep costs, in calls and rows read: it follows what is due, and not what is stored.

use crate::app::{PASSWORD, TestApp};
use crate::opener::Opener;
use crate::raw;
use crate::sweep::due_months;
use shared::domain::time::{Timestamp, days, hours, minutes};
use shared::store::Table;
use shared::testing::SeededEntropy;
use std::sync::Arc;
use sweep::Report;

/// Rows that are due, of each kind.
const DUE: usize = 60;
/// Rows that are stored and not due.
const STORED: [usize; 2] = [200, 2_000];

/// What is due.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
enum Kind {
    Nothing,
    Verifications,
    Messages,
    Months,
    Notices,
    UnusedAccounts,
    CancelledAccounts,
}

/// Every kind; and the most requests and rows read that one row of it costs. The requests are what
/// it takes to end it: a look, its transactions, for an account the pages of what it leaves. To find
/// it takes two rows, the index's and its own, and a hundredth of two requests.
const BUDGETS: &[(Kind, f64, f64)] = &[
    (Kind::Nothing, 0.0, 0.0),
    (Kind::Verifications, 1.1, 2.1),
    // With the verification that each is about.
    (Kind::Messages, 2.2, 4.2),
    (Kind::Months, 1.1, 2.1),
    (Kind::Notices, 2.1, 6.3),
    (Kind::UnusedAccounts, 6.1, 24.0),
    (Kind::CancelledAccounts, 6.1, 23.0),
];
/// What a run costs beyond that, all slices together: eight requests and rows for each.
const RUN: f64 = 64.0;

impl Kind {
    /// Makes so many due.
    async fn prepare(self, app: &TestApp) {
        match self {
            Self::Nothing => {}
            Self::Verifications => ask_for_codes(app, minutes(10)).await,
            Self::Messages => ask_for_codes(app, hours(1)).await,
            Self::Months => due_months(app, i32::try_from(DUE).expect("few")).await,
            Self::Notices => {
                open_accounts(app, None).await;
                app.clock.advance(days(700));
            }
            Self::UnusedAccounts => {
                let told = app.world.ports.clock.now().plus(days(723));
                open_accounts(app, Some(told)).await;
                app.clock.advance(days(730));
            }
            Self::CancelledAccounts => {
                for token in open_accounts(app, None).await {
                    app.cancel(&token).await.expect(202);
                }
                while app.deliver().await.delivered > 0 {}
                app.clock.advance(days(7));
            }
        }
    }

    /// How many of its rows a sweep ended.
    const fn done(self, report: &Report) -> usize {
        match self {
            Self::Nothing => 0,
            Self::Verifications => report.expired,
            Self::Messages => report.messages,
            Self::Months => report.periods,
            Self::Notices => report.told,
            Self::UnusedAccounts | Self::CancelledAccounts => report.erased,
        }
    }
}

async fn ask_for_codes(app: &TestApp, ago: std::time::Duration) {
    for n in 0..DUE {
        let ask = TestApp::code_request(&format!("p{n}@example.org"));
        app.post("/v1/verifications").json(&ask).send().await.expect(202);
    }
    app.clock.advance(ago);
}

async fn open_accounts(app: &TestApp, told_at: Option<Timestamp>) -> Vec<String> {
    let opener = Opener::new(&app.world.ports, PASSWORD).await;
    let mut tokens = Vec::new();
    for n in 0..DUE {
        let (token, _) = opener.open(&format!("p{n}@example.org"), told_at).await;
        tokens.push(token.reveal().expose().to_owned());
    }
    tokens
}

/// What a sweep costs.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
struct Cost {
    requests: usize,
    rows_read: usize,
}

/// What it costs to end what is due among so many rows that are not. The same ids are drawn each
/// time, so that the same rows are in the same slices.
async fn cost(kind: Kind, stored: usize) -> Cost {
    let app = TestApp::with(|options| {
        options.entropy = Arc::new(SeededEntropy::of(1));
        options.config.erasures_per_hour = 1_000_000;
    })
    .await;
    raw::fill(&app, stored).await;
    kind.prepare(&app).await;
    app.faults.take_calls();
    let report = app.sweep().await;
    let due = if kind == Kind::Nothing { 0 } else { DUE };
    assert_eq!((kind.done(&report), report.failed, report.braked), (due, 0, 0), "{kind:?}");
    let calls = app.faults.take_calls();
    let rows_read = calls.iter().map(shared::testing::faults::Call::rows_read).sum();
    Cost { requests: calls.len(), rows_read }
}

#[tokio::test]
async fn c_5_3_the_cost_follows_what_is_due_and_not_what_is_stored() {
    for (kind, requests, rows) in BUDGETS {
        let [few, many] = [cost(*kind, STORED[0]).await, cost(*kind, STORED[1]).await];
        assert_eq!(few, many, "{kind:?}: ten times as much is stored");
        #[expect(clippy::cast_precision_loss, reason = "far below 2^52")]
        let [due, made, read] = [DUE, many.requests, many.rows_read].map(|n| n as f64);
        assert!(made <= requests * due + RUN, "{kind:?}: {many:?}");
        assert!(read <= rows * due + RUN, "{kind:?}: {many:?}");
    }
}

#[tokio::test]
async fn nothing_is_read_whole_by_the_sweep() {
    let app = TestApp::start().await;
    app.register("ada@example.org").await;
    app.clock.advance(days(701));
    app.faults.take_calls();
    app.sweep().await;
    let calls = app.faults.take_calls();
    assert!(calls.iter().all(|call| call.operation != "Scan"));
    let records = app.world.ports.store.name(Table::Records);
    let listed = calls.iter().filter(|call| call.operation == "Query");
    assert!(listed.filter(|call| call.tables == [records]).all(|call| call.index.is_some()));
}
