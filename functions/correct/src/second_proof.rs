//! What whoever resets a password proves besides a code to a contact (C-7.3): holding another contact
//! of the same account, the authenticator app, or a recovery code.

use crate::holder::{Found, Holder, prove, refusal};
use serde::Deserialize;
use shared::domain::inventory::Item;
use shared::domain::personal::Secret;
use shared::error::Error;
use shared::http::{
    Call, Problem, ProblemKind, count_guess, factor_touched, proof_refused, settle, spend_factor,
};
use shared::records::factors::{Given, Held};
use shared::records::limit;
use shared::records::subject::Counter;
use shared::records::verification::CodePurpose;
use shared::store::Transaction;
use shared::vault::{IndexKey, Person};
use utoipa::ToSchema;

/// What starts anew with the password: whoever was in the account before can have used it up.
const ANEW: [Counter; 4] =
    [Counter::Password, Counter::Export, Counter::Told, Counter::Cancellation];
/// The counters that are read.
const READ: [Counter; 5] = [ANEW[0], ANEW[1], ANEW[2], ANEW[3], Counter::Factor];

/// A second proof, one of: a code that was sent to another contact of the same account, a code of its
/// authenticator app, a recovery code.
#[derive(Deserialize, ToSchema)]
#[schema(as = SecondProof)]
#[serde(deny_unknown_fields)]
pub(crate) struct Request {
    /// The id of a verification, asked for to `reset`, together with `code`.
    #[schema(nullable = false)]
    verification: Option<String>,
    /// Its code.
    #[schema(value_type = Option<String>, nullable = false, example = "12345678")]
    code: Option<Secret>,
    /// A code of the authenticator app.
    #[schema(value_type = Option<String>, nullable = false, example = "123456")]
    totp: Option<Secret>,
    /// A recovery code.
    #[schema(value_type = Option<String>, nullable = false)]
    recovery_code: Option<Secret>,
}

/// A second proof as it is asked for.
enum Asked<'a> {
    Code(&'a str, &'a Secret),
    Factor(Given<'a>),
}

impl Request {
    fn asked(&self) -> Result<Asked<'_>, Problem> {
        match (&self.verification, &self.code, &self.totp, &self.recovery_code) {
            (Some(id), Some(code), None, None) => Ok(Asked::Code(id, code)),
            (None, None, Some(code), None) => Ok(Asked::Factor(Given::Totp(code))),
            (None, None, None, Some(code)) => Ok(Asked::Factor(Given::Recovery(code))),
            _ => Err(Problem::invalid(Vec::new()).at(
                "/second",
                "needs one of `totp`, `recovery_code`, or `verification` with `code`",
            )),
        }
    }
}

/// What whoever asks has proved, or guesses.
pub(crate) struct Proofs<'a> {
    first: Holder,
    second: Option<Second<'a>>,
}

enum Second<'a> {
    Holder(Holder),
    Factor(Given<'a>),
}

/// A second factor of the person's that was right, to be used up.
pub(crate) struct Used<'a> {
    held: Held,
    given: Given<'a>,
}

impl<'a> Proofs<'a> {
    /// Checks the codes that were sent to contacts. Each: one read, and one write that counts the try.
    ///
    /// # Errors
    ///
    /// `VerificationFailed`, or `Invalid` where the second proof is none or more than one.
    pub(crate) async fn check(
        call: &Call,
        first: (&str, &Secret),
        second: Option<&'a Request>,
    ) -> Result<Self, Problem> {
        let asked = second.map(Request::asked).transpose()?;
        let first = prove(call, first, CodePurpose::Reset).await?;
        let second = match asked {
            Some(Asked::Code(id, code)) => {
                Some(Second::Holder(prove(call, (id, code), CodePurpose::Reset).await?))
            }
            Some(Asked::Factor(given)) => Some(Second::Factor(given)),
            None => None,
        };
        Ok(Self { first, second })
    }

    /// The account whose contact the first code went to.
    pub(crate) async fn find(
        &self,
        call: &Call,
        index: &IndexKey,
    ) -> Result<Option<Found>, Problem> {
        let found = self.first.find(call, index, &READ).await?;
        Ok(found.filter(|found| self.first.counts_for(&found.person)))
    }

    /// The same; a guess at a second factor is counted, before it is checked: many at once get no more
    /// than the limit.
    ///
    /// # Errors
    ///
    /// `Limited` after too many guesses.
    pub(crate) async fn find_counted(
        &self,
        call: &Call,
        index: &IndexKey,
    ) -> Result<Option<Found>, Problem> {
        if !matches!(self.second, Some(Second::Factor(_))) {
            return self.find(call, index).await;
        }
        settle(&call.ports.store, || async {
            if let Some(found) = self.find(call, index).await? {
                count_guess(call, &found.person, found.counter(Counter::Factor)).await?;
            }
            Ok(())
        })
        .await?;
        self.find(call, index).await
    }

    /// The problem that no account has the contact. Its holder may know; the code is used up.
    pub(crate) async fn of_nobody(&self, call: &Call) -> Result<Problem, Problem> {
        let mut transaction = Transaction::new();
        self.first.spend(&mut transaction);
        call.ports.store.write(transaction).await.map_err(refusal)?;
        Ok(ProblemKind::NoAccount.into())
    }

    /// Checks a guess at a second factor.
    ///
    /// # Errors
    ///
    /// `ProofRefused` where it is wrong, was used, or the person has no app.
    pub(crate) fn used(&self, call: &Call, found: &Found) -> Result<Option<Used<'a>>, Problem> {
        let Some(Second::Factor(given)) = self.second else { return Ok(None) };
        let mut held = found.held(call)?;
        if held.prove(given, call.now) {
            Ok(Some(Used { held, given }))
        } else {
            Err(proof_refused(call))
        }
    }

    /// Whether the second proof is one of the person's, and another one than the first.
    pub(crate) fn are_two(&self, person: &Person, used: Option<&Used<'_>>) -> bool {
        let by_contact = match &self.second {
            Some(Second::Holder(other)) => {
                other.contact != self.first.contact && other.counts_for(person)
            }
            _ => false,
        };
        by_contact || used.is_some()
    }

    /// Uses the codes to contacts up, and starts the counts anew.
    pub(crate) fn spend(&self, found: &Found, transaction: &mut Transaction) {
        self.first.spend(transaction);
        if let Some(Second::Holder(second)) = &self.second
            && second.verification != self.first.verification
        {
            second.spend(transaction);
        }
        found.forget_counts(&ANEW, transaction);
    }
}

impl Used<'_> {
    /// Uses the factor up, and takes its guess back.
    pub(crate) async fn spend(
        &self,
        call: &Call,
        found: &Found,
        transaction: &mut Transaction,
    ) -> Result<(), Error> {
        let person = &found.person;
        spend_factor(call, person, (&self.held, self.given), transaction).await?;
        if let Some(row) = found.counter(Counter::Factor) {
            limit::take_back(transaction, "limit", row, call.now);
        }
        Ok(())
    }

    /// The item that it touches.
    pub(crate) const fn touched(&self) -> &'static Item {
        factor_touched(self.given)
    }
}
