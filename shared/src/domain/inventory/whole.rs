//! What a declaration has to say: without any one of its members it does not compile.
//!
//! The blocks below are held against each other by a test: each that fails is one that compiles
//! without one line, and there is one for every line, in their order.
//!
//! An item, whole:
//!
//! ```
//! # use shared::domain::inventory::{Basis, Entity, Exported, Item, Purpose, Scope, Shown, items};
//! const SHOE_SIZE: Item = Item {
//!     entity: Entity::Account,
//!     field: "shoe_size",
//!     label: items::LANGUAGE.label,
//!     scope: Scope::PersonalCenter,
//!     purpose: Purpose::Profile,
//!     basis: Basis::Consent,
//!     shown: Shown::Profile,
//!     exported: Exported::Value,
//!     sealed: true,
//! };
//! ```
//!
//! ```compile_fail,E0063
//! # use shared::domain::inventory::{Basis, Entity, Exported, Item, Purpose, Scope, Shown, items};
//! const SHOE_SIZE: Item = Item {
//!     field: "shoe_size",
//!     label: items::LANGUAGE.label,
//!     scope: Scope::PersonalCenter,
//!     purpose: Purpose::Profile,
//!     basis: Basis::Consent,
//!     shown: Shown::Profile,
//!     exported: Exported::Value,
//!     sealed: true,
//! };
//! ```
//!
//! ```compile_fail,E0063
//! # use shared::domain::inventory::{Basis, Entity, Exported, Item, Purpose, Scope, Shown, items};
//! const SHOE_SIZE: Item = Item {
//!     entity: Entity::Account,
//!     label: items::LANGUAGE.label,
//!     scope: Scope::PersonalCenter,
//!     purpose: Purpose::Profile,
//!     basis: Basis::Consent,
//!     shown: Shown::Profile,
//!     exported: Exported::Value,
//!     sealed: true,
//! };
//! ```
//!
//! ```compile_fail,E0063
//! # use shared::domain::inventory::{Basis, Entity, Exported, Item, Purpose, Scope, Shown, items};
//! const SHOE_SIZE: Item = Item {
//!     entity: Entity::Account,
//!     field: "shoe_size",
//!     scope: Scope::PersonalCenter,
//!     purpose: Purpose::Profile,
//!     basis: Basis::Consent,
//!     shown: Shown::Profile,
//!     exported: Exported::Value,
//!     sealed: true,
//! };
//! ```
//!
//! ```compile_fail,E0063
//! # use shared::domain::inventory::{Basis, Entity, Exported, Item, Purpose, Scope, Shown, items};
//! const SHOE_SIZE: Item = Item {
//!     entity: Entity::Account,
//!     field: "shoe_size",
//!     label: items::LANGUAGE.label,
//!     purpose: Purpose::Profile,
//!     basis: Basis::Consent,
//!     shown: Shown::Profile,
//!     exported: Exported::Value,
//!     sealed: true,
//! };
//! ```
//!
//! ```compile_fail,E0063
//! # use shared::domain::inventory::{Basis, Entity, Exported, Item, Purpose, Scope, Shown, items};
//! const SHOE_SIZE: Item = Item {
//!     entity: Entity::Account,
//!     field: "shoe_size",
//!     label: items::LANGUAGE.label,
//!     scope: Scope::PersonalCenter,
//!     basis: Basis::Consent,
//!     shown: Shown::Profile,
//!     exported: Exported::Value,
//!     sealed: true,
//! };
//! ```
//!
//! ```compile_fail,E0063
//! # use shared::domain::inventory::{Basis, Entity, Exported, Item, Purpose, Scope, Shown, items};
//! const SHOE_SIZE: Item = Item {
//!     entity: Entity::Account,
//!     field: "shoe_size",
//!     label: items::LANGUAGE.label,
//!     scope: Scope::PersonalCenter,
//!     purpose: Purpose::Profile,
//!     shown: Shown::Profile,
//!     exported: Exported::Value,
//!     sealed: true,
//! };
//! ```
//!
//! ```compile_fail,E0063
//! # use shared::domain::inventory::{Basis, Entity, Exported, Item, Purpose, Scope, Shown, items};
//! const SHOE_SIZE: Item = Item {
//!     entity: Entity::Account,
//!     field: "shoe_size",
//!     label: items::LANGUAGE.label,
//!     scope: Scope::PersonalCenter,
//!     purpose: Purpose::Profile,
//!     basis: Basis::Consent,
//!     exported: Exported::Value,
//!     sealed: true,
//! };
//! ```
//!
//! ```compile_fail,E0063
//! # use shared::domain::inventory::{Basis, Entity, Exported, Item, Purpose, Scope, Shown, items};
//! const SHOE_SIZE: Item = Item {
//!     entity: Entity::Account,
//!     field: "shoe_size",
//!     label: items::LANGUAGE.label,
//!     scope: Scope::PersonalCenter,
//!     purpose: Purpose::Profile,
//!     basis: Basis::Consent,
//!     shown: Shown::Profile,
//!     sealed: true,
//! };
//! ```
//!
//! ```compile_fail,E0063
//! # use shared::domain::inventory::{Basis, Entity, Exported, Item, Purpose, Scope, Shown, items};
//! const SHOE_SIZE: Item = Item {
//!     entity: Entity::Account,
//!     field: "shoe_size",
//!     label: items::LANGUAGE.label,
//!     scope: Scope::PersonalCenter,
//!     purpose: Purpose::Profile,
//!     basis: Basis::Consent,
//!     shown: Shown::Profile,
//!     exported: Exported::Value,
//! };
//! ```
//!
//! A kind of row, whole:
//!
//! ```
//! # use shared::domain::inventory::{Entity, Erased, Exported, Retention, Spec};
//! const SHOE: Spec = Spec {
//!     name: "shoe",
//!     key_owner: "person",
//!     retention: Retention::Account,
//!     erased: Erased::Gone,
//!     seen_by: Entity::Account.spec().seen_by,
//!     exported: Exported::Value,
//! };
//! ```
//!
//! ```compile_fail,E0063
//! # use shared::domain::inventory::{Entity, Erased, Exported, Retention, Spec};
//! const SHOE: Spec = Spec {
//!     key_owner: "person",
//!     retention: Retention::Account,
//!     erased: Erased::Gone,
//!     seen_by: Entity::Account.spec().seen_by,
//!     exported: Exported::Value,
//! };
//! ```
//!
//! ```compile_fail,E0063
//! # use shared::domain::inventory::{Entity, Erased, Exported, Retention, Spec};
//! const SHOE: Spec = Spec {
//!     name: "shoe",
//!     retention: Retention::Account,
//!     erased: Erased::Gone,
//!     seen_by: Entity::Account.spec().seen_by,
//!     exported: Exported::Value,
//! };
//! ```
//!
//! ```compile_fail,E0063
//! # use shared::domain::inventory::{Entity, Erased, Exported, Retention, Spec};
//! const SHOE: Spec = Spec {
//!     name: "shoe",
//!     key_owner: "person",
//!     erased: Erased::Gone,
//!     seen_by: Entity::Account.spec().seen_by,
//!     exported: Exported::Value,
//! };
//! ```
//!
//! ```compile_fail,E0063
//! # use shared::domain::inventory::{Entity, Erased, Exported, Retention, Spec};
//! const SHOE: Spec = Spec {
//!     name: "shoe",
//!     key_owner: "person",
//!     retention: Retention::Account,
//!     seen_by: Entity::Account.spec().seen_by,
//!     exported: Exported::Value,
//! };
//! ```
//!
//! ```compile_fail,E0063
//! # use shared::domain::inventory::{Entity, Erased, Exported, Retention, Spec};
//! const SHOE: Spec = Spec {
//!     name: "shoe",
//!     key_owner: "person",
//!     retention: Retention::Account,
//!     erased: Erased::Gone,
//!     exported: Exported::Value,
//! };
//! ```
//!
//! ```compile_fail,E0063
//! # use shared::domain::inventory::{Entity, Erased, Exported, Retention, Spec};
//! const SHOE: Spec = Spec {
//!     name: "shoe",
//!     key_owner: "person",
//!     retention: Retention::Account,
//!     erased: Erased::Gone,
//!     seen_by: Entity::Account.spec().seen_by,
//! };
//! ```

#[cfg(test)]
mod tests;
