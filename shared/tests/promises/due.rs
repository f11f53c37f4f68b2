//! Promises of the index of due work: by lane and shard, what is due, in order.

use crate::engine::{World, key, row};
use shared::domain::time::Timestamp;
use shared::store::{Attr, DUE_SHARDS, Key, Lane, Row, Transaction};
use std::collections::HashSet;

const NOW: Timestamp = Timestamp::from_secs(1_795_507_200);

const fn at(offset_secs: i64) -> Timestamp {
    Timestamp::from_secs(NOW.secs() + offset_secs)
}

/// The due keys of every shard of a lane.
async fn due(world: &World, lane: Lane) -> Vec<Vec<Key>> {
    let mut shards = Vec::new();
    for shard in 0..DUE_SHARDS {
        shards.push(world.store.due(lane, shard, NOW, 100).await.expect("a page"));
    }
    shards
}

pub(crate) async fn c_5_3_every_due_row_is_in_one_shard_the_longest_due_first(world: &World) {
    // The names are in another order than the times.
    let rows = (0..64_i64).map(|n| row(&n.to_string()).due(Lane::Sweep, at(-((n * 37) % 64))));
    let rows = rows.collect::<Vec<_>>();
    world.create_all(rows.clone()).await;
    let shards = due(world, Lane::Sweep).await;
    assert!(shards.iter().all(|shard| !shard.is_empty()), "64 rows spread over eight shards");
    let time = |key: &Key| {
        let row = rows.iter().find(|row| row.key == *key).expect("a row of ours");
        row.time(Attr::DueAt).expect("a time")
    };
    for shard in &shards {
        assert!(shard.is_sorted_by_key(time), "the longest due first");
    }
    let found = shards.iter().flatten().collect::<Vec<_>>();
    assert_eq!(found.len(), 64);
    assert_eq!(found.into_iter().collect::<HashSet<_>>().len(), 64, "each once");
}

pub(crate) async fn c_5_3_only_what_is_due_is_found(world: &World) {
    world
        .create_all([
            row("past").due(Lane::Sweep, at(-1)),
            row("now").due(Lane::Sweep, at(0)),
            row("soon").due(Lane::Sweep, at(1)),
            row("never"),
            row("no time").with(Attr::DueShard, Lane::Sweep.shard(0)),
            row("no shard").with(Attr::DueAt, at(-1)),
        ])
        .await;
    let found = due(world, Lane::Sweep).await.concat().into_iter().collect::<HashSet<_>>();
    assert_eq!(found, HashSet::from([key("past"), key("now")]));
}

pub(crate) async fn a_lane_sees_its_own_work_only(world: &World) {
    let rows = (0..32).map(|n| {
        let lane = if n % 2 == 0 { Lane::Outbox } else { Lane::Sweep };
        row(&n.to_string()).due(lane, at(-1))
    });
    let rows = rows.collect::<Vec<Row>>();
    world.create_all(rows.clone()).await;
    for (rest, lane) in [Lane::Outbox, Lane::Sweep].into_iter().enumerate() {
        let found = due(world, lane).await.concat().into_iter().collect::<HashSet<_>>();
        let own = rows.iter().skip(rest).step_by(2).map(|row| row.key.clone()).collect();
        assert_eq!(found, own, "{lane:?}");
    }
}

pub(crate) async fn work_that_is_done_leaves_the_index(world: &World) {
    let (done, later) =
        (row("done").due(Lane::Sweep, at(-2)), row("later").due(Lane::Sweep, at(-1)));
    world.create_all([done.clone(), later.clone()]).await;
    let mut transaction = Transaction::new();
    transaction.replace("done", done.without(Attr::DueShard).without(Attr::DueAt).next());
    transaction.replace("later", later.due(Lane::Sweep, at(60)).next());
    world.store.write(transaction).await.expect("written");
    assert_eq!(due(world, Lane::Sweep).await.concat(), []);
}

pub(crate) async fn the_due_index_gives_no_more_than_asked(world: &World) {
    let shard = Lane::Sweep.shard(3);
    let row = |n: i64| {
        row(&n.to_string()).with(Attr::DueShard, shard.as_str()).with(Attr::DueAt, at(n - 10))
    };
    world.create_all((0..5).map(row)).await;
    let found = world.store.due(Lane::Sweep, 3, NOW, 2).await.expect("a page");
    assert_eq!(found, [key("0"), key("1")]);
}
