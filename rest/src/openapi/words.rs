//! The language the document is written in.

use axum::http::HeaderMap;
use axum::http::header::ACCEPT_LANGUAGE;
use tessera_schema::title::Title;
use tessera_schema::translations::Translations;

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Words {
    English,
    Russian,
}

impl Words {
    /// What `Accept-Language` likes best of what there is.
    pub(super) fn accepted(headers: &HeaderMap) -> Self {
        let header = headers.get(ACCEPT_LANGUAGE);
        let header = header.and_then(|value| value.to_str().ok());
        let mut best = (0.0, Self::English);
        for range in header.unwrap_or_default().split(',') {
            let (range, weight) = range.split_once(";q=").unwrap_or((range, "1"));
            let weight: f32 = weight.trim().parse().unwrap_or(0.0);
            let language = match range.trim().split('-').next() {
                Some(tag) if tag.eq_ignore_ascii_case("ru") => Self::Russian,
                Some(tag) if tag.eq_ignore_ascii_case("en") => Self::English,
                _ => continue,
            };
            if weight > best.0 {
                best = (weight, language);
            }
        }
        best.1
    }

    pub(super) const fn code(self) -> &'static str {
        match self {
            Self::English => "en",
            Self::Russian => "ru",
        }
    }

    /// One of two ways to say the same.
    pub(super) const fn say<'t>(self, english: &'t str, russian: &'t str) -> &'t str {
        match self {
            Self::English => english,
            Self::Russian => russian,
        }
    }

    /// A title in the document's language.
    pub(super) fn title(self, title: &Title) -> &str {
        self.say(&title.en, &title.ru)
    }

    /// A definition's words for `what` (`name`, `plural_name`, `description`); `otherwise` where they are not translated.
    pub(super) fn of(self, translations: &Translations, what: &str, otherwise: &str) -> String {
        let translated = match self {
            Self::English => None,
            Self::Russian => translations
                .words()
                .get_mut(self.code())
                .and_then(|words| words.remove(what)),
        };
        translated.unwrap_or_else(|| otherwise.to_owned())
    }
}

#[cfg(test)]
mod tests {
    use super::Words;
    use axum::http::HeaderMap;
    use axum::http::header::ACCEPT_LANGUAGE;

    #[test]
    fn the_language_liked_best_of_the_two_is_taken() {
        for (header, language) in [
            ("", Words::English),
            ("ru", Words::Russian),
            ("ru-RU,ru;q=0.9,en;q=0.8", Words::Russian),
            ("en-GB, ru;q=0.5", Words::English),
            ("lv, ru;q=0.5, en;q=0.4", Words::Russian),
            ("ru;q=nonsense", Words::English),
            ("de", Words::English),
        ] {
            let mut headers = HeaderMap::new();
            headers.insert(ACCEPT_LANGUAGE, header.parse().unwrap());
            assert_eq!(Words::accepted(&headers), language, "{header}");
        }
        assert_eq!(Words::accepted(&HeaderMap::new()), Words::English);
    }
}
