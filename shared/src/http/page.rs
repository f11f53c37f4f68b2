//! The few pages that a link in a message needs: they show on GET and act on POST. No script, no
//! cookie, nothing from another host (C-4.2).

use super::call::Call;
use super::problem::Problem;
use crate::domain::locale::Text;
use aws_lc_rs::digest::{SHA256, digest};
use axum::body::Body;
use axum::http::{HeaderName, HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use data_encoding::BASE64;

const STYLE: &str = "body{font:1.1rem/1.6 system-ui,sans-serif;max-width:34rem;margin:12vh auto;\
                     padding:0 1rem;color:#1a1a1a;background:#fff}h1{font-size:1.4rem}\
                     button{font:inherit;padding:.6rem 1.2rem;border:0;border-radius:.3rem;\
                     background:#1d4ed8;color:#fff;cursor:pointer}\
                     button:focus-visible{outline:3px solid #93c5fd}";

/// A page: what it is about, what it says, and the one thing that can be done.
struct Page<'a> {
    title: Text,
    body: Text,
    /// The label of the button that posts to the same address.
    button: Option<Text>,
    /// What is posted with it.
    fields: Fields<'a>,
}

/// What the form of a page posts.
#[derive(Clone, Copy, Default)]
pub struct Fields<'a> {
    /// Names and values that are not shown.
    pub hidden: &'a [(&'static str, &'a str)],
    /// Names of what can be typed, with their labels.
    pub typed: &'a [(&'static str, Text)],
}

impl Page<'_> {
    /// The page in the caller's language.
    fn answer(&self, call: &Call, status: StatusCode) -> Response {
        let (title, language) = (escape(self.title.of(call.locale)), call.locale.tag());
        let body = escape(self.body.of(call.locale));
        let form = self.button.map(|label| {
            let label = escape(label.of(call.locale));
            let hidden = |(name, value): &(&str, &str)| {
                format!("<input type=\"hidden\" name=\"{name}\" value=\"{}\">", escape(value))
            };
            let typed = |(name, label): &(&str, Text)| {
                format!(
                    "<p><label>{} <input name=\"{name}\" autocomplete=\"one-time-code\"></label></p>",
                    escape(label.of(call.locale))
                )
            };
            let fields: String = self.fields.hidden.iter().map(hidden).collect();
            let typed: String = self.fields.typed.iter().map(typed).collect();
            let action = if fields.is_empty() { "" } else { " action=\"?\"" };
            format!("<form method=\"post\"{action}>{fields}{typed}<button>{label}</button></form>")
        });
        let form = form.unwrap_or_default();
        let html = format!(
            "<!doctype html><html lang=\"{language}\"><meta charset=\"utf-8\">\
             <meta name=\"viewport\" content=\"width=device-width\"><meta name=\"robots\" \
             content=\"noindex\"><title>{title}</title><style>{STYLE}</style>\
             <main><h1>{title}</h1><p>{body}</p>{form}</main></html>\n"
        );
        let mut answer = (status, Body::from(html)).into_response();
        let headers = answer.headers_mut();
        headers.insert(header::CONTENT_TYPE, value("text/html; charset=utf-8"));
        headers.insert(header::CONTENT_LANGUAGE, value(language));
        headers.insert(header::REFERRER_POLICY, value("no-referrer"));
        headers.insert(header::CONTENT_SECURITY_POLICY, policy());
        headers.insert(HeaderName::from_static("x-robots-tag"), value("noindex"));
        answer
    }
}

/// What the page of a link says before its act, and after.
#[derive(Clone, Copy, Debug)]
pub struct LinkPage {
    /// The question, and what follows from it.
    pub ask: (Text, Text),
    /// The label of the button that acts.
    pub button: Text,
    /// What was done, and what is to be done now.
    pub done: (Text, Text),
}

impl LinkPage {
    /// The answer to GET: the question, where the link can act.
    pub fn asked<T>(&self, call: &Call, found: Result<T, Problem>) -> Response {
        said(call, self.ask, (Some(self.button), found))
    }

    /// The answer to POST: what was done.
    pub fn acted<T>(&self, call: &Call, done: Result<T, Problem>) -> Response {
        said(call, self.done, (None, done))
    }
}

fn said<T>(
    call: &Call,
    (title, body): (Text, Text),
    (button, outcome): (Option<Text>, Result<T, Problem>),
) -> Response {
    if let Err(problem) = outcome {
        return refused(call, problem);
    }
    Page { title, body, button, fields: Fields::default() }.answer(call, StatusCode::OK)
}

/// A page that asks before it goes on, by a button that posts these fields, and what is typed, to the same path. The
/// address that led here stays out of the post.
pub fn asked_with(
    call: &Call,
    (title, body, button): (Text, Text, Text),
    fields: Fields<'_>,
) -> Response {
    let page = Page { title, body, button: Some(button), fields };
    let mut answer = page.answer(call, StatusCode::OK);
    // A post from a page without a referrer has no origin either, and would count as another site's.
    answer.headers_mut().insert(header::REFERRER_POLICY, value("same-origin"));
    answer
}

/// A page that says what was done.
pub fn done(call: &Call, (title, body): (Text, Text)) -> Response {
    said(call, (title, body), (None, Ok(())))
}

/// A problem: for a browser as a page that says what to do, else as a document.
pub fn refused(call: &Call, problem: Problem) -> Response {
    let entry = problem.kind().entry();
    refused_with(call, problem, (entry.title, entry.advice))
}

/// The same with words of its own for the page: what to do may be another thing there.
pub fn refused_with(call: &Call, problem: Problem, (title, body): (Text, Text)) -> Response {
    let accepts = call.headers.get(header::ACCEPT).and_then(|value| value.to_str().ok());
    if !accepts.is_some_and(|kinds| kinds.contains("text/html")) {
        return problem.into_response();
    }
    if let Some(cause) = problem.log() {
        tracing::warn!(request_id = %call.id, cause, "failed");
    }
    let status = problem.kind().entry().status;
    Page { title, body, button: None, fields: Fields::default() }.answer(call, status)
}

/// Nothing may be loaded, framed or sent elsewhere; the one style is named by its digest.
fn policy() -> HeaderValue {
    let style = BASE64.encode(digest(&SHA256, STYLE.as_bytes()).as_ref());
    let policy = format!(
        "default-src 'none'; style-src 'sha256-{style}'; form-action 'self'; \
         frame-ancestors 'none'; base-uri 'none'"
    );
    HeaderValue::from_str(&policy).unwrap_or(HeaderValue::from_static("default-src 'none'"))
}

const fn value(text: &'static str) -> HeaderValue {
    HeaderValue::from_static(text)
}

/// A text as HTML has it.
pub fn escape(text: &str) -> String {
    let mut escaped = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '&' => escaped.push_str("&amp;"),
            '<' => escaped.push_str("&lt;"),
            '>' => escaped.push_str("&gt;"),
            '"' => escaped.push_str("&quot;"),
            '\'' => escaped.push_str("&#39;"),
            c => escaped.push(c),
        }
    }
    escaped
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn text_cannot_become_markup() {
        assert_eq!(escape("<b a=\"1\" c='2'>&"), "&lt;b a=&quot;1&quot; c=&#39;2&#39;&gt;&amp;");
    }
}
