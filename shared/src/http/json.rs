//! JSON bodies: read whole, checked strictly, and refused without quoting them.

use super::catalogue::ProblemKind;
use super::problem::Problem;
use axum::extract::{FromRequest, Request};
use axum::http::{HeaderMap, header};
use http_body_util::{BodyExt, LengthLimitError, Limited};
use serde::de::DeserializeOwned;
use serde_path_to_error::{Path, Segment};

/// The most bytes of a body.
pub const MAX_BODY_BYTES: usize = 65_536;

/// A JSON body, and its bytes for a fingerprint.
pub struct Json<T>(pub T, pub Vec<u8>);

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

async fn read(request: Request) -> Result<Vec<u8>, Problem> {
    let limited = Limited::new(request.into_body(), MAX_BODY_BYTES);
    match limited.collect().await {
        Ok(body) => Ok(body.to_bytes().to_vec()),
        Err(error) if error.is::<LengthLimitError>() => Err(ProblemKind::TooLarge.into()),
        Err(_) => Err(ProblemKind::MalformedJson.into()),
    }
}

fn check_type(headers: &HeaderMap) -> Result<(), Problem> {
    let kind = headers.get(header::CONTENT_TYPE).and_then(|v| v.to_str().ok()).unwrap_or_default();
    let mut parts = kind.split(';').map(|part| part.trim().to_ascii_lowercase());
    let media = parts.next().unwrap_or_default();
    let known = ["application/json", "application/merge-patch+json"].contains(&media.as_str());
    let utf8 = parts.all(|p| !p.starts_with("charset") || p.replace('"', "") == "charset=utf-8");
    if known && utf8 { Ok(()) } else { Err(ProblemKind::UnsupportedMediaType.into()) }
}

/// Parses a body.
///
/// # Errors
///
/// `MalformedJson` with line and column, or `Invalid` with the member that is wrong.
fn parse<T: DeserializeOwned>(body: &[u8]) -> Result<T, Problem> {
    let mut reader = serde_json::Deserializer::from_slice(body);
    let value = serde_path_to_error::deserialize(&mut reader).map_err(|error| {
        let at = pointer(error.path());
        refused(error.inner(), &at)
    })?;
    reader.end().map_err(|error| refused(&error, ""))?;
    Ok(value)
}

fn refused(error: &serde_json::Error, at: &str) -> Problem {
    let text = error.to_string();
    let place = format!("line {}, column {}", error.line(), error.column());
    if text.starts_with("duplicate field") {
        return Problem::new(ProblemKind::MalformedJson)
            .at(at, format!("a member stands twice, {place}"));
    }
    if !error.is_data() {
        let what = if text.starts_with("recursion limit") { "nested too deep" } else { "no JSON" };
        return Problem::new(ProblemKind::MalformedJson).at("", format!("{what} at {place}"));
    }
    // A name that is not declared is the caller's text: the member around it is named instead.
    let unknown = text.starts_with("unknown field");
    let at = if unknown { at.rsplit_once('/').map_or("", |(around, _)| around) } else { at };
    Problem::invalid(Vec::new()).at(at, complaint(&text))
}

/// What is wrong with a member, in words that quote declared names only: serde's own text would
/// repeat the value.
fn complaint(text: &str) -> String {
    let expected = text.rsplit_once(", expected ").map(|(_, rest)| rest);
    let expected = expected.map(|rest| rest.split(" at line ").next().unwrap_or_default());
    match (text, expected) {
        (t, _) if t.starts_with("missing field") => {
            let name = t.split('`').nth(1).unwrap_or_default();
            format!("needs the member `{name}`")
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
        (_, Some(what)) => format!("must be {what}"),
        _ => "has another form than declared".to_owned(),
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
        assert!(complaint_about(&"[".repeat(200)).contains("must be"));
        assert!(complaint_about(r#"{"name":"a"} {}"#).contains("malformed-json"));
        assert!(complaint_about("{\"name\":\"\u{0}\"}").contains("malformed-json"));
    }
}
