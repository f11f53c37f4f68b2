//! What may stand in clear on a row.

use shared::domain::inventory::Entity;

/// What may stand in clear on a row of a kind: times, states, counters, random ids, keyed hashes
/// and wrapped keys. A new attribute in clear has to be argued here.
pub(super) fn in_clear(entity: Entity) -> &'static [&'static str] {
    match entity {
        Entity::Account => &[
            "state",
            "gate_epoch",
            "created_at",
            "used_at",
            "erases_at",
            "erased_at",
            "receipt",
            "expires_at",
            "attempts",
        ],
        Entity::Session => &["created_at", "seen_at", "expires_at"],
        // When it was read.
        Entity::Export => &["created_at", "expires_at", "events"],
        Entity::Evidence | Entity::NetworkLog | Entity::Link | Entity::Factors => {
            &["created_at", "expires_at"]
        }
        Entity::Authorization => &["created_at", "ends_at", "attempts"],
        Entity::Verification => &["created_at", "ends_at", "tries", "attempts"],
        Entity::Message => &["created_at", "ends_at", "attempts", "subject"],
        Entity::Receipt => &["state", "created_at", "erases_at", "erased_at", "expires_at"],
        Entity::Chain => &["at"],
        Entity::Erasure | Entity::Period => &["attempts"],
        // The cursor is the key of a row, and never one with a keyed hash in it.
        Entity::Job => &[
            "state",
            "created_at",
            "current",
            "cursor",
            "visited",
            "found",
            "at",
            "begun_at",
            "ended_at",
            "counts",
            "attempts",
        ],
        Entity::Brake => &["state", "created_at", "at", "count", "expires_at"],
        Entity::Limit => &["events", "expires_at"],
        Entity::Idempotency => &["fingerprint", "outcome", "created_at", "expires_at"],
        Entity::Claim => &["subject"],
        Entity::DataKey => &["key_id", "wrapped", "created_at"],
        Entity::Root => &[
            "key_id",
            "wrapped",
            "created_at",
            "public_key",
            "current",
            "other",
            "past",
            "ends_at",
            // Which tables are in use, and where a restore is.
            "state",
            "begun_at",
            "ended_at",
            "restored",
            "confirmed",
            "counts",
            "cursor",
        ],
        Entity::Configuration => &["created_at"],
        Entity::LedgerEntry => {
            &["action", "at", "sequence", "actor", "previous", "hash", "expires_at"]
        }
        Entity::Tombstone => &["erased_at", "expires_at"],
    }
}
