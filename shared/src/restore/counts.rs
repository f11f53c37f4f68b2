//! What a restore counts: numbers only.

use serde::Serialize;

macro_rules! counts {
    ($($(#[$meta:meta])* $name:ident,)*) => {
        /// What a look would do, or what was done.
        #[derive(Clone, Copy, Debug, Default, Eq, PartialEq, Serialize)]
        pub struct Counts {
            $($(#[$meta])* pub $name: u64,)*
        }

        impl Counts {
            /// The names, in the order in which the numbers are stored.
            pub(super) const NAMES: &'static [&'static str] = &[$(stringify!($name)),*];

            /// Adds others.
            pub(super) const fn add(&mut self, other: &Self) {
                $(self.$name += other.$name;)*
            }

            /// The numbers as they are stored.
            pub(super) fn numbers(&self) -> Vec<i64> {
                [$(self.$name),*].into_iter().map(|n| i64::try_from(n).unwrap_or(i64::MAX)).collect()
            }

            /// Reads stored numbers; one that is missing is none.
            pub(super) fn of_numbers(numbers: &[i64]) -> Self {
                let mut numbers = numbers.iter().map(|n| u64::try_from(*n).unwrap_or_default());
                Self { $($name: numbers.next().unwrap_or_default()),* }
            }
        }
    };
}

counts! {
    /// Rows that were looked at.
    rows,
    /// People who live on: their sessions end, and their chain goes on.
    people,
    /// People in the copy who were erased since.
    erased,
    /// Consents that were withdrawn since, or whose items were removed.
    withdrawn,
    /// Passwords and second factors that were changed since: they are reset.
    resets,
    /// Contacts that were changed or removed since.
    contacts,
    /// Accounts that were cancelled since, and whose cancellation was withdrawn since.
    cancellations,
    /// Values that were corrected since: the copy's are removed where they can be.
    corrected,
    /// Keys and claims of people who were erased, and of what is not in the copy.
    keys_removed,
    /// Rows whose key is gone.
    rows_removed,
    /// Receipts that the ledger gave back.
    receipts,
    /// People whose account, or whose key, the copies do not have.
    lost,
    /// Rows that could not be read, or whose chain the ledger does not go on from.
    failed,
}
