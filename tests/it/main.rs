//! One binary for all tests over HTTP; its first test finds files that nobody lists here.

#![expect(clippy::expect_used, reason = "a test fails by a panic that says why")]

mod alike;
mod app;
mod backup;
mod bytes;
mod canary;
mod client;
mod crash;
mod crowds;
mod debug;
mod guesses;
mod halt;
mod invariants;
mod ledger;
mod log;
mod needles;
mod public;
mod races;
mod readme;
mod round_trips;
mod rows;
mod soak;
mod stopped_ends;
mod stopped_jobs;
mod stops;
mod story;
mod tables;
mod torn;
mod torn_work;
mod writer;

#[test]
fn every_file_here_is_part_of_the_binary() {
    let listed = include_str!("main.rs");
    let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/it");
    for entry in std::fs::read_dir(folder).expect("the folder of the tests") {
        let name = entry.expect("an entry").file_name().into_string().expect("a name");
        let module = name.trim_end_matches(".rs");
        assert!(module == "main" || listed.contains(&format!("mod {module};")), "{name}");
    }
}
