//! JSON bodies: read whole, checked strictly, and refused without quoting them.

use super::catalogue::ProblemKind;
use super::problem::Problem;
use axum::extract::{FromRequest, Request};
use axum::http::{HeaderMap, header};
use http_body_util::{BodyExt, LengthLimitError, Limited};
use serde::de::value::MapAccessDeserializer;
use serde::de::{DeserializeOwned, IgnoredAny, MapAccess, Visitor};
use serde::{Deserialize, Deserializer};
use serde_path_to_error::{Path, Segment};
use std::fmt;
use std::marker::PhantomData;
use zeroize::Zeroizing;

/// The most bytes of a body.
pub const MAX_BODY_BYTES: usize = 65_536;

/// A JSON body, and its bytes for a fingerprint, zeroed when dropped.
pub struct Json<T>(pub T, pub Zeroizing<Vec<u8>>);

impl<T: DeserializeOwned, S: Send + Sync> FromRequest<S> for Json<T> {
    type Rejection = Problem;

    async fn from_request(request: Request, _state: &S) -> Result<Self, Problem> {
        check_type(request.headers())?;
        let body = read(request).await?;
        Ok(Self(parse(&body)?, body))
    }
}

/// Optional JSON: no body at all reads as the default.
impl<T: DeserializeOwned + Default, S: Send + Sync> axum::extract::OptionalFromRequest<S>
    for Json<T>
{
    type Rejection = Problem;

    async fn from_request(request: Request, _state: &S) -> Result<Option<Self>, Problem> {
        let typed = request.headers().contains_key(header::CONTENT_TYPE);
        let headers = request.headers().clone();
        let body = read(request).await?;
        if body.is_empty() && !typed {
            return Ok(None);
        }
        check_type(&headers)?;
        if body.is_empty() { Ok(None) } else { Ok(Some(Self(parse(&body)?, body))) }
    }
}

/// Reads an optional member that is an object. A struct of its own would take an array too, as its
/// members in their order. For `#[serde(deserialize_with = "…")]`.
///
/// # Errors
///
/// Where it is neither an object nor `null`.
pub fn object<'de, T: Deserialize<'de>, D: Deserializer<'de>>(
    deserializer: D,
) -> Result<Option<T>, D::Error> {
    Ok(Option::<Object<T>>::deserialize(deserializer)?.map(|Object(value)| value))
}

struct Object<T>(T);

impl<'de, T: Deserialize<'de>> Deserialize<'de> for Object<T> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Members<T>(PhantomData<T>);
        impl<'de, T: Deserialize<'de>> Visitor<'de> for Members<T> {
            type Value = T;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("an object")
            }

            fn visit_map<A: MapAccess<'de>>(self, members: A) -> Result<T, A::Error> {
                T::deserialize(MapAccessDeserializer::new(members))
            }
        }
        deserializer.deserialize_map(Members(PhantomData)).map(Self)
    }
}

pub(super) async fn read(request: Request) -> Result<Zeroizing<Vec<u8>>, Problem> {
    let limited = Limited::new(request.into_body(), MAX_BODY_BYTES);
    match limited.collect().await {
        // Where nothing else shares the buffer, it is the one that is overwritten.
        Ok(body) => Ok(Zeroizing::new(Vec::from(body.to_bytes()))),
        Err(error) if error.is::<LengthLimitError>() => Err(ProblemKind::TooLarge.into()),
        Err(_) => Err(ProblemKind::MalformedJson.into()),
    }
}

pub(super) fn check_type(headers: &HeaderMap) -> Result<(), Problem> {
    let kind = headers.get(header::CONTENT_TYPE).and_then(|v| v.to_str().ok()).unwrap_or_default();
    let mut parts = kind.split(';').map(|part| part.trim().to_ascii_lowercase());
    let media = parts.next().unwrap_or_default();
    let known = ["application/json", "application/merge-patch+json"].contains(&media.as_str());
    let utf8 = parts.all(|p| !p.starts_with("charset") || p.replace('"', "") == "charset=utf-8");
    if known && utf8 { Ok(()) } else { Err(ProblemKind::UnsupportedMediaType.into()) }
}

/// Parses a body: first whether it is JSON at all, then whether it is what is declared.
///
/// # Errors
///
/// `MalformedJson` with line and column, or `Invalid` with the member that is wrong.
pub(super) fn parse<T: DeserializeOwned>(body: &[u8]) -> Result<T, Problem> {
    serde_json::from_slice::<IgnoredAny>(body).map_err(|error| malformed(&error))?;
    // A struct would read an array too, as its members in their order.
    if body.trim_ascii_start().first() != Some(&b'{') {
        return Err(Problem::invalid(Vec::new()).at("", "must be an object"));
    }
    let mut reader = serde_json::Deserializer::from_slice(body);
    serde_path_to_error::deserialize(&mut reader)
        .map_err(|error| refused(error.inner(), &pointer(error.path())))
}

fn malformed(error: &serde_json::Error) -> Problem {
    let place = format!("line {}, column {}", error.line(), error.column());
    let deep = error.to_string().starts_with("recursion limit");
    let what = if deep { "nested too deep" } else { "no JSON" };
    Problem::new(ProblemKind::MalformedJson).at("", format!("{what} at {place}"))
}

/// What is wrong with a body that is JSON, but for what only reading it shows: texts that are no
/// Unicode, and members that stand twice.
fn refused(error: &serde_json::Error, at: &str) -> Problem {
    let text = error.to_string();
    if text.starts_with("duplicate field") {
        let member = format!("{at}/{}", named(&text));
        return Problem::new(ProblemKind::MalformedJson).at(&member, "stands twice");
    }
    // A name of a closed set was declared, and there is neither a text nor an object.
    if text.starts_with("expected value") {
        return Problem::invalid(Vec::new()).at(at, "must be a string");
    }
    if !error.is_data() {
        return malformed(error);
    }
    // The name of an unknown member is the caller's own text.
    let known = if text.starts_with("unknown field") { at.rsplit_once('/') } else { None };
    Problem::invalid(Vec::new()).at(known.map_or(at, |(parent, _)| parent), complaint(&text))
}

/// What is wrong with a member, in words that quote declared names only: serde's own text would
/// repeat the value.
fn complaint(text: &str) -> String {
    let expected = text.rsplit_once(", expected ").map(|(_, rest)| rest);
    let expected = expected.map(|rest| rest.split(" at line ").next().unwrap_or_default());
    match (text, expected) {
        (t, _) if t.starts_with("missing field") => {
            format!("needs the member `{}`", named(t))
        }
        (t, Some(names)) if t.starts_with("unknown field") => {
            format!(
                "has a member that is not known; known are: {}",
                names.trim_start_matches("one of ")
            )
        }
        (t, Some(names)) if t.starts_with("unknown variant") => {
            format!("must be one of: {}", names.trim_start_matches("one of "))
        }
        (_, Some(what)) => format!("must be {}", kind(what)),
        _ => "has another form than declared".to_owned(),
    }
}

/// The declared name that serde quotes first.
fn named(text: &str) -> &str {
    text.split('`').nth(1).unwrap_or_default()
}

/// What serde expected, in JSON's own words.
fn kind(expected: &str) -> &str {
    match expected {
        "a sequence" => "an array",
        "string or map" | "variant identifier" => "a string",
        of_ours if of_ours.starts_with("struct ") => "an object",
        other => other,
    }
}

/// A path as a JSON pointer (RFC 6901).
fn pointer(path: &Path) -> String {
    let segment = |segment: &Segment| match segment {
        Segment::Seq { index } => format!("/{index}"),
        Segment::Map { key } => format!("/{key}"),
        Segment::Enum { .. } | Segment::Unknown => String::new(),
    };
    path.iter().map(segment).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde::Deserialize;

    #[derive(Debug, Deserialize)]
    #[serde(deny_unknown_fields)]
    #[expect(dead_code, reason = "only parsed")]
    struct Body {
        name: String,
        #[serde(default)]
        count: u32,
    }

    fn complaint_about(body: &str) -> String {
        let problem = parse::<Body>(body.as_bytes()).expect_err("is refused");
        let id = crate::ids::RequestId::from_bytes([0; 16]);
        let document = problem.document(crate::domain::locale::Locale::En, &id);
        serde_json::to_string(&document).expect("a document")
    }

    #[test]
    fn a_refusal_names_the_member_and_quotes_no_value() {
        let text = complaint_about(r#"{"name":"x","count":"canary, expected canary"}"#);
        assert!(text.contains("/count") && text.contains("must be u32"), "{text}");
        assert!(!text.contains("canary"), "{text}");
        let text = complaint_about(r#"{"canary":1}"#);
        assert!(text.contains("known are: `name` or `count`"), "{text}");
        assert!(!text.contains("canary"), "{text}");
        assert!(complaint_about("{}").contains("needs the member `name`"));
        assert!(complaint_about(r#"{"name":"a","name":"b"}"#).contains("stands twice"));
        assert!(complaint_about("[\"x\", 1]").contains("must be an object"));
        assert!(complaint_about("{\"canary\":1").contains("malformed-json"));
        assert!(complaint_about(&"[".repeat(200)).contains("malformed-json"));
        assert!(complaint_about(r#"{"name":"a"} {}"#).contains("malformed-json"));
        assert!(complaint_about("{\"name\":\"\u{0}\"}").contains("malformed-json"));
    }
}
