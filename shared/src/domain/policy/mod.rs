//! The policy documents: their versions, dates, texts, and which is in force (C-1.2, C-12.1).

mod annex;
#[cfg(test)]
mod tests;
mod versions;

pub use versions::ALL;

use super::inventory::Scope;
use super::locale::{Locale, Text};
use super::time::Timestamp;
use std::borrow::Cow;
use time::Date;

/// A version of a policy document.
#[derive(Clone, Copy, Debug)]
pub struct Version {
    /// The id that an acceptance names.
    pub id: &'static str,
    /// The document it belongs to.
    pub scope: Scope,
    /// The title; the Chinese one is a translation where only an English one was printed.
    pub title: Text,
    /// The day it takes effect, in Asia/Shanghai, as printed; a draft has none.
    pub effective: Option<Date>,
    /// The day it was updated, as printed.
    pub updated: Date,
    /// What a reader should know about it.
    pub note: Text,
    /// The texts that are held, the one that the others follow first.
    pub texts: &'static [Held],
}

/// A text that is held in one language.
#[derive(Clone, Copy, Debug)]
pub struct Held {
    /// Its language.
    pub language: Locale,
    /// What it is worth.
    pub standing: Standing,
    /// The text without its annex.
    pub body: &'static str,
    /// What follows it.
    pub annex: Annex,
}

/// What follows a text.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Annex {
    /// Nothing.
    None,
    /// Every item that the scope declares, from the inventory.
    Items(Scope),
}

/// What a text is worth.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Standing {
    /// As it was published.
    Original,
    /// A translation that no officer has signed; in doubt the original decides.
    UnofficialTranslation,
    /// Written, and not published.
    Draft,
}

impl Standing {
    /// The published name.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Original => "original",
            Self::UnofficialTranslation => "unofficial_translation",
            Self::Draft => "draft",
        }
    }
}

/// Where a version stands at a point in time.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Status {
    /// It binds.
    InForce,
    /// It takes effect on a later day.
    Announced,
    /// A later version took its place.
    Superseded,
    /// It was not published.
    Draft,
    /// That it was there is known, its words are not.
    TextNotHeld,
}

impl Status {
    /// The published name.
    pub const fn name(self) -> &'static str {
        match self {
            Self::InForce => "in_force",
            Self::Announced => "announced",
            Self::Superseded => "superseded",
            Self::Draft => "draft",
            Self::TextNotHeld => "text_not_held",
        }
    }
}

impl Held {
    /// The whole text, as it is shown.
    pub fn text(&self) -> Cow<'static, str> {
        match self.annex {
            Annex::None => Cow::Borrowed(self.body),
            Annex::Items(scope) => {
                Cow::Owned(format!("{}\n{}", self.body.trim_end(), annex::of(scope, self.language)))
            }
        }
    }
}

impl Version {
    /// The text in one language, where it is held.
    pub fn held(&self, language: Locale) -> Option<&'static Held> {
        self.texts.iter().find(|text| text.language == language)
    }

    /// The text that a reader of a language is shown: in that language, or else the original.
    pub fn shown(&self, language: Locale) -> Option<&'static Held> {
        self.held(language).or_else(|| self.texts.first())
    }

    /// Where it stands at a point in time.
    pub fn status(&self, at: Timestamp) -> Status {
        self.status_among(ALL, at)
    }

    fn status_among(&self, all: &'static [Self], at: Timestamp) -> Status {
        match self.effective {
            None => Status::Draft,
            Some(_) if self.texts.is_empty() => Status::TextNotHeld,
            Some(day) if day > at.shanghai_day() => Status::Announced,
            Some(_) if current(all, self.scope, at).is_some_and(|v| v.id == self.id) => {
                Status::InForce
            }
            Some(_) => Status::Superseded,
        }
    }
}

/// The version of a document that is in force: of those that took effect, the newest one whose text
/// is held. A day begins and ends in Asia/Shanghai (C-12.1).
pub fn in_force(scope: Scope, at: Timestamp) -> Option<&'static Version> {
    current(ALL, scope, at)
}

/// The id of the general version in force: what a consent is given under. Nobody can register
/// before there is one.
pub fn in_force_id(at: Timestamp) -> &'static str {
    in_force(Scope::General, at).map_or("none", |version| version.id)
}

fn current(all: &'static [Version], scope: Scope, at: Timestamp) -> Option<&'static Version> {
    let today = at.shanghai_day();
    let took_effect = |v: &&Version| v.effective.is_some_and(|day| day <= today);
    let held = all.iter().filter(|v| v.scope == scope && !v.texts.is_empty()).filter(took_effect);
    held.max_by_key(|v| (v.effective, v.updated))
}

/// The version with an id.
pub fn find(id: &str) -> Option<&'static Version> {
    ALL.iter().find(|version| version.id == id)
}

/// The controller and how to reach it (C-7.1, C-11.1).
pub const CONTROLLER: &str = "Shanghai Artificial Intelligence Innovation Center, 37/F and 38/F, \
                              No. 701 Yunjin Road, Xuhui District, Shanghai";
/// The address for questions, comments, suggestions and complaints (C-11.1).
pub const CONTACT: &str = "OpenDataLab@pjlab.org.cn";
