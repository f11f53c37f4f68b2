//! The device of a log-in, coarsely: which browser on which system, by names of our own. What a
//! browser says of itself is never kept, so that nobody can be told apart by it (C-4.2).

use serde::{Deserialize, Serialize};

/// A mark in what a browser says of itself, and the name that it stands for. The first that fits
/// counts: many browsers name others beside themselves.
type Marks = &'static [(&'static str, &'static str)];

const BROWSERS: Marks = &[
    ("MicroMessenger/", "WeChat"),
    ("MQQBrowser/", "QQ Browser"),
    ("QQBrowser/", "QQ Browser"),
    ("UCBrowser/", "UC Browser"),
    ("HuaweiBrowser/", "Huawei Browser"),
    ("MiuiBrowser/", "Mi Browser"),
    ("SamsungBrowser/", "Samsung Internet"),
    ("Edg", "Edge"),
    ("OPR/", "Opera"),
    ("Firefox/", "Firefox"),
    ("FxiOS/", "Firefox"),
    ("CriOS/", "Chrome"),
    ("Chrome/", "Chrome"),
    ("Safari/", "Safari"),
    ("curl/", "curl"),
];

const SYSTEMS: Marks = &[
    ("Windows", "Windows"),
    ("iPhone", "iPhone"),
    ("iPad", "iPad"),
    ("HarmonyOS", "HarmonyOS"),
    ("Android", "Android"),
    ("CrOS", "ChromeOS"),
    ("Macintosh", "macOS"),
    ("Linux", "Linux"),
];

/// A device, as in "Firefox on Windows".
#[derive(Clone, Debug, Eq, PartialEq, Serialize, Deserialize)]
pub struct Device(String);

impl Device {
    /// Reads what a browser says of itself; `None` where it says nothing that is known.
    pub fn of(user_agent: &str) -> Option<Self> {
        let named = |marks: Marks| {
            let fits = |(mark, _): &&(&str, &str)| user_agent.contains(mark);
            marks.iter().find(fits).map(|(_, name)| *name)
        };
        match (named(BROWSERS), named(SYSTEMS)) {
            (Some(browser), Some(system)) => Some(Self(format!("{browser} on {system}"))),
            (Some(name), None) | (None, Some(name)) => Some(Self(name.to_owned())),
            (None, None) => None,
        }
    }

    /// Its name.
    pub fn name(&self) -> &str {
        &self.0
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn c_4_2_a_device_is_a_name_of_ours_and_nothing_else() {
        let webkit = "AppleWebKit/537.36 (KHTML, like Gecko)";
        let cases = [
            (
                "Mozilla/5.0 (Windows NT 10.0; Win64; x64; rv:140.0) Gecko/20100101 Firefox/140.0"
                    .to_owned(),
                Some("Firefox on Windows"),
            ),
            (
                format!(
                    "Mozilla/5.0 (Windows NT 10.0) {webkit} Chrome/138.0 Safari/537.36 Edg/138.0"
                ),
                Some("Edge on Windows"),
            ),
            (
                format!(
                    "Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) {webkit} Chrome/138.0 Safari/537.36"
                ),
                Some("Chrome on macOS"),
            ),
            (
                format!(
                    "Mozilla/5.0 (iPhone; CPU iPhone OS 18_5 like Mac OS X) {webkit} Version/18.5 Safari/604.1"
                ),
                Some("Safari on iPhone"),
            ),
            (
                format!(
                    "Mozilla/5.0 (Linux; Android 15; M2102) {webkit} Chrome/130.0 Mobile Safari/537.36 MicroMessenger/8.0"
                ),
                Some("WeChat on Android"),
            ),
            (
                format!("Mozilla/5.0 (X11; Linux x86_64) {webkit} Chrome/138.0 Safari/537.36"),
                Some("Chrome on Linux"),
            ),
            ("curl/8.5.0".to_owned(), Some("curl")),
            ("Something (Android 15)".to_owned(), Some("Android")),
            ("ada@example.org".to_owned(), None),
            (String::new(), None),
        ];
        for (said, name) in cases {
            assert_eq!(Device::of(&said).as_ref().map(Device::name), name, "{said}");
        }
    }
}
