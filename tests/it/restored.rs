//! Copies of tables, and the service over them, as after a restore from a backup.

use crate::app::TestApp;
use crate::environments::Environments;
use crate::rows;
use aws_sdk_dynamodb::config::SharedHttpClient;
use personal_center::engine::create_tables;
use serde_json::{Value, json};
use shared::Ports;
use shared::domain::time::minutes;
use shared::store::{Row, Store, Table, Transaction, When, connect};

/// A backup: the rows of a table as they were.
pub(crate) struct Backup {
    table: Table,
    rows: Vec<Row>,
}

/// Takes a backup of a table.
pub(crate) async fn back_up(app: &TestApp, table: Table) -> Backup {
    Backup { table, rows: rows::of(app, table).await }
}

/// Restores backups to new tables, and points a new environment of the service at them.
pub(crate) async fn restore(world: &Environments, backups: &[&Backup], suffix: &str) -> TestApp {
    let mut app = world.another();
    let ports = &app.world.ports;
    let mut config = ports.config.clone();
    for backup in backups {
        *match backup.table {
            Table::Records => &mut config.tables.records,
            Table::Keys => &mut config.tables.keys,
            Table::Roots => &mut config.tables.roots,
            Table::Ledger => &mut config.tables.ledger,
        } += suffix;
    }
    let client = connect(app.world.database(), SharedHttpClient::new(app.faults.clone()));
    create_tables(&client, &config).await.expect("tables");
    let store = Store::new(client, config.tables.clone(), ports.entropy.clone());
    for rows in backups.iter().flat_map(|backup| backup.rows.chunks(50)) {
        let mut transaction = Transaction::new();
        for row in rows {
            transaction.put("copy", row.clone(), When::Absent);
        }
        store.write(transaction).await.expect("a write");
    }
    let (clock, entropy) = (ports.clock.clone(), ports.entropy.clone());
    app.world.ports = Ports::new(config, clock, entropy, store, world.kms());
    app.router = app.world.router();
    app.faults.take_calls();
    app
}

/// What an operator tells the restore, by an event of `sweep`; gives the answer.
pub(crate) async fn tell(app: &TestApp, command: Value) -> Result<Value, String> {
    let event = json!({"restore": command});
    let answer = sweep::respond(&app.world.ports, event, sweep::Bounds::default()).await;
    answer.map_err(|error| error.chain())
}

/// Begins, waits, and lets the schedule look; gives what was counted.
pub(crate) async fn look(app: &TestApp) -> Value {
    let begun = tell(app, json!({"do": "begin"})).await.expect("begins");
    assert_eq!((&begun["stage"], &begun["open"]), (&json!("announced"), &json!(false)));
    app.clock.advance(minutes(10));
    app.sweep().await;
    let looked = tell(app, json!({"do": "status"})).await.expect("a status");
    assert_eq!(looked["stage"], "looked");
    looked["counts"].clone()
}

/// Applies what was looked at, until the service is open; gives what was counted.
pub(crate) async fn apply(app: &TestApp, counts: &Value) -> Value {
    let confirmed = json!({"do": "apply", "lost": counts["lost"], "failed": counts["failed"]});
    tell(app, confirmed).await.expect("applies");
    app.sweep().await;
    let done = tell(app, json!({"do": "status"})).await.expect("a status");
    assert_eq!((&done["stage"], &done["open"]), (&json!("open"), &json!(true)), "{done}");
    done["counts"].clone()
}

/// Restores the records, and brings them to where they were.
pub(crate) async fn restored(world: &Environments, backup: &Backup) -> (TestApp, Value) {
    let app = restore(world, &[backup], "-restored").await;
    let counts = look(&app).await;
    assert_eq!((&counts["lost"], &counts["failed"]), (&json!(0), &json!(0)), "{counts}");
    let done = apply(&app, &counts).await;
    for name in ["people", "erased", "withdrawn", "resets", "contacts", "cancellations"] {
        assert_eq!(done[name], counts[name], "{name}: the look counts what is done");
    }
    (app, done)
}
