//! Links that are sent to a person: they show on GET and act on POST, once, for a short time and
//! for one act. Opening one in a preview changes nothing.

use super::subject;
use crate::domain::inventory::Entity;
use crate::domain::personal::Secret;
use crate::domain::time::Timestamp;
use crate::error::Result;
use crate::ids::{self, BASE32, Entropy, LinkId, SubjectId};
use crate::store::{Attr, Row};
use crate::vault::DataKey;
use aws_lc_rs::digest::{SHA256, digest};
use data_encoding::HEXLOWER;
use serde::{Deserialize, Serialize};

/// What a link does.
#[derive(Clone, Copy, Debug, Eq, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Act {
    /// Withdraws a cancellation (C-8.4).
    WithdrawCancellation,
    /// Freezes a change of contact (C-8.1).
    FreezeContactChange,
}

crate::declared! {
    /// What a link's row seals.
    pub struct Link in Link {
        /// SHA-256 of the link's secret, hex. The secret has 256 random bits, so no slow hash.
        secret_digest: String => LINK_SECRET,
        /// What it does.
        act: Act => LINK_ACT,
        /// What it is about: a random id, or a time. A link of an earlier such act does nothing.
        about: String => LINK_ABOUT,
    }
}

/// The token of a link: `pcl_<subject>_<link>_<secret>`.
#[derive(Clone, Debug)]
pub struct LinkToken {
    /// The person.
    pub subject: SubjectId,
    /// The link.
    pub link: LinkId,
    secret: Secret,
}

impl LinkToken {
    /// Draws a token for a new link.
    pub fn draw(subject: SubjectId, entropy: &dyn Entropy) -> Self {
        let secret = Secret::new(BASE32.encode(&ids::bytes::<32>(entropy)));
        Self { subject, link: LinkId::draw(entropy), secret }
    }

    /// Reads a token; `None` where the form is another.
    pub fn parse(text: &str) -> Option<Self> {
        let mut parts = text.strip_prefix("pcl_")?.split('_');
        let subject = SubjectId::parse(&format!("sub_{}", parts.next()?))?;
        let link = LinkId::parse(&format!("lnk_{}", parts.next()?))?;
        let secret = Secret::new(parts.next().filter(|s| s.len() == 52)?.to_owned());
        parts.next().is_none().then_some(Self { subject, link, secret })
    }

    /// The token as it stands in the link.
    pub fn reveal(&self) -> Secret {
        let (subject, link) = (self.subject.body(), self.link.body());
        Secret::new(format!("pcl_{subject}_{link}_{}", self.secret.expose()))
    }

    fn digest(&self) -> String {
        HEXLOWER.encode(digest(&SHA256, self.secret.expose().as_bytes()).as_ref())
    }

    /// Whether a link is this token's. Compares digests of random secrets, so the time it takes
    /// tells nothing.
    pub fn opens(&self, link: &Link) -> bool {
        self.digest() == link.secret_digest
    }
}

/// The row of a new link about something, valid until `ends`.
pub fn row(
    token: &LinkToken,
    (act, about): (Act, &str),
    (now, ends): (Timestamp, Timestamp),
    key: &DataKey,
) -> Result<Row> {
    let link = Link { secret_digest: token.digest(), act, about: about.to_owned() };
    let row = Row::new(subject::link(&token.subject, &token.link), Entity::Link)
        .with(Attr::CreatedAt, now)
        .with(Attr::ExpiresAt, ends);
    key.seal(row, &link)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ids::SystemEntropy;

    #[test]
    fn a_token_reads_back_and_shows_no_secret() {
        let entropy = SystemEntropy::default();
        let token = LinkToken::draw(SubjectId::draw(&entropy), &entropy);
        let text = token.reveal();
        let again = LinkToken::parse(text.expose()).expect("a token");
        assert_eq!((again.digest(), again.link), (token.digest(), token.link.clone()));
        assert!(!format!("{token:?}").contains(&text.expose()[60..]));
        for other in ["", "pcl_", "pcl_a_b_c", &text.expose()[1..], &format!("{}_x", text.expose())]
        {
            assert!(LinkToken::parse(other).is_none(), "{other}");
        }
    }
}
