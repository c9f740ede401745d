//! Search: in one connection, and over objects.

use serde_json::Value as Json;
use tessera_compiler::query::tree::{HitPart, Root};
use tessera_schema::naming::Spelling;
use tessera_schema::object::Object;
use tessera_schema::search::{self, Search};
use tessera_schema::violation::{Pointer, Violation};

use super::Compiler;
use crate::error::GraphQlError;
use crate::field::Field;

const FIRST: u32 = 20;
const MOST: u32 = 100;

impl Compiler<'_> {
    /// The argument `q` of a connection.
    pub(super) fn words(
        &self,
        object: &Object,
        field: &Field,
    ) -> Result<Option<Search>, GraphQlError> {
        let text = field.argument("q").and_then(Json::as_str);
        // Other words make another statement.
        self.mixed.set(self.mixed.get() || text.is_some());
        let search = text.map(|text| Search::in_object(object, text)).transpose();
        search.map_err(|violation| self.bad_argument(field, "q", vec![violation]))
    }

    pub(super) fn search(&self, field: &Field) -> Result<Root, GraphQlError> {
        self.mixed.set(true);
        let text = field.argument("query").and_then(Json::as_str);
        let search = Search::parse(text.unwrap_or_default())
            .map_err(|violation| self.bad_argument(field, "query", vec![violation]))?;
        let names = field.argument("objects").and_then(Json::as_array);
        let names = names.map(|names| names.iter().filter_map(Json::as_str));
        let objects = search::objects(self.model, names, Spelling::Camel)
            .map_err(|violations| self.bad_argument(field, "objects", violations))?;
        let limit = match field.argument("first").map(Json::as_u64) {
            None => FIRST,
            Some(first) => first
                .and_then(|first| u32::try_from(first).ok())
                .filter(|first| *first <= MOST)
                .ok_or_else(|| {
                    let message = format!("`first` is a number from 0 to {MOST}");
                    let violation = Violation::new(Pointer::root(), "range", message);
                    self.bad_argument(field, "first", vec![violation])
                })?,
        };
        let parts = field.fields.iter().map(|part| {
            let told = match part.name.as_str() {
                "object" => HitPart::Object,
                "id" => HitPart::Id,
                "label" => HitPart::Label,
                "rank" => HitPart::Rank,
                "__typename" => HitPart::Constant(part.parent.to_string()),
                _ => return Err(self.unknown(part)),
            };
            Ok((part.key.clone(), told))
        });
        Ok(Root::Search {
            objects,
            search,
            limit,
            parts: parts.collect::<Result<_, GraphQlError>>()?,
        })
    }
}
