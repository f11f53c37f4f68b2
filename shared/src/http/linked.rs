//! Whoever opened a link that was sent to a person: the link and its person in one consistent read.

use super::call::Call;
use super::catalogue::ProblemKind;
use super::problem::Problem;
use crate::domain::gate::Use;
use crate::ledger::Book;
use crate::records::link::{Act, Link, LinkToken};
use crate::records::subject;
use crate::store::{Row, Transaction, When};
use crate::vault::{Denied, Owner, Person};

/// A live link, and the person it was sent to.
pub struct Linked {
    /// The person.
    pub person: Person,
    /// What the link is about.
    pub about: String,
    row: Row,
    chain: Option<Row>,
    year: Option<Row>,
}

impl Linked {
    /// Reads a link that does this act. One read.
    ///
    /// # Errors
    ///
    /// `LinkSpent` where there is none: used, expired, replaced, of another act, or never sent.
    pub async fn identify(call: &Call, token: &str, act: Act) -> Result<Self, Problem> {
        let spent = || Problem::new(ProblemKind::LinkSpent);
        let token = LinkToken::parse(token).ok_or_else(spent)?;
        let id = &token.subject;
        let keys = [
            subject::account(id),
            Owner::Person(id.clone()).key(),
            subject::link(id, &token.link),
            subject::chain(id),
            Book::year_key(call.now),
        ];
        let [account, key, row, chain, year] = call.ports.store.get(&keys).await?;
        let vault = &call.ports.vault;
        let person = match vault.open_person(id, account.as_ref(), key.as_ref(), Use::Rights).await
        {
            Ok(person) => person,
            Err(Denied::Refused(_)) => return Err(spent()),
            Err(Denied::Failed(error)) => return Err(error.into()),
        };
        let row = row.filter(|row| !row.is_expired(call.now)).ok_or_else(spent)?;
        let link: Link = person.key.open(&row)?;
        if !token.opens(&link) || link.act != act {
            return Err(spent());
        }
        Ok(Self { person, about: link.about, row, chain, year })
    }

    /// Opens the person's chain for one more entry.
    pub async fn book(&self, call: &Call) -> Result<Book, Problem> {
        let rows = (self.chain.as_ref(), self.year.as_ref());
        Ok(Book::open(&call.ports, &self.person.key, rows, call.now).await?)
    }

    /// Ends the link in the transaction of its act.
    pub fn spend(&self, transaction: &mut Transaction) {
        transaction.delete("link", self.row.key.clone(), When::Version(self.row.version));
    }
}
