//! The ledger's note of an erasure. It keeps the receipt too: where the table of receipts is
//! restored from before the erasure, the ledger gives it back.

use super::receipt::Receipt;
use crate::domain::inventory::Entity;
use crate::domain::period::Period;
use crate::domain::time::Timestamp;
use crate::error::Result;
use crate::ids::ReceiptId;
use crate::ledger::Beginning;
use crate::store::{Attr, Key, Row};
use crate::vault::DataKey;

crate::declared! {
    /// What a tombstone in the ledger seals, under the year's key.
    pub struct Tombstone in Tombstone {
        /// The id of the receipt.
        receipt: String => NOTED_RECEIPT,
        /// When the erasure was asked for.
        requested_at: Timestamp => NOTED_REQUESTED,
        /// The signed statement (JWS compact serialisation).
        statement: String => NOTED_STATEMENT,
        /// The chain that the erasure closed.
        chain: String => NOTED_CHAIN,
        /// How many entries it has.
        sequence: u64 => NOTED_SEQUENCE,
        /// The hash of the last one, hex.
        last_hash: String => NOTED_HASH,
        /// Where its entries of each year begin. Version 0.1.0 wrote none.
        #[serde(default)]
        begins: Vec<Beginning> => NOTED_BEGINS,
    }
}

impl Tombstone {
    /// The note of a receipt.
    pub fn of(id: &ReceiptId, requested_at: Timestamp, receipt: Receipt) -> Self {
        let Receipt { statement, chain, sequence, last_hash, begins } = receipt;
        let receipt = id.to_string();
        Self { receipt, requested_at, statement, chain, sequence, last_hash, begins }
    }

    /// What the receipt seals.
    pub fn into_receipt(self) -> Receipt {
        let Self { statement, chain, sequence, last_hash, begins, .. } = self;
        Receipt { statement, chain, sequence, last_hash, begins }
    }
}

/// The row of a tombstone.
pub fn row(key: Key, noted: &Tombstone, (at, year): (Timestamp, &DataKey)) -> Result<Row> {
    let row = Row::new(key, Entity::Tombstone)
        .with(Attr::ErasedAt, at)
        .with(Attr::ExpiresAt, Period::evidence(at).ends());
    year.seal(row, noted)
}
