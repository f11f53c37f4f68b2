//! Every version of every document, with its dates as printed; newest first within its scope.

use super::{Annex, Held, Standing, Version};
use crate::domain::inventory::Scope;
use crate::domain::locale::{Locale, text};
use time::macros::date;

/// Every version, the newest of a scope first.
pub const ALL: &[Version] = &[GENERAL_2022_08_16, GENERAL_2022_03_11, PERSONAL_CENTER_DRAFT_1];

const GENERAL_2022_08_16: Version = Version {
    id: "general-2022-08-16",
    scope: Scope::General,
    title: text(
        "\"OpenDataLab\" Personal Information Protection Policy",
        "“OpenDataLab”个人信息保护政策",
    ),
    effective: Some(date!(2022 - 03 - 17)),
    updated: date!(2022 - 08 - 16),
    note: text(
        "The dates are as printed. The head says updated 2022-08-16, the last section says \
         2022-03-11; both name 2022-03-17 as the effective date. The English text is the one that \
         was published; its bold and underlined passages were lost on the way. The Chinese text \
         that it seems to follow is not held: the Chinese here is our translation, unofficial \
         until an officer signs it.",
        "日期按原文所印。文首称更新于 2022-08-16，末节称 2022-03-11；两处生效日期均为 \
         2022-03-17。英文文本为已发布文本，其加粗和加下划线的标记已遗失。其所依据的中文文本未保存：\
         此处中文为我们的译文，在负责人签署之前不具官方效力。",
    ),
    texts: &[
        Held {
            language: Locale::En,
            standing: Standing::Original,
            body: include_str!("opendatalab-general-2022-08-16.en.txt"),
            annex: Annex::None,
        },
        Held {
            language: Locale::Zh,
            standing: Standing::UnofficialTranslation,
            body: include_str!("opendatalab-general-2022-08-16.zh.txt"),
            annex: Annex::None,
        },
    ],
};

const GENERAL_2022_03_11: Version = Version {
    id: "general-2022-03-11",
    scope: Scope::General,
    title: GENERAL_2022_08_16.title,
    effective: Some(date!(2022 - 03 - 17)),
    updated: date!(2022 - 03 - 11),
    note: text(
        "The text is not held. That there was this version is known from the last section of the \
         version of 2022-08-16, which still names its dates.",
        "文本未保存。该版本的存在见于 2022-08-16 版本的末节，其中仍载有其日期。",
    ),
    texts: &[],
};

const PERSONAL_CENTER_DRAFT_1: Version = Version {
    id: "personal-center-draft-1",
    scope: Scope::PersonalCenter,
    title: text(
        "Personal Center: Supplementary Personal Information Policy (draft)",
        "个人中心个人信息补充政策（草案）",
    ),
    effective: None,
    updated: date!(2026 - 11 - 24),
    note: text(
        "A draft: it binds nobody. The operator publishes it before opening to the public. Its \
         annex is made from the inventory whenever it is read, and the digest covers both.",
        "草案：不具约束力。运营者在向公众开放之前发布。其附录在每次读取时由信息清单生成，摘要涵盖正文和附录。",
    ),
    texts: &[
        Held {
            language: Locale::En,
            standing: Standing::Draft,
            body: include_str!("personal-center-draft-1.en.txt"),
            annex: Annex::Items(Scope::PersonalCenter),
        },
        Held {
            language: Locale::Zh,
            standing: Standing::Draft,
            body: include_str!("personal-center-draft-1.zh.txt"),
            annex: Annex::Items(Scope::PersonalCenter),
        },
    ],
};
