//! Proofs by a second factor together with a live session: a wrong code is counted, a right one is
//! not (C-7.3).

use super::call::Call;
use super::caller::{Access, Caller};
use super::catalogue::ProblemKind;
use super::credentials::claimed_subject;
use super::problem::Problem;
use super::settle::settle;
use crate::domain::limit::{FACTOR_TRIES, Window};
use crate::records::factors::Held;
use crate::records::limit;
use crate::records::subject::{self, Counter};
use crate::store::{Key, Transaction};

/// Counts a guess, and then runs an attempt that checks it; again, for the caller as it is then, while
/// other writes of the same person get in its way.
///
/// # Errors
///
/// `Limited` after too many guesses, those of the attempt, or of identifying the caller again.
pub async fn guess<T, F>(
    call: &Call,
    identified: (Caller, Held),
    attempt: impl Fn(Caller, Held) -> F,
) -> Result<T, Problem>
where
    F: Future<Output = Result<T, Problem>>,
{
    let mut first = Some(identified);
    let counted = settle(&call.ports.store, || {
        let first = first.take();
        async move {
            let (caller, held) = known(call, first).await?;
            Ok((caller.count_guess(call).await?, held))
        }
    });
    let mut first = Some(counted.await?);
    settle(&call.ports.store, || {
        let (first, attempt) = (first.take(), &attempt);
        async move {
            let (caller, held) = known(call, first).await?;
            attempt(caller, held).await
        }
    })
    .await
}

async fn known(call: &Call, first: Option<(Caller, Held)>) -> Result<(Caller, Held), Problem> {
    match first {
        Some(identified) => Ok(identified),
        None => Caller::identify_with_factors(call, Access::Prove).await,
    }
}

impl Caller {
    /// Identifies the caller, and reads the person's second factors with the same read.
    ///
    /// # Errors
    ///
    /// As [`Self::identify`].
    pub async fn identify_with_factors(
        call: &Call,
        access: Access,
    ) -> Result<(Self, Held), Problem> {
        let key = subject::factors(&claimed_subject(call)?);
        let (caller, mut rows) = Self::identify_with(call, access, &[key]).await?;
        let held = Held::open(&caller.person, rows.pop().flatten(), call.now)?;
        Ok((caller, held))
    }

    /// As [`Self::count`], under several limits.
    ///
    /// # Errors
    ///
    /// `Limited`, with how long to wait.
    pub fn count_within(
        &self,
        call: &Call,
        (key, windows): (Key, &[Window]),
        transaction: &mut Transaction,
    ) -> Result<(), Problem> {
        let row = self.counters.iter().find(|row| row.key == key);
        limit::admit(transaction, "limit", (key, row), windows, call.now)
            .map(drop)
            .map_err(|wait| Problem::new(ProblemKind::Limited).after(wait))
    }

    /// Counts a guess, before it is checked: many at once get no more than the limit.
    async fn count_guess(mut self, call: &Call) -> Result<Self, Problem> {
        let key = Counter::Factor.of(&self.person.subject);
        let place = self.counters.iter().position(|row| row.key == key);
        let before = place.map(|place| self.counters.remove(place));
        let mut transaction = Transaction::new();
        let row = (key, before.as_ref());
        let counted = limit::admit(&mut transaction, "limit", row, &FACTOR_TRIES, call.now)
            .map_err(|wait| Problem::new(ProblemKind::Limited).after(wait))?;
        transaction.check("gate", self.person.account.key.clone(), self.gate());
        call.ports.store.write(transaction).await?;
        self.counters.push(counted);
        Ok(self)
    }

    /// Takes a guess that was right away from the count again.
    pub fn forgive_guess(&self, call: &Call, transaction: &mut Transaction) {
        let key = Counter::Factor.of(&self.person.subject);
        if let Some(row) = self.counters.iter().find(|row| row.key == key) {
            limit::take_back(transaction, "limit", row, call.now);
        }
    }
}
