//! What a person does with contacts and the password, one verb each.

use crate::app::{Answer, TestApp};
use http::Method;
use serde_json::{Value, json};

/// The channel of an address.
pub(crate) fn channel(address: &str) -> &'static str {
    if address.contains('@') { "email" } else { "phone" }
}

impl TestApp {
    /// The body that asks for a code for a further contact.
    pub(crate) fn contact_request(address: &str) -> Value {
        json!({"purpose": "contact", "channel": channel(address), "address": address})
    }

    /// Asks for a code for a further contact, and reads it in the mailbox: the body that sets it.
    pub(crate) async fn contact_code(&self, token: &str, address: &str) -> Value {
        let call = self.post("/v1/verifications").bearer(token);
        let asked = call.json(&Self::contact_request(address)).send().await.expect(202);
        json!({"verification": asked.body["verification"], "code": self.mailed_code(address).await})
    }

    /// Sets a contact that was verified.
    pub(crate) async fn put_contact(&self, token: &str, address: &str, code: &Value) -> Answer {
        let path = format!("/v1/me/contacts/{}", channel(address));
        self.call(Method::PUT, &path).bearer(token).json(code).send().await
    }

    /// Verifies a contact and sets it.
    pub(crate) async fn set_contact(&self, token: &str, address: &str) -> Answer {
        let code = self.contact_code(token, address).await;
        self.put_contact(token, address, &code).await
    }

    /// Removes the contact of a channel.
    pub(crate) async fn remove_contact(&self, token: &str, channel: &str) -> Answer {
        self.delete(&format!("/v1/me/contacts/{channel}")).bearer(token).send().await
    }

    /// Takes the change of a channel back.
    pub(crate) async fn take_back(&self, token: &str, channel: &str) -> Answer {
        self.delete(&format!("/v1/me/contacts/{channel}/change")).bearer(token).send().await
    }

    /// Changes the password.
    pub(crate) async fn put_password(&self, token: &str, current: &str, new: &str) -> Answer {
        let body = json!({"current": current, "new": new});
        self.call(Method::PUT, "/v1/me/password").bearer(token).json(&body).send().await
    }

    /// The body that asks for a code to reset a password, or for whatever a code alone does.
    pub(crate) fn holder_request(purpose: &str, address: &str) -> Value {
        json!({"purpose": purpose, "channel": channel(address), "address": address})
    }

    /// Asks for such a code, and reads it in the mailbox: the members that prove it.
    pub(crate) async fn holder_code(&self, purpose: &str, address: &str) -> Value {
        let body = Self::holder_request(purpose, address);
        let asked = self.post("/v1/verifications").json(&body).send().await.expect(202);
        json!({"verification": asked.body["verification"], "code": self.mailed_code(address).await})
    }

    /// Resets the password with a code.
    pub(crate) async fn reset(&self, code: &Value, new: &str) -> Answer {
        let mut body = code.clone();
        body["new"] = json!(new);
        self.post("/v1/password-resets").json(&body).send().await
    }

    /// Takes a contact out of whichever account has it, with a code.
    pub(crate) async fn detach(&self, code: &Value) -> Answer {
        self.post("/v1/contact-detachments").json(code).send().await
    }

    /// Proves identity again.
    pub(crate) async fn freshen(&self, token: &str) {
        self.freshen_with(token, crate::app::PASSWORD).await;
    }

    /// Proves identity again by a password.
    pub(crate) async fn freshen_with(&self, token: &str, password: &str) {
        let body = json!({"password": password});
        let call = self.post("/v1/reauthentications").bearer(token).json(&body);
        call.send().await.expect(204);
    }

    /// Tries to log in by a name and a password.
    pub(crate) async fn try_log_in(&self, login: &str, password: &str) -> Answer {
        let body = json!({"login": login, "password": password});
        self.post("/v1/sessions").json(&body).send().await
    }
}
