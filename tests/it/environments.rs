//! Several environments over one engine, each with root keys of its own in memory, and what a
//! rotation of those leaves.

use crate::app::TestApp;
use crate::rights::Watched;
use crate::rows::of;
use personal_center::Options;
use personal_center::role::acting;
use shared::Ports;
use shared::domain::inventory::Entity;
use shared::domain::time::minutes;
use shared::rotation::{self, Begun, Bounds, Progress, Stage};
use shared::store::{Attr, Row, Table};
use shared::testing::FixedClock;
use shared::vault::RootUse;
use shared::vault::kms::Kms;
use std::future::poll_fn;
use std::net::IpAddr;
use std::sync::{Arc, Mutex};
use std::task::Poll;

/// A world, and what another environment of it needs.
pub(crate) struct Environments {
    pub(crate) app: TestApp,
    kms: Arc<dyn Kms>,
}

impl Environments {
    pub(crate) async fn start(change: impl FnOnce(&mut Options)) -> Self {
        let slot: Arc<Mutex<Option<Arc<dyn Kms>>>> = Arc::default();
        let inside = slot.clone();
        let app = TestApp::with(|options| {
            change(options);
            options.wrap_kms = Box::new(move |kms| {
                *inside.lock().expect("no panic before") = Some(Arc::new(Watched(kms.clone())));
                kms
            });
        });
        let app = app.await;
        let kms = slot.lock().expect("no panic before").take().expect("a key service");
        Self { app, kms }
    }

    /// The key service.
    pub(crate) fn kms(&self) -> Arc<dyn Kms> {
        self.kms.clone()
    }

    /// Another environment: it has nothing in memory yet.
    pub(crate) fn another(&self) -> TestApp {
        self.another_with(self.app.clock.clone())
    }

    /// Another environment whose clock shows another time.
    pub(crate) fn another_with(&self, clock: Arc<FixedClock>) -> TestApp {
        let ports = &self.app.world.ports;
        let (config, store) = (ports.config.clone(), ports.store.clone());
        let entropy = ports.entropy.clone();
        let mut world = self.app.world.clone();
        world.ports = Ports::new(config, clock.clone(), entropy, store, self.kms.clone());
        TestApp {
            router: world.router(),
            world,
            clock,
            faults: self.app.faults.clone(),
            folder: tempfile::tempdir().expect("a folder"),
            source: IpAddr::from([203, 0, 113, 8]),
        }
    }
}

/// Begins a rotation that nothing is in the way of.
pub(crate) async fn begin(app: &TestApp, usage: RootUse) {
    let begun = rotation::begin(&app.world.ports, usage);
    let begun = acting("sweep", begun).await.expect("begins");
    assert!(matches!(begun, Begun::Begun(p) if p.stage == Stage::Announced), "{begun:?}");
}

/// Goes on with a rotation, as far as it is due.
pub(crate) async fn advance(app: &TestApp, usage: RootUse) -> Progress {
    let run = rotation::advance(&app.world.ports, usage, Bounds::default());
    acting("sweep", run).await.expect("goes on")
}

/// Waits until the next stage is due, and goes on.
pub(crate) async fn next_stage(app: &TestApp, usage: RootUse) -> Progress {
    app.clock.advance(minutes(10));
    advance(app, usage).await
}

/// Goes on until the root before is out of use.
pub(crate) async fn to_the_rest(app: &TestApp, usage: RootUse) {
    let mut runs = 0;
    while next_stage(app, usage).await.stage != Stage::Resting {
        runs += 1;
        assert!(runs < 10, "the rotation ends");
    }
}

/// The root that the pointer of a use names.
pub(crate) async fn current(app: &TestApp, usage: RootUse) -> String {
    let pointer = format!("current#{}", usage.name());
    let rows = of(app, Table::Roots).await;
    let row = rows.iter().find(|row| row.key.pk == pointer).expect("a pointer");
    row.text(Attr::Current).expect("its target").to_owned()
}

/// The row of a root, where it is still there.
pub(crate) async fn root(app: &TestApp, usage: RootUse, id: &str) -> Option<Row> {
    let pk = format!("{}#{id}", usage.name());
    of(app, Table::Roots).await.into_iter().find(|row| row.key.pk == pk)
}

/// How many data keys are wrapped under a branch.
pub(crate) async fn under(app: &TestApp, branch: &str) -> usize {
    let wrapped = |row: &Row| {
        let wrapped = row.bytes(Attr::Wrapped).expect("wrapped").to_vec();
        &wrapped[1..27] == branch.as_bytes()
    };
    let rows = of(app, Table::Keys).await;
    rows.iter().filter(|row| row.entity == Entity::DataKey && wrapped(row)).count()
}

/// The claims there are.
pub(crate) async fn claims(app: &TestApp) -> Vec<String> {
    let rows = of(app, Table::Keys).await.into_iter();
    rows.filter(|row| row.entity == Entity::Claim).map(|row| row.key.pk).collect()
}

/// The row of a rotation's job, where there is one.
pub(crate) async fn job(app: &TestApp, usage: RootUse) -> Option<Row> {
    let pk = format!("job#rotation#{}", usage.name());
    of(app, Table::Records).await.into_iter().find(|row| row.key.pk == pk)
}

/// The stage that a rotation's job is in, without going on.
pub(crate) async fn stage(app: &TestApp, usage: RootUse) -> Option<String> {
    let row = job(app, usage).await?;
    Some(row.text(Attr::State).expect("a stage").to_owned())
}

/// Runs a future until it was polled so often, and drops it: nothing of it goes on.
pub(crate) async fn cut_off<T>(future: impl Future<Output = T>, polls: usize) -> Option<T> {
    let mut future = Box::pin(future);
    let mut left = polls;
    poll_fn(|context| {
        if left == 0 {
            return Poll::Ready(None);
        }
        left -= 1;
        future.as_mut().poll(context).map(Some)
    })
    .await
}
