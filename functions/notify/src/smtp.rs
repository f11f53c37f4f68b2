//! Mails by SMTP submission (RFC 6409): one connection for a mail, secured or not made at all.
//!
//! A connection that is cut after the mail's end and before the answer leaves open whether it was
//! taken on. It is sent again then, under the same `Message-ID`: at least once.

use crate::carrier::{Carried, Carrier, Cause, Handed, Letter};
use crate::compose::{Encoding, compose};
use crate::secure::{broke_tls, parameters};
use lettre::message::Mailbox;
use lettre::transport::smtp::authentication::{Credentials, DEFAULT_MECHANISMS};
use lettre::transport::smtp::client::{AsyncSmtpConnection, TlsParameters};
use lettre::transport::smtp::commands::{Data, Mail, Rcpt};
use lettre::transport::smtp::extension::{ClientId, Extension, MailBodyParameter, MailParameter};
use lettre::transport::smtp::{Error as SmtpError, response::Response};
use shared::error::{Error, Kind, Result};
use shared::records::configuration::{MailServer, Tls};
use std::net::IpAddr;
use std::time::Duration;
use tokio::time::timeout;

/// How long a server may take to say good-bye. Nothing depends on it.
const GOODBYE: Duration = Duration::from_secs(1);

/// A mail server.
pub struct Smtp {
    server: (String, u16),
    security: Security,
    login: Option<Credentials>,
    from: Mailbox,
    within: Duration,
}

enum Security {
    Implicit(TlsParameters),
    Starttls(TlsParameters),
    Loopback,
}

/// What was said last: it decides what a refusal means.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
enum Stage {
    Greeting,
    Login,
    Sender,
    Recipient,
    Content,
}

impl Smtp {
    /// A mail server as its settings have it.
    ///
    /// # Errors
    ///
    /// `Config`, naming every setting that cannot be used and quoting none.
    pub fn new(settings: &MailServer) -> Result<Self> {
        let mut faults = Vec::new();
        let from = settings.from.parse().map_err(|_| faults.push("mail.from")).ok();
        let security = security(settings).map_err(|fault| faults.push(fault)).ok();
        if settings.port == 0 {
            faults.push("mail.port");
        }
        if !(1..=20).contains(&settings.timeout_secs) {
            faults.push("mail.timeout_secs");
        }
        match (from, security) {
            (Some(from), Some(security)) if faults.is_empty() => Ok(Self {
                server: (settings.host.clone(), settings.port),
                security,
                login: settings.login.as_ref().map(|login| {
                    let (user, password) = (login.user.expose(), login.password.expose());
                    Credentials::new(user.to_owned(), password.to_owned())
                }),
                from,
                within: Duration::from_secs(settings.timeout_secs.into()),
            }),
            _ => Err(Error::new(Kind::Config, "read the mail server").at(faults.join(", "))),
        }
    }

    async fn send(&self, letter: &Letter) -> Handed {
        let spoken = timeout(self.within, async {
            let mut server = self.connect().await?;
            self.log_in(&mut server).await?;
            self.hand_over(&mut server, letter).await?;
            Ok(server)
        });
        match spoken.await {
            Ok(Ok(mut server)) => {
                let _nothing_depends_on_it = timeout(GOODBYE, server.quit()).await;
                Handed::Over
            }
            Ok(Err(handed)) => handed,
            Err(_) => Handed::Later(Cause::Timeout, None),
        }
    }

    async fn connect(&self) -> Result<AsyncSmtpConnection, Handed> {
        let name = ClientId::Domain(self.from.email.domain().to_owned());
        let (host, port) = (self.server.0.as_str(), self.server.1);
        let implicit = match &self.security {
            Security::Implicit(tls) => Some(tls.clone()),
            Security::Starttls(_) | Security::Loopback => None,
        };
        let connected =
            AsyncSmtpConnection::connect_tokio1((host, port), None, &name, implicit, None).await;
        let mut server = connected.map_err(|e| meaning(&e, Stage::Greeting))?;
        if let Security::Starttls(tls) = &self.security {
            // A server that does not offer it may be one in the middle that took the offer out.
            if !server.can_starttls() {
                return Err(Handed::Later(Cause::Tls, None));
            }
            let secured = server.starttls(tls.clone(), &name).await;
            secured.map_err(|e| meaning(&e, Stage::Greeting))?;
        }
        Ok(server)
    }

    async fn log_in(&self, server: &mut AsyncSmtpConnection) -> Result<(), Handed> {
        let Some(login) = &self.login else { return Ok(()) };
        match server.auth(DEFAULT_MECHANISMS, login).await {
            Ok(_) => Ok(()),
            // The server knows no way to log in that we know.
            Err(error) if error.is_client() => Err(Handed::Later(Cause::Login, None)),
            Err(error) => Err(meaning(&error, Stage::Login)),
        }
    }

    async fn hand_over(
        &self,
        server: &mut AsyncSmtpConnection,
        letter: &Letter,
    ) -> Result<(), Handed> {
        let supports = |feature| server.server_info().supports_feature(feature);
        let wide = supports(Extension::EightBitMime);
        let encoding = if wide { Encoding::EightBit } else { Encoding::SevenBit };
        let refused = |_| Handed::Refused(Cause::Address);
        let mail = compose(letter, &self.from, encoding).map_err(refused)?;
        let bytes = mail.formatted();
        let to = mail.envelope().to().first().ok_or(Handed::Refused(Cause::Address))?;
        let mut parameters = Vec::new();
        if !AsRef::<str>::as_ref(to).is_ascii() {
            if !supports(Extension::SmtpUtfEight) {
                return Err(Handed::Refused(Cause::Address));
            }
            parameters.push(MailParameter::SmtpUtfEight);
        }
        if wide && !bytes.is_ascii() {
            parameters.push(MailParameter::Body(MailBodyParameter::EightBitMime));
        }
        let sender = Mail::new(Some(self.from.email.clone()), parameters);
        answered(server.command(sender).await, Stage::Sender, &[250])?;
        let recipient = Rcpt::new(to.clone(), Vec::new());
        answered(server.command(recipient).await, Stage::Recipient, &[250, 251])?;
        answered(server.command(Data).await, Stage::Content, &[354])?;
        answered(server.message(&bytes).await, Stage::Content, &[250])
    }
}

/// Takes the answer that fits and no other. One that fits another command was put in between: what
/// stood in clear before the connection was secured is read after it.
fn answered(
    said: Result<Response, SmtpError>,
    stage: Stage,
    fitting: &[u16],
) -> Result<(), Handed> {
    let answer = said.map_err(|error| meaning(&error, stage))?;
    let fits = fitting.iter().any(|code| answer.has_code(*code));
    if fits { Ok(()) } else { Err(Handed::Later(Cause::Protocol, None)) }
}

/// What a failure means. Only the recipient and the content can be refused for good: everything
/// else is about the server's or our own settings, and nobody's message should die of them.
fn meaning(error: &SmtpError, stage: Stage) -> Handed {
    let later = |cause| Handed::Later(cause, None);
    let Some(code) = error.status() else {
        return later(match error {
            e if e.is_timeout() => Cause::Timeout,
            e if broke_tls(e) => Cause::Tls,
            e if e.is_response() || e.is_client() => Cause::Protocol,
            _ => Cause::Connection,
        });
    };
    match (stage, u16::from(code)) {
        (_, ..500) => later(Cause::Busy),
        (Stage::Greeting | Stage::Login, _) | (_, 530 | 534 | 535 | 538) => later(Cause::Login),
        (Stage::Sender, _) => later(Cause::Sender),
        (Stage::Recipient, _) => Handed::Refused(Cause::Recipient),
        (Stage::Content, _) => Handed::Refused(Cause::Content),
    }
}

/// How the settings secure the connection.
fn security(settings: &MailServer) -> Result<Security, &'static str> {
    let tls = || {
        let tls = parameters(&settings.host, settings.roots.as_deref());
        tls.ok_or("mail.host, mail.roots")
    };
    match settings.tls {
        Tls::Implicit => tls().map(Security::Implicit),
        Tls::Starttls => tls().map(Security::Starttls),
        Tls::Loopback => {
            let ip = settings.host.parse().ok();
            if ip.is_some_and(|ip: IpAddr| ip.is_loopback()) {
                Ok(Security::Loopback)
            } else {
                Err("mail.tls: `loopback` is for an address of the loopback")
            }
        }
    }
}

impl Carrier for Smtp {
    fn carry<'a>(&'a self, letter: &'a Letter) -> Carried<'a> {
        Box::pin(self.send(letter))
    }
}
