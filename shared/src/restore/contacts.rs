//! Contacts, linked accounts and claims after a restore: one that may have another holder by now
//! is not kept.

use super::pass::Pass;
use super::replay::Replayed;
use crate::domain::account::Profile;
use crate::domain::contact::{Channel, Contact};
use crate::domain::personal::Personal;
use crate::error::{Result, corrupt};
use crate::ids::SubjectId;
use crate::store::{Attr, Row};
use crate::vault::{Claims, IndexKey};

/// Who has the claim on a contact.
enum Standing {
    /// The person, under this partition key.
    Ours(String),
    /// Somebody else.
    Theirs,
    /// Nobody.
    Free,
}

/// What looks claims up.
struct Book<'a> {
    pass: &'a Pass<'a>,
    id: &'a SubjectId,
    index: IndexKey,
}

impl Book<'_> {
    async fn standing(&self, channel: Channel, address: &str) -> Result<(Standing, Claims)> {
        let contact = Contact::parse(channel, address);
        let contact = contact.map_err(|_| corrupt("account", channel.name()))?;
        let claims = self.index.claims(&contact);
        Ok((self.standing_of(&claims).await?, claims))
    }

    async fn standing_of(&self, claims: &Claims) -> Result<Standing> {
        let places: Vec<_> =
            std::iter::once(&claims.current).chain(&claims.other).cloned().collect();
        let rows = self.pass.ports.store.get_all(&places).await?;
        let ours = |row: &&Row| row.text(Attr::Subject).ok() == Some(self.id.as_str());
        let standing = match rows.iter().flatten().find(ours) {
            Some(row) => Standing::Ours(row.key.pk.clone()),
            None if rows.iter().any(Option::is_some) => Standing::Theirs,
            None => Standing::Free,
        };
        Ok(standing)
    }
}

/// Makes contacts and claims agree with each other, and with what was done to them since. Gives
/// the claims that are to be put.
///
/// A contact that was touched since stays where its claim is still the person's. Where `Keys` was
/// restored too, a claim says nothing about that, and the contact goes.
pub(super) async fn settle(
    pass: &Pass<'_>,
    id: &SubjectId,
    replayed: &mut Replayed,
) -> Result<Vec<Claims>> {
    let book = Book { pass, id, index: pass.ports.vault.index().await? };
    for channel in replayed.channels.clone() {
        touched(&book, channel, replayed).await?;
    }
    let mut puts = claim(&book, replayed).await?;
    puts.extend(linked(&book, replayed).await?);
    Ok(puts)
}

/// The contact of a channel that was touched since: the first of its candidates that stands.
async fn touched(book: &Book<'_>, channel: Channel, replayed: &mut Replayed) -> Result<()> {
    let now = book.pass.ports.clock.now();
    let profile = &mut replayed.profile;
    let before = profile.contact(channel).cloned();
    let change = profile.contact_change.take_if(|change| change.channel == channel);
    let candidates: Vec<Personal<String>> = match &change {
        Some(change) if replayed.frozen => {
            std::iter::once(&change.old).chain(&change.new).map(|h| h.address.clone()).collect()
        }
        Some(change) => {
            let sides = change.counting(now).into_iter().chain(change.waiting(now));
            sides.map(|held| held.address.clone()).collect()
        }
        None => before.clone().into_iter().collect(),
    };
    let mut stands = None;
    for address in candidates.into_iter().filter(|_| !book.pass.job.tables.keys) {
        let (standing, _) = book.standing(channel, address.expose()).await?;
        if let Standing::Ours(_) = standing {
            stands = Some(address);
            break;
        }
    }
    let same = stands.as_ref().map(Personal::expose) == before.as_ref().map(Personal::expose);
    replayed.counts.contacts += u64::from(!same);
    replayed.profile.set_contact(channel, stands);
    Ok(())
}

/// Names the claim of every contact that is left; gives those to put that nobody has, and drops
/// the contacts that are somebody else's.
async fn claim(book: &Book<'_>, replayed: &mut Replayed) -> Result<Vec<Claims>> {
    let mut puts = Vec::new();
    let mut names: Vec<String> = Vec::new();
    let wanted: Vec<(Channel, Personal<String>)> =
        replayed.profile.claimed().map(|(channel, address)| (channel, address.clone())).collect();
    for (channel, address) in wanted {
        let (standing, claims) = book.standing(channel, address.expose()).await?;
        let (name, put) = match standing {
            Standing::Ours(name) => (name, None),
            Standing::Free => (claims.current.pk.clone(), Some(claims)),
            Standing::Theirs => {
                forget(&mut replayed.profile, channel, &address);
                replayed.counts.contacts += 1;
                continue;
            }
        };
        rename(&mut replayed.profile, &address, &name);
        if !names.contains(&name) {
            names.push(name);
            puts.extend(put);
        }
    }
    replayed.profile.claims = names;
    Ok(puts)
}

/// Names the claim of every linked account that is left; gives those to put that nobody has, and
/// drops what is somebody else's.
///
/// Where one was unlinked since, the ledger does not say which: those stay whose claim is still the
/// person's. Where `Keys` was restored too, a claim says nothing about that, and all of them go.
async fn linked(book: &Book<'_>, replayed: &mut Replayed) -> Result<Vec<Claims>> {
    let mut puts = Vec::new();
    for account in std::mem::take(&mut replayed.profile.third_parties) {
        let claims = book.index.third_party_claims(&account);
        let name = match (book.standing_of(&claims).await?, replayed.unlinked) {
            (Standing::Ours(_), true) if book.pass.job.tables.keys => None,
            (Standing::Ours(name), _) => Some(name),
            (Standing::Free, false) => {
                puts.push(claims.clone());
                Some(claims.current.pk)
            }
            (Standing::Free, true) | (Standing::Theirs, _) => None,
        };
        match name {
            Some(name) => replayed.profile.link(account, name),
            None => replayed.counts.contacts += 1,
        }
    }
    Ok(puts)
}

/// Removes a contact, and a change that it is a side of: the other side counts then.
fn forget(profile: &mut Profile, channel: Channel, address: &Personal<String>) {
    let is_it = |other: &Personal<String>| other.expose() == address.expose();
    let change = profile.contact_change.take_if(|change| change.channel == channel);
    let sides = change.iter().flat_map(|c| std::iter::once(&c.old).chain(&c.new));
    let other = sides.map(|held| &held.address).find(|other| !is_it(other)).cloned();
    if change.is_some() || profile.contact(channel).is_some_and(is_it) {
        profile.set_contact(channel, other);
    }
}

/// Names the claim of a side of a change.
fn rename(profile: &mut Profile, address: &Personal<String>, name: &str) {
    let change = profile.contact_change.iter_mut();
    let sides = change.flat_map(|change| std::iter::once(&mut change.old).chain(&mut change.new));
    for held in sides.filter(|held| held.address.expose() == address.expose()) {
        name.clone_into(&mut held.claim);
    }
}
