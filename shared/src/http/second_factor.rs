//! The second factor of whoever logs in, where the account has one (C-7.3).

use super::call::Call;
use super::catalogue::ProblemKind;
use super::problem::Problem;
use crate::domain::inventory::{Item, items};
use crate::domain::limit::FACTOR_TRIES;
use crate::error::Result;
use crate::outbox::{self, Content};
use crate::records::factors::{Given, Held};
use crate::records::limit;
use crate::records::subject::Counter;
use crate::store::{Row, Transaction, When};
use crate::telemetry::metrics::{Metric, emit};
use crate::vault::Person;

/// Counts a guess of whoever has no session, before it is checked: many at once get no more than the
/// limit. Gives the counter as it is then. One write.
///
/// # Errors
///
/// `Limited` after too many guesses.
pub async fn count_guess(
    call: &Call,
    person: &Person,
    counter: Option<&Row>,
) -> Result<Row, Problem> {
    let mut transaction = Transaction::new();
    let row = (Counter::Factor.of(&person.subject), counter);
    let after = limit::admit(&mut transaction, "limit", row, &FACTOR_TRIES, call.now)
        .map_err(|wait| Problem::new(ProblemKind::Limited).after(wait))?;
    let gate = When::GateEpoch(person.gate_epoch());
    transaction.check("gate", person.account.key.clone(), gate);
    call.ports.store.write(transaction).await?;
    Ok(after)
}

/// Uses a right code up, and tells every contact of a recovery code.
///
/// # Errors
///
/// Where something cannot be sealed.
pub async fn spend_factor(
    call: &Call,
    person: &Person,
    (held, given): (&Held, Given<'_>),
    to: &mut Transaction,
) -> Result<()> {
    held.put(person, call.now, to)?;
    if matches!(given, Given::Recovery(_)) {
        let content = Content::RecoveryCodeUsed { left: held.factors.recovery.len() };
        let (told, about) = ((&person.profile, &content), Some(&person.subject));
        outbox::tell(&call.ports, to, told, about, call.now).await?;
    }
    Ok(())
}

/// The problem of a wrong code of a second factor, or of a used one.
pub fn proof_refused(call: &Call) -> Problem {
    emit(&call.ports, Metric::ProofsRefused, 1, &["second_factor"]);
    ProblemKind::ProofRefused.into()
}

/// The item that using a code up touches.
pub const fn factor_touched(given: Given<'_>) -> &'static Item {
    match given {
        Given::Totp(_) => &items::FACTORS_STEP,
        Given::Recovery(_) => &items::FACTORS_RECOVERY,
    }
}

/// What a log-in has shown besides its first proof; nothing where the account has no second factor.
pub struct SecondFactor<'a> {
    held: Held,
    shown: Option<Given<'a>>,
}

impl<'a> SecondFactor<'a> {
    /// Asks for the second factor, where the account has one.
    ///
    /// # Errors
    ///
    /// `SecondFactorNeeded` where none is given, or a wrong or a used one.
    pub fn check(call: &Call, mut held: Held, given: Option<Given<'a>>) -> Result<Self, Problem> {
        if !held.has_totp() {
            return Ok(Self { held, shown: None });
        }
        let needed = || Problem::new(ProblemKind::SecondFactorNeeded);
        let given = given.ok_or_else(needed)?;
        if held.prove(given, call.now) {
            return Ok(Self { held, shown: Some(given) });
        }
        emit(&call.ports, Metric::ProofsRefused, 1, &["second_factor"]);
        let at = match given {
            Given::Totp(_) => "/totp",
            Given::Recovery(_) => "/recovery_code",
        };
        Err(needed().at(at, "is wrong or was used"))
    }

    /// Uses the code up in the transaction that opens the session. Without one, that there is no second
    /// factor is the precondition.
    ///
    /// # Errors
    ///
    /// Where something cannot be sealed.
    pub async fn spend(&self, call: &Call, person: &Person, to: &mut Transaction) -> Result<()> {
        match self.shown {
            None => self.held.check(to),
            Some(given) => spend_factor(call, person, (&self.held, given), to).await?,
        }
        Ok(())
    }

    /// The same at the session limit, where nobody is logged in: a recovery code is kept, since it may
    /// be the last one.
    ///
    /// # Errors
    ///
    /// Where something cannot be sealed.
    pub fn spend_at_limit(&self, call: &Call, person: &Person, to: &mut Transaction) -> Result<()> {
        match self.shown {
            None | Some(Given::Recovery(_)) => self.held.check(to),
            Some(Given::Totp(_)) => self.held.put(person, call.now, to)?,
        }
        Ok(())
    }

    /// The item that it touches.
    pub fn touched(&self) -> Option<&'static Item> {
        self.shown.map(factor_touched)
    }
}
