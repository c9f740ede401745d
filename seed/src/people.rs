//! Names of people, and the addresses that follow from them.

use serde::Deserialize;
use std::collections::BTreeMap;
use std::sync::LazyLock;

use crate::data::parse;
use crate::places::Place;
use crate::random::Random;

/// People by language.
static PEOPLE: LazyLock<BTreeMap<String, People>> =
    LazyLock::new(|| parse(include_str!("../data/people.json")));

/// The names of one language.
#[derive(Debug, Deserialize)]
struct People {
    women: Vec<String>,
    men: Vec<String>,
    /// `Ozols/Ozola` where a man's and a woman's differ.
    surnames: Vec<String>,
}

#[derive(Debug, Clone, Copy)]
pub(crate) struct Person {
    pub(crate) first: &'static str,
    pub(crate) last: &'static str,
    /// As in `data/people.json`.
    pub(crate) language: &'static str,
}

impl Person {
    /// Somebody who may well live in that place.
    pub(crate) fn of(random: &mut Random, place: &'static Place) -> Self {
        let language = random.pick(&place.people);
        let people = PEOPLE
            .get(language)
            .expect("places name languages that have names");
        let surname = random.pick(&people.surnames);
        let (man, woman) = surname.split_once('/').unwrap_or((surname, surname));
        let (first, last) = if random.chance(45) {
            (random.pick(&people.women), woman)
        } else {
            (random.pick(&people.men), man)
        };
        Self {
            first,
            last,
            language,
        }
    }

    /// `first.last` in the letters of an address.
    pub(crate) fn local_part(&self) -> String {
        format!("{}.{}", ascii(self.first), ascii(self.last))
    }
}

/// The lower-case letters a-z and digits that come closest.
pub(crate) fn ascii(name: &str) -> String {
    name.chars().flat_map(char::to_lowercase).fold(
        String::with_capacity(name.len()),
        |mut out, c| {
            match latin(c) {
                Some(letters) => out.push_str(letters),
                None if c.is_ascii_alphanumeric() => out.push(c),
                None => {}
            }
            out
        },
    )
}

/// How a letter outside of a-z is written with them.
fn latin(c: char) -> Option<&'static str> {
    Some(match c {
        'ā' | 'á' | 'à' | 'å' | 'ą' | 'а' => "a",
        'ä' => "ae",
        'č' | 'ć' | 'ç' => "c",
        'ē' | 'é' | 'è' | 'ê' | 'ė' | 'ę' | 'е' | 'ё' | 'э' => "e",
        'ģ' | 'г' => "g",
        'ī' | 'ï' | 'î' | 'į' | 'и' | 'й' | 'ы' => "i",
        'ķ' | 'к' => "k",
        'ļ' | 'ł' | 'л' => "l",
        'ņ' | 'ń' | 'н' => "n",
        'õ' | 'ó' | 'ô' | 'о' => "o",
        'ö' => "oe",
        'š' | 'ś' | 'с' => "s",
        'ß' => "ss",
        'ū' | 'ų' | 'у' => "u",
        'ü' => "ue",
        'ž' | 'ź' | 'ż' | 'з' => "z",
        'б' => "b",
        'в' => "v",
        'д' => "d",
        'ж' => "zh",
        'м' => "m",
        'п' => "p",
        'р' => "r",
        'т' => "t",
        'ф' => "f",
        'х' => "kh",
        'ц' => "ts",
        'ч' => "ch",
        'ш' => "sh",
        'щ' => "shch",
        'ю' => "yu",
        'я' => "ya",
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use super::{PEOPLE, ascii};
    use crate::places::PLACES;

    #[test]
    fn names_keep_their_sound_in_an_address() {
        assert_eq!(ascii("Mārtiņš"), "martins");
        assert_eq!(ascii("Щербаков"), "shcherbakov");
        assert_eq!(ascii("O'Brien"), "obrien");
        assert_eq!(ascii("Łukasz Müller"), "lukaszmueller");
    }

    #[test]
    fn every_letter_of_our_names_is_known() {
        for people in PEOPLE.values() {
            for name in people
                .women
                .iter()
                .chain(&people.men)
                .chain(&people.surnames)
            {
                let letters = name
                    .chars()
                    .filter(|c| c.is_alphabetic() && !matches!(c, 'ь' | 'ъ'))
                    .count();
                assert!(ascii(name).len() >= letters, "{name}");
            }
        }
        for place in PLACES.iter() {
            assert!(
                place
                    .people
                    .iter()
                    .all(|language| PEOPLE.contains_key(language)),
                "{}",
                place.city
            );
        }
    }
}
