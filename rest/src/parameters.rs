//! Query parameters: each known to its endpoint, given once, and decodable. Anything else is refused, by name.

use percent_encoding::percent_decode_str;
use tessera_error::UserError;
use tessera_schema::text::clip;
use tessera_schema::violation::{Pointer, Violation};

/// The longest query string that is read, in bytes.
const LONGEST: usize = 32 * 1024;

/// The parameters of one request.
#[derive(Debug)]
pub(crate) struct Parameters(Vec<(&'static str, String)>);

impl Parameters {
    /// Reads a query string of which only `known` parameters are understood.
    pub(crate) fn read(query: Option<&str>, known: &[&'static str]) -> Result<Self, UserError> {
        let query = query.unwrap_or_default();
        if query.len() > LONGEST {
            let message = format!("a query string may have at most {LONGEST} bytes");
            return Err(UserError::malformed(Pointer::root(), "too_long", message));
        }
        let mut parameters = Self(Vec::new());
        let mut faults = Faults::default();
        for pair in query.split('&').filter(|pair| !pair.is_empty()) {
            faults.keep(
                parameters
                    .add(pair, known)
                    .map_err(|violation| vec![violation]),
            );
        }
        faults.into_result(parameters)
    }

    fn add(&mut self, pair: &str, known: &[&'static str]) -> Result<(), Violation> {
        let (name, value) = pair.split_once('=').unwrap_or((pair, ""));
        let refused = |name: &str, code, message| {
            Violation::new(Pointer::root().key(clip(name)), code, message)
        };
        let undecodable = |name: &str| {
            let message = "this is no percent-encoded UTF-8".to_owned();
            refused(name, "encoding", message)
        };
        let name = decode(name).ok_or_else(|| undecodable(name))?;
        let Some(name) = known.iter().find(|known| **known == name) else {
            let message = match known {
                [] => format!("`{}` is unknown: this takes no parameters", clip(&name)),
                _ => format!("`{}` is none of {}", clip(&name), known.join(", ")),
            };
            return Err(refused(&name, "unknown", message));
        };
        if self.get(name).is_some() {
            return Err(refused(
                name,
                "repeated",
                format!("`{name}` may be given only once"),
            ));
        }
        let value = decode(value).ok_or_else(|| undecodable(name))?;
        self.0.push((name, value));
        Ok(())
    }

    pub(crate) fn iter(&self) -> impl Iterator<Item = (&'static str, &str)> {
        let pairs = self.0.iter();
        pairs.map(|(name, value)| (*name, value.as_str()))
    }

    pub(crate) fn get(&self, name: &str) -> Option<&str> {
        let found = self.0.iter().find(|(known, _)| *known == name);
        found.map(|(_, value)| value.as_str())
    }

    /// What one of some words means; the first of them where the parameter is absent.
    pub(crate) fn word<T: Copy>(
        &self,
        name: &str,
        first: (&str, T),
        others: &[(&str, T)],
    ) -> Result<T, Vec<Violation>> {
        let Some(given) = self.get(name) else {
            return Ok(first.1);
        };
        let words = || std::iter::once(&first).chain(others);
        if let Some((_, meaning)) = words().find(|(word, _)| *word == given) {
            return Ok(*meaning);
        }
        let fitting: Vec<&str> = words().map(|(word, _)| *word).collect();
        let message = format!("`{}` is none of {}", clip(given), fitting.join(", "));
        Err(vec![Violation::new(
            Pointer::root().key(name),
            "unknown",
            message,
        )])
    }
}

/// Undoes percent-encoding, `+` for a space included.
fn decode(text: &str) -> Option<String> {
    let spaced = text.replace('+', " ");
    let decoded = percent_decode_str(&spaced).decode_utf8().ok()?;
    Some(decoded.into_owned())
}

/// What is wrong with a request so far, to be told all at once.
#[derive(Debug, Default)]
pub(crate) struct Faults(Vec<Violation>);

impl Faults {
    /// The value, or nothing but one more fault.
    pub(crate) fn keep<T>(&mut self, result: Result<T, Vec<Violation>>) -> Option<T> {
        result.map_err(|violations| self.0.extend(violations)).ok()
    }

    pub(crate) fn malformed(self) -> UserError {
        UserError::Malformed(self.0)
    }

    pub(crate) fn into_violations(self) -> Vec<Violation> {
        self.0
    }

    fn into_result<T>(self, value: T) -> Result<T, UserError> {
        if self.0.is_empty() {
            Ok(value)
        } else {
            Err(self.malformed())
        }
    }
}

#[cfg(test)]
mod tests {
    use super::Parameters;
    use proptest::prelude::*;
    use tessera_schema::violation::Violation;

    const KNOWN: &[&str] = &["filter", "limit"];

    fn refused(query: &str) -> Vec<Violation> {
        Parameters::read(Some(query), KNOWN)
            .unwrap_err()
            .violations()
            .to_vec()
    }

    #[test]
    fn values_are_decoded() {
        let parameters =
            Parameters::read(Some("filter=%7B%22a%22%3A+%22%C5%AB%22%7D&&limit=2"), KNOWN).unwrap();
        assert_eq!(parameters.get("filter"), Some("{\"a\": \"ū\"}"));
        assert_eq!(parameters.get("limit"), Some("2"));
        assert_eq!(Parameters::read(None, KNOWN).unwrap().get("limit"), None);
    }

    #[test]
    fn all_faults_are_told_at_once_and_say_what_would_fit() {
        let faults = refused("limt=2&filter=%FF&limit=1&limit=2");
        let codes: Vec<_> = faults
            .iter()
            .map(|f| (f.pointer.as_str(), f.code))
            .collect();
        assert_eq!(
            codes,
            [
                ("/limt", "unknown"),
                ("/filter", "encoding"),
                ("/limit", "repeated")
            ]
        );
        assert_eq!(faults[0].message, "`limt` is none of filter, limit");
    }

    #[test]
    fn a_query_string_has_an_end() {
        let long = format!("filter={}", "a".repeat(40_000));
        assert_eq!(refused(&long)[0].code, "too_long");
    }

    #[test]
    fn words_mean_what_they_say() {
        let parameters = Parameters::read(Some("limit=b"), KNOWN).unwrap();
        assert_eq!(parameters.word("limit", ("a", 1), &[("b", 2)]), Ok(2));
        assert_eq!(parameters.word("filter", ("a", 1), &[("b", 2)]), Ok(1));
        let refused = parameters.word("limit", ("c", 1), &[("d", 2)]).unwrap_err();
        assert_eq!(refused[0].message, "`b` is none of c, d");
    }

    proptest! {
        #[test]
        fn whatever_is_sent_is_read_or_refused(query in "\\PC{0,80}|[a-z%&=+0-9A-F]{0,80}|(limit|filter)=[%A-F0-9]{0,40}") {
            if let Ok(parameters) = Parameters::read(Some(&query), KNOWN) {
                prop_assert!(parameters.0.len() <= KNOWN.len());
            }
        }
    }
}
