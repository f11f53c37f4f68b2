//! Every command refused, put off, cut, left without an answer, and answered with babble.

use crate::letters::mail;
use crate::peer::{At, Does};
use crate::smtp::{plain, settings};
use notify::carrier::Cause;
use notify::smtp::Smtp;
use notify::{Carrier, Handed};
use shared::domain::personal::Secret;
use shared::records::configuration::{Login, MailServer, Tls};
use tokio::task::JoinSet;

/// Every place that has to go well for a mail to be taken on.
const PLACES: [At; 7] =
    [At::Connect, At::Ehlo, At::Auth, At::Mail, At::Rcpt, At::Data, At::Content];

async fn handed(at: At, does: Does) -> Handed {
    let (_peer, smtp) = plain(&[(at, does)]).await;
    smtp.carry(&mail()).await
}

#[tokio::test]
async fn only_the_recipient_and_the_content_are_refused_for_good() {
    let later = |cause| Handed::Later(cause, None);
    for (at, expected) in [
        (At::Connect, later(Cause::Login)),
        (At::Ehlo, later(Cause::Login)),
        (At::Auth, later(Cause::Login)),
        (At::Mail, later(Cause::Sender)),
        (At::Rcpt, Handed::Refused(Cause::Recipient)),
        (At::Data, Handed::Refused(Cause::Content)),
        (At::Content, Handed::Refused(Cause::Content)),
    ] {
        assert_eq!(handed(at, Does::Says("550 5.1.1 never")).await, expected, "{at:?}");
    }
    // Who has to log in first is not who does not exist.
    assert_eq!(handed(At::Rcpt, Does::Says("530 5.7.0 log in")).await, later(Cause::Login));
}

#[tokio::test]
async fn what_is_put_off_is_tried_again() {
    for at in PLACES {
        for text in ["421 4.3.2 closing", "450 4.2.0 greylisted", "451 4.7.1 later\r\n"] {
            let handed = handed(at, Does::Says(text)).await;
            assert_eq!(handed, Handed::Later(Cause::Busy, None), "{at:?} {text}");
        }
    }
}

#[tokio::test]
async fn a_greylisted_mail_is_taken_on_the_second_time() {
    let (peer, smtp) = plain(&[(At::Rcpt, Does::Says("450 4.2.0 greylisted"))]).await;
    let letter = mail();
    assert_eq!(smtp.carry(&letter).await, Handed::Later(Cause::Busy, None));
    assert_eq!(smtp.carry(&letter).await, Handed::Over);
    assert_eq!(peer.got().len(), 1);
}

#[tokio::test]
async fn a_cut_connection_is_tried_again() {
    for at in PLACES {
        let handed = handed(at, Does::Cuts).await;
        let cut = matches!(handed, Handed::Later(Cause::Connection | Cause::Protocol, None));
        assert!(cut, "{at:?} {handed:?}");
    }
}

#[tokio::test]
async fn a_cut_after_the_last_line_doubles_the_same_mail() {
    let (peer, smtp) = plain(&[(At::Content, Does::Cuts)]).await;
    let letter = mail();
    assert!(matches!(smtp.carry(&letter).await, Handed::Later(..)));
    assert_eq!(smtp.carry(&letter).await, Handed::Over);
    let got = peer.got();
    assert_eq!(got.len(), 2);
    assert_eq!(got[0].content, got[1].content, "a reader's program knows it by its id");
}

#[tokio::test]
async fn a_server_that_does_not_answer_in_time_is_left() {
    let mut waiting = JoinSet::new();
    for at in PLACES {
        waiting.spawn(async move {
            let (peer, _) = plain(&[(at, Does::Hangs)]).await;
            let settings = MailServer { timeout_secs: 1, ..settings(&peer, Tls::Loopback, None) };
            let handed = Smtp::new(&settings).expect("fits").carry(&mail()).await;
            assert_eq!(handed, Handed::Later(Cause::Timeout, None), "{at:?}");
        });
    }
    waiting.join_all().await;
}

#[tokio::test]
async fn babble_is_no_answer() {
    let long: &'static str = Box::leak(format!("250 {}", "x".repeat(200_000)).into_boxed_str());
    for at in PLACES {
        for text in ["hello", "2x0 fine", "\u{0}\u{1}\u{2}", "999 what", "250", long] {
            let handed = handed(at, Does::Says(text)).await;
            // A bare 250 is fine where a 250 is due.
            let fits = text == "250" && matches!(at, At::Mail | At::Rcpt | At::Content);
            let later = matches!(handed, Handed::Later(..));
            assert!(later || (fits && handed == Handed::Over), "{at:?} {text:.9} {handed:?}");
        }
    }
}

#[tokio::test]
async fn nobody_listens_and_it_is_tried_again() {
    let (peer, _) = plain(&[]).await;
    let mut settings = settings(&peer, Tls::Loopback, None);
    // A port of the loopback that nobody has: the one that was just given back.
    let free = tokio::net::TcpListener::bind("127.0.0.1:0").await.expect("a port");
    settings.port = free.local_addr().expect("an address").port();
    drop(free);
    let handed = Smtp::new(&settings).expect("fits").carry(&mail()).await;
    assert_eq!(handed, Handed::Later(Cause::Connection, None));
}

#[tokio::test]
async fn a_wrong_password_kills_no_mail() {
    let (peer, _) = plain(&[]).await;
    let mut settings = settings(&peer, Tls::Loopback, None);
    let secret = |text: &str| Secret::new(text.to_owned());
    settings.login = Some(Login { user: secret("center"), password: secret("open barley") });
    let handed = Smtp::new(&settings).expect("fits").carry(&mail()).await;
    assert_eq!(handed, Handed::Later(Cause::Login, None));
    assert_eq!(peer.got().len(), 0);
}
