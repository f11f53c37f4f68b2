//! What each step has to be answered, by the model.

use super::Walk;
use crate::contact_calls::channel;
use crate::identity_acts::{ADDRESSES, Step, WRONG, With, contact_kind, recovery};
use crate::identity_model::{Model, Shown};

impl Walk {
    /// What the model says of a step that is made.
    pub(super) fn expected(&self, model: &mut Model, step: Step, with: With<'_>) -> u16 {
        let session = |n| self.hands.session(n).expect("a session");
        let password = |is_right| if is_right { with.right } else { WRONG };
        let contact = |n: usize| (channel(ADDRESSES[n]), ADDRESSES[n]);
        let shown = |factor| recovery(factor).map_or(Shown::Totp, Shown::Recovery);
        let log_in = |model: &mut Model, address: usize, is_right, shown| {
            Ok(model.log_in(ADDRESSES[address], password(is_right), shown))
        };
        let answer = match step {
            Step::Register { address } => Ok(model.register(contact(address), with.right)),
            Step::LogIn { address, right } => log_in(model, address, right, Shown::Nothing),
            Step::LogInAsCookie { address } => log_in(model, address, true, Shown::Nothing),
            Step::LogInBy { address, factor } => log_in(model, address, true, shown(factor)),
            Step::EndByTicket { ticket, session: n } => {
                model.end_by_ticket(self.hands.ticket(ticket).expect("a ticket"), session(n))
            }
            Step::Look { session: n } => model.look(session(n)),
            Step::LogOut { session: n } => model.end(session(n), session(n)),
            Step::End { session: n, other } => model.end(session(n), session(other)),
            Step::Prove { session: n, right } => model.prove(session(n), password(right)),
            Step::ProveBy { session: n, factor, rotate } => {
                let proved = model.prove_by(session(n), shown(factor));
                let as_token = rotate && !self.hands.sessions[session(n)].cookie;
                proved.map(|done| if as_token { 200 } else { done })
            }
            Step::ProveByCode { session: n, phone } => {
                model.prove_by_code(session(n), contact_kind(phone))
            }
            Step::ChangePassword { session: n, right } => {
                model.change_password(session(n), (password(right), with.new))
            }
            Step::Reset { address } => model.reset(ADDRESSES[address], with.new),
            Step::SetUpTotp { session: n } => model.set_up_totp(session(n)),
            Step::RemoveTotp { session: n } => model.remove_totp(session(n)),
            Step::Rename { session: n } => model.rename(session(n), with.name),
            Step::SetContact { session: n, address } => {
                model.set_contact(session(n), contact(address))
            }
            Step::RemoveContact { session: n, phone } => {
                model.remove_contact(session(n), contact_kind(phone))
            }
            Step::TakeBack { session: n, phone } => {
                model.take_back(session(n), contact_kind(phone))
            }
            Step::Detach { address } => Ok(model.detach(contact(address))),
            Step::Link { session: n, party } => model.link(session(n), party),
            Step::LogInByParty { party, by_app } => {
                let shown = if by_app { Shown::Totp } else { Shown::Nothing };
                Ok(model.log_in_by_party(party, shown))
            }
            Step::Unlink { session: n } => model.unlink(session(n)),
            Step::Cancel { session: n } => model.cancel(session(n)),
            Step::Withdraw { session: n } => model.withdraw(session(n)),
            Step::AskForACopy { session: n } => model.ask_for_a_copy(session(n)),
            Step::ReadCopy { session: n, copy } => {
                model.read_copy(session(n), self.hands.copy(copy).expect("a copy"))
            }
            Step::Wait { .. } => Ok(200),
        };
        answer.unwrap_or_else(|refused| refused)
    }
}
