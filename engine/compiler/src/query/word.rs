//! One word of a search: the patterns it is looked up by, and how well a text fits it.

use sea_query::{Expr, ExprTrait};

use crate::query::compiler::Compiler;
use crate::sql;
use crate::trigrams::Trigrams;

/// Shorter words are looked for only where a word begins: anywhere, they are in everything.
const ANYWHERE: usize = 3;
/// Shorter words have too few trigrams to be like others.
const FORGIVING: usize = 4;
/// A text of digits and signs with so many digits is a telephone number, or a part of one.
const TELEPHONE: usize = 5;

/// A word in lower case.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Word<'a>(pub(super) &'a str);

impl Word<'_> {
    pub(super) fn length(self) -> usize {
        self.0.chars().count()
    }

    /// Of a language, so that it has a stem.
    pub(super) fn is_plain(self) -> bool {
        self.length() >= ANYWHERE && self.0.chars().all(char::is_alphabetic)
    }

    /// Long enough for others to be like it. Numbers, codes and addresses are meant as they are: one that is nearly the same is
    /// another.
    pub(super) fn is_forgiving(self) -> bool {
        self.is_plain() && self.length() >= FORGIVING
    }

    /// What a column that has the word is `ILIKE`.
    pub(super) fn patterns(self) -> Vec<String> {
        let escaped = escaped(self.0);
        if self.length() < ANYWHERE {
            vec![format!("{escaped}%"), format!("% {escaped}%")]
        } else {
            vec![self.anywhere()]
        }
    }

    /// What a text that begins with a blank is `ILIKE`, if it has the word.
    fn pattern(self) -> String {
        if self.length() < ANYWHERE {
            format!("% {}%", escaped(self.0))
        } else {
            self.anywhere()
        }
    }

    /// A telephone number is found however its digits are grouped.
    fn anywhere(self) -> String {
        let digits = self.0.chars().filter(char::is_ascii_digit).count();
        let is_sign = |c: char| "+-.()/".contains(c);
        if digits >= TELEPHONE && self.0.chars().all(|c| c.is_ascii_digit() || is_sign(c)) {
            let groups = self.0.split(is_sign).filter(|group| !group.is_empty());
            format!("%{}%", groups.collect::<Vec<_>>().join("%"))
        } else {
            format!("%{}%", escaped(self.0))
        }
    }

    /// What a column is `ILIKE` that has just this word, or has it among others.
    pub(super) fn whole_patterns(self) -> Vec<String> {
        let word = escaped(self.0);
        vec![
            word.clone(),
            format!("{word} %"),
            format!("% {word}"),
            format!("% {word} %"),
        ]
    }

    /// How well a text that has the word fits it, above a half and up to 1: best as a whole word, then as the beginning of one,
    /// in another form, and within one; the earlier, the better.
    pub(super) fn score(self, compiler: &mut Compiler<'_>, text: Expr) -> Expr {
        let mut word = || compiler.params.text(Some(self.0.to_owned()), "text");
        let kind = sql::template(
            "CASE WHEN strpos($1 || ' ', ' ' || $2 || ' ') > 0 THEN 0.95 WHEN strpos($3, ' ' || $4) > 0 THEN 0.85 \
             WHEN strpos($5, $6) > 0 THEN 0.65 ELSE 0.75 END",
            [
                text.clone(),
                word(),
                text.clone(),
                word(),
                text.clone(),
                word(),
            ],
        );
        let place = sql::template("0.05 / (1 + strpos($1, $2) / 20)", [text, word()]);
        kind.add(place)
    }

    /// How like the word a text has one, up to a half; the more of the text that is, the better.
    pub(super) fn likeness(self, compiler: &mut Compiler<'_>, text: Expr) -> Expr {
        let mut word = || compiler.params.text(Some(self.0.to_owned()), "text");
        let words = [word(), text.clone(), word(), text];
        let trigrams = compiler
            .trigrams
            .expect("similar words are looked for only where the extension is");
        let template = format!(
            "{}($1, $2) * 0.45 + {}($3, $4) * 0.05",
            trigrams.name("word_similarity"),
            trigrams.name("similarity")
        );
        Expr::cust_with_exprs(template, words)
    }
}

impl Compiler<'_> {
    /// That a text has the word, as it was typed or in another form.
    pub(super) fn has_word(&mut self, word: Word<'_>, document: &Expr) -> Expr {
        let pattern = self.params.text(Some(word.pattern()), "text");
        let as_typed = sql::template("' ' || $1 ILIKE $2", [document.clone(), pattern]);
        if !word.is_plain() {
            return as_typed;
        }
        let typed = self.params.text(Some(word.0.to_owned()), "text");
        // This configuration has the English stems of words in Latin letters too.
        let in_another_form = sql::template(
            "to_tsvector('pg_catalog.russian', $1) @@ websearch_to_tsquery('pg_catalog.russian', $2)",
            [document.clone(), typed],
        );
        as_typed.or(in_another_form)
    }

    /// The pattern that is within every form of a word, or at least within those that begin as it does: what its stem and it
    /// begin with. Of a word without a stem, such as `the`, itself.
    pub(super) fn stem_pattern(&mut self, word: Word<'_>) -> Expr {
        let mut text = |text: String| self.params.text(Some(text), "text");
        // A stem's last vowel is not in every form: companies and company, hoped and hoping.
        let stem = sql::template(
            "rtrim((ts_lexize('pg_catalog.english_stem', (ts_lexize('pg_catalog.russian_stem', $1))[1]))[1], 'ei')",
            [text(word.0.to_owned())],
        );
        sql::template(
            "(SELECT CASE WHEN length(s) >= 3 AND starts_with($1, s) THEN '%' || s || '%' ELSE $2 END FROM (SELECT $3 AS s) s)",
            [text(word.0.to_owned()), text(word.anywhere()), stem],
        )
    }

    pub(super) fn texts(&mut self, texts: Vec<String>) -> Vec<Expr> {
        texts
            .into_iter()
            .map(|text| self.params.text(Some(text), "text"))
            .collect()
    }
}

/// That a text is like one of some patterns.
pub(super) fn like_any(text: &Expr, patterns: &[Expr]) -> Expr {
    let each = patterns
        .iter()
        .map(|pattern| sql::template("$1 ILIKE $2", [text.clone(), pattern.clone()]));
    each.reduce(ExprTrait::or).expect("a word has a pattern")
}

/// That a text has a word that is much like another. How much is said where connections are made.
pub(super) fn is_like(trigrams: &Trigrams, text: Expr, word: Expr) -> Expr {
    let template = format!("$1 OPERATOR({}) $2", trigrams.name("%>"));
    Expr::cust_with_exprs(template, [text, word])
}

/// A word as a pattern that stands for itself.
fn escaped(word: &str) -> String {
    word.replace('\\', "\\\\")
        .replace('%', "\\%")
        .replace('_', "\\_")
}
