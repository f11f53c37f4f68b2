//! What the settings refuse, and what they read.

use super::*;

/// The settings of a deployment, one of them given.
fn read(name: &'static str, value: &'static str) -> Result<Config> {
    let table = |table| format!("arn:aws-cn:dynamodb:cn-north-1:123456789012:table/{table}");
    Config::read(move |asked| {
        Some(match asked {
            _ if asked == name => value.to_owned(),
            "AWS_REGION" => "cn-north-1".to_owned(),
            "PC_VAULT_KEY" => "arn:aws-cn:kms:cn-north-1:123456789012:key/vault".to_owned(),
            "PC_TABLE_RECORDS" => table("center-Records"),
            "PC_TABLE_LEDGER" => table("center-Ledger"),
            "PC_PUBLIC_URL" => "https://center.example".to_owned(),
            "PC_UNUSED_DAYS" => "730".to_owned(),
            "PC_OUTSIDE_MAINLAND" => "false".to_owned(),
            _ => "7".to_owned(),
        })
    })
}

#[test]
fn every_fault_is_reported_together() {
    let error = Config::read(|name| (name == "PC_MAX_SESSIONS").then(|| "many".to_owned()))
        .expect_err("nothing is set");
    let text = error.to_string();
    for name in ["PC_STAGE", "PC_VAULT_KEY", "PC_TABLE_LEDGER", "PC_MAX_SESSIONS", "AWS_REGION"] {
        assert!(text.contains(name), "{text}");
    }
}

#[test]
fn c_5_3_an_account_can_be_unused_for_ever_or_for_two_months() {
    let unused = |days| read("PC_UNUSED_DAYS", days).map(|config| config.unused);
    assert_eq!(unused("0").expect("valid"), None);
    assert_eq!(unused("60").expect("valid"), Some(days(60)));
    assert!(unused("59").is_err());
}

#[test]
fn c_8_4_cooling_off_can_be_zero() {
    let cooling_off = |days| read("PC_COOLING_OFF_DAYS", days).map(|config| config.cooling_off);
    assert_eq!(cooling_off("0").expect("valid"), Duration::ZERO);
    assert!(cooling_off("91").is_err());
}

#[test]
fn c_5_1_a_region_outside_the_mainland_is_refused_until_the_guard_is_lifted() {
    let error = read("AWS_REGION", "ap-southeast-1").expect_err("outside").to_string();
    assert!(error.contains("AWS_REGION is outside mainland China"), "{error}");
    assert_eq!(read("AWS_REGION", "cn-north-1").expect("inside").residency, Residency::Kept);
    for value in ["yes", "TRUE", "1"] {
        let error = read("PC_OUTSIDE_MAINLAND", value).expect_err(value).to_string();
        assert!(error.contains("PC_OUTSIDE_MAINLAND is neither"), "{error}");
    }
    let lifted = read("PC_OUTSIDE_MAINLAND", "true").expect("lifted");
    assert_eq!(lifted.residency, Residency::Lifted);
}

#[test]
fn c_5_1_a_table_or_a_key_in_another_region_is_refused() {
    for (name, value) in [
        ("PC_TABLE_KEYS", "arn:aws:dynamodb:us-east-1:123456789012:table/center-Keys"),
        ("PC_TABLE_RECORDS", "arn:aws-cn:dynamodb:cn-northwest-1:123456789012:table/Records"),
        ("PC_VAULT_KEY", "arn:aws:kms:eu-west-1:123456789012:key/vault"),
    ] {
        let error = read(name, value).expect_err(name).to_string();
        assert!(error.contains(&format!("{name} is in another region")), "{error}");
        assert!(!error.contains("123456789012"), "{error}");
    }
}

#[test]
fn a_table_is_called_by_the_name_in_its_arn() {
    let config = read("PC_TABLE_KEYS", "Keys").expect("a bare name is one too");
    assert_eq!(config.tables.records, "center-Records");
    assert_eq!(config.tables.ledger, "center-Ledger");
    assert_eq!(config.tables.keys, "Keys");
}
