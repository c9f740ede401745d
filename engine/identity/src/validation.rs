//! What slugs, addresses, names and passwords may be; all that is wrong with a request is told at once.

use tessera_error::UserError;
use tessera_schema::email_address::{self, MAX_BYTES as EMAIL_MAX_BYTES};
use tessera_schema::mismatch::Mismatch;
use tessera_schema::violation::{Pointer, Violation};

use super::password;
use super::secret::Secret;

const SLUG_CHARS: std::ops::RangeInclusive<usize> = 2..=50;
const NAME_MAX_CHARS: usize = 100;
/// RFC 5646 asks for room for 35.
const LANGUAGE_MAX_CHARS: usize = 35;

/// Slugs that would read as a part of the product in an address.
const RESERVED_SLUGS: [&str; 14] = [
    "admin", "api", "app", "auth", "docs", "graphiql", "graphql", "health", "metrics", "platform",
    "public", "static", "tessera", "www",
];

/// Collects what is wrong with a request.
#[derive(Default)]
pub(super) struct Checks(Vec<Violation>);

impl Checks {
    pub(super) fn slug(&mut self, key: &str, slug: &str) {
        let length = slug.chars().count();
        if slug.is_empty() {
            self.required(key);
        } else if length < *SLUG_CHARS.start() {
            self.too_short(key, *SLUG_CHARS.start());
        } else if length > *SLUG_CHARS.end() {
            self.too_long(key, &format!("{} characters", SLUG_CHARS.end()));
        } else if !is_slug(slug) {
            self.add(
                key,
                "pattern",
                "it takes lower-case words of a-z and 0-9 joined by single hyphens",
            );
        } else if RESERVED_SLUGS.contains(&slug) {
            self.add(key, "reserved", "this name is kept for the product itself");
        }
    }

    /// The address in the form it is stored in.
    pub(super) fn email(&mut self, key: &str, email: &str) -> String {
        if email.is_empty() {
            self.required(key);
        } else if email.len() > EMAIL_MAX_BYTES {
            self.too_long(key, &format!("{EMAIL_MAX_BYTES} bytes"));
        } else if let Some(address) = email_address::canonical(email) {
            return address;
        } else {
            self.add(key, "email", "this is not an e-mail address");
        }
        email.to_owned()
    }

    /// A name for people to read.
    pub(super) fn name(&mut self, key: &str, name: &str) {
        if name.trim().is_empty() {
            self.required(key);
        } else if name.chars().count() > NAME_MAX_CHARS {
            self.too_long(key, &format!("{NAME_MAX_CHARS} characters"));
        } else if name.chars().any(char::is_control) {
            self.add(key, "pattern", "a name has no control characters");
        }
    }

    /// A BCP 47 tag: a language, and perhaps a script, a region and variants.
    pub(super) fn language(&mut self, key: &str, tag: &str) {
        let mut subtags = tag.split('-');
        let is_language = subtags.next().is_some_and(|language| {
            matches!(language.len(), 2 | 3) && language.bytes().all(|b| b.is_ascii_lowercase())
        });
        let are_subtags = subtags.all(|subtag| {
            (2..=8).contains(&subtag.len()) && subtag.bytes().all(|b| b.is_ascii_alphanumeric())
        });
        if !is_language || !are_subtags || tag.len() > LANGUAGE_MAX_CHARS {
            self.add(
                key,
                "pattern",
                "a language is named as `en`, `ru` or `pt-BR`",
            );
        }
    }

    pub(super) fn new_password(&mut self, key: &str, password: &Secret) {
        let shorter = password.expose().chars().count() < password::MIN_CHARS;
        if shorter && !password.expose().is_empty() {
            self.too_short(key, password::MIN_CHARS);
        } else {
            self.given_password(key, password);
        }
    }

    /// A password to compare: only what could never be one is refused.
    pub(super) fn given_password(&mut self, key: &str, password: &Secret) {
        if password.expose().is_empty() {
            self.required(key);
        } else if password.expose().len() > password::MAX_BYTES {
            self.too_long(key, &format!("{} bytes", password::MAX_BYTES));
        }
    }

    pub(super) fn present(&mut self, key: &str, text: &str) {
        if text.is_empty() {
            self.required(key);
        }
    }

    pub(super) fn required(&mut self, key: &str) {
        self.add(key, "required", "this is required");
    }

    fn too_short(&mut self, key: &str, least: usize) {
        self.add(
            key,
            "too_short",
            &format!("it takes at least {least} characters"),
        );
    }

    /// Adds the violations that another check found.
    pub(super) fn refuse(&mut self, key: &str, mismatch: Mismatch) {
        let place = Pointer::root().key(key);
        self.0
            .push(Violation::new(place, mismatch.code, mismatch.message));
    }

    pub(super) fn too_long(&mut self, key: &str, limit: &str) {
        self.add(key, "too_long", &format!("it takes at most {limit}"));
    }

    fn add(&mut self, key: &str, code: &'static str, message: &str) {
        self.0
            .push(Violation::new(Pointer::root().key(key), code, message));
    }

    pub(super) fn finish(self) -> Result<(), UserError> {
        if self.0.is_empty() {
            Ok(())
        } else {
            Err(UserError::Invalid(self.0))
        }
    }
}

fn is_slug(text: &str) -> bool {
    text.split('-').all(|word| {
        !word.is_empty()
            && word
                .bytes()
                .all(|b| b.is_ascii_lowercase() || b.is_ascii_digit())
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The codes that a check gives, in order.
    fn codes(check: impl FnOnce(&mut Checks)) -> Vec<&'static str> {
        let mut checks = Checks::default();
        check(&mut checks);
        checks.0.iter().map(|violation| violation.code).collect()
    }

    #[test]
    fn slugs() {
        let longest = "a".repeat(50);
        for slug in ["ab", "42", "acme-2-go", longest.as_str()] {
            assert!(codes(|c| c.slug("slug", slug)).is_empty(), "{slug}");
        }
        let too_long = "a".repeat(51);
        for (slug, code) in [
            ("", "required"),
            ("a", "too_short"),
            (too_long.as_str(), "too_long"),
            ("Acme", "pattern"),
            ("a--b", "pattern"),
            ("-ab", "pattern"),
            ("ab-", "pattern"),
            ("a b", "pattern"),
            ("añb", "pattern"),
            ("a\0b", "pattern"),
            ("api", "reserved"),
        ] {
            assert_eq!(codes(|c| c.slug("slug", slug)), [code], "{slug:?}");
        }
    }

    #[test]
    fn addresses() {
        for (email, stored) in [
            ("a@b", "a@b"),
            ("Test.One+tag@Example.com", "test.one+tag@example.com"),
            ("o'neil@sub.example.co.uk", "o'neil@sub.example.co.uk"),
            ("info@müller.test", "info@müller.test"),
            ("Info@XN--MLLER-KVA.test", "info@müller.test"),
            ("Иван@Почта.РФ", "иван@почта.рф"),
        ] {
            let mut checks = Checks::default();
            assert_eq!(checks.email("email", email), stored);
            assert!(checks.finish().is_ok(), "{email}");
        }
        let too_long = format!("{}@example.com", "a".repeat(250));
        for (email, code) in [
            ("", "required"),
            (too_long.as_str(), "too_long"),
            ("a", "email"),
            ("a@", "email"),
            ("@b.com", "email"),
            ("a@b@c.com", "email"),
            ("a b@c.com", "email"),
            ("a@-b.com", "email"),
            ("a@b..com", "email"),
            ("a\0@b.com", "email"),
            ("John <j@x.test>", "email"),
            ("a@x.test,b@x.test", "email"),
            (" a@x.test", "email"),
        ] {
            assert_eq!(
                codes(|c| drop(c.email("email", email))),
                [code],
                "{email:?}"
            );
        }
    }

    #[test]
    fn names() {
        assert!(codes(|c| c.name("name", "Ümläut & Söhne №1")).is_empty());
        let too_long = "ñ".repeat(101);
        for (name, code) in [
            ("", "required"),
            (" \t", "required"),
            (too_long.as_str(), "too_long"),
            ("a\0b", "pattern"),
        ] {
            assert_eq!(codes(|c| c.name("name", name)), [code], "{name:?}");
        }
    }

    #[test]
    fn languages() {
        for tag in ["en", "ru", "pt-BR", "zh-Hant-TW", "gsw", "es-419"] {
            assert!(codes(|c| c.language("language", tag)).is_empty(), "{tag}");
        }
        let too_long = format!("en{}", "-abcdefgh".repeat(4));
        for tag in [
            "",
            "e",
            "EN",
            "english",
            "en_GB",
            "en-",
            "en-é",
            "en-a",
            "../x",
            too_long.as_str(),
        ] {
            assert_eq!(
                codes(|c| c.language("language", tag)),
                ["pattern"],
                "{tag:?}"
            );
        }
    }

    #[test]
    fn passwords() {
        let longest = "x".repeat(1024);
        for password in ["password", "пароль-1", longest.as_str()] {
            assert!(codes(|c| c.new_password("password", &password.into())).is_empty());
        }
        let too_long = "x".repeat(1025);
        for (password, code) in [
            ("", "required"),
            ("sevench", "too_short"),
            (&too_long, "too_long"),
        ] {
            assert_eq!(
                codes(|c| c.new_password("password", &password.into())),
                [code]
            );
        }
        assert!(codes(|c| c.given_password("password", &"short".into())).is_empty());
    }
}
