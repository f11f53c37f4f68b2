//! One binary for all tests over HTTP; its first test finds files that nobody lists here.

#![expect(clippy::expect_used, reason = "a test that cannot go on has failed")]

mod alike;
mod app;
mod backup;
mod brake;
mod broom;
mod bytes;
mod call;
mod canary;
mod clauses;
mod client;
mod consents;
mod contact_calls;
mod contact_codes;
mod contact_freezes;
mod contact_races;
mod contacts;
mod crash;
mod credentials;
mod crowds;
mod debug;
mod delivery;
mod delivery_aiosmtpd;
mod delivery_stops;
mod delivery_tries;
mod document;
mod emails;
mod environments;
mod evidence;
mod exports;
mod exports_ends;
mod exports_largest;
mod exports_page;
mod exports_parts;
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
mod ledger_years;
mod limits;
mod links;
mod log;
mod logged;
mod missing;
mod needles;
mod opener;
mod passwords;
#[path = "../../functions/notify/tests/carriers/peer.rs"]
#[expect(dead_code, reason = "the tests of the carriers use all of it")]
mod peer;
mod phones;
mod policies;
mod policy;
mod privileges;
mod privileges_page;
mod public;
mod races;
mod random;
mod raw;
mod readme;
mod referee;
mod restore;
mod restore_keys;
mod restore_people;
mod restore_stops;
mod restored;
mod retention;
mod rights;
mod rights_rare;
mod rotation;
mod rotation_ends;
mod rotation_index;
mod rotation_load;
mod rotation_stops;
mod round_trips;
mod rows;
mod runbook;
mod schema;
mod soak;
mod stopped_contacts;
mod stopped_ends;
mod stopped_finish;
mod stopped_jobs;
mod stopped_operators;
mod stopped_sweep;
mod stops;
mod stored;
mod story;
mod sweep;
mod sweep_costs;
mod sweep_ends;
mod sweep_overdue;
mod tables;
mod template;
mod template_alarms;
mod template_rules;
mod template_trail;
mod template_watch;
mod told_limits;
mod torn;
mod torn_work;
mod tour;
mod unused;
mod unzipped;
mod upgrade;
mod withdrawals;
mod writer;
mod zeroed;

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
