//! Who somebody is at a third party, and where people are sent to say so.

use crate::client::Fault;
use crate::desk::Desk;
use crate::oauth2;
use crate::openid::{Asked, Returned};
use aws_lc_rs::digest::{SHA256, digest};
use data_encoding::BASE64URL_NOPAD;
use shared::domain::personal::Secret;
use shared::domain::third_party::{ThirdParty, subject};
use shared::domain::time::Timestamp;
use shared::http::{Call, Problem, ProblemKind};
use shared::records::authorization::{Authorization, Intent};
use shared::records::third_parties::{Protocol, Provider};
use std::time::Duration;
use tokio::time::timeout;

/// After how long a third party that did not answer is asked again.
const AGAIN: Duration = Duration::from_secs(5);

/// Where a third party sends people back to: a place for each, so that what one of them sends is
/// never taken for another's (RFC 9700, section 4.4.2).
pub(crate) fn redirect_uri(call: &Call, provider: &Provider) -> String {
    format!("{}/v1/third-party-returns/{}", call.ports.config.public_url, provider.name)
}

/// Where people are sent.
///
/// # Errors
///
/// `ThirdPartyUnavailable`, `ThirdPartyFailed`.
pub(crate) async fn authorization_url(
    call: &Call,
    desk: &Desk,
    provider: &Provider,
    (authorization, state): (&Authorization, &Secret),
) -> Result<Secret, Problem> {
    let redirect = redirect_uri(call, provider);
    let challenge = digest(&SHA256, authorization.verifier.expose().as_bytes());
    let challenge = BASE64URL_NOPAD.encode(challenge.as_ref());
    let mut parameters = vec![
        ("response_type", "code"),
        ("redirect_uri", redirect.as_str()),
        ("state", state.expose()),
    ];
    let url = within(call, provider, async {
        if with_pkce(provider) {
            parameters.extend([
                ("code_challenge", challenge.as_str()),
                ("code_challenge_method", "S256"),
            ]);
        }
        match &provider.protocol {
            Protocol::Openid(openid) => {
                let line = desk.line(provider).map_err(|_| Fault::Wrong("roots that are none"))?;
                let asked = Asked { desk, line: &line, provider, openid, now: call.now };
                parameters.extend([
                    ("client_id", provider.client_id.as_str()),
                    ("scope", "openid"),
                    ("nonce", authorization.nonce.expose()),
                ]);
                if authorization.intent == Intent::Prove {
                    // A log-in of before proves nothing.
                    parameters.extend([("prompt", "login"), ("max_age", "0")]);
                }
                let document = asked.discover().await?;
                Ok(crate::client::extended(&document.authorization_endpoint, &parameters))
            }
            Protocol::Oauth2(oauth2) => {
                parameters.push((oauth2.client_id_name.as_str(), provider.client_id.as_str()));
                parameters.extend(oauth2.scope.iter().map(|scope| ("scope", scope.as_str())));
                oauth2::authorization_url(oauth2, &parameters)
            }
        }
    });
    url.await.map(|url| Secret::new(url.to_string()))
}

fn with_pkce(provider: &Provider) -> bool {
    match &provider.protocol {
        Protocol::Openid(_) => true,
        Protocol::Oauth2(oauth2) => oauth2.pkce,
    }
}

/// Somebody who came back from a third party.
pub(crate) struct Came<'a> {
    /// What was begun, and when.
    pub(crate) begun: &'a Authorization,
    pub(crate) began_at: Timestamp,
    /// What the third party sent along.
    pub(crate) code: &'a Secret,
    pub(crate) issuer: Option<&'a str>,
}

/// Asks the third party of a log-in who came back.
///
/// # Errors
///
/// `ThirdPartyUnavailable`, `ThirdPartyFailed`.
pub(crate) async fn identify(
    call: &Call,
    desk: &Desk,
    provider: &Provider,
    came: &Came<'_>,
) -> Result<ThirdParty, Problem> {
    let authorization = came.begun;
    let redirect = redirect_uri(call, provider);
    let returned = Returned {
        code: came.code.expose(),
        redirect_uri: &redirect,
        verifier: authorization.verifier.expose(),
        nonce: authorization.nonce.expose(),
        logged_in_since: (authorization.intent == Intent::Prove).then_some(came.began_at),
    };
    let found = within(call, provider, async {
        let line = desk.line(provider).map_err(|_| Fault::Wrong("roots that are none"))?;
        match &provider.protocol {
            Protocol::Openid(openid) => {
                let asked = Asked { desk, line: &line, provider, openid, now: call.now };
                // Before the code goes anywhere (RFC 9207, section 2.4).
                let named = came.issuer.is_none_or(|issuer| issuer == openid.issuer);
                let silent = came.issuer.is_none() && asked.discover().await?.returns_issuer;
                if !named || silent {
                    return Err(Fault::Wrong("a return of another issuer"));
                }
                asked.subject(&returned).await
            }
            Protocol::Oauth2(oauth2) => {
                oauth2::subject(&line, (provider, oauth2.as_ref()), &returned).await
            }
        }
    });
    let found = subject(&found.await?).ok_or_else(|| failed(call, provider, "no subject"))?;
    Ok(ThirdParty { provider: provider.name.clone(), subject: found })
}

/// Does all calls of one step within the time that the settings leave.
async fn within<T>(
    call: &Call,
    provider: &Provider,
    work: impl Future<Output = Result<T, Fault>>,
) -> Result<T, Problem> {
    let limit = Duration::from_secs(provider.timeout_secs.into());
    match timeout(limit, work).await {
        Ok(Ok(done)) => Ok(done),
        Ok(Err(Fault::Wrong(reason))) => Err(failed(call, provider, reason)),
        Ok(Err(Fault::Down)) | Err(_) => {
            let provider = provider.name.as_str();
            tracing::warn!(request_id = %call.id, provider, "a third party does not answer");
            Err(Problem::new(ProblemKind::ThirdPartyUnavailable).after(AGAIN))
        }
    }
}

/// The problem of an answer that is not what it has to be: the log says why, the caller learns
/// nothing.
fn failed(call: &Call, provider: &Provider, reason: &'static str) -> Problem {
    let provider = provider.name.as_str();
    tracing::warn!(request_id = %call.id, provider, reason, "a third party's answer is refused");
    ProblemKind::ThirdPartyFailed.into()
}
