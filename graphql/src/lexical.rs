//! A document's text in pieces: what its brackets, strings and comments are, before it is parsed.

/// A stretch of a document.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Piece<'d> {
    /// Anything but strings and comments.
    Code(&'d str),
    Comment(&'d str),
    /// A string between single quotes, which are part of it. One that is never closed ends with its line.
    String(&'d str),
    /// A string between triple quotes, which are part of it.
    Block(&'d str),
}

/// The pieces of a document, in order; together they are its whole text.
pub(crate) fn pieces<'d>(document: &'d str) -> impl Iterator<Item = Piece<'d>> {
    let mut rest = document;
    std::iter::from_fn(move || {
        let first = *rest.as_bytes().first()?;
        let (length, kind): (usize, fn(&'d str) -> Piece<'d>) = match first {
            b'#' => (line(rest), Piece::Comment),
            b'"' if rest.starts_with("\"\"\"") => (block(rest), Piece::Block),
            b'"' => (string(rest), Piece::String),
            _ => (rest.find(['#', '"']).unwrap_or(rest.len()), Piece::Code),
        };
        let (piece, after) = rest.split_at(length);
        rest = after;
        Some(kind(piece))
    })
}

/// How long the first line of a text is.
fn line(text: &str) -> usize {
    text.find(['\n', '\r']).unwrap_or(text.len())
}

/// How long the block string is that a text begins with.
fn block(text: &str) -> usize {
    let bytes = text.as_bytes();
    let mut at = 3;
    while at < bytes.len() {
        if bytes[at..].starts_with(b"\"\"\"") {
            return at + 3;
        }
        let escaped = bytes[at..].starts_with(b"\\\"\"\"");
        at += if escaped { 4 } else { 1 };
    }
    bytes.len()
}

/// How long the string is that a text begins with.
fn string(text: &str) -> usize {
    let end = line(text);
    let mut at = 1;
    while at < end {
        match text.as_bytes()[at] {
            b'"' => return at + 1,
            b'\\' => at += 2,
            _ => at += 1,
        }
    }
    end
}

#[cfg(test)]
mod tests {
    use super::Piece::{Block, Code, Comment, String};
    use super::pieces;
    use proptest::prelude::*;

    #[test]
    fn strings_and_comments_are_told_from_the_rest() {
        let found: Vec<_> =
            pieces("{a(b:\"x\\\"#\") # \"c\n\"\"\"d\"e\\\"\"\"f\"\"\"\"\" \"open\n}").collect();
        let expected = [
            Code("{a(b:"),
            String("\"x\\\"#\""),
            Code(") "),
            Comment("# \"c"),
            Code("\n"),
            Block("\"\"\"d\"e\\\"\"\"f\"\"\""),
            String("\"\""),
            Code(" "),
            String("\"open"),
            Code("\n}"),
        ];
        assert_eq!(found, expected);
    }

    proptest! {
        #[test]
        fn pieces_are_the_whole_text(text in "([\"\\\\#\n\ra{😀]|\"\"\"){0,30}") {
            let whole: std::string::String = pieces(&text)
                .map(|piece| match piece {
                    Code(text) | Comment(text) | String(text) | Block(text) => text,
                })
                .collect();
            prop_assert_eq!(whole, text);
        }
    }
}
