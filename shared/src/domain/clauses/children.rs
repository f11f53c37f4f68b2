//! Section 9: children.

use super::Principle::{Consent, Minimum, RightsMatchDuties, Security};
use super::{Clause, Standing, row};
use crate::domain::inventory::items;
use crate::domain::locale::text;

pub(super) const CLAUSES: &[Clause] = &[
    Clause {
        principles: &[Consent, Minimum],
        standing: Standing::partly(
            "The age band is asked first and nobody under 18 is registered; a guardian cannot decide yet.",
            "先询问年龄段，未满 18 周岁不予注册；监护人尚不能作出决定。",
        ),
        routes: &["POST /v1/verifications"],
        items: &[&items::AGE_BAND, &items::VERIFICATION_AGE, &items::EVIDENCE_AGE],
        ..row(
            "C-9.1",
            text("Under 18: with a guardian's consent", "未满 18 周岁须监护人同意"),
            text(
                "The age band is asked before any address; a minor's account waits until a verified guardian decides.",
                "在询问地址之前询问年龄段；未成年人账号须经核实的监护人决定后开通。",
            ),
        )
    },
    Clause {
        principles: &[Consent, Minimum],
        standing: Standing::NotYet,
        ..row(
            "C-9.2",
            text("Under 14: consent in advance", "未满 14 周岁须事先同意"),
            text(
                "It begins with the guardian's contact and stores nothing of the child before consent.",
                "从监护人的联系方式开始，同意之前不保存儿童的任何信息。",
            ),
        )
    },
    Clause {
        principles: &[Consent, Security],
        standing: Standing::NotYet,
        ..row(
            "C-9.3",
            text("Use of a child's information", "儿童信息的使用"),
            text(
                "Used or published only by law, with the guardian's explicit consent, or to protect the child.",
                "仅在法律允许、监护人明确同意或保护儿童所需时使用或公开。",
            ),
        )
    },
    Clause {
        principles: &[RightsMatchDuties, Minimum],
        standing: Standing::NotYet,
        ..row(
            "C-9.4",
            text("Found without consent: deleted", "未经同意的儿童信息予以删除"),
            text(
                "A report stops processing; without proof of age or consent in time it is erased without cooling-off.",
                "接到报告即停止处理；未及时证明年龄或同意的，不经冷静期即删除。",
            ),
        )
    },
];
