//! The mailbox: mails as `.eml` files in a folder. A mail that comes twice is one file.

use lettre::Message as Mail;
use notify::Mailer;
use shared::error::{Error, Kind, Result};
use shared::ids::MessageId;
use std::path::{Path, PathBuf};
use std::pin::Pin;

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

impl Mailer for Mailbox {
    fn deliver<'a>(
        &'a self,
        id: &'a MessageId,
        mail: &'a Mail,
    ) -> Pin<Box<dyn Future<Output = Result<()>> + Send + 'a>> {
        Box::pin(async move {
            let unavailable = |e| Error::new(Kind::Unavailable, "write a mail").because(e);
            self.write(id, mail).await.map_err(unavailable)
        })
    }
}
