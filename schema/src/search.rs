//! A search: the words of one line of text.

use std::sync::Arc;

use crate::model::Model;
use crate::naming::Spelling;
use crate::object::Object;
use crate::text;
use crate::text::clip;
use crate::violation::{Pointer, Violation};

/// The longest text that is searched for, in characters.
pub const MAX_LENGTH: usize = 200;
/// The most words that are looked for at once.
pub const MAX_WORDS: usize = 16;

/// Words that a record must all have, in lower case. There is at least one, and each has a letter or a digit in it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Search(Vec<String>);

impl Search {
    /// Reads a line of text. Words stand between blanks; quotes, commas and the like around them mean nothing.
    ///
    /// # Errors
    /// Nothing to search for, or too much of it.
    pub fn parse(text: &str) -> Result<Self, Violation> {
        let refused = |code, message| Err(Violation::new(Pointer::root(), code, message));
        if text.chars().count() > MAX_LENGTH {
            let message = format!("a search may have at most {MAX_LENGTH} characters");
            return refused("too_long", message);
        }
        let text = text::composed(text);
        let mut words: Vec<String> = Vec::new();
        for word in text.split(|c: char| c.is_whitespace() || c.is_control()) {
            let word = word.trim_matches(is_around).to_lowercase();
            if word.contains(char::is_alphanumeric) && !words.contains(&word) {
                words.push(word);
            }
        }
        if words.is_empty() {
            return refused(
                "required",
                "say what to search for, in letters or digits".to_owned(),
            );
        }
        if words.len() > MAX_WORDS {
            let message = format!("a search may have at most {MAX_WORDS} words");
            return refused("too_many", message);
        }
        Ok(Self(words))
    }

    /// As [`Search::parse`], for the records of one object.
    ///
    /// # Errors
    /// Also where the object has nothing to search in.
    pub fn in_object(object: &Object, text: &str) -> Result<Self, Violation> {
        if object.searched_columns().is_empty() {
            return Err(not_searchable(object.api_name().as_str()));
        }
        Self::parse(text)
    }

    #[must_use]
    pub fn words(&self) -> &[String] {
        &self.0
    }
}

/// The objects of a search over several, with their names as an API spells them: those that are named, or all that
/// can be searched.
///
/// # Errors
/// Names of nothing, and of objects without a searchable field; pointers end at their places in the list.
pub fn objects<'n>(
    model: &Model,
    names: Option<impl Iterator<Item = &'n str>>,
    spelling: Spelling,
) -> Result<Vec<(String, Arc<Object>)>, Vec<Violation>> {
    let can = |object: &Object| !object.searched_columns().is_empty();
    let spelled = |object: &Object| spelling.write(object.api_name().as_str()).into_owned();
    let named = |object: &Arc<Object>| (spelled(object), Arc::clone(object));
    let definitions = model.definitions();
    let all = || definitions.iter().filter(|object| can(object));
    let Some(names) = names else {
        return Ok(all().map(|object| named(object)).collect());
    };
    let mut found: Vec<(String, Arc<Object>)> = Vec::new();
    let mut violations = Vec::new();
    for (index, name) in names.enumerate() {
        let object = spelling.read(name).and_then(|name| model.object(&name));
        match object {
            Some(object) if can(object) => {
                if !found.iter().any(|(_, other)| Arc::ptr_eq(other, object)) {
                    found.push(named(object));
                }
            }
            Some(_) => violations.push(not_searchable(name).below(index)),
            None => {
                let fitting: Vec<String> = all().map(|object| spelled(object)).collect();
                let message = format!("`{}` is none of {}", clip(name), fitting.join(", "));
                let place = Pointer::root().key(index);
                violations.push(Violation::new(place, "unknown", message));
            }
        }
    }
    if violations.is_empty() {
        Ok(found)
    } else {
        Err(violations)
    }
}

fn not_searchable(object: &str) -> Violation {
    let message = format!(
        "`{}` has no field that is searchable: set `searchable` in a field's settings",
        clip(object)
    );
    Violation::new(Pointer::root(), "not_searchable", message)
}

/// A character that may stand at a word's edges without belonging to it: any but the signs that numbers, names and addresses begin or end with.
fn is_around(c: char) -> bool {
    !c.is_alphanumeric() && !matches!(c, '+' | '@' | '#' | '&' | '%' | '$' | '€')
}

#[cfg(test)]
mod tests {
    use super::{MAX_WORDS, Search};
    use proptest::prelude::*;

    fn words(text: &str) -> Vec<String> {
        Search::parse(text).unwrap().words().to_vec()
    }

    #[test]
    fn words_stand_between_blanks() {
        assert_eq!(words("  Nora\tNEWMAN "), ["nora", "newman"]);
        assert_eq!(words("«Ёлка», (C++) \"x\""), ["ёлка", "c++", "x"]);
        assert_eq!(
            words("nora7@new +371-20 @new"),
            ["nora7@new", "+371-20", "@new"]
        );
        assert_eq!(words("again AGAIN"), ["again"]);
        assert_eq!(words("a\0b"), ["a", "b"]);
    }

    #[test]
    fn nothing_and_too_much_are_refused() {
        let code = |text: &str| Search::parse(text).unwrap_err().code;
        for nothing in ["", "  ", "--", "% _ '", "\0"] {
            assert_eq!(code(nothing), "required", "{nothing:?}");
        }
        assert_eq!(words(&"я".repeat(200)).len(), 1);
        assert_eq!(code(&"я".repeat(201)), "too_long");
        let many: Vec<String> = (0..17).map(|n| n.to_string()).collect();
        assert_eq!(words(&many[1..].join(" ")).len(), 16);
        assert_eq!(code(&many.join(" ")), "too_many");
    }

    proptest! {
        #[test]
        fn any_text_is_words_or_refused(text in "\\PC{0,220}|[ \\x00-\\x1f%_'a-c]{0,20}") {
            if let Ok(search) = Search::parse(&text) {
                prop_assert!((1..=MAX_WORDS).contains(&search.words().len()));
                for word in search.words() {
                    prop_assert!(word.chars().any(char::is_alphanumeric), "{word:?}");
                    prop_assert!(!word.chars().any(|c| c.is_whitespace() || c.is_control()), "{word:?}");
                    prop_assert_eq!(word, &word.to_lowercase());
                }
            }
        }
    }
}
