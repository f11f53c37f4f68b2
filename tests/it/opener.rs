//! Accounts opened by the function that registration uses, with a password hash of the lowest cost,
//! so that time goes into what is tested or measured and not into hashing. The benches use it too.

use argon2::password_hash::phc::Salt;
use argon2::{Algorithm, Argon2, Params, PasswordHasher, Version};
use shared::Ports;
use shared::domain::account::{AgeBand, Profile};
use shared::domain::contact::Contact;
use shared::domain::inventory::Scope;
use shared::domain::locale::Locale;
use shared::domain::period::Period;
use shared::domain::personal::Secret;
use shared::domain::policy;
use shared::domain::time::Timestamp;
use shared::ledger::Book;
use shared::opening::{self, Accepted, Opening};
use shared::records::session::Token;
use shared::records::subject;
use shared::store::{Attr, Key, Transaction, When};
use shared::vault::{IndexKey, Owner};
use std::net::IpAddr;

/// Opens accounts.
pub(crate) struct Opener {
    ports: Ports,
    index: IndexKey,
    hash: Secret,
}

impl Opener {
    /// Everyone has the same password.
    pub(crate) async fn new(ports: &Ports, password: &str) -> Self {
        let index = ports.vault.index().await.expect("the index key");
        Self { ports: ports.clone(), index, hash: cheap_hash(password) }
    }

    /// Opens an account as the route does once the code was right: its token, and its claim. Where
    /// `told_at` is given, the account was told then that it ends unused, and heard it.
    pub(crate) async fn open(&self, login: &str, told_at: Option<Timestamp>) -> (Token, Key) {
        let ports = &self.ports;
        let now = ports.clock.now();
        let contact = Contact::of_login(login).expect("an address or a number");
        let claims = self.index.claims(&contact);
        let address = contact.address().clone();
        let (email, phone) = match contact {
            Contact::Email(_) => (Some(address), None),
            Contact::Phone(_) => (None, Some(address)),
        };
        let version = policy::in_force(Scope::General, now).expect("one in force");
        let text = version.shown(Locale::En).expect("a text");
        let accepted = Accepted { version: version.id, text };
        let profile = Profile {
            email,
            phone,
            contact_change: None,
            display_name: None,
            language: Locale::En,
            age_band: AgeBand::Adult,
            password: Some(self.hash.clone()),
            third_parties: Vec::new(),
            consents: Vec::new(),
            policy_version: version.id.to_owned(),
            acceptance: None,
            claims: vec![claims.current.pk.clone()],
            session_epoch: 0,
            told_at,
        };
        let keys = [Book::year_key(now), Owner::Period(Period::logs(now)).key()];
        let [year, month] = ports.store.get(&keys).await.expect("a read");
        let (source, request) = (IpAddr::from([203, 0, 113, 7]), "req_simulated");
        let new = Opening {
            profile: &profile,
            accepted,
            claims: &claims,
            source,
            device: None,
            request,
            now,
        };
        let opened = opening::open(ports, new, (year.as_ref(), month.as_ref())).await;
        let (transaction, token, _) = opened.expect("an account");
        ports.store.write(transaction).await.expect("registers");
        if let Some(told) = told_at {
            let account = subject::account(&token.subject);
            let mut heard = Transaction::new();
            heard.touch("account", account, (Attr::HeardAt, told), When::GateEpoch(1));
            ports.store.write(heard).await.expect("hands the notice over");
        }
        (token, claims.current)
    }
}

/// A hash at the lowest cost: whoever checks it goes by the cost in it.
pub(crate) fn cheap_hash(password: &str) -> Secret {
    let params = Params::new(8, 1, 1, None).expect("the lowest cost");
    let argon2 = Argon2::new(Algorithm::Argon2id, Version::V0x13, params);
    let salt = Salt::new(&[7; 16]).expect("a salt");
    let hash = argon2.hash_password_with_salt(password.as_bytes(), &salt).expect("a hash");
    Secret::new(hash.to_string())
}
