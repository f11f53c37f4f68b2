//! Servers of OAuth 2.0 that tell who somebody is in a way of their own: WeChat, QQ, GitHub.

use crate::client::{Fault, Line, encoded, extended};
use crate::openid::Returned;
use crate::place::place;
use http::Uri;
use serde_json::Value;
use shared::records::third_parties::{Method, Oauth2, Provider, UserToken};
use zeroize::Zeroizing;

/// Exchanges a code, and asks who somebody is. The token is dropped then.
pub(crate) async fn subject(
    line: &Line,
    (provider, oauth2): (&Provider, &Oauth2),
    returned: &Returned<'_>,
) -> Result<String, Fault> {
    let mut answer = exchange(line, (provider, oauth2), returned).await?;
    let token = answer.get_mut("access_token").map(Value::take);
    let said = match &oauth2.user_endpoint {
        None => answer,
        Some(at) => {
            let Some(Value::String(token)) = token else {
                return Err(Fault::Wrong("no access token"));
            };
            user(line, (&at_place(at)?, oauth2.user_token), &Zeroizing::new(token)).await?
        }
    };
    if let Some(audience) = &oauth2.audience
        && text(&said, audience).as_deref() != Some(provider.client_id.as_str())
    {
        return Err(Fault::Wrong("a token for another client"));
    }
    text(&said, &oauth2.subject).ok_or(Fault::Wrong("no subject"))
}

async fn exchange(
    line: &Line,
    (provider, oauth2): (&Provider, &Oauth2),
    returned: &Returned<'_>,
) -> Result<Value, Fault> {
    let at = at_place(&oauth2.token_endpoint)?;
    let mut parameters = vec![
        ("grant_type", "authorization_code"),
        ("code", returned.code),
        ("redirect_uri", returned.redirect_uri),
        (oauth2.client_id_name.as_str(), provider.client_id.as_str()),
        (oauth2.client_secret_name.as_str(), provider.client_secret.expose()),
    ];
    if oauth2.pkce {
        parameters.push(("code_verifier", returned.verifier));
    }
    match oauth2.token_method {
        Method::Post => line.post(&at, &parameters, None).await,
        Method::Get => line.get(&at_place(&extended(&at, &parameters))?, None).await,
    }
}

async fn user(
    line: &Line,
    (at, handed): (&Uri, UserToken),
    token: &Zeroizing<String>,
) -> Result<Value, Fault> {
    match handed {
        UserToken::Header => {
            let header = Zeroizing::new(format!("Bearer {}", **token));
            line.get(at, Some(&header)).await
        }
        UserToken::Query => {
            let at = extended(at, &[("access_token", token)]);
            line.get(&at_place(&at)?, None).await
        }
    }
}

/// Where people are sent.
pub(crate) fn authorization_url(
    oauth2: &Oauth2,
    parameters: &[(&str, &str)],
) -> Result<Zeroizing<String>, Fault> {
    let at = at_place(&oauth2.authorization_endpoint)?;
    let mut url = extended(&at, parameters);
    let further: Vec<_> =
        oauth2.authorization_parameters.iter().map(|(n, v)| (n.as_str(), v.as_str())).collect();
    if !further.is_empty() {
        url.push('&');
        url.push_str(&encoded(&further));
    }
    if let Some(fragment) = &oauth2.fragment {
        url.push('#');
        url.push_str(fragment);
    }
    Ok(url)
}

fn at_place(url: &str) -> Result<Uri, Fault> {
    place(url).map(|(uri, _)| uri).ok_or(Fault::Wrong("a place that is none"))
}

/// A text or a whole number at a JSON pointer.
fn text(said: &Value, pointer: &str) -> Option<String> {
    match said.pointer(pointer)? {
        Value::String(text) => Some(text.clone()),
        Value::Number(number) if number.is_i64() || number.is_u64() => Some(number.to_string()),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn a_subject_is_a_text_or_a_whole_number() {
        let said = json!({"id": 24_400_320, "user": {"openid": "o6_bmjrPTlm6"}, "share": 0.5});
        assert_eq!(text(&said, "/id").as_deref(), Some("24400320"));
        assert_eq!(text(&said, "/user/openid").as_deref(), Some("o6_bmjrPTlm6"));
        for pointer in ["/share", "/user", "/nothing", ""] {
            assert!(text(&said, pointer).is_none(), "{pointer}");
        }
    }
}
