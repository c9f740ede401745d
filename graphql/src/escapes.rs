//! Escapes of Unicode characters that async-graphql's parser does not know: `\u{1F600}` and pairs of surrogates, which
//! are part of GraphQL since the edition of September 2025. The parser is given the characters themselves.

use async_graphql::Pos;
use std::borrow::Cow;

use crate::error::GraphQlError;
use crate::lexical::{Piece, pieces};

/// The document as the parser reads it. What follows a string keeps its place.
pub(crate) fn resolve(document: &str) -> Result<Cow<'_, str>, GraphQlError> {
    if !document.contains("\\u") {
        return Ok(Cow::Borrowed(document));
    }
    let mut out = String::with_capacity(document.len());
    let mut read = 0;
    for piece in pieces(document) {
        match piece {
            Piece::String(text) => {
                let refuse = |(offset, message): (usize, &str)| {
                    let at = position(&document[..read + offset]);
                    GraphQlError::malformed(message, vec![at])
                };
                string(text, &mut out).map_err(refuse)?;
                read += text.len();
            }
            Piece::Code(text) | Piece::Comment(text) | Piece::Block(text) => {
                out.push_str(text);
                read += text.len();
            }
        }
    }
    Ok(Cow::Owned(out))
}

type Refusal = (usize, &'static str);

/// Writes a string literal, and as many spaces as it has lost characters.
fn string(text: &str, out: &mut String) -> Result<(), Refusal> {
    let begin = out.len();
    let mut rest = text;
    while let Some(at) = rest.find('\\') {
        let (before, escape) = rest.split_at(at);
        out.push_str(before);
        let refuse = |message| (text.len() - escape.len(), message);
        let length = match unicode(escape).map_err(refuse)? {
            Some((character, length)) => {
                write(character, out);
                length
            }
            None => {
                // `\"` and the like: two characters, unless the text ends here.
                let end = escape
                    .char_indices()
                    .nth(2)
                    .map_or(escape.len(), |(end, _)| end);
                out.push_str(&escape[..end]);
                end
            }
        };
        rest = &escape[length..];
    }
    out.push_str(rest);
    let lost = text.chars().count() - out[begin..].chars().count();
    out.extend(std::iter::repeat_n(' ', lost));
    Ok(())
}

/// The character of the escape that a text begins with, and the escape's length; none where the parser knows the escape.
fn unicode(escape: &str) -> Result<Option<(char, usize)>, &'static str> {
    const NO_CHARACTER: &str = "this escape is no character: it takes hexadecimal digits up to 10FFFF, without D800 to DFFF";
    const LONE: &str = "this escape is half a character: a surrogate from D800 to DBFF needs one from DC00 to DFFF after it";
    let Some(digits) = escape.strip_prefix("\\u") else {
        return Ok(None);
    };
    if let Some(braced) = digits.strip_prefix('{') {
        let end = braced.find('}').ok_or(NO_CHARACTER)?;
        let hex = &braced[..end];
        let significant = hex.trim_start_matches('0');
        let is_hex = !hex.is_empty() && hex.bytes().all(|byte| byte.is_ascii_hexdigit());
        if !is_hex || significant.len() > 6 {
            return Err(NO_CHARACTER);
        }
        let character = u32::from_str_radix(hex, 16).ok().and_then(char::from_u32);
        let character = character.ok_or(NO_CHARACTER)?;
        return Ok(Some((character, "\\u{}".len() + end)));
    }
    let Some(first) = unit(escape) else {
        return Ok(None);
    };
    if !(0xD800..=0xDFFF).contains(&first) {
        return Ok(None);
    }
    let second = unit(&escape[6..]).ok_or(LONE)?;
    match char::decode_utf16([first, second]).next() {
        Some(Ok(character)) => Ok(Some((character, 12))),
        _ => Err(LONE),
    }
}

/// The code unit of an escape of four digits.
fn unit(escape: &str) -> Option<u16> {
    let digits = escape.strip_prefix("\\u")?.get(..4)?;
    let is_hex = digits.bytes().all(|byte| byte.is_ascii_hexdigit());
    u16::from_str_radix(digits, 16).ok().filter(|_| is_hex)
}

/// Writes a character so that it can stand in a string.
fn write(character: char, out: &mut String) {
    match character {
        '"' => out.push_str("\\\""),
        '\\' => out.push_str("\\\\"),
        '\n' => out.push_str("\\n"),
        '\r' => out.push_str("\\r"),
        other => out.push(other),
    }
}

/// Where a text ends, as the parser counts.
fn position(text: &str) -> Pos {
    let line = text.matches('\n').count() + 1;
    let last = text.rfind(['\n', '\r']).map_or(text, |at| &text[at + 1..]);
    Pos {
        line,
        column: last.chars().count() + 1,
    }
}

#[cfg(test)]
mod tests {
    use super::resolve;
    use async_graphql::Pos;
    use async_graphql::parser::parse_query;
    use async_graphql::parser::types::{Field, Selection};
    use async_graphql_value::Value;
    use proptest::prelude::*;

    fn field(document: &str) -> Result<(Field, Pos), String> {
        let document = resolve(document).map_err(|error| {
            let at = error.locations[0];
            format!("{}:{} {}", at.line, at.column, error.message)
        })?;
        let document = parse_query(document).map_err(|error| error.to_string())?;
        let (_, operation) = document.operations.iter().next().unwrap();
        let items = &operation.node.selection_set.node.items;
        let Selection::Field(field) = &items[0].node else {
            panic!("a field")
        };
        Ok((field.node.clone(), items[1].pos))
    }

    /// The value of a string, with the position of what follows it.
    fn read(literal: &str) -> Result<(String, Pos), String> {
        let (field, next) = field(&format!("{{ f(a: {literal}) next }}"))?;
        match &field.arguments[0].1.node {
            Value::String(text) => Ok((text.clone(), next)),
            other => panic!("{other}"),
        }
    }

    #[test]
    fn characters_escaped_in_every_way() {
        for (literal, expected) in [
            (r#""\ud83d\ude00""#, "😀"),
            (r#""\uD83D\uDE00\uD83D\uDE00""#, "😀😀"),
            (r#""\u{1F600}""#, "😀"),
            (r#""\u{1f600}\u{41}\u0042""#, "😀AB"),
            (r#""\u{000000041}""#, "A"),
            (r#""\u{10FFFF}""#, "\u{10FFFF}"),
            (r#""\u{22}\u{5c}\u{5C}u{41}""#, "\"\\\\u{41}"),
            (r#""\\u{41}\\\u{41}""#, "\\u{41}\\A"),
            (r#""\u{A}\u{d}\u{0}\u{9}""#, "\n\r\0\t"),
            (r#""\\ud83d\\ude00""#, "\\ud83d\\ude00"),
            (r#""""\ud83d \u{41}""""#, "\\ud83d \\u{41}"),
            (r#""\uD7FF\uE000""#, "\u{D7FF}\u{E000}"),
        ] {
            assert_eq!(
                read(literal).map(|(text, _)| text).as_deref(),
                Ok(expected),
                "{literal}"
            );
        }
    }

    #[test]
    fn what_is_no_character_is_refused_in_its_place() {
        for (literal, at) in [
            (r#""\ud83d""#, "1:9 this escape is half"),
            (r#""ab\ude00""#, "1:11 this escape is half"),
            (r#""😀\ud83dx""#, "1:10 this escape is half"),
            (r#""\ude00\ud83d""#, "1:9 this escape is half"),
            (r#""\ud83d\u{de00}""#, "1:9 this escape is half"),
            (r#""\u{}""#, "1:9 this escape is no"),
            (r#""\u{d83d}""#, "1:9 this escape is no"),
            (r#""\u{110000}""#, "1:9 this escape is no"),
            (r#""\u{1000000000000000000041}""#, "1:9 this escape is no"),
            (r#""\u{g}""#, "1:9 this escape is no"),
            (r#""\u{-1}""#, "1:9 this escape is no"),
            (r#""\u{41""#, "1:9 this escape is no"),
        ] {
            let refused = read(literal).unwrap_err();
            assert!(refused.starts_with(at), "{literal} {refused}");
        }
        // The parser's own business.
        for literal in [r#""\u12""#, r#""\x""#, r#""\u+123""#] {
            assert!(read(literal).is_err(), "{literal}");
        }
    }

    #[derive(Debug, Clone, Copy)]
    enum Way {
        Plain,
        Short,
        Units,
        Braces(usize),
    }

    fn escaped(character: char, way: Way) -> String {
        let units = |character: char| {
            let mut buffer = [0; 2];
            let units = character.encode_utf16(&mut buffer).iter();
            units.map(|unit| format!("\\u{unit:04x}")).collect()
        };
        match (way, character) {
            (Way::Braces(zeros), _) => {
                format!("\\u{{{}{:X}}}", "0".repeat(zeros), u32::from(character))
            }
            (_, '"') => "\\\"".to_owned(),
            (_, '\\') => "\\\\".to_owned(),
            (Way::Short, '\n') => "\\n".to_owned(),
            (Way::Short, '\t') => "\\t".to_owned(),
            (Way::Short, '\u{8}') => "\\b".to_owned(),
            (Way::Short, '\u{c}') => "\\f".to_owned(),
            (Way::Short, '/') => "\\/".to_owned(),
            (Way::Units, _) | (_, '\n' | '\r') => units(character),
            (Way::Plain | Way::Short, _) => character.to_string(),
        }
    }

    fn way() -> impl Strategy<Value = Way> {
        prop_oneof![
            Just(Way::Plain),
            Just(Way::Short),
            Just(Way::Units),
            (0..4_usize).prop_map(Way::Braces),
        ]
    }

    fn character() -> impl Strategy<Value = char> {
        let special = "\"\\/\u{8}\u{c}\n\r\t\0#{}u'😀\u{FEFF}\u{2028}\u{FFFD}";
        let special: Vec<char> = special.chars().collect();
        prop_oneof![any::<char>(), prop::sample::select(special)]
    }

    proptest! {
        #[test]
        fn any_string_escaped_in_any_way_comes_back(
            written in prop::collection::vec((character(), way()), 0..20),
        ) {
            let text: String = written.iter().map(|(character, _)| character).collect();
            let literal: String = written.iter().map(|(character, way)| escaped(*character, *way)).collect();
            let literal = format!("\"{literal}\"");
            let (found, next) = read(&literal).unwrap();
            prop_assert_eq!(found, text);
            // What follows stands where it stood.
            let before = format!("{{ f(a: {literal}) ");
            prop_assert_eq!(next, super::position(&before));
        }
    }
}
