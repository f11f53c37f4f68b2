//! The annex of a text: every item that its scope declares, written from the inventory.

use crate::domain::inventory::{Basis, Entity, Erased, Item, Purpose, Scope, items};
use crate::domain::locale::{Locale, Text, text};
use std::fmt::Write;

/// The annex of a scope in one language: purposes, an item a line, rows without a personal item.
pub(super) fn of(scope: Scope, locale: Locale) -> String {
    let heading = text("Annex: purposes, and every item", "附录：处理目的及全部信息项");
    let mut annex = heading.of(locale).to_owned();
    for purpose in Purpose::ALL {
        let (name, why) = (purpose.name(), purpose.why().of(locale));
        let _infallible = match locale {
            Locale::En => write!(annex, "\n- {name}: {why}"),
            Locale::Zh => write!(annex, "\n- {name}：{why}"),
        };
    }
    for item in items::ALL.iter().filter(|item| item.scope == scope) {
        annex.push('\n');
        line(&mut annex, item, locale);
    }
    let others = text(
        "Rows that hold no personal item, by their technical names:",
        "不含个人信息项的数据行（技术名称）：",
    );
    let _infallible = write!(annex, "\n{}", others.of(locale));
    for entity in Entity::ALL.into_iter().filter(|entity| holds_no_item(*entity)) {
        let (name, kept) = (entity.name(), entity.spec().retention.words(locale));
        let _infallible = match locale {
            Locale::En => write!(annex, "\n- {name}: kept {kept}."),
            Locale::Zh => write!(annex, "\n- {name}：保存期限：{kept}。"),
        };
    }
    annex.push('\n');
    annex
}

fn holds_no_item(entity: Entity) -> bool {
    items::ALL.iter().all(|item| item.entity != entity)
}

fn line(annex: &mut String, item: &Item, locale: Locale) {
    let (id, label) = (item.id(), item.label.of(locale));
    let purpose = item.purpose.name();
    let basis = words(item.basis).of(locale);
    let kept = item.entity.spec().retention.words(locale);
    let erasure = after_erasure(item).of(locale);
    let _infallible = match locale {
        Locale::En => write!(
            annex,
            "- {label} ({id}). Purpose: {purpose}; basis: {basis}; kept: {kept}; on erasure: {erasure}."
        ),
        Locale::Zh => write!(
            annex,
            "- {label}（{id}）。目的：{purpose}；合法性基础：{basis}；保存期限：{kept}；账号删除时：{erasure}。"
        ),
    };
}

const fn words(basis: Basis) -> Text {
    match basis {
        Basis::Consent => text("your consent", "您的同意"),
        Basis::Contract => text("needed for the account you asked for", "为您所申请的账号所必需"),
        Basis::LegalDuty => text("a duty under law", "法定义务"),
    }
}

fn after_erasure(item: &Item) -> Text {
    match item.erased() {
        Erased::Gone => text("gone", "一并删除"),
        Erased::Kept(_) => text("kept until its own end", "保留至其自身期限届满"),
        Erased::Apart => text("apart from accounts", "与账号无关"),
    }
}
