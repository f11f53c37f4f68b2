//! Sections 10 to 12: changes, contact and effect.

use super::Principle::{Consent, Openness, Participation, RightsMatchDuties};
use super::{Clause, Standing, row};
use crate::domain::inventory::items;
use crate::domain::locale::text;

pub(super) const CLAUSES: &[Clause] = &[
    Clause {
        principles: &[Consent, RightsMatchDuties],
        standing: Standing::NotYet,
        ..row(
            "C-10.1",
            text("Rights are not reduced", "不减损权利"),
            text(
                "A version that reduces rights binds only who accepts it.",
                "减损权利的版本仅对接受者有效。",
            ),
        )
    },
    Clause {
        principles: &[Openness],
        standing: Standing::NotYet,
        ..row(
            "C-10.2",
            text("Major changes are announced", "重大变更显著通知"),
            text(
                "A version says which kinds of major change it makes, and each account is told through a verified contact.",
                "版本注明所含重大变更的种类，并通过经验证的联系方式通知每个账号。",
            ),
        )
    },
    Clause {
        principles: &[Openness],
        standing: Standing::partly(
            "The text of 2022-03-11 is not held, and the Chinese text is a translation that no officer has signed.",
            "2022-03-11 版本的文本未保存，中文文本为尚未经负责人签署的译文。",
        ),
        routes: &[
            "GET /v1/policy",
            "GET /v1/policy/versions",
            "GET /v1/policy/versions/{id}",
            "GET /v1/policy/versions/{id}/changes",
        ],
        ..row(
            "C-10.3",
            text("Always to be read", "随时可查阅"),
            text(
                "Every version can be read in Chinese and English, with what changed between any two.",
                "每个版本均可以中文和英文查阅，并可查阅任意两个版本之间的变更。",
            ),
        )
    },
    Clause {
        principles: &[Consent],
        standing: Standing::NotYet,
        ..row(
            "C-10.4",
            text("Going on accepts", "继续使用视为同意"),
            text(
                "New purposes need express consent; other changes are accepted by use after the notice was seen, and that is recorded.",
                "新的目的须明示同意；其他变更在看到通知后继续使用即视为接受，并予以记录。",
            ),
        )
    },
    Clause {
        principles: &[Participation, RightsMatchDuties],
        standing: Standing::NotYet,
        ..row(
            "C-11.1",
            text("Answered in 15 working days", "15 个工作日内答复"),
            text(
                "Questions and complaints are tickets with a deadline, open to people without an account.",
                "疑问和投诉均有期限，无账号者也可提出。",
            ),
        )
    },
    Clause {
        principles: &[Participation, Openness],
        standing: Standing::NotYet,
        ..row(
            "C-11.2",
            text("The authority and the court", "监管部门与法院"),
            text(
                "Each decision names where the person can turn next.",
                "每项决定均告知可进一步求助的部门。",
            ),
        )
    },
    Clause {
        principles: &[Openness, Consent],
        standing: Standing::Served,
        routes: &["GET /v1/policy", "GET /v1/policy/versions", "POST /v1/accounts"],
        items: &[&items::POLICY_VERSION, &items::EVIDENCE_VERSION, &items::EVIDENCE_DIGEST],
        ..row(
            "C-12.1",
            text("Dates and effect", "日期与生效"),
            text(
                "A version has both dates as printed; what is in force and can be accepted follows its day in Shanghai, and evidence keeps the text that was shown.",
                "版本载明两个日期；生效和接受依上海当日确定，证据保存所展示的文本。",
            ),
        )
    },
];
