//! The text of a message as HTML: the same words, no image, no style from elsewhere, no link but to
//! the service itself.

use shared::domain::locale::Locale;
use std::borrow::Cow;

/// A page with the paragraphs of `text`, which empty lines part. A word that starts with the
/// service's own address becomes a link; nothing else does.
pub(crate) fn html(subject: &str, text: &str, language: Locale, public_url: &str) -> String {
    let paragraphs: Vec<_> = text.trim().split("\n\n").collect();
    let last = paragraphs.len().saturating_sub(1);
    let mut body = String::new();
    for (at, paragraph) in paragraphs.iter().enumerate() {
        // The last one says who writes.
        let style = if at == last { " style=\"color:#555;font-size:0.875em\"" } else { "" };
        let lines: Vec<_> = paragraph.lines().map(|line| marked(line, public_url)).collect();
        body.extend(["<p", style, ">", &lines.join("<br>\n"), "</p>\n"]);
    }
    let (tag, title) = (language.tag(), escaped(subject));
    format!(
        "<!DOCTYPE html>\n<html lang=\"{tag}\">\n<head>\n<meta charset=\"utf-8\">\n\
         <meta name=\"viewport\" content=\"width=device-width\">\n<title>{title}</title>\n</head>\n\
         <body style=\"font-family:sans-serif;line-height:1.5;max-width:36em;margin:1em auto;\
         padding:0 1em\">\n{body}</body>\n</html>\n"
    )
}

/// A line with its links.
fn marked(line: &str, public_url: &str) -> String {
    let own = |word: &str| {
        let rest = word.strip_prefix(public_url);
        !public_url.is_empty() && rest.is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
    };
    let mark = |word: &str| {
        let shown = escaped(word);
        if own(word) { format!("<a href=\"{shown}\">{shown}</a>") } else { shown.into_owned() }
    };
    line.split(' ').map(mark).collect::<Vec<_>>().join(" ")
}

/// A text without what HTML would read as its own.
fn escaped(text: &str) -> Cow<'_, str> {
    if !text.contains(['&', '<', '>', '"', '\'']) {
        return Cow::Borrowed(text);
    }
    let mut safe = String::with_capacity(text.len() + 16);
    for c in text.chars() {
        match c {
            '&' => safe.push_str("&amp;"),
            '<' => safe.push_str("&lt;"),
            '>' => safe.push_str("&gt;"),
            '"' => safe.push_str("&quot;"),
            '\'' => safe.push_str("&#39;"),
            c => safe.push(c),
        }
    }
    Cow::Owned(safe)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::words::{samples, words};

    const OWN: &str = "https://center.example";

    /// What a page shows: its text without marks.
    fn shown(page: &str) -> String {
        let (_, body) = page.split_once("<body").expect("a body");
        let mut text = String::new();
        for piece in body.split('<').skip(1) {
            text.push_str(piece.split_once('>').expect("a whole mark").1);
        }
        let text = text.replace("&lt;", "<").replace("&gt;", ">").replace("&quot;", "\"");
        text.replace("&#39;", "'").replace("&amp;", "&")
    }

    #[test]
    fn both_parts_say_the_same() {
        for content in samples() {
            for language in [Locale::En, Locale::Zh] {
                let (subject, text) = words(&content, language);
                let page = html(&subject, &text, language, OWN);
                let said = |text: &str| -> Vec<String> {
                    text.split_whitespace().map(str::to_owned).collect()
                };
                assert_eq!(said(&shown(&page)), said(&text));
                assert!(page.contains(&format!("<html lang=\"{}\">", language.tag())));
            }
        }
    }

    #[test]
    fn c_4_2_only_the_service_itself_is_linked() {
        let text =
            format!("See {OWN}/x or\n{OWN}.evil.example/x or https://other.example/y\n\nBye");
        let page = html("Subject", &text, Locale::En, OWN);
        assert_eq!(page.matches("href=").count(), 1);
        assert!(page.contains(&format!("<a href=\"{OWN}/x\">{OWN}/x</a>")));
    }

    #[test]
    fn nothing_in_a_text_is_markup() {
        let text = format!("<script>\"a\" & 'b'</script> {OWN}/\"><img\n\nBye");
        let page = html("<b>", &text, Locale::En, OWN);
        assert!(!page.contains("<script") && !page.contains("<img") && !page.contains("<b>"));
        assert_eq!(shown(&page).trim(), text.replace("\n\n", "\n"));
    }
}
