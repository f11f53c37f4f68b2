//! What people do with their accounts, one step each, over HTTP.
//!
//! A further operation is an arm of [`Step`], of [`Hands::act`] and of `expected` in
//! `identity_walk/expected.rs`.

mod flows;
mod hands;

pub(crate) use hands::{Hands, With};

use proptest::prelude::*;
use std::time::Duration;

/// The names that all the people have among them: any of them may be anyone's.
pub(crate) const ADDRESSES: [&str; 6] = [
    "ada@example.org",
    "bob@example.org",
    "eve@example.org",
    "+8613800138000",
    "+8613900139000",
    "+8613700137000",
];
/// The people at the third party.
pub(crate) const PARTIES: [&str; 3] = ["first", "second", "third"];
pub(crate) const WRONG: &str = "wrong horse battery";

/// A step. Numbers stand for what there is at the time: they are taken modulo how many there are.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Step {
    Register { address: usize },
    LogIn { address: usize, right: bool },
    LogInAsCookie { address: usize },
    LogInBy { address: usize, factor: usize },
    EndByTicket { ticket: usize, session: usize },
    Look { session: usize },
    LogOut { session: usize },
    End { session: usize, other: usize },
    Prove { session: usize, right: bool },
    ProveBy { session: usize, factor: usize, rotate: bool },
    ProveByCode { session: usize, phone: bool },
    ChangePassword { session: usize, right: bool },
    Reset { address: usize },
    SetUpTotp { session: usize },
    RemoveTotp { session: usize },
    Rename { session: usize },
    SetContact { session: usize, address: usize },
    RemoveContact { session: usize, phone: bool },
    TakeBack { session: usize, phone: bool },
    Detach { address: usize },
    Link { session: usize, party: usize },
    LogInByParty { party: usize, by_app: bool },
    Unlink { session: usize },
    Cancel { session: usize },
    Withdraw { session: usize },
    AskForACopy { session: usize },
    ReadCopy { session: usize, copy: usize },
    Wait { minutes: u64 },
}

impl Step {
    /// How long it waits before: a code of an app works once, and what is posted to a contact in the
    /// second in which the one before left is not sent.
    pub(crate) const fn pause(self) -> Duration {
        Duration::from_secs(match self {
            Self::LogInBy { .. }
            | Self::LogInByParty { .. }
            | Self::ProveBy { .. }
            | Self::SetUpTotp { .. } => 30,
            Self::ProveByCode { .. } => 1,
            _ => 0,
        })
    }
}

/// The recovery code that a step uses, where it uses none of the app.
pub(crate) const fn recovery(factor: usize) -> Option<usize> {
    factor.checked_sub(2)
}

/// From here on, a number stands for any session that ever was; below, for a live one.
const ANY: usize = 100;

/// A session, mostly one that is live.
fn session() -> impl Strategy<Value = usize> {
    prop_oneof![6 => 0..6_usize, 1 => ANY..300]
}

/// Any step, those that make people and sessions more often.
pub(crate) fn any_step() -> impl Strategy<Value = Step> {
    let flag = any::<bool>;
    let right = || prop::bool::weighted(0.7);
    let address = || 0..ADDRESSES.len();
    let factor = || 0..4_usize;
    let party = || 0..PARTIES.len();
    prop_oneof![
        2 => address().prop_map(|address| Step::Register { address }),
        6 => (address(), right()).prop_map(|(address, right)| Step::LogIn { address, right }),
        2 => address().prop_map(|address| Step::LogInAsCookie { address }),
        3 => (address(), factor()).prop_map(|(address, factor)| Step::LogInBy { address, factor }),
        2 => (0..4_usize, session())
            .prop_map(|(ticket, session)| Step::EndByTicket { ticket, session }),
        2 => session().prop_map(|session| Step::Look { session }),
        2 => session().prop_map(|session| Step::LogOut { session }),
        2 => (session(), session()).prop_map(|(session, other)| Step::End { session, other }),
        3 => (session(), right()).prop_map(|(session, right)| Step::Prove { session, right }),
        3 => (session(), factor(), flag())
            .prop_map(|(session, factor, rotate)| Step::ProveBy { session, factor, rotate }),
        2 => (session(), flag()).prop_map(|(session, phone)| Step::ProveByCode { session, phone }),
        2 => (session(), right())
            .prop_map(|(session, right)| Step::ChangePassword { session, right }),
        1 => address().prop_map(|address| Step::Reset { address }),
        3 => session().prop_map(|session| Step::SetUpTotp { session }),
        2 => session().prop_map(|session| Step::RemoveTotp { session }),
        2 => session().prop_map(|session| Step::Rename { session }),
        7 => (session(), address())
            .prop_map(|(session, address)| Step::SetContact { session, address }),
        2 => (session(), flag()).prop_map(|(session, phone)| Step::RemoveContact { session, phone }),
        2 => (session(), flag()).prop_map(|(session, phone)| Step::TakeBack { session, phone }),
        1 => address().prop_map(|address| Step::Detach { address }),
        3 => (session(), party()).prop_map(|(session, party)| Step::Link { session, party }),
        4 => (party(), flag()).prop_map(|(party, by_app)| Step::LogInByParty { party, by_app }),
        2 => session().prop_map(|session| Step::Unlink { session }),
        2 => session().prop_map(|session| Step::Cancel { session }),
        1 => session().prop_map(|session| Step::Withdraw { session }),
        2 => session().prop_map(|session| Step::AskForACopy { session }),
        2 => (session(), 0..4_usize).prop_map(|(session, copy)| Step::ReadCopy { session, copy }),
        2 => prop::sample::select(vec![1, 1, 11, 11, 11, 25 * 60, 8 * 24 * 60])
            .prop_map(|minutes| Step::Wait { minutes }),
    ]
}

/// The channel that a step names.
pub(crate) fn contact_kind(phone: bool) -> &'static str {
    if phone { "phone" } else { "email" }
}
