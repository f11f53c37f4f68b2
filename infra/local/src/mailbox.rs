//! The mailbox: mails and text messages as `.eml` files in a folder. One that comes twice is one file.

use lettre::Message as Mail;
use notify::carrier::{Carried, Cause};
use notify::{Carrier, Encoding, Handed, Letter, compose};
use shared::ids::MessageId;
use std::path::{Path, PathBuf};

/// Who mails come from in local mode.
const FROM: &str = "OpenDataLab Personal Center <no-reply@personal-center.invalid>";

/// A folder of mails.
#[derive(Clone, Debug)]
pub struct Mailbox(PathBuf);

impl Mailbox {
    /// The mailbox in a folder, made where there is none.
    ///
    /// # Errors
    ///
    /// Where the folder cannot be made.
    pub fn open(folder: &Path) -> std::io::Result<Self> {
        std::fs::create_dir_all(folder)?;
        Ok(Self(folder.to_owned()))
    }

    /// The folder.
    pub fn folder(&self) -> &Path {
        &self.0
    }

    /// Every mail's text, oldest first.
    ///
    /// # Errors
    ///
    /// Where the folder cannot be read.
    pub fn mails(&self) -> std::io::Result<Vec<String>> {
        let mut files = Vec::new();
        for entry in std::fs::read_dir(&self.0)? {
            let entry = entry?;
            if entry.path().extension().is_some_and(|e| e == "eml") {
                files.push((entry.metadata()?.modified()?, entry.path()));
            }
        }
        files.sort();
        files.into_iter().map(|(_, path)| std::fs::read_to_string(path)).collect()
    }

    async fn write(&self, id: &MessageId, mail: &Mail) -> std::io::Result<()> {
        // Lines as files have them here, so that `grep` and editors see no carriage returns.
        let text = String::from_utf8_lossy(&mail.formatted()).replace("\r\n", "\n");
        let draft = self.0.join(format!("{id}.new"));
        tokio::fs::write(&draft, text).await?;
        tokio::fs::rename(draft, self.0.join(format!("{id}.eml"))).await
    }
}

impl Carrier for Mailbox {
    fn carry<'a>(&'a self, letter: &'a Letter) -> Carried<'a> {
        Box::pin(async move {
            let mail = FROM.parse().ok().and_then(|from| {
                let mail = compose(letter, &from, Encoding::EightBit);
                mail.ok()
            });
            let Some(mail) = mail else { return Handed::Refused(Cause::Address) };
            match self.write(&letter.id, &mail).await {
                Ok(()) => Handed::Over,
                Err(error) => {
                    tracing::warn!(%error, "the mailbox cannot be written to");
                    Handed::Later(Cause::Connection, None)
                }
            }
        })
    }
}
