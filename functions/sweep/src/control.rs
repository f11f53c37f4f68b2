//! What an operator tells the sweep: stop, go on, how far it is, and to release the brake.

use crate::SLICES;
use crate::job::{self as state, RUNNING, STOPPED, is_stopped};
use crate::report::Report;
use serde_json::{Value, json};
use shared::brake::{self, Brake, Released};
use shared::domain::time::Timestamp;
use shared::error::Result;
use shared::ids::RequestId;
use shared::ledger::{Action, Book, Facts};
use shared::ports::Ports;
use shared::records::job::{self, CONTROL};
use shared::store::{Attr, Row, Transaction};

/// Stops every worker at its next look, and lets none begin.
pub(crate) async fn stop(ports: &Ports) -> Result<Value> {
    set(ports, (STOPPED, Action::SweepStopped)).await
}

/// Lets workers go on where they stopped.
pub(crate) async fn start(ports: &Ports) -> Result<Value> {
    set(ports, (RUNNING, Action::SweepStarted)).await
}

/// Sets the control row, and enters who did; nothing where it is so already.
async fn set(ports: &Ports, (wanted, action): (&'static str, Action)) -> Result<Value> {
    let [row] = ports.store.get(&[job::sweep(CONTROL)]).await?;
    let stop = wanted == STOPPED;
    if is_stopped(row.as_ref()) != stop {
        let now = ports.clock.now();
        let request = RequestId::draw(&*ports.entropy);
        let next = job::after(row.as_ref(), job::sweep(CONTROL))
            .with(Attr::State, wanted)
            .with(Attr::At, now);
        let mut transaction = Transaction::new();
        state::put(&mut transaction, next);
        let facts = Facts::of("C-5.3", &[], request.as_str());
        let book = Book::of_sweep(ports, CONTROL, now).await?;
        book.enter_job(&mut transaction, action, ("operator", &facts))?;
        ports.store.write(transaction).await?;
    }
    Ok(json!({"stopped": stop}))
}

/// How far each slice is, whether all are stopped, and whether the brake is on.
pub(crate) async fn status(ports: &Ports) -> Result<Value> {
    let slices = (0..SLICES).map(|slice| job::sweep(&slice.to_string()));
    let keys: Vec<_> = std::iter::once(job::sweep(CONTROL)).chain(slices).collect();
    let rows = ports.store.get_all(&keys).await?;
    let [control, slices @ ..] = &rows[..] else { return Ok(Value::Null) };
    let slices: Vec<_> = (0..).zip(slices).map(|(n, row)| slice(n, row.as_ref())).collect();
    let brake = match brake::state(ports).await? {
        Brake::Off => json!({"on": false}),
        Brake::On { since, first_release } => json!({
            "on": true, "since": since.rfc3339(),
            "first_release": first_release.map(Timestamp::rfc3339),
        }),
    };
    Ok(json!({"stopped": is_stopped(control.as_ref()), "brake": brake, "slices": slices}))
}

fn slice(number: u8, row: Option<&Row>) -> Value {
    let Some(row) = row else { return json!({"slice": number, "state": "never run"}) };
    let time = |attr| row.time(attr).ok().map(Timestamp::rfc3339);
    json!({
        "slice": number,
        "state": state::state(row),
        "begun_at": time(Attr::BegunAt),
        "ended_at": time(Attr::EndedAt),
        "come_to": time(Attr::Cursor),
        "did": Report::of_counts(&row.numbers(Attr::Counts)),
    })
}

/// Releases the brake, or says from when on a second release counts.
pub(crate) async fn release_brake(ports: &Ports) -> Result<Value> {
    let request = RequestId::draw(&*ports.entropy);
    Ok(match brake::let_go(ports, request.as_str()).await? {
        Released::WasOff => json!({"brake": "off", "was": "off"}),
        Released::Once(at) => json!({"brake": "on", "second_release_from": at.rfc3339()}),
        Released::TooSoon(at) => {
            json!({"brake": "on", "too_soon": true, "second_release_from": at.rfc3339()})
        }
        Released::Off => json!({"brake": "off"}),
    })
}
