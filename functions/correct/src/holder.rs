//! Whoever proves by a code alone, without a session, that they hold a contact; and the account that
//! has it. For a contact that no account has, the same is read.

use crate::contacts::parsed;
use shared::domain::contact::Contact;
use shared::domain::gate::Use;
use shared::domain::personal::Secret;
use shared::error::corrupt;
use shared::http::{Call, Problem, ProblemKind, check_code};
use shared::ids::{SubjectId, VerificationId};
use shared::ledger::Book;
use shared::records::factors::Held;
use shared::records::subject::{self, Counter};
use shared::records::verification::{self, CodePurpose};
use shared::store::{Attr, Key, Row, Transaction, When};
use shared::vault::{Denied, IndexKey, Owner, Person};

/// A contact whose holder typed in the code that was sent to it.
pub(crate) struct Holder {
    pub(crate) contact: Contact,
    pub(crate) verification: VerificationId,
}

/// Checks a code. One read, and one write that counts the try.
///
/// # Errors
///
/// `VerificationFailed`.
pub(crate) async fn prove(
    call: &Call,
    (verification, code): (&str, &Secret),
    purpose: CodePurpose,
) -> Result<Holder, Problem> {
    let id = VerificationId::parse(verification).ok_or(ProblemKind::VerificationFailed)?;
    let keys = [verification::key(&id), Owner::Flow(id.clone()).key()];
    let [row, key] = call.ports.store.get(&keys).await?;
    let rows = (row.as_ref(), key.as_ref());
    let verified = check_code(call, (&id, code), rows, purpose).await?;
    Ok(Holder { contact: parsed(verified.channel, &verified.address)?, verification: id })
}

/// An account, as its contact's holder finds it.
pub(crate) struct Found {
    pub(crate) person: Person,
    chain: Option<Row>,
    year: Option<Row>,
    /// What is counted of the name that the contact is, to log in with.
    tries: Option<Row>,
    factors: Option<Row>,
    counters: Vec<Row>,
}

impl Holder {
    /// The account that has a claim on the contact, with some of its counters. Two reads (three
    /// while the index key is rotated).
    pub(crate) async fn find(
        &self,
        call: &Call,
        index: &IndexKey,
        counters: &[Counter],
    ) -> Result<Option<Found>, Problem> {
        let (store, name) = (&call.ports.store, self.contact.address().expose());
        let claims = index.claims(&self.contact);
        let (claim, [tries]) = claims.find(store, &[index.login_limit(name)]).await?;
        let id = match &claim {
            Some(row) => SubjectId::parse(row.text(Attr::Subject)?),
            None => Some(index.nobody(name)),
        };
        let id = id.ok_or_else(|| corrupt("claim", "subject"))?;
        let mut keys: Vec<Key> = vec![
            subject::account(&id),
            Owner::Person(id.clone()).key(),
            subject::chain(&id),
            Book::year_key(call.now),
            subject::factors(&id),
        ];
        keys.extend(counters.iter().map(|counter| counter.of(&id)));
        let mut rows = store.get_all(&keys).await?.into_iter();
        let mut next = || rows.next().flatten();
        let (account, key, chain, year) = (next(), next(), next(), next());
        let factors = next();
        let counters = rows.flatten().collect();
        let opened = call.ports.vault.open_person(&id, account.as_ref(), key.as_ref(), Use::Rights);
        match opened.await {
            Ok(person) => Ok(Some(Found { person, chain, year, tries, factors, counters })),
            // A claim may be read just before the erasure that removes it.
            Err(Denied::Refused(_)) => Ok(None),
            Err(Denied::Failed(error)) => Err(error.into()),
        }
    }

    /// Whether it is a contact of the person's that counts.
    pub(crate) fn counts_for(&self, person: &Person) -> bool {
        person.profile.contact(self.contact.channel()) == Some(self.contact.address())
    }

    /// Uses the code up.
    pub(crate) fn spend(&self, transaction: &mut Transaction) {
        verification::end(transaction, &self.verification);
    }
}

impl Found {
    /// Opens the person's chain for one more entry.
    pub(crate) async fn book(&self, call: &Call) -> Result<Book, Problem> {
        let rows = (self.chain.as_ref(), self.year.as_ref());
        Ok(Book::open(&call.ports, &self.person.key, rows, call.now).await?)
    }

    /// The second factors.
    pub(crate) fn held(&self, call: &Call) -> Result<Held, Problem> {
        Ok(Held::open(&self.person, self.factors.clone(), call.now)?)
    }

    /// A counter of the account's, of those that were read.
    pub(crate) fn counter(&self, counter: Counter) -> Option<&Row> {
        let key = counter.of(&self.person.subject);
        self.counters.iter().find(|row| row.key == key)
    }

    /// Starts counts of the account anew, and that of the name to log in with.
    pub(crate) fn forget_counts(&self, counters: &[Counter], transaction: &mut Transaction) {
        let counted = counters.iter().filter_map(|counter| self.counter(*counter));
        for row in counted.chain(&self.tries) {
            transaction.delete("limit", row.key.clone(), When::Present);
        }
    }
}

/// The problem of a write that failed: the same call, sent twice at once, has one outcome.
pub(crate) fn refusal(error: shared::error::Error) -> Problem {
    if error.failed("verification") { ProblemKind::VerificationFailed.into() } else { error.into() }
}
