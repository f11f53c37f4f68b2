//! Receipts of cancellation and erasure: scheduled first, then a signed statement that does not
//! change. Sealed under the year's evidence key, readable without an account.

use crate::domain::inventory::Entity;
use crate::domain::period::Period;
use crate::domain::time::Timestamp;
use crate::error::Result;
use crate::ids::ReceiptId;
use crate::ledger::{Beginning, Chain};
use crate::store::{Attr, Key, Row};
use crate::vault::DataKey;

/// The state of a receipt whose erasure is to come.
pub const SCHEDULED: &str = "scheduled";
/// The state of a receipt that is signed.
pub const ERASED: &str = "erased";

crate::declared! {
    /// What a signed receipt seals.
    pub struct Receipt in Receipt {
        /// The signed statement (JWS compact serialisation).
        statement: String => RECEIPT_STATEMENT,
        /// The chain that the erasure closed.
        chain: String => RECEIPT_CHAIN,
        /// How many entries it has.
        sequence: u64 => RECEIPT_SEQUENCE,
        /// The hash of the last one, hex.
        last_hash: String => RECEIPT_HASH,
        /// Where its entries of each year begin. Version 0.1.0 wrote none.
        #[serde(default)]
        begins: Vec<Beginning> => RECEIPT_BEGINS,
    }
}

impl Receipt {
    /// The head of the chain that the erasure closed, given when that was.
    pub fn into_head(self, erased_at: Timestamp) -> Chain {
        let Self { chain, sequence, last_hash, begins, .. } = self;
        Chain { chain, sequence, last_hash, begins }.moved_at(erased_at)
    }
}

/// Where a receipt is.
pub fn key(id: &ReceiptId) -> Key {
    Key::records(format!("receipt#{id}"), "receipt")
}

/// The row of a receipt whose erasure is to come. It holds times only.
pub fn scheduled(id: &ReceiptId, now: Timestamp, erases_at: Timestamp) -> Row {
    Row::new(key(id), Entity::Receipt)
        .with(Attr::State, SCHEDULED)
        .with(Attr::CreatedAt, now)
        .with(Attr::ErasesAt, erases_at)
}

/// The row of the signed receipt that follows a scheduled one.
pub fn signed(
    scheduled: Row,
    receipt: &Receipt,
    (erased_at, year): (Timestamp, &DataKey),
) -> Result<Row> {
    let row = scheduled
        .next()
        .without(Attr::ErasesAt)
        .with(Attr::State, ERASED)
        .with(Attr::ErasedAt, erased_at)
        .with(Attr::ExpiresAt, Period::evidence(erased_at).ends());
    year.seal(row, receipt)
}
