//! OpenID providers (OpenID Connect Core 1.0): where everything is, the code flow, the keys.

use crate::client::{Fault, Line, encoded};
use crate::desk::Desk;
use crate::id_token::{self, Expected, Key};
use crate::place::{Reach, named, place};
use data_encoding::BASE64;
use http::Uri;
use serde::Deserialize;
use serde_json::Value;
use shared::domain::time::Timestamp;
use shared::records::third_parties::{ClientAuth, Openid, Provider};
use std::sync::Arc;
use zeroize::Zeroizing;

/// What a provider's document says (OpenID Connect Discovery 1.0, section 3).
#[derive(Debug)]
pub(crate) struct Discovery {
    pub(crate) authorization_endpoint: Uri,
    token_endpoint: Uri,
    jwks_uri: Uri,
    /// Whether it names itself whenever it sends somebody back (RFC 9207).
    pub(crate) returns_issuer: bool,
}

#[derive(Deserialize)]
struct Document {
    issuer: String,
    authorization_endpoint: String,
    token_endpoint: String,
    jwks_uri: String,
    #[serde(default)]
    authorization_response_iss_parameter_supported: bool,
}

/// A provider, and what it is asked through.
pub(crate) struct Asked<'a> {
    pub(crate) desk: &'a Desk,
    pub(crate) line: &'a Line,
    pub(crate) provider: &'a Provider,
    pub(crate) openid: &'a Openid,
    pub(crate) now: Timestamp,
}

/// What comes back with somebody, and what was kept to check it.
pub(crate) struct Returned<'a> {
    pub(crate) code: &'a str,
    pub(crate) redirect_uri: &'a str,
    pub(crate) verifier: &'a str,
    pub(crate) nonce: &'a str,
    /// Since when somebody has to have logged in there, where that matters.
    pub(crate) logged_in_since: Option<Timestamp>,
}

impl Asked<'_> {
    /// The provider's document, as it was within the last hour.
    pub(crate) async fn discover(&self) -> Result<Arc<Discovery>, Fault> {
        let issuer = self.openid.issuer.as_str();
        if let Some(kept) = self.desk.document(issuer, self.now) {
            return Ok(kept);
        }
        let at = format!("{}/.well-known/openid-configuration", issuer.trim_end_matches('/'));
        let (uri, reach) = place(&at).ok_or(Fault::Wrong("an issuer that is no place"))?;
        let document = self.line.get(&uri, None).await?;
        let document = Arc::new(read(document, issuer, reach)?);
        self.desk.keep_document(issuer, document.clone(), self.now);
        Ok(document)
    }

    /// Exchanges a code, and says whom the ID token is about. The other tokens are dropped.
    pub(crate) async fn subject(&self, returned: &Returned<'_>) -> Result<String, Fault> {
        let document = self.discover().await?;
        let token = self.exchange(&document, returned).await?;
        let expected = Expected {
            issuer: &self.openid.issuer,
            client_id: &self.provider.client_id,
            nonce: returned.nonce,
            logged_in_since: returned.logged_in_since,
            now: self.now,
        };
        let header = id_token::header(&token)?;
        let kept = self.desk.keys(&self.openid.issuer, self.now);
        if let Some(signed) = kept.and_then(|keys| id_token::signed(&token, &header, &keys)) {
            return signed.subject(&expected);
        }
        // A key that is not kept may be a new one, whatever it is called: looked for once.
        let keys = self.fetch_keys(&document).await?;
        let signed = id_token::signed(&token, &header, &keys);
        signed.ok_or(Fault::Wrong("a token that no key of its issuer signed"))?.subject(&expected)
    }

    async fn exchange(
        &self,
        document: &Discovery,
        returned: &Returned<'_>,
    ) -> Result<Zeroizing<String>, Fault> {
        let (id, secret) = (self.provider.client_id.as_str(), self.provider.client_secret.expose());
        let mut form = vec![
            ("grant_type", "authorization_code"),
            ("code", returned.code),
            ("redirect_uri", returned.redirect_uri),
            ("code_verifier", returned.verifier),
        ];
        let basic = match self.openid.client_auth {
            ClientAuth::Basic => Some(basic(id, secret)),
            ClientAuth::Post => {
                form.extend([("client_id", id), ("client_secret", secret)]);
                None
            }
        };
        let header = basic.as_ref().map(|basic| basic.as_str());
        let mut answer = self.line.post(&document.token_endpoint, &form, header).await?;
        match answer.get_mut("id_token").map(Value::take) {
            Some(Value::String(token)) => Ok(Zeroizing::new(token)),
            _ => Err(Fault::Wrong("no ID token")),
        }
    }

    async fn fetch_keys(&self, document: &Discovery) -> Result<Arc<Vec<Key>>, Fault> {
        let set = self.line.get(&document.jwks_uri, None).await?;
        let keys = set["keys"].as_array().ok_or(Fault::Wrong("a set of keys that is none"))?;
        // One of a kind that is not known keeps none of the others.
        let keys = keys.iter().filter_map(|key| serde_json::from_value(key.clone()).ok()).collect();
        let keys = Arc::new(keys);
        self.desk.keep_keys(&self.openid.issuer, Arc::clone(&keys), self.now);
        Ok(keys)
    }
}

fn read(document: Value, issuer: &str, reach: Reach) -> Result<Discovery, Fault> {
    let document: Document =
        serde_json::from_value(document).map_err(|_| Fault::Wrong("a document that is none"))?;
    // A document of another issuer would send our secret, and codes, to that one.
    if document.issuer != issuer {
        return Err(Fault::Wrong("the document of another issuer"));
    }
    let at = |url: &str| named(url, reach).ok_or(Fault::Wrong("a document with a wrong place"));
    Ok(Discovery {
        authorization_endpoint: at(&document.authorization_endpoint)?,
        token_endpoint: at(&document.token_endpoint)?,
        jwks_uri: at(&document.jwks_uri)?,
        returns_issuer: document.authorization_response_iss_parameter_supported,
    })
}

/// The header of RFC 6749, section 2.3.1: both halves are encoded as in a form.
fn basic(id: &str, secret: &str) -> Zeroizing<String> {
    let half =
        |text: &str| Zeroizing::new(encoded(&[("", text)]).trim_start_matches('=').to_owned());
    let both = Zeroizing::new(format!("{}:{}", *half(id), *half(secret)));
    Zeroizing::new(format!("Basic {}", BASE64.encode(both.as_bytes())))
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn both_halves_of_the_header_are_encoded() {
        assert_eq!(*basic("a:b", "c=d"), format!("Basic {}", BASE64.encode(b"a%3Ab:c%3Dd")));
    }

    #[test]
    fn c_2_4_a_document_speaks_for_its_own_issuer_alone() {
        let document = json!({
            "issuer": "https://id.example", "authorization_endpoint": "https://id.example/a",
            "token_endpoint": "https://id.example/t", "jwks_uri": "https://id.example/k",
        });
        let read = |document: &Value, issuer| read(document.clone(), issuer, Reach::Network);
        assert!(read(&document, "https://id.example").is_ok());
        let other = read(&document, "https://other.example").expect_err("another's");
        assert_eq!(other, Fault::Wrong("the document of another issuer"));
        for url in ["http://127.0.0.1:9001/2018-06-01/runtime", "http://id.example/k", "x"] {
            let mut wrong = document.clone();
            wrong["jwks_uri"] = json!(url);
            assert!(read(&wrong, "https://id.example").is_err(), "{url}");
        }
    }
}
