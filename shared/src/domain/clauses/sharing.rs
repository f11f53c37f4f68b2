//! Section 6: sharing, transfer and public disclosure.

use super::Principle::{Consent, Openness, RightsMatchDuties};
use super::{Clause, Standing, row};
use crate::domain::locale::text;

pub(super) const CLAUSES: &[Clause] = &[
    Clause {
        principles: &[Consent, Openness],
        standing: Standing::NotYet,
        ..row(
            "C-6.1",
            text("Sharing", "共享"),
            text(
                "A register of what was shared with whom, for what and on which basis; without a basis it is refused, and the person sees each entry.",
                "登记向谁共享了什么、目的和依据；无依据即拒绝，个人可查看每条登记。",
            ),
        )
    },
    Clause {
        principles: &[Consent, RightsMatchDuties],
        standing: Standing::NotYet,
        ..row(
            "C-6.2",
            text("Transfer", "转让"),
            text(
                "As with sharing; consent is for each recipient and older than the transfer, an agreement is named by its version.",
                "同共享；同意针对每个接收方且先于转让，协议注明其版本。",
            ),
        )
    },
    Clause {
        principles: &[Consent, Openness],
        standing: Standing::NotYet,
        ..row(
            "C-6.3",
            text("Public disclosure", "公开披露"),
            text(
                "Only with explicit consent or by law, in the same register.",
                "仅在明确同意或法律要求时公开，并记入同一登记。",
            ),
        )
    },
];
