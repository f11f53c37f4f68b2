//! Connections that cannot be secured: nothing is said over them.

use crate::certificates::{Authority, Flaw};
use crate::letters::{CODE, mail};
use crate::peer::{At, Does, Peer, Secured};
use crate::smtp::settings;
use notify::carrier::Cause;
use notify::smtp::Smtp;
use notify::{Carrier, Handed};
use shared::records::configuration::Tls;

const LATER: Handed = Handed::Later(Cause::Tls, None);

/// Neither who we are nor what we send was said.
#[track_caller]
fn assert_nothing_said(peer: &Peer) {
    let heard = peer.heard();
    for said in ["AUTH", "MAIL", "RCPT", CODE] {
        assert!(!heard.contains(said), "{heard}");
    }
}

#[tokio::test]
async fn c_7_2_a_server_without_starttls_hears_nothing() {
    let peer = Peer::start(Secured::No, &[]).await;
    let smtp = Smtp::new(&settings(&peer, Tls::Starttls, None)).expect("fits");
    assert_eq!(smtp.carry(&mail()).await, LATER);
    assert!(peer.heard().starts_with("EHLO"));
    assert_nothing_said(&peer);
}

#[tokio::test]
async fn c_7_2_a_server_that_refuses_starttls_hears_nothing() {
    let acceptor = Authority::new().acceptor(Flaw::None);
    for refusal in [Does::Says("454 not now"), Does::Says("502 what?"), Does::Cuts] {
        let peer =
            Peer::start(Secured::Starttls(acceptor.clone()), &[(At::Starttls, refusal)]).await;
        let smtp = Smtp::new(&settings(&peer, Tls::Starttls, None)).expect("fits");
        let handed = smtp.carry(&mail()).await;
        assert!(matches!(handed, Handed::Later(..)), "{handed:?}");
        assert_nothing_said(&peer);
    }
}

#[tokio::test]
async fn c_7_2_a_certificate_that_does_not_fit_ends_the_connection() {
    let (ours, other) = (Authority::new(), Authority::new());
    for (authority, flaw) in [(&other, Flaw::None), (&ours, Flaw::Name), (&ours, Flaw::Expired)] {
        let acceptor = authority.acceptor(flaw);
        for (tls, secured) in [
            (Tls::Implicit, Secured::Implicit(acceptor.clone())),
            (Tls::Starttls, Secured::Starttls(acceptor)),
        ] {
            let peer = Peer::start(secured, &[]).await;
            let smtp = Smtp::new(&settings(&peer, tls, Some(&ours.root))).expect("fits");
            assert_eq!(smtp.carry(&mail()).await, LATER, "{flaw:?} {tls:?}");
            assert_nothing_said(&peer);
        }
    }
}

#[tokio::test]
async fn c_7_2_own_roots_stand_in_place_of_the_systems() {
    let authority = Authority::new();
    let peer = Peer::start(Secured::Implicit(authority.acceptor(Flaw::None)), &[]).await;
    let smtp = Smtp::new(&settings(&peer, Tls::Implicit, None)).expect("fits");
    assert_eq!(smtp.carry(&mail()).await, LATER, "the system does not know the authority");
}

#[tokio::test]
async fn c_7_2_a_plain_server_where_tls_is_expected_hears_nothing() {
    let peer = Peer::start(Secured::No, &[]).await;
    let smtp = Smtp::new(&settings(&peer, Tls::Implicit, None)).expect("fits");
    assert_eq!(smtp.carry(&mail()).await, LATER);
    assert_nothing_said(&peer);
}

#[tokio::test]
async fn an_answer_put_in_before_tls_is_not_taken_for_the_servers() {
    let authority = Authority::new();
    // Somebody in between adds a line in clear behind the server's own.
    let act = Does::Says("220 go ahead\r\n250 peer.example");
    let secured = Secured::Starttls(authority.acceptor(Flaw::None));
    let peer = Peer::start(secured, &[(At::Starttls, act)]).await;
    let settings = settings(&peer, Tls::Starttls, Some(&authority.root));
    let settings = shared::records::configuration::MailServer { login: None, ..settings };
    let handed = Smtp::new(&settings).expect("fits").carry(&mail()).await;
    assert_ne!(handed, Handed::Over, "the answers are one too early");
}
