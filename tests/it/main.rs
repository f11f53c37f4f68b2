//! One binary for all tests over HTTP; its first test finds files that nobody lists here.

mod app;
mod credentials;
mod document;
mod headers;
mod idempotency;
mod input;
mod inventory;
mod lambda;
mod limits;
mod random;
mod schema;
mod stored;
mod story;
mod template;
mod tour;

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
