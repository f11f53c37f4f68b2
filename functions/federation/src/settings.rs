//! Settings of third parties, before they are taken: each fault is named, and nothing is quoted.

use crate::client::Line;
use crate::place::place;
use shared::domain::third_party::is_name;
use shared::error::{Error, Kind, Result};
use shared::records::third_parties::{Oauth2, Openid, Protocol, Provider, ThirdParties};
use std::collections::HashSet;
use url::form_urlencoded;

/// The most third parties.
const MOST: usize = 16;
/// What people's browsers bring of ours, besides who we are.
const ASKED: [&str; 6] =
    ["response_type", "redirect_uri", "state", "scope", "code_challenge", "code_challenge_method"];
/// What a code is exchanged with, besides who we are.
const EXCHANGED: [&str; 4] = ["grant_type", "code", "redirect_uri", "code_verifier"];

/// Checks third parties, against all that there were before.
///
/// # Errors
///
/// `Config`, naming every setting that cannot be used.
pub(crate) fn check(providers: &[Provider], before: &ThirdParties) -> Result<()> {
    let mut faults = Vec::new();
    if providers.len() > MOST {
        faults.push("providers".to_owned());
    }
    for (at, provider) in providers.iter().enumerate() {
        let earlier = &providers[..at];
        let twice = earlier.iter().any(|other| other.name == provider.name);
        let other = before.was_anothers(provider);
        let mut of_it = faults_of(provider);
        of_it.extend((twice || other).then_some("name"));
        faults.extend(of_it.iter().map(|fault| format!("providers[{at}].{fault}")));
    }
    if faults.is_empty() {
        return Ok(());
    }
    Err(Error::new(Kind::Config, "read the third parties").at(faults.join(", ")))
}

fn faults_of(provider: &Provider) -> Vec<&'static str> {
    let mut faults = Vec::new();
    let mut need = |holds: bool, fault| {
        if !holds {
            faults.push(fault);
        }
    };
    need(is_name(&provider.name), "name");
    let labelled = |text: &str| !text.trim().is_empty() && text.chars().count() <= 64;
    need(labelled(&provider.label.en) && labelled(&provider.label.zh), "label");
    need(printable(&provider.client_id), "client_id");
    need(printable(provider.client_secret.expose()), "client_secret");
    need((1..=10).contains(&provider.timeout_secs), "timeout_secs");
    let rooted = provider.roots.is_none() || Line::with_roots(provider.roots.as_deref()).is_some();
    need(rooted, "roots");
    match &provider.protocol {
        Protocol::Openid(Openid { issuer, .. }) => {
            need(
                place(issuer).is_some_and(|(uri, _)| uri.query().is_none()),
                "protocol.openid.issuer",
            );
        }
        Protocol::Oauth2(oauth2) => need_oauth2(oauth2, &mut need),
    }
    faults
}

fn need_oauth2(oauth2: &Oauth2, need: &mut impl FnMut(bool, &'static str)) {
    let is_place = |url: &str| place(url).is_some();
    let pointer = |text: &str| text.starts_with('/');
    need(is_place(&oauth2.authorization_endpoint), "protocol.oauth2.authorization_endpoint");
    need(is_place(&oauth2.token_endpoint), "protocol.oauth2.token_endpoint");
    let user = oauth2.user_endpoint.as_deref();
    need(user.is_none_or(is_place), "protocol.oauth2.user_endpoint");
    need(pointer(&oauth2.subject), "protocol.oauth2.subject");
    need(oauth2.audience.as_deref().is_none_or(pointer), "protocol.oauth2.audience");
    let fragment = oauth2.fragment.as_deref().unwrap_or_default();
    need(
        fragment.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'_'),
        "protocol.oauth2.fragment",
    );
    let scope = oauth2.scope.as_deref();
    need(scope.is_none_or(printable), "protocol.oauth2.scope");
    let further = &oauth2.authorization_parameters;
    need(
        further.iter().all(|(name, value)| is_parameter(name) && printable(value)),
        "protocol.oauth2.authorization_parameters",
    );
    need_parameters_once(oauth2, need);
}

/// Nothing is sent twice: what a third party takes then is its own choice.
fn need_parameters_once(oauth2: &Oauth2, need: &mut impl FnMut(bool, &'static str)) {
    let (id, secret) = (oauth2.client_id_name.as_str(), oauth2.client_secret_name.as_str());
    let is_one_of = |own: &[&str], name: &str| own.contains(&name);
    let own = |name: &str| is_one_of(&ASKED, name) || is_one_of(&EXCHANGED, name);
    need(is_parameter(id) && !own(id), "protocol.oauth2.client_id_name");
    need(
        is_parameter(secret) && !own(secret) && secret != id,
        "protocol.oauth2.client_secret_name",
    );
    let mut further = oauth2.authorization_parameters.keys();
    need(
        further.all(|name| !is_one_of(&ASKED, name) && name != id),
        "protocol.oauth2.authorization_parameters",
    );
    let further = |name: &str| oauth2.authorization_parameters.contains_key(name);
    let asked = |name: &str| is_one_of(&ASKED, name) || name == id || further(name);
    let exchanged = |name: &str| is_one_of(&EXCHANGED, name) || name == id || name == secret;
    let user = |name: &str| name == "access_token";
    let at = oauth2.authorization_endpoint.as_str();
    need(brings_none(at, asked), "protocol.oauth2.authorization_endpoint");
    need(brings_none(&oauth2.token_endpoint, exchanged), "protocol.oauth2.token_endpoint");
    let at = oauth2.user_endpoint.as_deref();
    need(at.is_none_or(|at| brings_none(at, user)), "protocol.oauth2.user_endpoint");
}

/// What RFC 6749, appendix A, lets values be.
fn printable(text: &str) -> bool {
    !text.is_empty() && text.bytes().all(|b| b == b' ' || b.is_ascii_graphic())
}

/// What RFC 6749, section 8.2, lets names of parameters be.
fn is_parameter(name: &str) -> bool {
    let plain = |b: u8| b.is_ascii_alphanumeric() || matches!(b, b'-' | b'.' | b'_');
    !name.is_empty() && name.bytes().all(plain)
}

/// Whether an address has each of its own parameters once, and none that is added to it.
fn brings_none(url: &str, added: impl Fn(&str) -> bool) -> bool {
    let Some((uri, _)) = place(url) else { return true };
    let mut seen = HashSet::new();
    form_urlencoded::parse(uri.query().unwrap_or_default().as_bytes())
        .all(|(name, _)| !added(&name) && seen.insert(name))
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::{Value, json};

    fn faults(at: &str, value: Value) -> String {
        let mut settings = json!({
            "name": "peculiar", "label": {"en": "Peculiar", "zh": "特别"}, "client_id": "center",
            "client_secret": "open sesame", "roots": null,
            "protocol": {"oauth2": {
                "authorization_endpoint": "https://id.example/connect?kind=web",
                "authorization_parameters": {"lang": "cn"}, "scope": "snsapi_login",
                "token_endpoint": "https://id.example/token?fmt=json",
                "client_id_name": "appid", "client_secret_name": "secret",
                "user_endpoint": "https://id.example/user?fmt=json", "subject": "/id"
            }}
        });
        *settings.pointer_mut(at).expect("a member") = value;
        let provider: Provider = serde_json::from_value(settings).expect("settings");
        let checked = check(&[provider], &ThirdParties::none());
        checked.map_or_else(|error| error.chain(), |()| String::new())
    }

    #[test]
    fn nothing_is_sent_twice_or_without_a_name() {
        assert_eq!(faults("/name", json!("other")), "");
        let parameters = "authorization_parameters";
        for (at, value) in [
            ("client_id_name", json!("redirect_uri")),
            ("client_id_name", json!("grant_type")),
            ("client_id_name", json!("lang")),
            ("client_id_name", json!("secret")),
            ("client_id_name", json!("kind")),
            ("client_id_name", json!("")),
            ("client_secret_name", json!("")),
            ("client_secret_name", json!("a&b")),
            ("client_secret_name", json!("code")),
            ("client_secret_name", json!("fmt")),
            ("scope", json!("")),
            (parameters, json!({"code_challenge_method": "plain"})),
            (parameters, json!({"state": "x"})),
            (parameters, json!({"appid": "x"})),
            (parameters, json!({"kind": "x"})),
            (parameters, json!({"": "x"})),
            (parameters, json!({"lang": ""})),
            ("authorization_endpoint", json!("https://id.example/connect?state=x")),
            ("authorization_endpoint", json!("https://id.example/connect?a=1&a=2")),
            ("token_endpoint", json!("https://id.example/token?secret=x")),
            ("user_endpoint", json!("https://id.example/user?access_token=x")),
        ] {
            let found = faults(&format!("/protocol/oauth2/{at}"), value.clone());
            assert!(found.contains("providers[0].protocol.oauth2."), "{at} {value}: {found}");
        }
    }

    #[test]
    fn roots_that_are_none_are_named() {
        let bad = "-----BEGIN CERTIFICATE-----\nY2FuYXJ5\n-----END CERTIFICATE-----\n";
        assert!(faults("/roots", json!(bad)).contains("providers[0].roots"));
    }
}
