//! A third party for tests: an OpenID provider on the loopback that does what it is told, also what
//! none should.

use crate::app::{Answer, TestApp};
use aws_lc_rs::digest::{SHA256, digest};
use aws_lc_rs::signature::{ECDSA_P256_SHA256_FIXED_SIGNING, EcdsaKeyPair, KeyPair};
use axum::body::Body;
use axum::extract::{Form, State};
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::{IntoResponse, Response};
use axum::routing::{get, post};
use axum::{Json, Router};
use data_encoding::{BASE64, BASE64URL_NOPAD};
use jsonwebtoken::{Algorithm, EncodingKey, Header, encode};
use personal_center::role::acting;
use serde_json::{Value, json};
use shared::domain::time::Timestamp;
use shared::testing::FixedClock;
use std::collections::HashMap;
use std::sync::{Arc, Mutex};
use tokio::net::TcpListener;
use url::Url;

pub(crate) const CLIENT: &str = "center";
pub(crate) const SECRET: &str = "open sesame";

/// What the provider does in its own way.
#[derive(Clone, Debug, Default)]
pub(crate) struct Twist {
    /// Members of the ID token in place of the right ones; `null` leaves one out.
    pub(crate) claims: Value,
    /// How the token is signed.
    pub(crate) signed: Signed,
    /// What the token endpoint answers in place of tokens.
    pub(crate) token: Option<Odd>,
    /// What the document, or the set of keys, is replaced by.
    pub(crate) document: Option<Odd>,
    pub(crate) keys: Option<Odd>,
}

/// How a token is signed.
#[derive(Clone, Copy, Debug, Default, Eq, PartialEq)]
pub(crate) enum Signed {
    /// By the newest key, under its name.
    #[default]
    Rightly,
    /// Not at all.
    None,
    /// By HMAC, with the public key as its secret.
    ByPublicKey,
    /// By a key of somebody else's, under the name of the newest.
    ByAnother,
    /// By a key of somebody else's, under a name of its own.
    ByUnnamed,
}

/// An answer that is none.
#[derive(Clone, Debug)]
pub(crate) enum Odd {
    Status(u16),
    Redirect(String),
    Huge,
    Late,
    Said(Value),
}

/// What a code stands for.
struct Grant {
    subject: String,
    nonce: String,
    challenge: String,
    redirect_uri: String,
}

struct Inner {
    issuer: String,
    clock: Arc<FixedClock>,
    keys: Vec<(String, EcdsaKeyPair)>,
    grants: HashMap<String, Grant>,
    twist: Twist,
    /// How often each path was asked.
    asked: HashMap<&'static str, usize>,
}

/// A provider.
#[derive(Clone)]
pub(crate) struct Idp {
    pub(crate) issuer: String,
    inner: Arc<Mutex<Inner>>,
}

impl Idp {
    /// A provider with one key, on a port of its own.
    pub(crate) async fn start(app: &TestApp) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
        let issuer = format!("http://{}", listener.local_addr().expect("an address"));
        let inner = Inner {
            issuer: issuer.clone(),
            clock: app.clock.clone(),
            keys: vec![("k1".to_owned(), key())],
            grants: HashMap::new(),
            twist: Twist::default(),
            asked: HashMap::new(),
        };
        let idp = Self { issuer, inner: Arc::new(Mutex::new(inner)) };
        let router = Router::new()
            .route("/.well-known/openid-configuration", get(document))
            .route("/token", post(token))
            .route("/keys", get(keys))
            .route("/user", get(user))
            .with_state(idp.clone());
        tokio::spawn(async move { axum::serve(listener, router).await });
        idp
    }

    /// Lets it do things in its own way from now on.
    pub(crate) fn twist(&self, twist: Twist) {
        self.lock().twist = twist;
    }

    /// Begins to sign with a new key, in place of those before.
    pub(crate) fn rotate(&self) {
        let name = format!("k{}", self.lock().keys.len() + 1);
        self.rotate_to(&name);
    }

    /// The same under a name, perhaps that of the one before, or an empty one for none.
    pub(crate) fn rotate_to(&self, name: &str) {
        self.lock().keys = vec![(name.to_owned(), key())];
    }

    /// How often a path was asked.
    pub(crate) fn asked(&self, path: &'static str) -> usize {
        self.lock().asked.get(path).copied().unwrap_or_default()
    }

    /// Somebody logs in there, at the address that a browser was sent to: the code and the state
    /// that the browser is sent back with.
    pub(crate) fn consent(&self, url: &str, subject: &str) -> (String, String) {
        let url = Url::parse(url).expect("an address");
        let of: HashMap<_, _> = url.query_pairs().into_owned().collect();
        let part = |name: &str| of.get(name).cloned().unwrap_or_default();
        assert_eq!(part("response_type"), "code");
        let grant = Grant {
            subject: subject.to_owned(),
            nonce: part("nonce"),
            challenge: part("code_challenge"),
            redirect_uri: part("redirect_uri"),
        };
        let mut inner = self.lock();
        let code = format!("code-{}-{}", inner.grants.len(), part("state").len());
        inner.grants.insert(code.clone(), grant);
        (code, part("state"))
    }

    fn lock(&self) -> std::sync::MutexGuard<'_, Inner> {
        self.inner.lock().expect("no panic before")
    }

    fn note(&self, path: &'static str) -> Twist {
        let mut inner = self.lock();
        *inner.asked.entry(path).or_default() += 1;
        inner.twist.clone()
    }

    /// The settings of this provider, under a name.
    pub(crate) fn settings(&self, name: &str) -> Value {
        json!({
            "name": name, "label": {"en": "Example", "zh": "示例"}, "client_id": CLIENT,
            "client_secret": SECRET, "timeout_secs": 1,
            "protocol": {"openid": {"issuer": self.issuer}}
        })
    }

    /// The settings of this provider as a server of OAuth 2.0 in the way of WeChat, under a name.
    pub(crate) fn peculiar(&self, name: &str) -> Value {
        json!({
            "name": name, "label": {"en": "Peculiar", "zh": "特别"}, "client_id": CLIENT,
            "client_secret": SECRET, "timeout_secs": 1,
            "protocol": {"oauth2": {
                "authorization_endpoint": format!("{}/connect", self.issuer),
                "scope": "snsapi_login", "fragment": "wechat_redirect",
                "authorization_parameters": {"lang": "cn"},
                "token_endpoint": format!("{}/token", self.issuer),
                "client_id_name": "appid", "client_secret_name": "secret",
                "user_endpoint": format!("{}/user", self.issuer), "user_token": "query",
                "subject": "/data/id", "audience": "/appid"
            }}
        })
    }
}

/// Configures third parties.
pub(crate) async fn configure(app: &TestApp, providers: &[Value]) -> shared::Result<usize> {
    let event = json!({"do": "configure", "providers": providers});
    let event = serde_json::from_value(event).expect("an event");
    let desk = federation::Desk::default();
    let work = federation::event::handle(&app.world.ports, &desk, event);
    acting("federation", work).await.map(|done| done.providers.len())
}

/// A log-in that was begun in a browser.
#[derive(Clone, Debug)]
pub(crate) struct Begun {
    pub(crate) provider: String,
    pub(crate) url: String,
    pub(crate) cookie: String,
}

impl TestApp {
    /// Begins a log-in by a third party; the answer as it is.
    pub(crate) async fn begin(&self, provider: &str, body: &Value, token: Option<&str>) -> Answer {
        let call = self.post(&format!("/v1/third-parties/{provider}/authorizations"));
        let call = if let Some(token) = token { call.bearer(token) } else { call };
        call.json(body).send().await
    }

    /// Sends back what a third party sent, with the cookie of a browser.
    pub(crate) async fn come_back(&self, begun: &Begun, code: &str, state: &str) -> Answer {
        self.return_with(begun, &json!({"code": code, "state": state})).await
    }

    /// Sends a body back with the cookie of a browser.
    pub(crate) async fn return_with(&self, begun: &Begun, body: &Value) -> Answer {
        let call = self.post(&format!("/v1/third-party-returns/{}", begun.provider));
        call.header("cookie", &begun.cookie).json(body).send().await
    }

    /// The whole way of somebody at a third party. The first answer that is no success ends it.
    pub(crate) async fn by_third_party(
        &self,
        (idp, provider): (&Idp, &str),
        subject: &str,
        (body, token): (&Value, Option<&str>),
    ) -> Answer {
        let answer = self.begin(provider, body, token).await;
        if !answer.status.is_success() {
            return answer;
        }
        let begun = begun(provider, &answer);
        let (code, state) = idp.consent(&begun.url, subject);
        self.come_back(&begun, &code, &state).await
    }
}

/// The body that begins a registration.
pub(crate) fn registration() -> Value {
    json!({
        "intent": "register", "age": {"band": "adult"}, "policy_version": "general-2022-08-16",
        "consents": ["profile"]
    })
}

/// The body that begins a log-in.
pub(crate) fn log_in() -> Value {
    json!({"intent": "log_in"})
}

/// What a browser has after the begin.
pub(crate) fn begun(provider: &str, answer: &Answer) -> Begun {
    let url = answer.body["authorization_url"].as_str().expect("an address").to_owned();
    let cookie = crate::app::cookie(answer).expect("a cookie");
    Begun { provider: provider.to_owned(), url, cookie }
}

fn key() -> EcdsaKeyPair {
    EcdsaKeyPair::generate(&ECDSA_P256_SHA256_FIXED_SIGNING).expect("a key")
}

fn signing(key: &EcdsaKeyPair) -> EncodingKey {
    let der = key.to_pkcs8v1().expect("a key in DER");
    EncodingKey::from_ec_der(der.as_ref())
}

async fn odd(odd: Odd) -> Response {
    match odd {
        Odd::Status(status) => StatusCode::from_u16(status).expect("a status").into_response(),
        Odd::Redirect(to) => (StatusCode::FOUND, [(header::LOCATION, to)]).into_response(),
        Odd::Huge => Body::from(vec![b' '; 200_000]).into_response(),
        Odd::Late => {
            tokio::time::sleep(std::time::Duration::from_secs(30)).await;
            StatusCode::OK.into_response()
        }
        Odd::Said(said) => Json(said).into_response(),
    }
}

async fn document(State(idp): State<Idp>) -> Response {
    let twist = idp.note("document");
    if let Some(it) = twist.document {
        return odd(it).await;
    }
    let at = |path: &str| format!("{}/{path}", idp.issuer);
    Json(json!({
        "issuer": idp.issuer, "authorization_endpoint": at("authorize"),
        "token_endpoint": at("token"), "jwks_uri": at("keys")
    }))
    .into_response()
}

async fn keys(State(idp): State<Idp>) -> Response {
    let twist = idp.note("keys");
    if let Some(it) = twist.keys {
        return odd(it).await;
    }
    let inner = idp.lock();
    let mut keys = vec![json!({"kty": "of-a-kind-to-come", "kid": "k0"})];
    for (name, key) in &inner.keys {
        let point = key.public_key().as_ref();
        let part = |range| BASE64URL_NOPAD.encode(&point[range]);
        let name = Some(name).filter(|name| !name.is_empty());
        keys.push(json!({
            "kty": "EC", "crv": "P-256", "kid": name, "use": "sig", "alg": "ES256",
            "x": part(1..33), "y": part(33..65)
        }));
    }
    Json(json!({"keys": keys})).into_response()
}

async fn token(
    State(idp): State<Idp>,
    headers: HeaderMap,
    Form(form): Form<HashMap<String, String>>,
) -> Response {
    let twist = idp.note("token");
    if let Some(it) = twist.token.clone() {
        return odd(it).await;
    }
    let part = |name: &str| form.get(name).cloned().unwrap_or_default();
    let basic = format!("Basic {}", BASE64.encode(format!("{CLIENT}:open+sesame").as_bytes()));
    let by_header = headers.get(header::AUTHORIZATION).is_some_and(|given| *given == *basic);
    let by_form = part("appid") == CLIENT && part("secret") == SECRET;
    let mut inner = idp.lock();
    let Some(grant) = inner.grants.remove(&part("code")) else {
        return StatusCode::BAD_REQUEST.into_response();
    };
    let challenge = digest(&SHA256, part("code_verifier").as_bytes());
    let proved = BASE64URL_NOPAD.encode(challenge.as_ref()) == grant.challenge;
    let there = part("redirect_uri") == grant.redirect_uri;
    if !(proved && there && (by_header || by_form)) {
        return StatusCode::BAD_REQUEST.into_response();
    }
    let now = shared::clock::Clock::now(&*inner.clock);
    let token = id_token(&inner, &grant, (now, &twist));
    let access = format!("access-{}", grant.subject);
    Json(json!({"access_token": access, "token_type": "Bearer", "id_token": token})).into_response()
}

fn id_token(inner: &Inner, grant: &Grant, (now, twist): (Timestamp, &Twist)) -> String {
    let mut claims = json!({
        "iss": inner.issuer, "sub": grant.subject, "aud": CLIENT, "nonce": grant.nonce,
        "iat": now.secs(), "exp": now.secs() + 300, "auth_time": now.secs(),
        "email": "canary@example.org", "name": "Canary"
    });
    for (name, value) in twist.claims.as_object().into_iter().flatten() {
        claims[name] = value.clone();
    }
    claims.as_object_mut().expect("claims").retain(|_, value| !value.is_null());
    let (name, key) = inner.keys.last().expect("a key");
    let mut header = Header::new(Algorithm::ES256);
    header.kid = Some(name.clone()).filter(|name| !name.is_empty());
    let signed = match twist.signed {
        Signed::Rightly => encode(&header, &claims, &signing(key)),
        Signed::None => {
            let part = |it: &Value| BASE64URL_NOPAD.encode(it.to_string().as_bytes());
            return format!("{}.{}.", part(&json!({"alg": "none", "kid": name})), part(&claims));
        }
        Signed::ByPublicKey => {
            header.alg = Algorithm::HS256;
            let secret = EncodingKey::from_secret(key.public_key().as_ref());
            encode(&header, &claims, &secret)
        }
        Signed::ByAnother => encode(&header, &claims, &signing(&self::key())),
        Signed::ByUnnamed => {
            header.kid = Some("unknown".to_owned());
            encode(&header, &claims, &signing(&self::key()))
        }
    };
    signed.expect("a token")
}

async fn user(State(idp): State<Idp>, uri: axum::http::Uri) -> Response {
    let twist = idp.note("user");
    let query = uri.query().unwrap_or_default();
    let token =
        url::form_urlencoded::parse(query.as_bytes()).find(|(name, _)| name == "access_token");
    let Some(subject) = token.and_then(|(_, t)| t.strip_prefix("access-").map(str::to_owned))
    else {
        return StatusCode::UNAUTHORIZED.into_response();
    };
    let client = twist.claims["client"].as_str().unwrap_or(CLIENT).to_owned();
    let id: Value = subject.parse::<u64>().map_or(json!(subject), |number| json!(number));
    Json(json!({"appid": client, "data": {"id": id, "name": "canary"}})).into_response()
}
