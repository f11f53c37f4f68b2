//! What changes of contacts share: their preconditions, their one transaction, who is told.

use shared::contact_change::{self, items_of};
use shared::domain::account::Profile;
use shared::domain::contact::change::{ContactChange, Held};
use shared::domain::contact::{Channel, Contact};
use shared::domain::personal::{Personal, Secret};
use shared::error::{Error, corrupt};
use shared::http::{Access, Call, Caller, Missing, Problem, ProblemKind};
use shared::ledger::{Action, Actor, Book, Facts};
use shared::outbox::{self, Content, Message};
use shared::records::account;
use shared::records::link::{self, Act, LinkToken};
use shared::store::{Transaction, When};
use shared::vault::{IndexKey, Person};

/// Where the page of the link is that freezes a change.
pub(crate) const LINK_PATH: &str = "/v1/contact-change-links/{token}";

/// The channel in a path.
///
/// # Errors
///
/// `NotFound` where it is none.
pub(crate) fn channel(name: &str) -> Result<Channel, Problem> {
    let channels = [Channel::Email, Channel::Phone].into_iter();
    channels.into_iter().find(|c| c.name() == name).ok_or_else(|| Missing::Channel.into())
}

/// Requires a fresh session of an account in use. A change that is final already is ended first,
/// so that the next one finds the account as it counts.
///
/// # Errors
///
/// `WrongState`, `NotFresh`.
pub(crate) async fn ready(call: &Call, caller: Caller) -> Result<Caller, Problem> {
    caller.require_active()?;
    caller.require_fresh(call)?;
    let profile = &caller.person.profile;
    if profile.contact_change.is_none() || profile.open_change(call.now).is_some() {
        return Ok(caller);
    }
    let by = (Actor::Person, call.id.as_str());
    contact_change::finish(&call.ports, &caller.person.subject, by).await?;
    Caller::identify(call, Access::Tell).await
}

/// The problem that a change is open.
pub(crate) fn open(change: &ContactChange) -> Problem {
    let final_at = change.final_at().rfc3339();
    Problem::new(ProblemKind::ContactChangeOpen).with("final_at", final_at)
}

/// A contact of a person's with its claim, under whichever index key that is.
pub(crate) fn held(
    index: &IndexKey,
    (channel, address): (Channel, &Personal<String>),
    profile: &Profile,
) -> Result<Held, Error> {
    let claims = index.claims(&parsed(channel, address)?);
    let places = std::iter::once(&claims.current).chain(&claims.other);
    let mut claims = places.map(|place| &place.pk).filter(|pk| profile.claims.contains(pk));
    let claim = claims.next().ok_or_else(|| corrupt("account", "claims"))?;
    Ok(Held { address: address.clone(), claim: claim.clone() })
}

/// An address that was normalised before.
pub(crate) fn parsed(channel: Channel, address: &Personal<String>) -> Result<Contact, Error> {
    Contact::parse(channel, address.expose()).map_err(|_| corrupt("account", channel.name()))
}

/// Draws the link that can freeze a change.
pub(crate) fn draw_link(call: &Call, person: &Person) -> LinkToken {
    LinkToken::draw(person.subject.clone(), &*call.ports.entropy)
}

/// Writes the link's row; gives the address that is sent.
pub(crate) fn put_link(
    call: &Call,
    (person, change): (&Person, &ContactChange),
    token: &LinkToken,
    transaction: &mut Transaction,
) -> Result<Secret, Error> {
    let times = (call.now, change.final_at());
    let act = (Act::FreezeContactChange, change.link.as_str());
    transaction.put("link", link::row(token, act, times, &person.key)?, When::Absent);
    let start = LINK_PATH.trim_end_matches("{token}");
    let url = &call.ports.config.public_url;
    Ok(Secret::new(format!("{url}{start}{}", token.reveal().expose())))
}

/// Writes the account's next version and the entry in the ledger.
pub(crate) fn put_account(
    call: &Call,
    (person, book): (&mut Person, Book),
    (action, actor, channel): (Action, Actor, Channel),
    transaction: &mut Transaction,
) -> Result<(), Error> {
    let account =
        account::scheduled(&call.ports, person.account.clone().next(), &person.profile, call.now)?;
    person.account = person.key.seal(account, &person.profile)?;
    transaction.replace("account", person.account.clone());
    let facts = Facts::of("rights", &items_of(channel), call.id.as_str());
    book.enter(transaction, &person.key, (action, actor), &facts)
}

/// Tells a contact.
pub(crate) async fn tell(
    call: &Call,
    person: &Person,
    (channel, to): (Channel, &Personal<String>),
    content: Content,
    transaction: &mut Transaction,
) -> Result<(), Error> {
    let language = person.profile.language;
    let message = Message { channel, to: to.clone(), language, content };
    outbox::post(&call.ports, transaction, &message, Some(&person.subject), call.now).await
}

/// Tells every contact, but for those of one channel: those that count, and the one that an open
/// change holds, which may be the only one whose holder is the person.
pub(crate) async fn tell_others(
    call: &Call,
    person: &Person,
    (but, content): (Channel, &Content),
    transaction: &mut Transaction,
) -> Result<(), Error> {
    for (channel, to) in person.profile.reached(call.now).filter(|(channel, _)| *channel != but) {
        tell(call, person, (channel, to), content.clone(), transaction).await?;
    }
    Ok(())
}

/// Tells everyone about the fate of a change: the contacts of both sides of it, and the others.
pub(crate) async fn tell_everyone(
    call: &Call,
    person: &Person,
    (change, content): (&ContactChange, &Content),
    transaction: &mut Transaction,
) -> Result<(), Error> {
    for side in [Some(&change.old), change.new.as_ref()].into_iter().flatten() {
        let to = (change.channel, &side.address);
        tell(call, person, to, content.clone(), transaction).await?;
    }
    tell_others(call, person, (change.channel, content), transaction).await
}
