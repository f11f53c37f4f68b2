//! What a receipt of an erasure states, built from the inventory.

use super::inventory::items::{self, TOMBSTONE};
use super::inventory::{Entity, Erased, Spec};
use super::locale::Text;
use super::retention::{Facts, Retention, end};
use super::time::Timestamp;
use serde::{Deserialize, Serialize};

/// The signed statement: what is gone, what stays, under which duty and until when (C-8.2).
#[derive(Clone, Debug, Serialize, Deserialize, utoipa::ToSchema)]
pub struct Statement {
    /// The id of the receipt.
    pub receipt: String,
    /// SHA-256 of the random subject id, hex: the name of the tombstone in the ledger.
    pub subject_digest: String,
    /// The clause that the erasure rests on: `C-8.4`, cancelled; `C-5.3`, no longer used.
    pub ground: String,
    /// When the person asked, or the account came to be unused for too long, RFC 3339.
    #[schema(format = DateTime)]
    pub requested_at: String,
    /// When the key was destroyed, RFC 3339.
    #[schema(format = DateTime)]
    pub erased_at: String,
    /// Items that are gone: their ids in the inventory.
    pub gone: Vec<String>,
    /// Items that stay until an end of their own: each duty and each end once.
    pub stays: Vec<Stay>,
    /// When the key's recovery window is over, RFC 3339.
    #[schema(format = DateTime)]
    pub backups_unreadable_at: String,
}

/// Items that outlive an erasure, under one duty and until one end.
#[derive(Clone, Debug, Serialize, Deserialize, utoipa::ToSchema)]
pub struct Stay {
    /// Their ids in the inventory, or the kind of row where that holds no personal item.
    pub items: Vec<String>,
    /// The duty, in English.
    pub duty: String,
    /// The duty, in Chinese.
    pub duty_zh: String,
    /// When the last of it goes, RFC 3339.
    #[schema(format = DateTime)]
    pub until: String,
}

/// What erasure leaves and what it removes, at `erased_at`.
pub fn outcome(erased_at: Timestamp) -> (Vec<String>, Vec<Stay>) {
    let mut gone = Vec::new();
    let mut stays: Vec<Stay> = Vec::new();
    let mut keep = |items: Vec<String>, spec: Spec| {
        let Erased::Kept(duty) = spec.erased else { return };
        let new = stay(items, duty, spec.retention, erased_at);
        match stays.iter_mut().find(|stay| stay.duty == new.duty && stay.until == new.until) {
            Some(stay) => stay.items.extend(new.items),
            None => stays.push(new),
        }
    };
    for entity in Entity::ALL {
        let spec = entity.spec();
        let declared = items::ALL.iter().filter(|i| i.entity == entity && !TOMBSTONE.contains(i));
        let mut names: Vec<_> = declared.map(|i| i.id()).collect();
        if names.is_empty() {
            names.push(spec.name.to_owned());
        }
        match spec.erased {
            Erased::Gone => gone.append(&mut names),
            Erased::Kept(_) => keep(names, spec),
            Erased::Apart => {}
        }
    }
    keep(TOMBSTONE.iter().map(|item| item.id()).collect(), Entity::Tombstone.spec());
    (gone, stays)
}

fn stay(items: Vec<String>, duty: Text, retention: Retention, erased_at: Timestamp) -> Stay {
    // The last of it was written no later than the erasure.
    let until = end(&Facts::of(retention, erased_at)).until.date().unwrap_or(erased_at);
    let (duty, duty_zh) = (duty.en.to_owned(), duty.zh.to_owned());
    Stay { items, duty, duty_zh, until: until.rfc3339() }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::HashSet;

    #[test]
    fn c_8_2_the_receipt_names_what_is_gone_and_what_stays() {
        let (gone, stays) = outcome(Timestamp::from_secs(1_780_000_000));
        assert!(gone.contains(&"account.email".to_owned()));
        assert!(gone.contains(&"data_key".to_owned()));
        let ip = |stay: &&Stay| stay.items.iter().any(|item| item == "network_log.ip");
        let until = stays.iter().find(ip).map(|stay| stay.until.as_str());
        assert_eq!(until, Some("2026-12-01T00:00:00Z"));
        assert!(stays.iter().flat_map(|stay| &stay.items).all(|item| !gone.contains(item)));
        let lines: HashSet<_> = stays.iter().map(|stay| (&stay.duty, &stay.until)).collect();
        assert_eq!(lines.len(), stays.len(), "each duty once");
    }
}
