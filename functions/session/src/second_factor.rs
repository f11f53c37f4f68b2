//! The second factor of a log-in whose password was right (C-7.3).

use crate::login::LogIn;
use crate::sessions_create::Request;
use shared::domain::inventory::{Item, items};
use shared::http::{Call, Problem, ProblemKind};
use shared::outbox::{self, Content};
use shared::records::factors::{Given, Held};
use shared::store::Transaction;
use shared::telemetry::metrics::{Metric, emit};
use shared::vault::Person;

/// What a log-in has shown besides the password.
pub(crate) struct Second {
    held: Held,
    shown: Shown,
}

#[derive(Clone, Copy, Eq, PartialEq)]
enum Shown {
    /// The account has no second factor.
    Nothing,
    /// A code of the app.
    Totp,
    /// A recovery code.
    Recovery,
}

/// Asks for the second factor, where the account has one.
///
/// A right password without a code is no failure, since whoever logs in learns only then that a code
/// is asked for: its try is taken back. With a wrong code it stays counted.
///
/// # Errors
///
/// `SecondFactorNeeded` where there is none in the request, or a wrong or a used one.
pub(crate) async fn check(
    call: &Call,
    request: &Request,
    found: &LogIn,
) -> Result<Second, Problem> {
    let mut held = Held::open(&found.person, found.factors.clone(), call.now)?;
    if !held.has_totp() {
        return Ok(Second { held, shown: Shown::Nothing });
    }
    let needed = Problem::new(ProblemKind::SecondFactorNeeded);
    let (given, shown, at) = match (&request.totp, &request.recovery_code) {
        (Some(code), _) => (Given::Totp(code), Shown::Totp, "/totp"),
        (None, Some(code)) => (Given::Recovery(code), Shown::Recovery, "/recovery_code"),
        (None, None) => {
            found.counters.take_back_now(call).await?;
            return Err(needed);
        }
    };
    if held.prove(given, call.now) {
        Ok(Second { held, shown })
    } else {
        emit(&call.ports, Metric::LogInsRefused, 1, &["second_factor"]);
        Err(needed.at(at, "is wrong or was used"))
    }
}

impl Second {
    /// Uses the code up in the transaction that opens the session, and tells every contact of a recovery
    /// code. Without one, that there is no second factor is the precondition.
    pub(crate) async fn spend(
        &self,
        call: &Call,
        person: &Person,
        to: &mut Transaction,
    ) -> Result<(), Problem> {
        match self.shown {
            Shown::Nothing => self.held.check(to),
            Shown::Totp | Shown::Recovery => self.held.put(person, call.now, to)?,
        }
        if self.shown == Shown::Recovery {
            let content = Content::RecoveryCodeUsed { left: self.held.factors.recovery.len() };
            let (told, about) = ((&person.profile, &content), Some(&person.subject));
            outbox::tell(&call.ports, to, told, about, call.now).await?;
        }
        Ok(())
    }

    /// The same at the session limit, where nobody is logged in: a recovery code is kept, since it may
    /// be the last one.
    pub(crate) fn spend_at_limit(
        &self,
        call: &Call,
        person: &Person,
        to: &mut Transaction,
    ) -> Result<(), Problem> {
        match self.shown {
            Shown::Nothing | Shown::Recovery => self.held.check(to),
            Shown::Totp => self.held.put(person, call.now, to)?,
        }
        Ok(())
    }

    /// The items that it touches.
    pub(crate) const fn touched(&self) -> &'static [&'static Item] {
        match self.shown {
            Shown::Nothing => &[],
            Shown::Totp => &[&items::FACTORS_STEP],
            Shown::Recovery => &[&items::FACTORS_RECOVERY],
        }
    }
}
