//! The policy texts that are held, with their dates as printed (C-12.1).

use super::locale::{Text, text};

/// A version of a policy document.
#[derive(Clone, Copy, Debug)]
pub struct Version {
    /// The id that an acceptance names.
    pub id: &'static str,
    /// The document it belongs to.
    pub scope: &'static str,
    /// The printed title.
    pub title: &'static str,
    /// The day it takes effect, in Asia/Shanghai.
    pub effective: &'static str,
    /// The day it was updated, as its head prints it.
    pub updated: &'static str,
    /// The language of the text (RFC 5646).
    pub language: &'static str,
    /// What a reader should know about the text.
    pub note: Text,
    /// The text as it was published.
    pub text: &'static str,
}

/// The version in force.
pub const IN_FORCE: Version = Version {
    id: "general-2022-08-16",
    scope: "general",
    title: "\"OpenDataLab\" Personal Information Protection Policy",
    effective: "2022-03-17",
    updated: "2022-08-16",
    language: "en",
    note: text(
        "The dates are as printed. The head says updated 2022-08-16, the last section says \
         2022-03-11; both name 2022-03-17 as the effective date. The text of the version of \
         2022-03-11 is not held, nor is the Chinese original.",
        "日期按原文所印。文首称更新于 2022-08-16，末节称 2022-03-11；两处生效日期均为 \
         2022-03-17。2022-03-11 版本的文本及中文原文均未保存。",
    ),
    text: include_str!("opendatalab-general-2022-08-16.en.txt"),
};

/// The controller and how to reach it (C-7.1, C-11.1).
pub const CONTROLLER: &str = "Shanghai Artificial Intelligence Innovation Center, 37/F and 38/F, \
                              No. 701 Yunjin Road, Xuhui District, Shanghai";
/// The address for questions, comments, suggestions and complaints (C-11.1).
pub const CONTACT: &str = "OpenDataLab@pjlab.org.cn";

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn c_12_1_the_dates_are_those_of_the_text() {
        assert!(IN_FORCE.text.contains("Effective Date [2022/3/17]"));
        assert!(IN_FORCE.text.contains("Updated [2022/8/16]"));
        assert!(IN_FORCE.text.contains("updated on March 11, 2022"));
        assert!(IN_FORCE.text.contains(CONTACT));
    }
}
