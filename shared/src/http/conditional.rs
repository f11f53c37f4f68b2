//! Versions of what is changed: `ETag` and `If-Match` (RFC 9110, 8.8.3 and 13.1.1).

use super::call::Call;
use super::catalogue::ProblemKind;
use super::problem::Problem;
use axum::http::header;

/// The entity tag of a version.
pub fn etag(version: u64) -> String {
    format!("\"{version}\"")
}

/// Checks that the caller knows the version that is about to be changed.
///
/// # Errors
///
/// `VersionRequired` without `If-Match`, `MalformedHeader` where it is no list of entity tags,
/// `StaleVersion` where it names other versions only.
pub fn if_match(call: &Call, version: u64) -> Result<(), Problem> {
    let mut values = call.headers.get_all(header::IF_MATCH).iter().peekable();
    if values.peek().is_none() {
        return Err(ProblemKind::VersionRequired.into());
    }
    let current = etag(version);
    let mut known = false;
    for value in values {
        let tags = value.to_str().ok().and_then(tags).ok_or_else(|| {
            let rule = "needs one or more entity tags as `ETag` has them, or *";
            Problem::new(ProblemKind::MalformedHeader).at("If-Match", rule)
        })?;
        known |= tags.iter().any(|tag| *tag == "*" || *tag == current);
    }
    if known { Ok(()) } else { Err(ProblemKind::StaleVersion.into()) }
}

/// The entity tags of a value, as they stand; `None` where it is no list of them.
fn tags(value: &str) -> Option<Vec<&str>> {
    let mut rest = value.trim_matches([' ', '\t']);
    if rest == "*" {
        return Some(vec![rest]);
    }
    let mut tags = Vec::new();
    loop {
        let weak = if rest.starts_with("W/") { 2 } else { 0 };
        let opaque = rest[weak..].strip_prefix('"')?;
        let (inner, after) = opaque.split_once('"')?;
        if !inner.bytes().all(|b| b.is_ascii_graphic()) {
            return None;
        }
        tags.push(&rest[..weak + inner.len() + 2]);
        rest = after.trim_start_matches([' ', '\t']);
        if rest.is_empty() {
            return Some(tags);
        }
        rest = rest.strip_prefix(',')?.trim_start_matches([' ', '\t']);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_list_of_entity_tags_is_read_as_it_stands() {
        assert_eq!(tags("\"1\", W/\"2\" ,\"a,b\""), Some(vec!["\"1\"", "W/\"2\"", "\"a,b\""]));
        assert_eq!(tags(" * "), Some(vec!["*"]));
        for other in
            ["", "1", "\"1", "1\"", "\"1\" \"2\"", "\"1\",", "*, \"1\"", "w/\"1\"", "\"a b\""]
        {
            assert_eq!(tags(other), None, "{other}");
        }
    }
}
