//! The inventory: every stored field declared once (C-2.1), with its purpose, basis, retention and
//! handling. What is published, shown, exported, retained and erased is driven by it.
//!
//! A sealed struct is written with [`declared!`](crate::declared): each field names its
//! declaration, and one that does not exist, or belongs elsewhere, does not compile.
//!
//! ```compile_fail,E0425
//! use shared::declared;
//! declared! {
//!     /// What an account holds.
//!     pub struct Profile in Account {
//!         /// Nobody declared this.
//!         shoe_size: Option<u8> => SHOE_SIZE,
//!     }
//! }
//! ```
//!
//! A declaration of another field does not serve either:
//!
//! ```compile_fail,E0080
//! use shared::declared;
//! declared! {
//!     /// What an account holds.
//!     pub struct Profile in Account {
//!         /// Declared under another name.
//!         shoe_size: Option<u8> => DISPLAY_NAME,
//!     }
//! }
//! ```
//!
//! A declared field compiles:
//!
//! ```
//! use shared::declared;
//! declared! {
//!     /// A part of what an account holds.
//!     pub struct Part in Account {
//!         /// The display name.
//!         display_name: Option<String> => DISPLAY_NAME,
//!     }
//! }
//! ```

mod entity;
mod exported;
pub mod items;
mod purpose;
mod whole;

pub use super::retention::Retention;
pub use entity::{Entity, Erased, Spec};
pub use exported::{Column, Exported, canonical};
pub use purpose::Purpose;

use super::locale::Text;
use serde::{Serialize, de::DeserializeOwned};

/// The legal basis of processing (PIPL 13).
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Basis {
    /// Consent, given by accepting the policy or by providing an optional item.
    Consent,
    /// Needed for the account that the person asked for.
    Contract,
    /// A duty under law.
    LegalDuty,
}

impl Basis {
    /// The published name.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Consent => "consent",
            Self::Contract => "contract",
            Self::LegalDuty => "legal_duty",
        }
    }
}

/// The policy document that declares an item (C-1.2).
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Scope {
    /// The general policy of the platform.
    General,
    /// Personal Center's own, held as a draft.
    PersonalCenter,
}

impl Scope {
    /// The published name.
    pub const fn name(self) -> &'static str {
        match self {
            Self::General => "general",
            Self::PersonalCenter => "personal_center",
        }
    }
}

/// How an item is shown to the person it is about.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Shown {
    /// In `GET /v1/me`, as it is.
    Profile,
    /// In `GET /v1/sessions`.
    Sessions,
    /// In `GET /v1/me/security`.
    SecurityPage,
    /// In the signed receipt of an erasure.
    Receipt,
    /// Not as a value: a secret, or a reference that means nothing to a person.
    No,
}

/// The declaration of one stored field.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct Item {
    /// The kind of row that holds it.
    pub entity: Entity,
    /// The field in that row.
    pub field: &'static str,
    /// What it is, in words.
    pub label: Text,
    /// The document that declares it.
    pub scope: Scope,
    /// What it is processed for.
    pub purpose: Purpose,
    /// On which basis.
    pub basis: Basis,
    /// How the person sees it.
    pub shown: Shown,
    /// How it appears in the person's copy.
    pub exported: Exported,
    /// Whether it is sealed under the row's key owner.
    pub sealed: bool,
}

impl Item {
    /// The published id, `<entity>.<field>`.
    pub fn id(&self) -> String {
        format!("{}.{}", self.entity.name(), self.field)
    }

    /// What erasure does with it: what it does with the row, but for what a tombstone still shows.
    pub fn erased(&self) -> Erased {
        let stays = items::TOMBSTONE.contains(&self);
        let entity = if stays { Entity::Tombstone } else { self.entity };
        entity.spec().erased
    }
}

/// A struct whose every field is declared; only such a value can be sealed.
pub trait Declared: Serialize + DeserializeOwned {
    /// The kind of row that holds it.
    const ENTITY: Entity;
    /// The declaration of each field.
    const FIELDS: &'static [&'static Item];
}

/// Whether a declaration is the one of this field. Used at compile time.
#[doc(hidden)]
pub const fn declares(item: &Item, entity: Entity, field: &str) -> bool {
    let (a, b) = (item.field.as_bytes(), field.as_bytes());
    if a.len() != b.len() || item.entity as usize != entity as usize {
        return false;
    }
    let mut i = 0;
    while i < a.len() {
        if a[i] != b[i] {
            return false;
        }
        i += 1;
    }
    true
}

/// Declares a struct whose value is sealed into a row: `field: Type => DECLARATION`.
#[macro_export]
macro_rules! declared {
    (
        $(#[$meta:meta])*
        $vis:vis struct $name:ident in $entity:ident {
            $($(#[$field_meta:meta])* $field:ident : $type:ty => $item:ident,)*
        }
    ) => {
        $(#[$meta])*
        #[derive(Clone, ::serde::Serialize, ::serde::Deserialize)]
        #[serde(deny_unknown_fields)]
        $vis struct $name {
            $($(#[$field_meta])* pub $field: $type,)*
        }

        /// Shows the name alone: what is declared is personal, or guards it (C-7.2).
        impl ::std::fmt::Debug for $name {
            fn fmt(&self, f: &mut ::std::fmt::Formatter<'_>) -> ::std::fmt::Result {
                f.debug_struct(stringify!($name)).finish_non_exhaustive()
            }
        }

        impl $crate::domain::inventory::Declared for $name {
            const ENTITY: $crate::domain::inventory::Entity =
                $crate::domain::inventory::Entity::$entity;
            const FIELDS: &'static [&'static $crate::domain::inventory::Item] =
                &[$(&$crate::domain::inventory::items::$item),*];
        }

        $(const _: () = assert!(
            $crate::domain::inventory::declares(
                &$crate::domain::inventory::items::$item,
                $crate::domain::inventory::Entity::$entity,
                stringify!($field),
            ),
            "this field is declared under another name or for another entity",
        );)*
    };
}

#[cfg(test)]
mod tests;
