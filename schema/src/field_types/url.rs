//! `url`: an absolute web address, its host kept in lower case and in Unicode.

use serde_json::{Value as Json, json};
use std::borrow::Cow;
use url::Position;

use crate::appearance::{Appearance, Group};
use crate::column::ColumnType;
use crate::domain_name;
use crate::field_type::FieldType;
use crate::mismatch::{Mismatch, at_value};
use crate::setting::Setting;
use crate::settings::Settings;
use crate::storage::Storage;
use crate::title::Title;
use crate::violation::Violation;

#[derive(Debug)]
pub struct Url;

impl FieldType for Url {
    fn name(&self) -> &'static str {
        "url"
    }

    fn title(&self) -> Title {
        Title::new("Web address", "Веб-адрес")
    }

    fn appearance(&self) -> Appearance {
        Appearance::new(
            "link",
            Group::Contact,
            Title::new("A link to a web page", "Ссылка на веб-страницу"),
        )
    }

    fn widget(&self) -> &'static str {
        "url"
    }

    fn settings(&self) -> Vec<Setting> {
        vec![Setting::searchable()]
    }

    fn storage(&self, _settings: &Settings) -> Storage {
        Storage::column(ColumnType::of_bytes())
    }

    fn value_schema(&self, _settings: &Settings) -> Json {
        json!({"type": "string", "format": "iri", "maxLength": 2048})
    }

    /// Only `http` and `https`: a page shows the value as a link, and `javascript:` is an address too.
    fn store(
        &self,
        _settings: &Settings,
        storage: &Storage,
        value: &Json,
    ) -> Result<Vec<Json>, Vec<Violation>> {
        let address = value.as_str().and_then(canonical).ok_or_else(|| {
            at_value(Mismatch::new(
                "format",
                "a web address is expected, such as https://example.com",
            ))
        })?;
        storage.normalise(&Json::String(address))
    }

    /// Operands are parts of addresses too, which stay as they are.
    fn operand(&self, column: &ColumnType, operand: &Json) -> Result<Json, Mismatch> {
        let address = operand.as_str().and_then(canonical).map(Json::String);
        column.scalar.normalise(address.as_ref().unwrap_or(operand))
    }

    fn titles(&self) -> bool {
        true
    }
}

/// A web address in its one form: the part before the path in lower case, the host in Unicode, without the default port. The
/// path and the rest stay as they are. `None` where the text is no web address.
fn canonical(text: &str) -> Option<String> {
    let (_, after_scheme) = text.split_once("://")?;
    let is_strange = |c: char| c.is_whitespace() || c.is_control() || c == '\\';
    if text.contains(is_strange) || after_scheme.starts_with('/') {
        return None;
    }
    let url = url::Url::parse(text).ok()?;
    if !matches!(url.scheme(), "http" | "https") {
        return None;
    }
    let host = match url.host()? {
        url::Host::Domain(name) => domain_name::unicode(name).unwrap_or(Cow::Borrowed(name)),
        _ => Cow::Borrowed(url.host_str()?),
    };
    let before = &url[..Position::BeforeHost];
    let port = &url[Position::AfterHost..Position::BeforePath];
    let rest = after_scheme
        .find(['/', '?', '#'])
        .map_or("", |start| &after_scheme[start..]);
    Some(format!("{before}{host}{port}{rest}"))
}

#[cfg(test)]
mod tests {
    use super::canonical;
    use proptest::prelude::*;

    #[test]
    fn both_spellings_of_a_host_are_one_and_the_rest_stays() {
        for (text, address) in [
            ("https://example.com", "https://example.com"),
            (
                "HTTPS://Example.COM/A%20b?Q=c#D",
                "https://example.com/A%20b?Q=c#D",
            ),
            ("https://пример.рф/страница", "https://пример.рф/страница"),
            (
                "https://ПРИМЕР.рф/Страница?к=з#я",
                "https://пример.рф/Страница?к=з#я",
            ),
            (
                "https://xn--e1afmkfd.xn--p1ai/страница",
                "https://пример.рф/страница",
            ),
            (
                "https://%D0%BF%D1%80%D0%B8%D0%BC%D0%B5%D1%80.рф",
                "https://пример.рф",
            ),
            (
                "http://müller.test:8080?a=//b",
                "http://müller.test:8080?a=//b",
            ),
            (
                "https://user:pw@MÜLLER.test:443/x@y",
                "https://user:pw@müller.test/x@y",
            ),
            ("https://straße.test#a/b", "https://straße.test#a/b"),
            ("http://[::1]:8080/", "http://[::1]:8080/"),
            ("http://192.0.2.1/a/../b", "http://192.0.2.1/a/../b"),
            ("https://a_b.example.com/", "https://a_b.example.com/"),
        ] {
            assert_eq!(canonical(text).as_deref(), Some(address), "{text}");
        }
    }

    #[test]
    fn what_is_no_web_address_is_refused() {
        for bad in [
            "",
            "example.com",
            "//example.com",
            "/a",
            "https:example.com",
            "https://",
            "https:///a",
            "ftp://x.test",
            "javascript:alert(1)",
            "javascript://x.test/%0aalert(1)",
            "mailto:a@x.test",
            "https://a b.test",
            "https://x.test\\@y.test",
            " https://x.test",
            "https://x.test\n",
            "https://xn--a.test",
            "https://x.test:99999",
            "https://a\u{202e}b.test/",
        ] {
            assert_eq!(canonical(bad), None, "{bad:?}");
        }
    }

    proptest! {
        #[test]
        fn a_canonical_address_is_its_own_canonical_form(
            host in r"[a-zA-Zа-яА-ЯÄÖÜäöüß0-9ﬁ．_-]{1,8}\.(test|рф|xn--p1ai|ТЕСТ)",
            rest in r"(:[0-9]{1,4})?([/?#][a-zа-яÄ%/?#@:.-]{0,12})?",
        ) {
            if let Some(address) = canonical(&format!("https://{host}{rest}")) {
                prop_assert_eq!(canonical(&address), Some(address.clone()));
                let parsed = url::Url::parse(&address).unwrap();
                let in_ascii = format!("https://{}{rest}", parsed.host_str().unwrap());
                prop_assert_eq!(canonical(&in_ascii), Some(address));
            }
        }

        #[test]
        fn no_text_breaks_it(text in ".{0,40}") {
            let _ = (canonical(&text), canonical(&format!("https://{text}")));
        }
    }
}
