//! What debug output of a declared struct shows.

crate::declared! {
    /// A part of an account, with a field of each way to hold a value.
    pub(super) struct Part in Account {
        /// A text that no wrapper guards.
        display_name: String => DISPLAY_NAME,
        /// A list of them.
        claims: Vec<String> => CLAIMS,
        /// A number.
        session_epoch: u64 => SESSION_EPOCH,
    }
}

#[test]
fn c_7_2_debug_output_of_a_declared_struct_shows_no_value_even_of_plain_fields() {
    let part = Part {
        display_name: "yellowfeather".to_owned(),
        claims: vec!["yellowfeather".to_owned()],
        session_epoch: 31_415_926,
    };
    for shown in [format!("{part:?}"), format!("{part:#?}")] {
        assert!(shown.starts_with("Part"), "{shown}");
        assert!(!shown.contains("feather") && !shown.contains("31415926"), "{shown}");
    }
    // It is there, and stands in what is sealed.
    let sealed = serde_json::to_string(&part).expect("JSON");
    assert_eq!(sealed.matches("feather").count(), 2);
}
