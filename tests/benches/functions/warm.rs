//! Memory of a warm environment.

use crate::acts::Acts;
use crate::world::World;
use shared::testing::binary::Binary;

/// Requests before memory is looked at.
const REQUESTS: usize = 1_000;

/// KB resident after a thousand requests.
pub(crate) async fn resident_kb(world: &World, name: &str, path: &str) -> u64 {
    let binary = Binary::start(path, &world.variables(None)).await.expect("starts");
    let mut acts = Acts::of(name, world);
    for _ in 0..REQUESTS {
        acts.one(&binary).await;
    }
    let status = std::fs::read_to_string(format!("/proc/{}/status", binary.id()));
    let status = status.expect("Linux tells");
    let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:")).expect("it lives");
    let resident = line.split_whitespace().next().and_then(|kb| kb.parse().ok());
    binary.stop().expect("stops");
    resident.expect("a number")
}
