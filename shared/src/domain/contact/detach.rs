//! A contact that leaves an account, because its holder says that the account is not theirs (C-8.1).

use super::super::account::Profile;
use super::super::time::Timestamp;
use super::Contact;
use super::change::Stage;

/// What is free once a contact has left.
#[derive(Debug, Eq, PartialEq)]
pub struct Detached {
    /// The partition keys of the claims that go.
    pub claims: Vec<String>,
    /// The link that could freeze the change that ends with it.
    pub link: Option<String>,
}

impl Profile {
    /// Takes a contact out, whose claim has one of these names; nothing where it is not the
    /// person's. A change that the contact is a side of ends: the other side counts, for good.
    pub fn detach(
        &mut self,
        contact: &Contact,
        names: &[String],
        now: Timestamp,
    ) -> Option<Detached> {
        let (channel, address) = (contact.channel(), contact.address());
        if !self.claimed().any(|held| held == (channel, address)) {
            return None;
        }
        let Some(change) = self.contact_change.take_if(|change| change.channel == channel) else {
            self.set_contact(channel, None);
            let (claims, stay) =
                std::mem::take(&mut self.claims).into_iter().partition(|c| names.contains(c));
            self.claims = stay;
            return Some(Detached { claims, link: None });
        };
        let stage = change.stage(now);
        let old = (stage != Stage::Final).then_some(&change.old);
        let mut stay = old.into_iter().chain(&change.new).filter(|side| side.address != *address);
        let stays = stay.next().cloned();
        let sides = std::iter::once(&change.old).chain(&change.new);
        let gone = sides.map(|side| side.claim.clone());
        let gone = gone.filter(|claim| stays.as_ref().is_none_or(|side| side.claim != *claim));
        let claims: Vec<String> = gone.collect();
        self.claims.retain(|claim| !claims.contains(claim));
        self.set_contact(channel, stays.map(|side| side.address));
        // A freeze has used the link up; one that is past its time is left to the broom.
        let link = (stage == Stage::Open).then(|| change.link.clone());
        Some(Detached { claims, link })
    }
}

#[cfg(test)]
mod tests;
