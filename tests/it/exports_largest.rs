//! The largest copy: a part is small enough for an answer, whatever it is full of.

use crate::app::{BEGIN, TestApp};
use crate::consents::opened;
use crate::exports_parts::{MOST_BYTES, enter};
use crate::unzipped::{Unzipped, links};
use shared::domain::account::AgeBand;
use shared::domain::consent::{Acceptance, Consent, Proof};
use shared::domain::contact::Channel;
use shared::domain::contact::change::{ContactChange, Held};
use shared::domain::gate::Use;
use shared::domain::inventory::{Entity, Item, Purpose, items};
use shared::domain::locale::Locale;
use shared::domain::period::Period;
use shared::domain::personal::Personal;
use shared::domain::policy;
use shared::ids::{EntryId, LinkId, ReceiptId, bytes};
use shared::ledger::Facts;
use shared::records::evidence::{self, Act, Evidence, Means, text_digest};
use shared::records::export::{ENTRIES, ROWS};
use shared::store::{Transaction, When};
use shared::vault::{Owner, Person};

/// The policy version with the longest name.
fn version() -> String {
    let ids = policy::ALL.iter().map(|version| version.id);
    ids.max_by_key(|id| id.len()).expect("a version").to_owned()
}

/// Writes a profile of the longest values that are accepted: 254 bytes of an address (RFC 5321), 64
/// characters of a name, of four bytes each.
async fn fill(app: &TestApp, person: &mut Person) {
    let address = |c: &str| {
        let domain = ["d".repeat(61).as_str(), &"e".repeat(61), &"f".repeat(61), "io"].join(".");
        Personal::new(format!("{}@{domain}", c.repeat(64)))
    };
    let held = |c: &str| Held { address: address(c), claim: format!("login#{}", "0".repeat(64)) };
    let proof = || Proof {
        text_digest: text_digest("text"),
        language: Locale::Zh,
        channel: Means::Correction,
        age_band: AgeBand::Under14,
    };
    let consent = |purpose| {
        let (given_at, policy_version, proof) = (BEGIN, version(), Some(proof()));
        Consent { purpose, given_at, policy_version, proof }
    };
    let profile = &mut person.profile;
    profile.email = Some(address("b"));
    profile.phone = Some(Personal::new(format!("+{}", "8".repeat(15))));
    profile.display_name = Some(Personal::new("\u{1F469}".repeat(64)));
    profile.consents = Purpose::ALL.map(consent).to_vec();
    let purposes = Purpose::ALL.to_vec();
    let (accepted_at, policy_version, proof) = (BEGIN, version(), proof());
    profile.acceptance = Some(Acceptance { accepted_at, policy_version, purposes, proof });
    profile.told_at = Some(BEGIN);
    profile.contact_change = Some(ContactChange {
        channel: Channel::Email,
        old: held("a"),
        new: Some(held("b")),
        changed_at: BEGIN,
        frozen_until: None,
        link: LinkId::draw(&*app.world.ports.entropy).to_string(),
    });
    let row = person.account.clone().next();
    let mut transaction = Transaction::new();
    transaction.replace("account", person.key.seal(row, &person.profile).expect("seals"));
    app.world.ports.store.write(transaction).await.expect("writes");
}

/// Writes pieces of evidence, each of the longest values and of a digest of its own.
async fn prove(app: &TestApp, person: &Person, pieces: usize) {
    let ports = &app.world.ports;
    let owner = Owner::Period(Period::evidence(BEGIN));
    let [key] = ports.store.get(&[owner.key()]).await.expect("a read");
    let year = ports.vault.open(owner, key.as_ref()).await.expect("a key").expect("a key");
    for from in (0..pieces).step_by(90) {
        let mut transaction = Transaction::new();
        for piece in from..pieces.min(from + 90) {
            let held = Evidence {
                act: Act::Withdrawn,
                policy_version: version(),
                text_digest: text_digest(&piece.to_string()),
                language: Locale::Zh,
                purposes: Purpose::ALL.to_vec(),
                channel: Means::Correction,
                age_band: AgeBand::Under14,
                given_at: Some(BEGIN),
            };
            let id = EntryId::draw(&*ports.entropy);
            let row = evidence::row(&person.subject, &id, &held, (BEGIN, &year)).expect("a row");
            transaction.put("evidence", row, When::Absent);
        }
        ports.store.write(transaction).await.expect("writes");
    }
}

#[tokio::test]
async fn c_8_5_the_largest_part_is_small_enough_for_an_answer() {
    let app = TestApp::start().await;
    let ada = app.register("ada@example.org").await;
    let mut person = opened(&app, &ada, Use::Rights).await.expect("opens");
    fill(&app, &mut person).await;
    // More than any act touches: everything that an account holds, and a case besides.
    let held = |item: &&&Item| item.entity == Entity::Account;
    let items: Vec<_> = items::ALL.iter().filter(held).copied().collect();
    let case = ReceiptId::from_bytes(bytes(&*app.world.ports.entropy));
    let facts = |request: &str| Facts::of("accountability", &items, request).of_case(&case);
    enter(&app, &person, ENTRIES, facts).await;
    prove(&app, &person, ROWS).await;
    let links = links(&app, &ada.token).await;
    assert_eq!(links.len(), 2, "the first one is full, of rows and of entries");
    let mut counts = Vec::new();
    for link in &links {
        let bytes = app.get(link).bearer(&ada.token).send().await.expect(200).bytes;
        assert!(bytes.len() <= MOST_BYTES, "{}", bytes.len());
        let part = Unzipped::of(&bytes);
        let unpacked: usize = part.0.values().map(Vec::len).sum();
        eprintln!("a part of {} bytes, {unpacked} in its files", bytes.len());
        counts.push([part.count("evidence"), part.count("ledger_entry")]);
    }
    let full = [ROWS - 2, usize::try_from(ENTRIES).expect("a number")];
    assert_eq!(counts[0], full, "beside the account and the chain");
}
