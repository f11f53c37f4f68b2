//! Bodies that a page's form posts, or a client as JSON: the same members, checked as strictly.

use super::catalogue::ProblemKind;
use super::json::{check_type, parse, read};
use super::problem::Problem;
use axum::extract::{FromRequest, Request};
use axum::http::header;
use serde::de::DeserializeOwned;
use std::fmt::Write;
use url::form_urlencoded;
use zeroize::Zeroizing;

/// What a body came as.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Form {
    /// The form of a page: a browser shows the answer.
    Page,
    /// JSON: a client reads the answer.
    Json,
}

/// A body in either form.
pub struct FormOrJson<T>(pub T, pub Form);

impl<T: DeserializeOwned, S: Send + Sync> FromRequest<S> for FormOrJson<T> {
    type Rejection = Problem;

    async fn from_request(request: Request, _state: &S) -> Result<Self, Problem> {
        let kind = request.headers().get(header::CONTENT_TYPE).and_then(|v| v.to_str().ok());
        let media = kind.and_then(|kind| kind.split(';').next()).map(str::trim);
        if media.is_some_and(|m| m.eq_ignore_ascii_case("application/x-www-form-urlencoded")) {
            let body = read(request).await?;
            return Ok(Self(parse(&as_json(&body)?)?, Form::Page));
        }
        check_type(request.headers())?;
        Ok(Self(parse(&read(request).await?)?, Form::Json))
    }
}

/// A form as the JSON object that it means: each field a text. What stands twice stands twice there,
/// and is refused as such.
fn as_json(body: &[u8]) -> Result<Zeroizing<Vec<u8>>, Problem> {
    let text = |text: &str| serde_json::to_string(text).map_err(|_| ProblemKind::Internal);
    let mut json = Zeroizing::new(String::with_capacity(2 * body.len() + 2));
    for (name, value) in form_urlencoded::parse(body) {
        let comma = if json.is_empty() { '{' } else { ',' };
        let _infallible = write!(json, "{comma}{}:{}", text(&name)?, text(&value)?);
    }
    let end = if json.is_empty() { "{}" } else { "}" };
    json.push_str(end);
    Ok(Zeroizing::new(json.as_bytes().to_vec()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_form_is_an_object_of_texts() {
        let json = |form: &str| as_json(form.as_bytes()).map(|json| json.to_vec());
        assert_eq!(json("a=b+c&d=%22").expect("JSON"), br#"{"a":"b c","d":"\""}"#);
        assert_eq!(json("").expect("JSON"), b"{}");
        assert_eq!(json("a=1&a=2").expect("JSON"), br#"{"a":"1","a":"2"}"#);
    }
}
