//! What a call to AWS needs to be allowed, as a policy grants it; and the watch over every call that
//! a function makes in these tests.

#![expect(clippy::panic, reason = "a call that nothing accounts for fails the test")]

use crate::app::TestApp;
use personal_center::role::{self, acting};
use shared::testing::faults::{Call, Verb};
use shared::vault::kms::{Answer, Context, Kms};
use std::collections::BTreeSet;
use std::fmt::{self, Display, Formatter, Write as _};
use std::fs::OpenOptions;
use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::sync::{Arc, LazyLock, Mutex, PoisonError};
use zeroize::Zeroizing;

/// Every function.
pub(crate) const FUNCTIONS: [&str; 11] = [
    "register",
    "session",
    "access",
    "correct",
    "consent",
    "export",
    "policy",
    "delete",
    "federation",
    "notify",
    "sweep",
];
/// Where the rights are held that the functions' calls need, as `cargo xtask rights` writes them.
const HELD: &str = "tests/privileges/calls.txt";
/// Names the folder into which calls are recorded.
const RECORD: &str = "PC_RIGHTS";
/// The only operation that writes.
pub(crate) const TRANSACTION: &str = "TransactWriteItems";

/// Partitions as a policy names them; a key is of the first that fits. `?` is one character.
const PARTITIONS: [&str; 26] = [
    "job#sweep#control",
    "job#sweep#?",
    "job#rotation#*",
    "job#lost#*",
    "job#sweep#restore",
    "brake#erasures",
    "config#delivery",
    "config#third-parties",
    "current#branch",
    "current#index",
    "current#receipts",
    "current#tables",
    "subject#*",
    "flow#*",
    "outbox#*",
    "receipt#*",
    "period#*",
    "limit#*",
    "idempotency#*",
    "person#*",
    "message#*",
    "login#*",
    "branch#*",
    "index#*",
    "receipts#*",
    "chain#*",
];
/// Shards of the index of due work, and what else is not in a list above.
const MORE: [&str; 2] = ["tombstone#*", "sweep#?"];

/// One thing that a function may do.
#[derive(Clone, Debug, Eq, Ord, PartialEq, PartialOrd)]
pub(crate) struct Right {
    /// The function's name.
    pub(crate) function: String,
    /// The action of IAM.
    pub(crate) action: String,
    /// The table or index, or the key, by its logical id.
    pub(crate) resource: String,
    /// The partitions, or the use of the vault's key; `*` where nothing narrows it.
    pub(crate) narrowed: String,
    /// The operation that it has to be a part of; `-` where it stands alone.
    pub(crate) within: String,
}

impl Right {
    /// Reads a line as [`Display`] writes it.
    pub(crate) fn parse(line: &str) -> Option<Self> {
        let mut words = line.split_whitespace().map(str::to_owned);
        let mut word = || words.next();
        let (function, action, resource) = (word()?, word()?, word()?);
        Some(Self { function, action, resource, narrowed: word()?, within: word()? })
    }

    /// The rights in a list; a line of it may end with a reason.
    pub(crate) fn list(text: &str) -> BTreeSet<Self> {
        let lines = text.lines().filter(|line| !line.is_empty() && !line.starts_with('#'));
        lines.map(|line| Self::parse(line).unwrap_or_else(|| panic!("no right: {line}"))).collect()
    }
}

impl Display for Right {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        let Self { function, action, resource, narrowed, within } = self;
        write!(f, "{function} {action} {resource} {narrowed} {within}")
    }
}

/// A file of the repository, as it is when the test runs: changing one needs no build.
pub(crate) fn file(path: &str) -> String {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("..").join(path);
    std::fs::read_to_string(&path).unwrap_or_else(|error| panic!("{}: {error}", path.display()))
}

/// What the functions' calls need, as it is held.
pub(crate) fn held() -> BTreeSet<Right> {
    Right::list(&file(HELD))
}

/// The pattern that a partition key falls under.
fn partition(key: &str) -> String {
    let fits = |pattern: &&&str| match (pattern.strip_suffix('*'), pattern.strip_suffix('?')) {
        (Some(start), _) => key.starts_with(start),
        (_, Some(start)) => key.strip_prefix(start).is_some_and(|rest| rest.chars().count() == 1),
        _ => key == **pattern,
    };
    let mut known = PARTITIONS.iter().chain(&MORE);
    let kind = || key.split('#').next().unwrap_or_default().to_owned();
    (*known.find(fits).unwrap_or_else(|| panic!("{}#: no pattern names it", kind()))).to_owned()
}

/// The table as the template names it. A restored one bears the name of the table that it takes the
/// place of, a dash and a word, and is granted with it.
fn granted(table: &str) -> String {
    table.split('-').next().unwrap_or(table).to_owned()
}

/// The rights that a call to the tables needs.
pub(crate) fn rights_of(function: &str, call: &Call) -> BTreeSet<Right> {
    let alone = call.operation != TRANSACTION;
    let within = if alone { "-".to_owned() } else { call.operation.clone() };
    let right = |action: &str, resource: String, narrowed: String| Right {
        function: function.to_owned(),
        action: format!("dynamodb:{action}"),
        resource,
        narrowed,
        within: within.clone(),
    };
    if let Some(condition) = &call.condition {
        let key = condition.split(" AND ").next().and_then(|clause| clause.split_once(" = "));
        let key = key.map(|(_, key)| partition(key.trim())).expect("a query names its partition");
        let index = call.index.as_ref().map(|index| format!("/index/{index}"));
        let resource = granted(&call.tables[0]) + &index.unwrap_or_default();
        return BTreeSet::from([right(&call.operation, resource, key)]);
    }
    if call.actions.is_empty() {
        let whole = |of: &String| right(&call.operation, granted(of), "*".to_owned());
        let all = call.tables.iter().map(whole);
        return all.collect();
    }
    let each = call.actions.iter().map(|action| {
        let name = match action.verb {
            Verb::Get if alone => call.operation.as_str(),
            Verb::Get => "GetItem",
            Verb::Put => "PutItem",
            Verb::Update => "UpdateItem",
            Verb::Delete => "DeleteItem",
            Verb::ConditionCheck => "ConditionCheckItem",
        };
        right(name, granted(&action.key.table), partition(&action.key.pk))
    });
    each.collect()
}

/// Looks at a call to the tables: a function's has to be among those that are held.
pub(crate) fn watch(call: &Call) {
    if let Some(function) = role::current() {
        rights_of(function, call).into_iter().for_each(note);
    }
}

/// Records a right that a call needs; without a record, fails where it is not held.
fn note(right: Right) {
    static HERE: LazyLock<BTreeSet<Right>> = LazyLock::new(held);
    static FILE: LazyLock<Option<PathBuf>> = LazyLock::new(record);
    static SEEN: Mutex<BTreeSet<Right>> = Mutex::new(BTreeSet::new());
    let Some(file) = &*FILE else {
        assert!(
            HERE.contains(&right),
            "`{right}` is not in {HELD}. Where the call is meant, run `cargo \
             xtask rights record`, and grant it in template.yaml"
        );
        return;
    };
    let mut line = right.to_string();
    let _infallible = writeln!(line);
    if SEEN.lock().unwrap_or_else(PoisonError::into_inner).insert(right) {
        let opened = OpenOptions::new().create(true).append(true).open(file);
        opened.and_then(|mut file| file.write_all(line.as_bytes())).expect("it is recorded");
    }
}

/// The file that this process records into, where it does.
#[expect(clippy::disallowed_methods, reason = "a test has no settings")]
fn record() -> Option<PathBuf> {
    let folder = PathBuf::from(std::env::var_os(RECORD)?);
    std::fs::create_dir_all(&folder).expect("the folder of the record");
    Some(folder.join(format!("{}.txt", std::process::id())))
}

/// A key service whose calls are looked at.
pub(crate) struct Watched(pub(crate) Arc<dyn Kms>);

fn watch_kms(action: &str, context: &Context) {
    let Some(function) = role::current() else { return };
    let pairs = context.pairs();
    assert_eq!(pairs[0], ("service", "personal-center"), "as the key's policy wants it");
    assert_eq!((pairs[1].0, pairs[2].0), ("stage", "use"), "as the policies want it");
    note(Right {
        function: function.to_owned(),
        action: format!("kms:{action}"),
        resource: "VaultKey".to_owned(),
        narrowed: context.usage.to_owned(),
        within: "-".to_owned(),
    });
}

impl Kms for Watched {
    fn wrap<'a>(&'a self, context: &'a Context, key: &'a [u8]) -> Answer<'a, Vec<u8>> {
        watch_kms("Encrypt", context);
        self.0.wrap(context, key)
    }

    fn unwrap<'a>(
        &'a self,
        context: &'a Context,
        wrapped: &'a [u8],
    ) -> Answer<'a, Zeroizing<Vec<u8>>> {
        watch_kms("Decrypt", context);
        self.0.unwrap(context, wrapped)
    }
}

#[tokio::test]
async fn every_function_may_make_the_throw_away_read_of_its_start() {
    let app = TestApp::start().await;
    for function in FUNCTIONS {
        app.faults.take_calls();
        acting(function, app.world.ports.vault.warm_up()).await.expect("a read");
        assert_eq!(app.faults.take_calls().len(), 1, "{function}");
    }
}
