//! One binary for all tests over HTTP; its first test finds files that nobody lists here.

#![expect(clippy::expect_used, reason = "a test that cannot go on has failed")]
#![expect(clippy::large_futures, reason = "a test holds what it steps through")]

mod alike;
mod app;
mod backup;
mod brake;
mod bytes;
mod canary;
mod client;
mod crash;
mod credentials;
mod crowds;
mod debug;
mod document;
mod five_years;
mod guesses;
mod halt;
mod headers;
mod idempotency;
mod input;
mod invariants;
mod inventory;
mod lambda;
mod ledger;
mod limits;
mod links;
mod log;
mod needles;
mod public;
mod races;
mod random;
mod raw;
mod readme;
mod retention;
mod round_trips;
mod rows;
mod schema;
mod soak;
mod stopped_ends;
mod stopped_jobs;
mod stops;
mod stored;
mod story;
mod sweep;
mod sweep_ends;
mod tables;
mod template;
mod torn;
mod torn_work;
mod tour;
mod unused;
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
