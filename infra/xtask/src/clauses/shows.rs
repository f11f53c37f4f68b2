//! Whether a test shows anything: whether it asserts.

use std::collections::BTreeSet;

/// The lines of a function that begins at a line, up to the brace that stands below its beginning.
pub(super) fn body<'a>(lines: &'a [&'a str], at: usize) -> &'a [&'a str] {
    let first = lines[at];
    let indent = &first[..first.len() - first.trim_start().len()];
    let ends = |line: &&str| line.strip_prefix(indent) == Some("}");
    let rest = &lines[at + 1..];
    let of_one_line = first.trim_end().ends_with('}');
    let length = if of_one_line { 0 } else { rest.iter().position(ends).unwrap_or(0) };
    &lines[at..=at + length]
}

/// The functions of a file that assert something, themselves or by others of the file. A helper of
/// another file has the word in its name.
pub(super) fn asserting<'a>(lines: &[&'a str]) -> BTreeSet<&'a str> {
    let mut found = BTreeSet::new();
    loop {
        let function = |(at, line): (usize, &&'a str)| {
            let (_, named) = line.split_once("fn ")?;
            let name = named.split(['(', '<']).next()?;
            asserts(body(lines, at), &found).then_some(name)
        };
        let more: BTreeSet<_> = lines.iter().enumerate().filter_map(function).collect();
        if more.len() == found.len() {
            return found;
        }
        found = more;
    }
}

/// Whether a function asserts something: a status that is expected is an assertion, a value that has
/// to be there to go on is none.
pub(super) fn asserts(body: &[&str], helpers: &BTreeSet<&str>) -> bool {
    let calls = |line: &str| {
        let names = line.split(|c: char| !c.is_alphanumeric() && c != '_');
        names.into_iter().any(|name| helpers.contains(name))
    };
    let (signature, rest) = body.split_first().unwrap_or((&"", &[]));
    let within = signature.split_once('{').map_or("", |(_, within)| within);
    std::iter::once(&within).chain(rest).map(|line| line.trim_start()).any(|line| {
        let code = !line.starts_with("//");
        let status = line.split(".expect(").skip(1);
        let status = status.into_iter().any(|rest| rest.starts_with(|c: char| c.is_ascii_digit()));
        let asserts = ["assert", "panic!(", ".expect_err(", ".unwrap_err("];
        code && (status || asserts.iter().any(|word| line.contains(word)) || calls(line))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shows(text: &str) -> bool {
        let lines: Vec<&str> = text.lines().collect();
        asserts(body(&lines, 0), &asserting(&lines))
    }

    #[test]
    fn a_test_that_asserts_nothing_shows_nothing() {
        for none in ["", "app.start().await;", "// assert!(true)", "app.get().expect(\"a row\");"] {
            let text = format!("fn c_8_4_it_ends() {{\n    {none}\n}}\nfn x() {{ assert!(true) }}");
            assert!(!shows(&text), "{none}");
        }
        for some in [
            "assert_eq!(1, 1);",
            "assert_gone(&app).await;",
            "app.get().await.expect(410);",
            "let Some(row) = row else { panic!(\"no row\") };",
            "x();",
        ] {
            let text = format!("fn c_8_4_it_ends() {{\n    {some}\n}}\nfn x() {{ assert!(true) }}");
            assert!(shows(&text), "{some}");
        }
        assert!(shows("    fn c_8_4_it_ends() { assert!(true) }"));
        assert!(!shows("fn c_8_4_assert_it() {\n    run();\n}"), "a name is no assertion");
    }

    #[test]
    fn a_helper_asserts_for_its_callers_and_theirs() {
        let text = "fn c_8_4_it_ends() {\n    one();\n}\nfn one() {\n    two();\n}\nfn two() {\n    \
            assert!(true);\n}";
        assert!(shows(text));
    }
}
