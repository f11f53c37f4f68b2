//! Mails that arrive: over both ways of TLS, logged in, as the server can read them.

use crate::certificates::{Authority, Flaw, HOST};
use crate::letters::{CODE, letter, mail};
use crate::peer::{At, Does, Peer, Secured};
use notify::carrier::Cause;
use notify::smtp::Smtp;
use notify::{Carrier, Handed};
use shared::domain::contact::Channel;
use shared::domain::personal::Secret;
use shared::records::configuration::{Login, MailServer, Tls};

/// Settings for a peer, with the root of its authority where there is one.
pub(crate) fn settings(peer: &Peer, tls: Tls, roots: Option<&str>) -> MailServer {
    let secret = |text: &str| Secret::new(text.to_owned());
    MailServer {
        host: HOST.to_owned(),
        port: peer.port,
        tls,
        login: Some(Login { user: secret("center"), password: secret("open sesame") }),
        from: "Personal Center <no-reply@center.example>".to_owned(),
        timeout_secs: 20,
        roots: roots.map(str::to_owned),
    }
}

/// A server on the loopback, in clear.
pub(crate) async fn plain(script: &[(At, Does)]) -> (std::sync::Arc<Peer>, Smtp) {
    let peer = Peer::start(Secured::No, script).await;
    let smtp = Smtp::new(&settings(&peer, Tls::Loopback, None)).expect("fits");
    (peer, smtp)
}

#[tokio::test]
async fn c_7_2_a_mail_goes_over_both_ways_of_tls_to_one_who_logs_in() {
    let authority = Authority::new();
    let acceptor = authority.acceptor(Flaw::None);
    for (tls, secured) in [
        (Tls::Implicit, Secured::Implicit(acceptor.clone())),
        (Tls::Starttls, Secured::Starttls(acceptor)),
    ] {
        let peer = Peer::start(secured, &[]).await;
        let smtp = Smtp::new(&settings(&peer, tls, Some(&authority.root))).expect("fits");
        let letter = mail();
        assert_eq!(smtp.carry(&letter).await, Handed::Over, "{tls:?}");
        let got = peer.got();
        assert_eq!(got.len(), 1);
        assert!(got[0].sender.starts_with("MAIL FROM:<no-reply@center.example>"));
        assert!(got[0].recipient.starts_with("RCPT TO:<ada@example.org>"));
        let id = format!("Message-ID: <{}@center.example>", letter.id);
        assert!(got[0].content.contains(&id) && got[0].content.contains(CODE));
        assert!(got[0].content.contains("From: \"Personal Center\" <no-reply@center.example>"));
        assert!(peer.heard().contains("QUIT"), "it says good-bye");
    }
}

#[tokio::test]
async fn a_server_of_seven_bits_gets_seven() {
    for (features, encoded) in [(&["AUTH PLAIN"][..], true), (&["AUTH PLAIN", "8BITMIME"], false)] {
        let peer = Peer::with(Secured::No, &[], features).await;
        let smtp = Smtp::new(&settings(&peer, Tls::Loopback, None)).expect("fits");
        assert_eq!(smtp.carry(&mail()).await, Handed::Over);
        let got = peer.got().remove(0);
        assert_eq!(got.content.is_ascii(), encoded);
        assert_ne!(got.sender.contains("BODY=8BITMIME"), encoded);
    }
}

#[tokio::test]
async fn an_address_beyond_ascii_needs_a_server_that_knows_them() {
    let letter = letter(Channel::Email, "\u{e9}ve@example.org");
    let peer = Peer::with(Secured::No, &[], &["AUTH PLAIN", "8BITMIME"]).await;
    let smtp = Smtp::new(&settings(&peer, Tls::Loopback, None)).expect("fits");
    assert_eq!(smtp.carry(&letter).await, Handed::Refused(Cause::Address));
    assert_eq!(peer.got().len(), 0);
    let (peer, smtp) = plain(&[]).await;
    assert_eq!(smtp.carry(&letter).await, Handed::Over);
    assert!(peer.got()[0].sender.contains("SMTPUTF8"));
}

#[tokio::test]
async fn how_the_server_says_good_bye_changes_nothing() {
    for act in [Does::Says("421 closing"), Does::Cuts, Does::Hangs, Does::Says("what?")] {
        let (peer, smtp) = plain(&[(At::Quit, act)]).await;
        assert_eq!(smtp.carry(&mail()).await, Handed::Over, "{act:?}");
        assert_eq!(peer.got().len(), 1);
    }
}

#[test]
fn settings_that_cannot_be_used_are_all_named_and_none_is_quoted() {
    let server = MailServer {
        host: "mail.canary.example".to_owned(),
        port: 0,
        tls: Tls::Loopback,
        login: None,
        from: "canary".to_owned(),
        timeout_secs: 0,
        roots: Some("canary".to_owned()),
    };
    let error = Smtp::new(&server).err().expect("none of it fits").chain();
    for name in ["mail.from", "mail.tls", "mail.port", "mail.timeout_secs"] {
        assert!(error.contains(name), "{error}");
    }
    assert!(!error.contains("canary"), "{error}");
    let server = MailServer { tls: Tls::Implicit, ..server };
    let error = Smtp::new(&server).err().expect("no roots").chain();
    assert!(error.contains("mail.roots") && !error.contains("canary"), "{error}");
}
