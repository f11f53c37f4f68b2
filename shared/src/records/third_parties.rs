//! The third parties that people can log in by, with their secrets: sealed as the settings of
//! delivery are, so that they stand in no environment, no template and no log.

use super::configuration::{keys as places, open as opened, replace_read};
use crate::domain::locale::Locale;
use crate::domain::personal::Secret;
use crate::error::Result;
use crate::ports::Ports;
use crate::store::{Key, Row};
use crate::vault::Owner;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

const OWNER: Owner = Owner::Configuration("third-parties");

crate::declared! {
    /// The third parties, in the order in which they are shown.
    pub struct ThirdParties in Configuration {
        /// Each of them.
        providers: Vec<Provider> => CONFIGURATION_PROVIDERS,
        /// Every name that was ever given, those of third parties that are gone among them.
        #[serde(default)]
        names: Vec<Named> => CONFIGURATION_NAMES,
    }
}

/// A name, and the third party that it stands for, for good: accounts are linked by name and
/// subject, and another third party's subjects are others' people.
#[derive(Clone, Debug, Eq, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Named {
    /// The name.
    pub name: String,
    /// The third party.
    pub identity: Identity,
}

/// What makes a third party the one that it is.
#[derive(Clone, Debug, Eq, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", deny_unknown_fields)]
pub enum Identity {
    /// An OpenID provider is its issuer.
    Openid {
        /// The issuer.
        issuer: String,
    },
    /// A server of OAuth 2.0 is where people log in, and where it says who they are.
    Oauth2 {
        /// Where people are sent.
        authorization_endpoint: String,
        /// Where it says who somebody is.
        says_at: String,
        /// Where the subject stands in what it says.
        subject: String,
    },
}

/// A third party that people can log in by.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Provider {
    /// Its name in paths and in accounts: for good, since accounts are linked to it.
    pub name: String,
    /// What it is called.
    pub label: Label,
    /// Who we are to it.
    pub client_id: String,
    /// How it knows us.
    pub client_secret: Secret,
    /// How it is spoken to.
    pub protocol: Protocol,
    /// The longest that all calls of one log-in may take, 1 to 10 seconds.
    #[serde(default = "timeout")]
    pub timeout_secs: u8,
    /// The roots that its certificate chains to, as PEM; the system's where there are none.
    pub roots: Option<String>,
}

/// What a third party is called.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Label {
    /// In English.
    pub en: String,
    /// In Chinese.
    pub zh: String,
}

impl Label {
    /// The label in a language.
    pub fn of(&self, locale: Locale) -> &str {
        match locale {
            Locale::En => &self.en,
            Locale::Zh => &self.zh,
        }
    }
}

/// How a third party is spoken to.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Protocol {
    /// As an OpenID provider (OpenID Connect Core 1.0), which says itself where everything is.
    Openid(Openid),
    /// As a server of OAuth 2.0 that tells who somebody is in a way of its own.
    Oauth2(Box<Oauth2>),
}

/// An OpenID provider.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Openid {
    /// The issuer, exactly as it names itself.
    pub issuer: String,
    /// How the secret is handed over.
    #[serde(default)]
    pub client_auth: ClientAuth,
}

/// How the secret is handed over at the token endpoint (RFC 6749, section 2.3.1).
#[derive(Clone, Copy, Debug, Default, Eq, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ClientAuth {
    /// In a header.
    #[default]
    Basic,
    /// In the body.
    Post,
}

/// A server of OAuth 2.0 with ways of its own.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Oauth2 {
    /// Where people are sent.
    pub authorization_endpoint: String,
    /// What is asked for; the least that tells who somebody is.
    pub scope: Option<String>,
    /// Further parameters for people's browsers to bring.
    #[serde(default)]
    pub authorization_parameters: BTreeMap<String, String>,
    /// What the address ends with behind `#`.
    pub fragment: Option<String>,
    /// Whether it knows PKCE (RFC 7636).
    #[serde(default = "yes")]
    pub pkce: bool,
    /// Where codes are exchanged.
    pub token_endpoint: String,
    /// Whether parameters go there in the body or in the address.
    #[serde(default)]
    pub token_method: Method,
    /// What `client_id` is called.
    #[serde(default = "client_id")]
    pub client_id_name: String,
    /// What `client_secret` is called.
    #[serde(default = "client_secret")]
    pub client_secret_name: String,
    /// Where it says who somebody is; none where the answer with the token does.
    pub user_endpoint: Option<String>,
    /// How the token is handed over there.
    #[serde(default)]
    pub user_token: UserToken,
    /// Where the subject stands in that answer: a JSON pointer (RFC 6901).
    pub subject: String,
    /// Where that answer repeats `client_id`, if it does: a token of another client is refused.
    pub audience: Option<String>,
}

/// How parameters are sent.
#[derive(Clone, Copy, Debug, Default, Eq, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Method {
    /// In the address.
    Get,
    /// In the body, as a form.
    #[default]
    Post,
}

/// How a token is handed over.
#[derive(Clone, Copy, Debug, Default, Eq, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum UserToken {
    /// In a header (RFC 6750, section 2.1).
    #[default]
    Header,
    /// In the address.
    Query,
}

const fn timeout() -> u8 {
    5
}

const fn yes() -> bool {
    true
}

fn client_id() -> String {
    "client_id".to_owned()
}

fn client_secret() -> String {
    "client_secret".to_owned()
}

impl Provider {
    /// The name, and what it stands for.
    pub fn named(&self) -> Named {
        let identity = match &self.protocol {
            Protocol::Openid(openid) => Identity::Openid { issuer: openid.issuer.clone() },
            Protocol::Oauth2(oauth2) => Identity::Oauth2 {
                authorization_endpoint: oauth2.authorization_endpoint.clone(),
                says_at: oauth2.user_endpoint.as_ref().unwrap_or(&oauth2.token_endpoint).clone(),
                subject: oauth2.subject.clone(),
            },
        };
        Named { name: self.name.clone(), identity }
    }
}

impl ThirdParties {
    /// None, and no name was given yet.
    pub const fn none() -> Self {
        Self { providers: Vec::new(), names: Vec::new() }
    }

    /// Other third parties in place of these. No name is forgotten.
    #[must_use]
    pub fn replaced_by(&self, providers: Vec<Provider>) -> Self {
        let mut names = self.names.clone();
        let all = self.providers.iter().chain(&providers).map(Provider::named);
        for named in all {
            if names.iter().all(|known| known.name != named.name) {
                names.push(named);
            }
        }
        Self { providers, names }
    }

    /// Whether a third party's name was ever given to another one.
    pub fn was_anothers(&self, provider: &Provider) -> bool {
        let given = provider.named();
        let configured = self.providers.iter().map(Provider::named);
        let mut known = self.names.iter().cloned().chain(configured);
        known.any(|known| known.name == given.name && known != given)
    }

    /// The third party of a name.
    pub fn named(&self, name: &str) -> Option<&Provider> {
        self.providers.iter().find(|provider| provider.name == name)
    }
}

/// Where the settings are, and their key.
pub fn keys() -> [Key; 2] {
    places(&OWNER)
}

/// Opens the settings, given their row and the row of their key; none where there are none.
///
/// # Errors
///
/// `Corrupt` where row and key do not belong together.
pub async fn open(ports: &Ports, rows: &[Option<Row>; 2]) -> Result<ThirdParties> {
    let found: Option<ThirdParties> = opened(ports, OWNER, rows).await?;
    Ok(found.unwrap_or(ThirdParties::none()))
}

/// The settings.
///
/// # Errors
///
/// As [`open`].
pub async fn read(ports: &Ports) -> Result<ThirdParties> {
    let rows = ports.store.get(&keys()).await?;
    open(ports, &rows).await
}

/// Puts other third parties in place of those that are there, where they hold against these.
///
/// # Errors
///
/// As [`open`]; that of the check; `Conflict` where somebody else does so at the same time.
pub async fn replace(
    ports: &Ports,
    providers: Vec<Provider>,
    check: impl FnOnce(&[Provider], &ThirdParties) -> Result<()>,
) -> Result<ThirdParties> {
    let rows = ports.store.get(&keys()).await?;
    let before = open(ports, &rows).await?;
    check(&providers, &before)?;
    let settings = before.replaced_by(providers);
    replace_read(ports, (OWNER, rows), &settings).await?;
    Ok(settings)
}
