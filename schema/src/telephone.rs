//! Telephone numbers in E.164: `+`, the country code, the national number, 15 digits at most.
//!
//! Country codes, trunk prefixes and the patterns of national numbers are Google's libphonenumber's. They are loaded with the
//! first number that is read.

use phonenumber::Metadata;
use phonenumber::metadata::{DATABASE, Descriptor};

const FEWEST_DIGITS: usize = 7;
const MOST_DIGITS: usize = 15;
/// Of a country code.
const LONGEST_CODE: usize = 3;

/// A number in E.164. `None` where the text is no number with the code of a country, or has anything beside it, such as an
/// extension.
///
/// The trunk prefix, which is dialled only within a country, goes: `+44 (0)20 7946 0958` is `+442079460958`. A number that
/// fits no pattern is kept as it is, since new ranges of numbers come into use.
pub(crate) fn e164(text: &str) -> Option<String> {
    let bare = without_separators(text);
    let digits = bare.strip_prefix('+').or_else(|| bare.strip_prefix("00"))?;
    if digits.starts_with('0') || !digits.bytes().all(|b| b.is_ascii_digit()) {
        return None;
    }
    let (code, national, countries) = split_code(digits)?;
    let national = without_trunk_prefix(national, &countries);
    let is_possible = (FEWEST_DIGITS..=MOST_DIGITS).contains(&(code.len() + national.len()));
    is_possible.then(|| format!("+{code}{national}"))
}

/// A text without the signs that people put between digits.
pub(crate) fn without_separators(text: &str) -> String {
    let is_separator = |c: char| {
        c.is_whitespace()
            || matches!(c, '-' | '.' | '(' | ')' | '/')
            // Hyphens, dashes and the minus sign.
            || matches!(c, '\u{2010}'..='\u{2015}' | '\u{2212}')
            // Marks of the direction of writing, which address books put around numbers.
            || matches!(c, '\u{200e}' | '\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}')
    };
    text.chars().filter(|c| !is_separator(*c)).collect()
}

/// The country code, the rest, and the countries that share the code, the main one first.
fn split_code(digits: &str) -> Option<(&str, &str, Vec<&'static Metadata>)> {
    (1..=LONGEST_CODE.min(digits.len())).find_map(|length| {
        let (code, national) = digits.split_at(length);
        let countries = DATABASE.by_code(&code.parse::<u16>().ok()?)?;
        Some((code, national, countries))
    })
}

/// A national number without the prefix that is dialled before it only within the country. `8` is that in Russia, but also the
/// beginning of `800 555-35-35`: the prefix stays where the number is one with it, or none without it.
fn without_trunk_prefix<'a>(national: &'a str, countries: &[&Metadata]) -> &'a str {
    let stripped = countries
        .iter()
        .filter_map(|country| country.national_prefix())
        .find_map(|prefix| Some((prefix, national.strip_prefix(prefix)?)));
    match stripped {
        Some((prefix, rest))
            if !is_known(national, countries) && (prefix == "0" || is_known(rest, countries)) =>
        {
            rest
        }
        _ => national,
    }
}

/// Whether a national number is of a range that is in use.
fn is_known(national: &str, countries: &[&Metadata]) -> bool {
    let fits = |descriptor: Option<&Descriptor>| descriptor.is_some_and(|d| d.is_match(national));
    countries.iter().any(|country| {
        let kinds = country.descriptors();
        fits(kinds.fixed_line())
            || fits(kinds.mobile())
            || fits(kinds.toll_free())
            || fits(kinds.premium_rate())
            || fits(kinds.shared_cost())
            || fits(kinds.personal_number())
            || fits(kinds.voip())
            || fits(kinds.pager())
            || fits(kinds.uan())
            || fits(kinds.voicemail())
    })
}

#[cfg(test)]
mod tests {
    use super::{e164, without_separators};
    use phonenumber::metadata::DATABASE;

    #[test]
    fn separators_and_trunk_prefixes_go() {
        for (text, number) in [
            ("+371 2000-0000", "+37120000000"),
            ("00 44 (20) 7946 0958", "+442079460958"),
            ("+49 (0) 209 22334455", "+4920922334455"),
            ("+49 0209 22334455", "+4920922334455"),
            ("0049 (0) 209/22334455", "+4920922334455"),
            ("+49 (0) 123 456789", "+49123456789"),
            ("+44 (0)20 7946 0958", "+442079460958"),
            ("+33 (0)1.23.45.67.89", "+33123456789"),
            ("+31 (0)20 123 4567", "+31201234567"),
            ("+41 (0) 44 668 18 00", "+41446681800"),
            ("+43 (0) 1 5123456", "+4315123456"),
            ("+46 (0)8 123 456 78", "+46812345678"),
            ("+61 (0) 2 9999 9999", "+61299999999"),
            ("+81 (0)3-1234-5678", "+81312345678"),
            ("+886 (0)2 1234 5678", "+886212345678"),
            ("+90 (0) 212 123 45 67", "+902121234567"),
            ("+353 (0)1 234 5678", "+35312345678"),
            ("+36 (06) 1 234 5678", "+3612345678"),
            ("+7 (8) 495 123-45-67", "+74951234567"),
            ("+7 8 800 555-35-35", "+78005553535"),
            ("+1 (1) 212 736 5000", "+12127365000"),
            ("+49\u{a0}209\u{2013}22334455", "+4920922334455"),
            ("\u{202a}+49 209 22334455\u{202c}", "+4920922334455"),
        ] {
            assert_eq!(e164(text).as_deref(), Some(number), "{text}");
        }
    }

    #[test]
    fn digits_that_belong_to_a_number_stay() {
        for number in [
            // Italian numbers begin with the zero.
            "+390669812345",
            "+3780549886377",
            "+2250712345678",
            "+24106031234",
            // The trunk prefix is 8, 8, 8 and 1.
            "+78005553535",
            "+37080012345",
            "+3758011234567",
            "+97611312345",
            // No range that is in use.
            "+78505553535",
            "+15550109999",
            "+4915112345678",
            "+79999999999",
            // The shortest, and a service without a country.
            "+2478123",
            "+6831234",
            "+80012345678",
            "+883510012345678",
        ] {
            assert_eq!(e164(number).as_deref(), Some(number));
        }
    }

    #[test]
    fn every_example_of_the_library_is_kept_as_it_is() {
        let mut seen = 0;
        for country in DATABASE.iter() {
            let kinds = country.descriptors();
            let kinds = [
                kinds.fixed_line(),
                kinds.mobile(),
                kinds.toll_free(),
                kinds.premium_rate(),
                kinds.shared_cost(),
                kinds.personal_number(),
                kinds.voip(),
                kinds.pager(),
                kinds.uan(),
                kinds.voicemail(),
            ];
            for example in kinds
                .into_iter()
                .flatten()
                .filter_map(|kind| kind.example())
            {
                let number = format!("+{}{example}", country.country_code());
                if number.len() <= super::FEWEST_DIGITS {
                    continue;
                }
                assert_eq!(e164(&number), Some(number.clone()), "{}", country.id());
                seen += 1;
                if country.national_prefix() == Some("0") {
                    let written = format!("+{} (0) {example}", country.country_code());
                    assert_eq!(e164(&written), Some(number), "{written}");
                }
            }
        }
        assert!(seen > 900, "{seen}");
    }

    #[test]
    fn whatever_is_not_just_one_number_is_refused() {
        for bad in [
            "",
            "+",
            "00",
            "20000000",
            "0123456789",
            "+0123456789",
            "+12",
            "+371 12",
            "+1234567890123456",
            "+49 (0) 209 2233445566778899",
            "+999 123 456 789",
            "+1 555 CALL",
            "+1 800 FLOWERS",
            "call +49 209 22334455",
            "+49 209 22334455 call me",
            "tel:+49-209-22334455",
            "+1 212 736 5000 ext. 5",
            "+1 212 736 5000 x5",
            "+1 212 736 5000;ext=5",
            "+1 212 736 5000#5",
            "+49 209 22334455, +49 30 123456",
            "+49 209 22334455 +49 30 123456",
            "++49 209 22334455",
            "+49 209 2233\u{0}4455",
            "+٤٩ ٢٠٩ ٢٢٣٣٤٤٥٥",
        ] {
            assert_eq!(e164(bad), None, "{bad:?}");
        }
    }

    #[test]
    fn a_part_keeps_its_digits() {
        assert_eq!(without_separators("(209) 22-33"), "2092233");
    }
}
