//! Domain names in any script (IDNA, UTS 46 without transitional processing): `müller.test` is `xn--mller-kva.test`.

use idna::uts46::{AsciiDenyList, DnsLength, Hyphens, Uts46};
use std::borrow::Cow;

/// A domain name as the domain name system has it: ASCII, lower case. `None` where it cannot be one.
#[must_use]
pub fn ascii(name: &str) -> Option<Cow<'_, str>> {
    let hyphens = Hyphens::CheckFirstLast;
    Uts46::new()
        .to_ascii(
            name.as_bytes(),
            AsciiDenyList::STD3,
            hyphens,
            DnsLength::Verify,
        )
        .ok()
}

/// A domain name, or a part of one, as people read it: Unicode, lower case. `None` where its characters cannot be in one.
#[must_use]
pub fn unicode(name: &str) -> Option<Cow<'_, str>> {
    let (name, result) =
        Uts46::new().to_unicode(name.as_bytes(), AsciiDenyList::URL, Hyphens::Allow);
    result.ok().map(|()| name)
}

#[cfg(test)]
mod tests {
    use super::{ascii, unicode};

    #[test]
    fn both_spellings_of_a_name_are_one() {
        for (name, in_ascii, in_unicode) in [
            ("Example.COM", "example.com", "example.com"),
            ("MÜLLER.test", "xn--mller-kva.test", "müller.test"),
            ("mu\u{308}ller.test", "xn--mller-kva.test", "müller.test"),
            ("XN--mller-kva.test", "xn--mller-kva.test", "müller.test"),
            ("почта.рф", "xn--80a1acny.xn--p1ai", "почта.рф"),
            // Transitional processing would make it `strasse.test`, which is somebody else's.
            ("straße.test", "xn--strae-oqa.test", "straße.test"),
            ("例え。テスト", "xn--r8jz45g.xn--zckzah", "例え.テスト"),
            (
                "r3---sn-4g5e6nez.test",
                "r3---sn-4g5e6nez.test",
                "r3---sn-4g5e6nez.test",
            ),
        ] {
            assert_eq!(ascii(name).as_deref(), Some(in_ascii), "{name}");
            assert_eq!(unicode(in_ascii).as_deref(), Some(in_unicode), "{name}");
            assert_eq!(ascii(in_unicode).as_deref(), Some(in_ascii), "{name}");
        }
    }

    #[test]
    fn what_cannot_be_registered_is_no_name() {
        let long = format!("{}.test", "a".repeat(64));
        for bad in [
            "",
            ".",
            "a..test",
            "a.test.",
            "-a.test",
            "a-.test",
            "a b.test",
            "a_b.test",
            "xn--a.test",
            "a\u{202e}b.test",
            long.as_str(),
        ] {
            assert_eq!(ascii(bad), None, "{bad:?}");
        }
    }
}
