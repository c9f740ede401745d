//! Ways to spoil a request.

use serde_json::{Map, Value as Json, json};

use super::random::Random;

/// Pieces that parsers have stumbled over.
const PIECES: [&str; 24] = [
    "",
    "\"",
    "'",
    "{",
    "}",
    "[",
    "]",
    "(",
    ")",
    ":",
    ",",
    "\\",
    "\u{0}",
    "%00",
    "%zz",
    "%",
    "&",
    "=",
    "$",
    "/../",
    "null",
    "1e999",
    "\u{1f600}",
    "--",
];

/// A text with something put in, taken out, doubled or cut off.
pub(super) fn mutated_text(random: &mut Random, text: &str) -> String {
    let mut chars: Vec<char> = text.chars().collect();
    for _ in 0..=random.below(3) {
        let at = random.below(chars.len() + 1);
        let to = (at + random.below(8)).min(chars.len());
        match random.below(5) {
            0 => drop(chars.drain(at..to)),
            1 => drop(chars.splice(at..at, random.one_of(&PIECES).chars())),
            2 => drop(chars.splice(at..to, random.one_of(&PIECES).chars())),
            3 => {
                let doubled = chars[at..to].to_vec();
                drop(chars.splice(at..at, doubled));
            }
            _ => chars.truncate(at.max(1)),
        }
    }
    chars.into_iter().collect()
}

/// A document with one of its values replaced, moved or given another key.
pub(super) fn mutated_json(random: &mut Random, json: &Json) -> Json {
    match json {
        Json::Object(members) if !members.is_empty() && random.below(5) > 0 => {
            let chosen = random.below(members.len());
            let members = members.iter().enumerate();
            let spoil = |(index, (key, value)): (usize, (&String, &Json))| {
                if index != chosen {
                    return (key.clone(), value.clone());
                }
                match random.below(4) {
                    0 => (mutated_text(random, key), value.clone()),
                    _ => (key.clone(), mutated_json(random, value)),
                }
            };
            Json::Object(members.map(spoil).collect::<Map<_, _>>())
        }
        Json::Array(items) if !items.is_empty() && random.below(5) > 0 => {
            let mut items = items.clone();
            let chosen = random.below(items.len());
            items[chosen] = mutated_json(random, &items[chosen]);
            Json::Array(items)
        }
        Json::String(text) if random.below(3) > 0 => json!(mutated_text(random, text)),
        other => odd(random, other),
    }
}

fn odd(random: &mut Random, instead_of: &Json) -> Json {
    let values = [
        Json::Null,
        json!(true),
        json!(-1),
        json!(0.1),
        json!(u64::MAX),
        json!(1e300),
        json!("\u{0}"),
        json!("x".repeat(20_000)),
        json!({}),
        json!([]),
        json!([[[[[{"a": [null]}]]]]]),
        json!([instead_of, instead_of]),
        json!({"eq": instead_of, "x": instead_of}),
        json!(instead_of.to_string()),
    ];
    random.one_of(&values).clone()
}
