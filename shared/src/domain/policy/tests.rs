//! The texts are what they say they are, and the day decides which is in force.

use super::*;
use crate::domain::inventory::{Entity, Purpose, items};
use crate::domain::time::days;
use time::macros::date;

fn general(language: Locale) -> &'static str {
    find("general-2022-08-16").and_then(|v| v.held(language)).expect("held").body
}

fn own(language: Locale) -> &'static Held {
    find("personal-center-draft-1").and_then(|v| v.held(language)).expect("held")
}

#[test]
fn c_12_1_the_dates_are_those_of_the_text() {
    let text = general(Locale::En);
    assert!(text.contains("Effective Date [2022/3/17]"));
    assert!(text.contains("Updated [2022/8/16]"));
    assert!(text.contains("updated on March 11, 2022 and will take effect on March 17, 2022"));
    assert!(Locale::ALL.iter().all(|language| general(*language).contains(CONTACT)));
    let [held, earlier] =
        ["general-2022-08-16", "general-2022-03-11"].map(|id| find(id).expect("known"));
    assert_eq!(
        (held.effective, held.updated),
        (Some(date!(2022 - 03 - 17)), date!(2022 - 08 - 16))
    );
    assert_eq!(
        (earlier.effective, earlier.updated),
        (Some(date!(2022 - 03 - 17)), date!(2022 - 03 - 11))
    );
}

#[test]
fn c_12_1_a_version_is_in_force_from_the_first_second_of_its_day_in_shanghai() {
    // 2022-03-17T00:00:00+08:00.
    let start = Timestamp::from_secs(1_647_446_400);
    assert_eq!(start.rfc3339(), "2022-03-16T16:00:00Z");
    let id = |at| in_force(Scope::General, at).map(|v| v.id);
    assert_eq!(id(Timestamp::from_secs(start.secs() - 1)), None);
    assert_eq!(id(start), Some("general-2022-08-16"));
    let held = find("general-2022-08-16").expect("known");
    assert_eq!(held.status(Timestamp::from_secs(start.secs() - 1)), Status::Announced);
    assert_eq!(held.status(start), Status::InForce);
}

/// Three versions of one document: the second takes effect ten days after the first, the third
/// twenty days after it, and its text is not held.
const ROW: &[Version] = {
    const FIRST: Version = ALL[0];
    &[
        Version { id: "first", ..FIRST },
        Version { id: "second", effective: Some(date!(2022 - 03 - 27)), ..FIRST },
        Version { id: "third", effective: Some(date!(2022 - 04 - 06)), texts: &[], ..FIRST },
        Version { id: "draft", effective: None, ..FIRST },
    ]
};

#[test]
fn c_12_1_the_newest_that_took_effect_is_in_force() {
    let start = Timestamp::from_secs(1_647_446_400);
    let id = |at: Timestamp| current(ROW, Scope::General, at).map(|v| v.id);
    assert_eq!(id(start.plus(days(10)).minus(std::time::Duration::from_secs(1))), Some("first"));
    assert_eq!(id(start.plus(days(10))), Some("second"));
    assert_eq!(id(start.plus(days(100))), Some("second"));
    let status = |index: usize, day| ROW[index].status_among(ROW, start.plus(days(day)));
    assert_eq!([status(0, 9), status(1, 9)], [Status::InForce, Status::Announced]);
    assert_eq!([status(0, 10), status(1, 10)], [Status::Superseded, Status::InForce]);
    assert_eq!([status(2, 100), status(3, 100)], [Status::TextNotHeld, Status::Draft]);
    assert!(current(ROW, Scope::PersonalCenter, start).is_none());
}

#[test]
fn c_12_1_what_is_not_held_or_a_draft_is_never_in_force() {
    let now = Timestamp::from_secs(1_795_507_200);
    let status = |id| find(id).expect("known").status(now);
    assert_eq!(status("general-2022-03-11"), Status::TextNotHeld);
    assert_eq!(status("personal-center-draft-1"), Status::Draft);
    assert!(in_force(Scope::PersonalCenter, now).is_none());
    let in_force = ALL.iter().filter(|version| version.status(now) == Status::InForce);
    assert_eq!(in_force.count(), 1);
}

#[test]
fn c_10_3_both_languages_have_the_same_paragraphs() {
    let shape = |text: &str| -> Vec<bool> { text.lines().map(|l| l.starts_with("- ")).collect() };
    assert_eq!(shape(general(Locale::En)), shape(general(Locale::Zh)));
    assert_eq!(shape(own(Locale::En).body), shape(own(Locale::Zh).body));
    let [zh, en] = Locale::ALL.map(|language| own(language).text().lines().count());
    assert_eq!(en, zh);
    for line in general(Locale::Zh).lines().chain(own(Locale::Zh).body.lines()) {
        assert!(line.chars().any(|c| ('\u{4e00}'..='\u{9fff}').contains(&c)), "{line}");
    }
}

#[test]
fn c_1_2_a_translation_is_never_the_original() {
    for version in ALL {
        let originals = version.texts.iter().filter(|t| t.standing == Standing::Original);
        let draft = version.effective.is_none();
        assert_eq!(
            originals.count(),
            usize::from(!draft && !version.texts.is_empty()),
            "{}",
            version.id
        );
        let drafts = version.texts.iter().all(|t| (t.standing == Standing::Draft) == draft);
        assert!(drafts, "{}", version.id);
    }
}

#[test]
fn c_1_2_the_draft_declares_every_item_of_its_scope_and_no_other() {
    for language in Locale::ALL {
        let text = own(language).text();
        for item in items::ALL {
            let label = item.label.of(language);
            let lines =
                [format!("- {label} ({}). ", item.id()), format!("- {label}（{}）。", item.id())];
            let named = text.lines().any(|line| lines.iter().any(|l| line.starts_with(l)));
            let declared = item.scope == Scope::PersonalCenter;
            assert_eq!(named, declared, "{} in {}", item.id(), language.tag());
        }
    }
}

/// The words with which the draft itself, not its annex, speaks of a kind of row.
const fn spoken_of(entity: Entity) -> Option<Text> {
    use crate::domain::locale::text;
    let words = match entity {
        Entity::Account => text("- Account:", "- 账号："),
        Entity::Claim => text("keyed hashes that keep one address", "带密钥散列值"),
        Entity::Session => text("- Sessions:", "- 会话："),
        Entity::Factors => text("- Second factors:", "- 第二验证因素："),
        Entity::Link => text("- Links:", "- 链接："),
        Entity::Export => text("- Copies:", "- 副本："),
        Entity::Evidence => text("- Evidence of consent:", "- 同意证据："),
        Entity::Chain | Entity::LedgerEntry => text("- Ledger:", "- 记录链："),
        Entity::NetworkLog => text("- Network log:", "- 网络日志："),
        Entity::Verification => text("- Verification:", "- 验证："),
        Entity::Authorization => text("- Log-ins by a third party:", "- 第三方登录："),
        Entity::Message => text("- Messages:", "- 消息："),
        Entity::Receipt => text("- Receipt:", "- 回执："),
        Entity::Limit => text("- Limits:", "- 限制："),
        Entity::Idempotency => text("- Repeated requests:", "- 重复请求："),
        Entity::Tombstone => text("- Tombstone:", "- 墓碑："),
        // Keys and the job's own progress: technical, and named in the annex.
        Entity::Erasure
        | Entity::Period
        | Entity::Brake
        | Entity::Job
        | Entity::DataKey
        | Entity::Root
        | Entity::Configuration => {
            return None;
        }
    };
    Some(words)
}

#[test]
fn c_1_2_the_draft_speaks_of_every_kind_of_row_that_is_about_a_person() {
    for language in Locale::ALL {
        for entity in Entity::ALL {
            let words = spoken_of(entity).map(|words| words.of(language));
            assert!(words.is_none_or(|w| own(language).body.contains(w)), "{entity:?}: {words:?}");
        }
    }
}

#[test]
fn c_1_2_an_item_is_declared_by_one_scope_for_one_purpose() {
    for item in items::ALL {
        assert!(Purpose::ALL.contains(&item.purpose));
        let of_scope = |scope| annex::of(scope, Locale::En).contains(&format!("({})", item.id()));
        let declared = [Scope::General, Scope::PersonalCenter].into_iter().filter(|s| of_scope(*s));
        assert_eq!(declared.collect::<Vec<_>>(), [item.scope], "{}", item.id());
    }
}

#[test]
fn c_1_2_the_draft_says_that_the_general_policy_prevails() {
    assert!(own(Locale::En).body.contains("the general policy prevails"));
    assert!(own(Locale::Zh).body.contains("以通用政策为准"));
    assert!(own(Locale::En).body.contains("never lowers a right or a protection"));
    assert!(own(Locale::Zh).body.contains("绝不降低通用政策规定的权利和保护"));
}

#[test]
fn a_reader_of_a_language_that_is_not_held_gets_the_original() {
    const ONE: Version = Version { texts: &[ALL[0].texts[0]], ..ALL[0] };
    assert_eq!(ONE.shown(Locale::Zh).map(|text| text.language), Some(Locale::En));
    assert!(ONE.held(Locale::Zh).is_none());
}
