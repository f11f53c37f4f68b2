//! Settings of third parties, before they are taken: each fault is named, and nothing is quoted.

use crate::client::Line;
use crate::place::place;
use shared::domain::third_party::is_name;
use shared::error::{Error, Kind, Result};
use shared::records::third_parties::{Oauth2, Openid, Protocol, Provider, ThirdParties};

/// The most third parties.
const MOST: usize = 16;

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
    // What RFC 6749, appendix A, lets them be.
    let printable =
        |text: &str| !text.is_empty() && text.bytes().all(|b| b == b' ' || b.is_ascii_graphic());
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
    // What ours are called would be sent twice.
    let own = ["response_type", "redirect_uri", "state", "code_challenge", "scope"];
    let free = |name: &str| !own.contains(&name) && name != oauth2.client_id_name;
    let mut further = oauth2.authorization_parameters.keys();
    need(further.all(|name| free(name)), "protocol.oauth2.authorization_parameters");
}
