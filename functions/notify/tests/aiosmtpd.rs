//! Mails to aiosmtpd, a mail server that others wrote: what it took on is what Python's reader of
//! mails makes of it.

#![expect(clippy::expect_used, reason = "a test says what it counted on")]

#[path = "carriers/letters.rs"]
mod letters;

mod aiosmtpd {
    use crate::letters::{CODE, letter, mail};
    use notify::carrier::Cause;
    use notify::smtp::Smtp;
    use notify::{Carrier, Handed, Letter};
    use serde_json::{Value, json};
    use shared::domain::contact::Channel;
    use shared::domain::personal::Secret;
    use shared::records::configuration::{Login, MailServer, Tls};
    use std::path::PathBuf;

    /// Says where the server's folder is.
    const VARIABLE: &str = "PC_AIOSMTPD";

    #[expect(clippy::disallowed_methods, reason = "the one setting of this suite")]
    fn folder() -> PathBuf {
        std::env::var_os(VARIABLE).expect("PC_AIOSMTPD is the server's folder").into()
    }

    /// The settings for one of its two ports.
    fn settings(tls: Tls) -> MailServer {
        let ports = std::fs::read_to_string(folder().join("ports")).expect("its ports");
        let (starttls, implicit) = ports.split_once(' ').expect("two ports");
        let port = if tls == Tls::Starttls { starttls } else { implicit };
        let secret = |text: &str| Secret::new(text.to_owned());
        MailServer {
            host: "127.0.0.1".to_owned(),
            port: port.parse().expect("a number"),
            tls,
            login: Some(Login { user: secret("center"), password: secret("open sesame") }),
            from: "Personal Center <no-reply@center.example>".to_owned(),
            timeout_secs: 20,
            roots: Some(std::fs::read_to_string(folder().join("root.pem")).expect("its root")),
        }
    }

    async fn carry(settings: &MailServer, letter: &Letter) -> Handed {
        Smtp::new(settings).expect("fits").carry(letter).await
    }

    /// The mail that the server took on under this id.
    fn taken(letter: &Letter) -> Value {
        let files =
            std::fs::read_dir(folder()).expect("a folder").map(|file| file.expect("a file"));
        let mails = files.filter(|file| file.path().extension().is_some_and(|e| e == "json"));
        let read = |path| std::fs::read_to_string(path).expect("a text");
        let mails =
            mails.map(|file| -> Value { serde_json::from_str(&read(file.path())).expect("JSON") });
        let id = format!("<{}@center.example>", letter.id);
        let mut ours = mails.filter(|mail| mail["id"] == id.as_str());
        let mail = ours.next().expect("it arrived");
        assert!(ours.next().is_none(), "it arrived once");
        mail
    }

    #[tokio::test]
    #[ignore = "needs aiosmtpd: `cargo xtask contract` starts it"]
    async fn c_7_2_a_mail_arrives_over_both_ways_of_tls() {
        for tls in [Tls::Implicit, Tls::Starttls] {
            let letter = mail();
            assert_eq!(carry(&settings(tls), &letter).await, Handed::Over, "{tls:?}");
            let mail = taken(&letter);
            assert_eq!(mail["sender"], "no-reply@center.example");
            assert_eq!(mail["recipients"], json!(["ada@example.org"]));
            assert_eq!(mail["subject"], "您的 OpenDataLab 注册验证码");
            assert_eq!(mail["defects"], json!([]), "it is well formed");
            for part in ["plain", "html"] {
                let text = mail[part].as_str().expect("a part");
                assert!(text.contains(CODE) && text.contains("分钟内有效"), "{text}");
            }
        }
    }

    #[tokio::test]
    #[ignore = "needs aiosmtpd: `cargo xtask contract` starts it"]
    async fn an_address_beyond_ascii_arrives() {
        let letter = letter(Channel::Email, "\u{e9}ve@example.org");
        assert_eq!(carry(&settings(Tls::Implicit), &letter).await, Handed::Over);
        assert_eq!(taken(&letter)["recipients"], json!(["\u{e9}ve@example.org"]));
    }

    #[tokio::test]
    #[ignore = "needs aiosmtpd: `cargo xtask contract` starts it"]
    async fn a_wrong_password_or_none_kills_no_mail() {
        let secret = |text: &str| Secret::new(text.to_owned());
        let wrong = Login { user: secret("center"), password: secret("open barley") };
        for login in [Some(wrong), None] {
            let settings = MailServer { login, ..settings(Tls::Starttls) };
            assert_eq!(carry(&settings, &mail()).await, Handed::Later(Cause::Login, None));
        }
    }

    #[tokio::test]
    #[ignore = "needs aiosmtpd: `cargo xtask contract` starts it"]
    async fn c_7_2_a_server_of_an_unknown_authority_gets_nothing() {
        for tls in [Tls::Implicit, Tls::Starttls] {
            let settings = MailServer { roots: None, ..settings(tls) };
            assert_eq!(carry(&settings, &mail()).await, Handed::Later(Cause::Tls, None));
        }
    }
}
