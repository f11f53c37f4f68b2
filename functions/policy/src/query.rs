//! Query parameters: few, each at most once; an unknown one is left alone.

use axum::extract::{FromRequestParts, Query as Pairs};
use axum::http::request::Parts;
use shared::domain::locale::Locale;
use shared::http::{Problem, ProblemKind};

/// The query parameters that the routes here take.
pub(crate) struct Query {
    /// The language that the reader asks for, before `Accept-Language`.
    pub(crate) language: Option<Locale>,
    /// The version to compare with.
    pub(crate) from: Option<String>,
}

impl<S: Send + Sync> FromRequestParts<S> for Query {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, _state: &S) -> Result<Self, Problem> {
        let pairs = Pairs::<Vec<(String, String)>>::try_from_uri(&parts.uri);
        let Pairs(pairs) = pairs.map_err(|_| Problem::new(ProblemKind::Invalid))?;
        Self::parse(&pairs)
    }
}

impl Query {
    fn parse(pairs: &[(String, String)]) -> Result<Self, Problem> {
        let language = once(pairs, "language")?.map(|tag| language(&tag)).transpose()?;
        Ok(Self { language, from: once(pairs, "from")? })
    }
}

/// The value of a parameter.
fn once(pairs: &[(String, String)], name: &str) -> Result<Option<String>, Problem> {
    let mut values = pairs.iter().filter(|(n, _)| n == name).map(|(_, value)| value.clone());
    let value = values.next();
    if values.next().is_some() {
        return Err(Problem::invalid(Vec::new()).at(name, "stands twice"));
    }
    Ok(value)
}

fn language(tag: &str) -> Result<Locale, Problem> {
    let known = Locale::ALL.into_iter().find(|locale| locale.tag() == tag);
    known.ok_or_else(|| {
        let tags = Locale::ALL.map(|locale| format!("`{}`", locale.tag())).join(", ");
        Problem::invalid(Vec::new()).at("language", format!("must be one of: {tags}"))
    })
}
