//! E-mail addresses: one address and nothing beside it, in any script (RFC 6531).

use regex::Regex;
use std::sync::LazyLock;

use crate::domain_name;
use crate::text::composed;

/// The limit of a path (RFC 5321), less its angle brackets.
pub const MAX_BYTES: usize = 254;

/// The limit of the part before the `@` (RFC 5321).
const LOCAL_MAX_BYTES: usize = 64;

/// An address in its one form: lower case, the domain in Unicode. `None` where the text is no address.
///
/// Quoted local parts and addresses of hosts (`"a b"@x.test`, `a@[192.0.2.1]`) are refused, as browsers do.
#[must_use]
pub fn canonical(text: &str) -> Option<String> {
    let (local, domain) = text.rsplit_once('@')?;
    let local = lower(local);
    let domain = domain_name::ascii(domain)?;
    let fits =
        local.len() <= LOCAL_MAX_BYTES && local.len() + "@".len() + domain.len() <= MAX_BYTES;
    let domain = domain_name::unicode(&domain)?;
    (fits && is_local(&local)).then(|| format!("{local}@{domain}"))
}

/// A text to look for within addresses, in the form they have.
#[must_use]
pub fn canonical_part(text: &str) -> String {
    if let Some(address) = canonical(text) {
        return address;
    }
    let (local, domain) = match text.rsplit_once('@') {
        Some((local, domain)) => (format!("{}@", lower(local)), domain),
        None if text.to_ascii_lowercase().contains("xn--") => (String::new(), text),
        None => return lower(text),
    };
    match domain_name::unicode(domain) {
        Some(domain) => local + &domain,
        None => lower(text),
    }
}

fn lower(text: &str) -> String {
    composed(&text.to_lowercase()).into_owned()
}

/// Whether a text is a dot-atom (RFC 5322). Beyond ASCII anything that can be seen may be in it, and the joiners that a script
/// needs to be spelt right.
fn is_local(text: &str) -> bool {
    static ATOM: LazyLock<Regex> = LazyLock::new(|| {
        let pattern = r"^(?:[a-z0-9!#$%&'*+/=?^_`{|}~-]|[^\x00-\x7F\p{C}\p{Z}]|[\p{M}\p{Arabic}][\u{200C}\u{200D}])+$";
        Regex::new(pattern).expect("the pattern is right")
    });
    let is_plain =
        |b: u8| b.is_ascii_lowercase() || b.is_ascii_digit() || b"!#$%&'*+/=?^_`{|}~-".contains(&b);
    // ASCII, which nearly all are, needs no regular expression.
    text.split('.')
        .all(|atom| !atom.is_empty() && (atom.bytes().all(is_plain) || ATOM.is_match(atom)))
}

#[cfg(test)]
mod tests {
    use super::{canonical, canonical_part};
    use proptest::prelude::*;

    #[test]
    fn addresses_of_any_script_have_one_form() {
        for (text, address) in [
            ("ada@x.test", "ada@x.test"),
            ("ADA@Example.COM", "ada@example.com"),
            ("info@müller.test", "info@müller.test"),
            ("Info@MÜLLER.TEST", "info@müller.test"),
            ("info@mu\u{308}ller.test", "info@müller.test"),
            ("info@xn--mller-kva.test", "info@müller.test"),
            ("INFO@XN--MLLER-KVA.test", "info@müller.test"),
            ("Ivan@почта.рф", "ivan@почта.рф"),
            ("ivan@xn--80a1acny.xn--p1ai", "ivan@почта.рф"),
            ("Иван.Петров@Почта.РФ", "иван.петров@почта.рф"),
            ("जोनाथन@डाटामेल.भारत", "जोनाथन@डाटामेल.भारत"),
            ("संपर्क@डाटामेल.भारत", "संपर्क@डाटामेल.भारत"),
            ("用户@例子.广告", "用户@例子.广告"),
            ("あいうえお@例え。テスト", "あいうえお@例え.テスト"),
            ("χρήστης@παράδειγμα.ελ", "χρήστης@παράδειγμα.ελ"),
            ("مستخدم@مثال.السعودية", "مستخدم@مثال.السعودية"),
            ("می\u{200c}خواهم@مثال.ایران", "می\u{200c}خواهم@مثال.ایران"),
            ("ශ්\u{200d}රී@උදාහරණ.ලංකා", "ශ්\u{200d}රී@උදාහරණ.ලංකා"),
            ("pelé@straße.test", "pelé@straße.test"),
            (
                "o'neil+crm/1=a@sub.example.co.uk",
                "o'neil+crm/1=a@sub.example.co.uk",
            ),
            ("#!$%&'*+-/=?^_`{}|~@x.test", "#!$%&'*+-/=?^_`{}|~@x.test"),
            ("a@localhost", "a@localhost"),
        ] {
            assert_eq!(canonical(text).as_deref(), Some(address), "{text}");
        }
    }

    #[test]
    fn whatever_is_not_just_one_address_is_refused() {
        let long_local = format!("{}@x.test", "a".repeat(65));
        let long_in_bytes = format!("{}@x.test", "я".repeat(33));
        let long = format!("a@{}test", "a.".repeat(125));
        for bad in [
            "",
            "ada",
            "@x.test",
            "ada@",
            "a@b@c.test",
            "John <j@x.test>",
            "\"John\" <j@x.test>",
            "<j@x.test>",
            "Иван <ivan@почта.рф>",
            "j@x.test (John)",
            "j(John)@x.test",
            "mailto:j@x.test",
            "a@x.test, b@x.test",
            "a@x.test,b@x.test",
            "a@x.test;b@x.test",
            "a@x.test b@x.test",
            " a@x.test",
            "a@x.test ",
            "a @x.test",
            "a@ x.test",
            "a b@x.test",
            "a\u{a0}b@x.test",
            "a\u{3000}@x.test",
            "a\n@x.test",
            "a\0@x.test",
            "\"a b\"@x.test",
            "\"a\"@x.test",
            "a\\b@x.test",
            ".a@x.test",
            "a.@x.test",
            "a..b@x.test",
            "a@x..test",
            "a@.x.test",
            "a@x.test.",
            "a@-x.test",
            "a@x-.test",
            "a@x_y.test",
            "a@[192.0.2.1]",
            "a@x.test:25",
            "a@xn--a.test",
            "a\u{200b}@x.test",
            "a\u{200d}@x.test",
            "a\u{202e}@x.test",
            "\u{feff}a@x.test",
            "a@x\u{202e}.test",
            "a＠x.test",
            long_local.as_str(),
            long_in_bytes.as_str(),
            long.as_str(),
        ] {
            assert_eq!(canonical(bad), None, "{bad:?}");
        }
    }

    #[test]
    fn a_part_is_looked_for_in_the_form_of_the_whole() {
        for (text, part) in [
            ("ADA", "ada"),
            ("ИВАН", "иван"),
            ("@XN--MLLER-KVA.test", "@müller.test"),
            ("%@MÜLLER.test", "%@müller.test"),
            (".xn--p1ai", ".рф"),
            ("Info@xn--mller-kva.test", "info@müller.test"),
            ("%@%.РФ", "%@%.рф"),
            ("a\\_b@X", "a\\_b@x"),
            ("xn--", "xn--"),
        ] {
            assert_eq!(canonical_part(text), part, "{text}");
        }
    }

    proptest! {
        #[test]
        fn a_canonical_address_is_its_own_canonical_form(
            local in r"[a-zA-Zа-яА-ЯÄÖÜäöüßéİΣσ0-9._+-]{1,12}",
            domain in r"[a-zA-Zа-яА-ЯÄÖÜäöüß0-9ﬁ．-]{1,8}\.(test|рф|xn--p1ai|ТЕСТ)",
        ) {
            if let Some(address) = canonical(&format!("{local}@{domain}")) {
                prop_assert_eq!(canonical(&address), Some(address.clone()));
                prop_assert_eq!(canonical_part(&address), address.clone());
                let (_, domain) = address.rsplit_once('@').unwrap();
                let in_ascii = crate::domain_name::ascii(domain).unwrap();
                prop_assert_eq!(canonical(&format!("{local}@{in_ascii}")), Some(address));
            }
        }

        #[test]
        fn no_text_breaks_it(text in ".{0,40}", other in ".{0,40}") {
            let _ = (canonical(&text), canonical_part(&text), canonical(&format!("{text}@{other}")));
        }
    }
}
