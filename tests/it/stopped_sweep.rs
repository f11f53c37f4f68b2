//! A worker that is killed in the middle of much work of every kind: others go on, each thing is
//! ended once, and the job's counts and ledger say so. A row that kills workers stands aside.

mod mixed;

use crate::app::TestApp;
use crate::log::Log;
use crate::sweep::due_months;
use crate::tables::Tables;
use personal_center::role::acting;
use shared::domain::inventory::Entity;
use shared::domain::period::Period;
use shared::domain::time::{days, hours, minutes};
use shared::ids::{SubjectId, SystemEntropy, VerificationId};
use shared::records::{subject, verification};
use shared::store::{Attr, Lane, Row, Transaction, When};
use shared::vault::Owner;
use std::collections::BTreeMap;
use sweep::{Bounds, Report};

const ADA: &str = "ada@example.org";
/// Rows of a run: what is due takes three.
const BOUNDS: Bounds = Bounds { rows: 60, time: minutes(4) };
/// Rows after which a worker notes how far it came: what a kill may leave uncounted.
const NOTED: i64 = 50;
/// How many of each there are, besides the person's own.
const EACH: u8 = 45;
/// How many calls lie between two stops, where every one would take minutes; in a smaller world
/// `mixed` stops after each.
const STEP: usize = 17;

/// Ada, who cancelled, and in her slice many verifications, months and unfinished erasures.
async fn much_is_due(app: &TestApp) -> u8 {
    let ada = app.register(ADA).await;
    app.cancel(&ada.token).await.expect(202);
    app.deliver().await;
    app.clock.advance(days(7));
    let shard = Lane::Sweep.shard_of(&format!("subject#{}", ada.id));
    let slice = shard.trim_start_matches("sweep#").parse().expect("a number");
    let (ports, entropy) = (&app.world.ports, SystemEntropy::default());
    for n in 0..EACH {
        // The three kinds take turns, so that any stop has some of each before and after it.
        let due = ports.clock.now().minus(minutes(100 - u64::from(n)));
        let due = |row: Row| row.with(Attr::DueShard, shard.clone()).with(Attr::DueAt, due);
        let id = VerificationId::draw(&entropy);
        let flow = Row::new(verification::key(&id), Entity::Verification)
            .with(Attr::EndsAt, ports.clock.now());
        let period = Period::Logs { year: 2000 + i32::from(n / 12), month: n % 12 + 1 };
        let month = Row::new(shared::vault::period::key(period), Entity::Period);
        let (_, flow_key) = ports.vault.mint(Owner::Flow(id)).await.expect("a key");
        let (_, month_key) = ports.vault.mint(Owner::Period(period)).await.expect("a key");
        let erased = SubjectId::draw(&entropy);
        let job = Row::new(subject::erasure(&erased), Entity::Erasure);
        let mut transaction = Transaction::new();
        transaction.put("key", flow_key, When::Absent).put("row", due(flow), When::Absent);
        transaction.put("key", month_key, When::Absent).put("row", due(month), When::Absent);
        transaction.put("job", due(job), When::Absent);
        ports.store.write(transaction).await.expect("a write");
    }
    slice
}

async fn run(app: &TestApp, slice: u8) -> Report {
    let run = sweep::sweep_slice(&app.world.ports, slice, BOUNDS);
    acting("sweep", run).await.unwrap_or_default()
}

/// Where a run is killed: before or after its `n`-th call.
#[derive(Clone, Copy, Debug)]
enum Kill {
    Before(usize),
    After(usize),
}

/// Runs as workers do, one after the other, until one is killed: nothing of it goes on, and nobody
/// hears of it.
async fn killed_at(app: &TestApp, slice: u8, kill: Kill) {
    app.faults.take_calls();
    let last = match kill {
        Kill::Before(n) => {
            app.faults.stop_before(n);
            n
        }
        Kill::After(n) => {
            app.faults.stop_after(n);
            n + 1
        }
    };
    // What follows is refused: as soon as it is tried, the worker is gone.
    let refused = async {
        while app.faults.called() <= last {
            tokio::task::yield_now().await;
        }
    };
    let workers = async {
        for _ in 0..3 {
            run(app, slice).await;
        }
    };
    tokio::select! {
        () = workers => panic!("{kill:?} is beyond the work"),
        () = refused => {}
    }
    app.faults.take_calls();
    app.faults.clear();
}

/// Runs until nothing is due, a while apart: what was put off has its turn.
async fn until_done(app: &TestApp, slice: u8) -> Report {
    let mut all = Report::default();
    for _ in 0..8 {
        all.add(run(app, slice).await);
        app.clock.advance(minutes(6));
    }
    assert_eq!(run(app, slice).await.taken(), 0, "nothing is due any more");
    all
}

/// Each thing is ended once, by the tables, the ledger, and what the job counted.
async fn assert_ended_once(app: &TestApp, stopped: bool) {
    let tables = Tables::read(app).await;
    for entity in [Entity::Verification, Entity::Erasure, Entity::Claim, Entity::Session] {
        assert_eq!(tables.count(entity), 0, "{}", entity.name());
    }
    // What is left is of the year and month that Ada's evidence and log-ins are sealed under.
    assert_eq!(tables.count(Entity::Period), 2);
    assert!(tables.data_keys().iter().all(|key| !key.starts_with("flow#")));
    let mut acts: BTreeMap<&str, usize> = BTreeMap::new();
    for act in tables.all_actions() {
        *acts.entry(act).or_default() += 1;
    }
    assert_eq!((acts["account.erased"], tables.count(Entity::Tombstone)), (1, 1));
    assert_eq!(tables.count(Entity::Message), 1, "one last message");
    assert_eq!(tables.count(Entity::Job), 1, "one slice had work");
    let job = tables.of_kind(Entity::Job).next().expect("a job");
    assert_eq!(job.text(Attr::State).expect("a state"), "done");
    let counts = job.numbers(Attr::Counts);
    let (erased, expired, periods) = (counts[0], counts[2], counts[4]);
    let (each, counted) = (i64::from(EACH), erased + expired + periods);
    if stopped {
        // What a killed worker did since its last note is done, and not counted; nothing twice.
        assert!(counted >= 3 * each + 1 - NOTED && acts["sweep.ended"] == 1, "{acts:?}");
        assert!(erased <= each + 1 && expired <= each && periods <= each);
    } else {
        assert_eq!((erased, expired, periods), (each + 1, each, each));
    }
    assert_eq!(acts["sweep.ended"], 1, "several runs are one job");
}

#[tokio::test]
async fn c_5_3_a_worker_killed_in_much_work_of_every_kind_is_followed_by_one_that_ends_it_once() {
    let app = TestApp::start().await;
    let slice = much_is_due(&app).await;
    app.faults.take_calls();
    let mut report = Report::default();
    for _ in 0..3 {
        report.add(run(&app, slice).await);
    }
    let calls = app.faults.take_calls().len();
    report.add(until_done(&app, slice).await);
    assert_eq!((report.taken(), report.failed), (usize::from(EACH) * 3 + 1, 0));
    assert_ended_once(&app, false).await;
    let mut stops = 0;
    for call in (0..calls - 1).step_by(STEP) {
        let app = TestApp::start().await;
        let slice = much_is_due(&app).await;
        let kill = if stops % 2 == 0 { Kill::Before(call) } else { Kill::After(call) };
        killed_at(&app, slice, kill).await;
        app.clock.advance(minutes(6));
        until_done(&app, slice).await;
        assert_ended_once(&app, true).await;
        stops += 1;
    }
    assert!(stops > 8, "{stops}");
}

/// Kills runs after ever later calls until one left this behind.
async fn killed_when(app: &TestApp, slice: u8, left: impl Fn(&Tables) -> bool) {
    let mut call = 0;
    loop {
        killed_at(app, slice, Kill::After(call)).await;
        if left(&Tables::read(app).await) {
            return;
        }
        call += 1;
    }
}

/// How often the first month was tried, which every run that takes it up dies of.
fn tries(tables: &Tables) -> i64 {
    let killer = shared::vault::period::key(Period::Logs { year: 2000, month: 1 });
    let row = tables.of_kind(Entity::Period).find(|row| row.key == killer);
    row.expect("it is never ended").number(Attr::Attempts).unwrap_or_default()
}

#[tokio::test]
async fn c_5_3_a_row_that_ends_every_run_stands_aside_and_raises_the_alarm() {
    let app = TestApp::start().await;
    due_months(&app, 3).await;
    let running = |tables: &Tables| {
        let job = tables.of_kind(Entity::Job).next();
        job.is_some_and(|job| job.text(Attr::State).is_ok_and(|state| state == "running"))
    };
    let log = Log::default();
    let guard = log.capture();
    let alarm = || String::from_utf8(log.taken()).expect("text").contains("sweep_row_fails");
    for tried in 1..=4 {
        // A run begins, and is killed at its first row; the next one puts it off before that.
        killed_when(&app, 3, running).await;
        killed_when(&app, 3, |tables| tries(tables) == tried).await;
        // It is out of the way of what is behind it.
        let ended = run(&app, 3).await.periods;
        assert_eq!(ended, if tried == 1 { 2 } else { 0 });
        assert!(!alarm(), "{tried}");
        app.clock.advance(hours(2));
    }
    killed_when(&app, 3, running).await;
    killed_when(&app, 3, |tables| tries(tables) == 5).await;
    assert!(alarm(), "the fifth try is told");
    drop(guard);
    app.clock.advance(hours(2));
    assert_eq!(run(&app, 3).await.periods, 1, "nothing is given up");
}
