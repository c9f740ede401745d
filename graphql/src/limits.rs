//! How much one request may ask. Every refusal names the limit it met.

use async_graphql::parser::types::{ExecutableDocument, Selection, SelectionSet};
use async_graphql::{Name, Positioned};
use std::collections::HashMap;

use crate::error::GraphQlError;
use crate::lexical::{Piece, pieces};

/// Bytes of a document.
pub(crate) const DOCUMENT: usize = 100_000;
/// Brackets within brackets, whatever their kind: the parser descends once for each.
pub(crate) const NESTING: usize = 100;
/// Fields of a document once its fragments are spread.
pub(crate) const SELECTIONS: usize = 10_000;
/// Levels of selection.
pub(crate) const DEPTH: usize = 12;
/// Fields at the root of an operation, aliases included.
pub(crate) const ROOTS: usize = 50;
/// Bytes of a response key: it names a column on its way through Postgres, which cuts longer names.
pub(crate) const KEY: usize = 63;
/// Records in one window.
pub(crate) const FIRST: u32 = 1_000;
/// Records in a window whose size is not given.
pub(crate) const FIRST_DEFAULT: u32 = 50;
/// Records in one write.
pub(crate) const RECORDS: usize = 1_000;

/// Refuses what would be dear even to parse, and tells how deep brackets nest.
pub(crate) fn check_text(document: &str) -> Result<usize, GraphQlError> {
    if document.len() > DOCUMENT {
        let message = format!("the document is larger than {DOCUMENT} bytes");
        return Err(GraphQlError::limit("too_large", message, Vec::new()));
    }
    let nesting = nesting(document);
    if nesting > NESTING {
        let message = format!("brackets nest more than {NESTING} deep in the document");
        return Err(GraphQlError::limit("too_deep", message, Vec::new()));
    }
    Ok(nesting)
}

/// How deep brackets nest, outside strings and comments.
fn nesting(document: &str) -> usize {
    let (mut depth, mut deepest) = (0_usize, 0);
    for piece in pieces(document) {
        let Piece::Code(code) = piece else {
            continue;
        };
        for byte in code.bytes() {
            match byte {
                b'{' | b'[' | b'(' => {
                    depth += 1;
                    deepest = deepest.max(depth);
                }
                b'}' | b']' | b')' => depth = depth.saturating_sub(1),
                _ => {}
            }
        }
    }
    deepest
}

/// Refuses documents whose fragments spread into too much, or into themselves. What works through the
/// document afterwards may then take each spread as it comes.
pub(crate) fn check_selections(document: &ExecutableDocument) -> Result<(), GraphQlError> {
    let mut counter = Counter {
        document,
        known: HashMap::new(),
    };
    let mut count = 0_usize;
    for (_, operation) in document.operations.iter() {
        count = count.saturating_add(counter.count(&operation.node.selection_set)?);
    }
    for name in document.fragments.keys() {
        count = count.saturating_add(counter.fragment(name)?);
    }
    if count > SELECTIONS {
        let message = format!(
            "the document selects more than {SELECTIONS} fields once its fragments are spread"
        );
        return Err(GraphQlError::limit("too_many", message, Vec::new()));
    }
    Ok(())
}

struct Counter<'d> {
    document: &'d ExecutableDocument,
    /// Fields of each fragment; `None` while it is being counted.
    known: HashMap<&'d Name, Option<usize>>,
}

impl<'d> Counter<'d> {
    fn count(&mut self, set: &'d Positioned<SelectionSet>) -> Result<usize, GraphQlError> {
        let mut count = 0_usize;
        for selection in &set.node.items {
            let inner = match &selection.node {
                Selection::Field(field) => self.count(&field.node.selection_set)?.saturating_add(1),
                Selection::InlineFragment(inline) => {
                    self.count(&inline.node.selection_set)?.saturating_add(1)
                }
                Selection::FragmentSpread(spread) => self
                    .fragment(&spread.node.fragment_name.node)?
                    .saturating_add(1),
            };
            count = count.saturating_add(inner);
        }
        Ok(count)
    }

    fn fragment(&mut self, name: &Name) -> Result<usize, GraphQlError> {
        /// Fragments within fragments: each is one more call here.
        const CHAIN: usize = 200;
        let Some((name, fragment)) = self.document.fragments.get_key_value(name) else {
            return Ok(0);
        };
        match self.known.get(name) {
            Some(Some(count)) => return Ok(*count),
            Some(None) => {
                let message = format!("the fragment `{name}` spreads itself");
                return Err(GraphQlError::malformed(message, vec![fragment.pos]));
            }
            None => {}
        }
        if self.known.values().filter(|count| count.is_none()).count() > CHAIN {
            let message = format!("fragments spread each other more than {CHAIN} deep");
            return Err(GraphQlError::limit("too_deep", message, vec![fragment.pos]));
        }
        self.known.insert(name, None);
        let count = self.count(&fragment.node.selection_set)?;
        self.known.insert(name, Some(count));
        Ok(count)
    }
}
