//! The tables: their keys, their index, and the lanes of due work.

use crate::config::TableNames;
use aws_sdk_dynamodb::operation::create_table::builders::CreateTableInputBuilder;
use aws_sdk_dynamodb::types::{
    AttributeDefinition, BillingMode, GlobalSecondaryIndex, KeySchemaElement, KeyType, Projection,
    ProjectionType, ScalarAttributeType,
};

/// One of the four tables.
#[derive(Clone, Copy, Debug, Eq, Hash, Ord, PartialEq, PartialOrd)]
pub enum Table {
    /// Everything about people, sealed; outbox; jobs.
    Records,
    /// Wrapped data keys of every owner; claims on contacts.
    Keys,
    /// Root keys, wrapped by KMS.
    Roots,
    /// Who did what to whose data; tombstones.
    Ledger,
}

impl Table {
    /// Every table.
    pub const ALL: [Self; 4] = [Self::Records, Self::Keys, Self::Roots, Self::Ledger];

    /// The name that seals bind to, whatever the deployed table is called.
    pub const fn logical(self) -> &'static str {
        match self {
            Self::Records => "Records",
            Self::Keys => "Keys",
            Self::Roots => "Roots",
            Self::Ledger => "Ledger",
        }
    }

    /// Whether its rows have a sort key.
    pub const fn is_sorted(self) -> bool {
        matches!(self, Self::Records | Self::Ledger)
    }

    /// Whether its rows go by themselves past [`Attr::ExpiresAt`](super::Attr::ExpiresAt). A key
    /// never does: whoever destroys it decides, and says so.
    pub const fn has_broom(self) -> bool {
        matches!(self, Self::Records | Self::Ledger)
    }
}

/// The sparse index of `Records` over due work.
pub const DUE_INDEX: &str = "due";

/// Shards of the due index: eight keep a peak of 4,000 writes a second below half of one
/// partition's limit of 1,000 each.
pub const DUE_SHARDS: u8 = 8;

/// Who takes up due work.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Lane {
    /// The outbox, taken up by `notify`.
    Outbox,
    /// Everything that ends or goes on, taken up by `sweep`.
    Sweep,
}

impl Lane {
    /// The index partition of a shard.
    pub fn shard(self, shard: u8) -> String {
        let lane = match self {
            Self::Outbox => "outbox",
            Self::Sweep => "sweep",
        };
        format!("{lane}#{shard}")
    }

    /// The index partition that a row with this partition key belongs to.
    pub fn shard_of(self, pk: &str) -> String {
        let sum = pk.bytes().fold(0_u8, |sum, byte| sum.wrapping_mul(31).wrapping_add(byte));
        self.shard(sum % DUE_SHARDS)
    }
}

/// The requests that create the tables on an engine of one's own. Deployed tables come from the
/// SAM template, which a test compares with these.
pub fn definitions(names: &TableNames) -> Vec<CreateTableInputBuilder> {
    let base = |name: &str| {
        CreateTableInputBuilder::default()
            .table_name(name)
            .billing_mode(BillingMode::PayPerRequest)
            .attribute_definitions(attribute("pk", ScalarAttributeType::S))
            .key_schema(key("pk", KeyType::Hash))
    };
    let sorted = |name: &str| {
        base(name)
            .attribute_definitions(attribute("sk", ScalarAttributeType::S))
            .key_schema(key("sk", KeyType::Range))
    };
    let records = sorted(&names.records)
        .attribute_definitions(attribute("due_shard", ScalarAttributeType::S))
        .attribute_definitions(attribute("due_at", ScalarAttributeType::N))
        .global_secondary_indexes(index(DUE_INDEX, "due_shard", "due_at"));
    let ledger = sorted(&names.ledger)
        .attribute_definitions(attribute("actor", ScalarAttributeType::S))
        .attribute_definitions(attribute("at", ScalarAttributeType::N))
        .global_secondary_indexes(index("actor", "actor", "at"));
    vec![records, base(&names.keys), base(&names.roots), ledger]
}

#[expect(clippy::expect_used, reason = "every required member is set in the same expression")]
fn attribute(name: &str, kind: ScalarAttributeType) -> AttributeDefinition {
    AttributeDefinition::builder()
        .attribute_name(name)
        .attribute_type(kind)
        .build()
        .expect("name and type are set")
}

#[expect(clippy::expect_used, reason = "every required member is set in the same expression")]
fn key(name: &str, kind: KeyType) -> KeySchemaElement {
    KeySchemaElement::builder()
        .attribute_name(name)
        .key_type(kind)
        .build()
        .expect("name and type are set")
}

#[expect(clippy::expect_used, reason = "every required member is set in the same expression")]
fn index(name: &str, partition: &str, sort: &str) -> GlobalSecondaryIndex {
    GlobalSecondaryIndex::builder()
        .index_name(name)
        .key_schema(key(partition, KeyType::Hash))
        .key_schema(key(sort, KeyType::Range))
        .projection(Projection::builder().projection_type(ProjectionType::KeysOnly).build())
        .build()
        .expect("name and keys are set")
}
