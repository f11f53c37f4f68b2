//! What each function is asked for: something that it does every day, and that hashes no password.

use crate::world::World;
use serde_json::{Value, json};
use shared::testing::binary::Binary;
use shared::testing::events::{self, BodyForm};

/// The number of slices that `sweep` is called for.
const SLICES: usize = 8;

/// The requests of one function, one after the other.
pub(crate) struct Acts<'a> {
    world: &'a World,
    name: &'a str,
    done: usize,
}

impl<'a> Acts<'a> {
    /// Begins with what changes nothing.
    pub(crate) fn of(name: &'a str, world: &'a World) -> Self {
        Self { world, name, done: 0 }
    }

    /// Whether it is behind the HTTP API.
    pub(crate) fn is_api(name: &str) -> bool {
        !matches!(name, "notify" | "sweep")
    }

    /// Makes the next request; it ends where the answer is none that was wanted.
    pub(crate) async fn one(&mut self, binary: &Binary) {
        let event = self.event();
        let answer = binary.invoke(&event).await.expect("it goes on").expect("an answer");
        self.done += 1;
        if !Self::is_api(self.name) {
            return;
        }
        let status = answer["statusCode"].as_u64().unwrap_or_default();
        assert!((200..300).contains(&status), "{}: {answer}", self.name);
    }

    fn event(&self) -> Value {
        match self.name {
            "access" => self.signed("GET", "/v1/me"),
            "consent" => self.signed("GET", "/v1/me/consents"),
            "correct" => self.correction(),
            "delete" => events::http("GET", &self.world.receipt),
            "export" => {
                let (token, part) = self.world.copy();
                signed(token, "GET", part)
            }
            "federation" => self.signed("GET", "/v1/me/third-parties"),
            "policy" => events::http("GET", "/v1/policy/inventory"),
            "register" => self.verification(),
            "session" => self.signed("GET", "/v1/sessions"),
            "notify" => events::schedule(),
            "sweep" => {
                let body = json!({"slice": self.done % SLICES}).to_string();
                json!({"Records": [{"messageId": "m", "body": body}]})
            }
            other => panic!("say here what `{other}` is asked for"),
        }
    }

    fn signed(&self, method: &str, path: &str) -> Value {
        signed(&self.world.token, method, path)
    }

    fn correction(&self) -> Value {
        let event = self.signed("PATCH", "/v1/me");
        let event = events::with_header(event, "if-match", "*");
        let name = json!({"display_name": format!("Ada {}", self.done)}).to_string();
        events::with_body(event, &name, BodyForm::Text)
    }

    /// Asks for a code, each time for another address and from another place.
    fn verification(&self) -> Value {
        let stranger = self.world.stranger();
        let body = json!({"purpose": "register", "age": {"band": "adult"}, "channel": "email",
            "address": format!("p{stranger}@example.org")});
        let event = events::http("POST", "/v1/verifications");
        let mut event = events::with_body(event, &body.to_string(), BodyForm::Text);
        let source = format!("198.51.{}.{}", stranger / 250, stranger % 250);
        event["requestContext"]["http"]["sourceIp"] = json!(source);
        event
    }
}

fn signed(token: &str, method: &str, path: &str) -> Value {
    let bearer = format!("Bearer {token}");
    events::with_header(events::http(method, path), "authorization", &bearer)
}
