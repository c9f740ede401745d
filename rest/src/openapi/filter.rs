//! The filter language as JSON Schema: what may be asked of each object, and with which operators.

use serde_json::{Map, Value as Json, json};
use std::collections::HashMap;
use tessera_schema::column::ColumnType;
use tessera_schema::field_type::FieldType;
use tessera_schema::filter::Quantifier;
use tessera_schema::naming::{type_stem, value_type};
use tessera_schema::object::{Attribute, Object};
use tessera_schema::operator::Operator;
use tessera_schema::scalar::Scalar;
use tessera_schema::storage::Component;

use super::names::{self, Names};
use super::words::Words;

/// Conditions on columns. Many fields have the same, so each is one component, collected while filters are written.
#[derive(Debug, Default)]
pub(super) struct Conditions {
    by_column: HashMap<(Scalar, bool, Vec<&'static str>), String>,
    by_composite: HashMap<String, Vec<(String, String)>>,
    /// Those that are not sent yet.
    pub(super) pending: Vec<(String, Json)>,
    taken: HashMap<String, usize>,
}

/// The schemas `ContactFilter`, and `ContactListFilter` for the to-many relations that lead here.
pub(super) fn schemas(
    object: &Object,
    names: &Names,
    words: Words,
    conditions: &mut Conditions,
) -> [(String, Json); 2] {
    let name = object.api_name();
    let own = names.refer_to(name, "Filter");
    let several = json!({"type": "array", "items": own});
    let mut properties = Map::new();
    properties.insert("and".to_owned(), several.clone());
    properties.insert("or".to_owned(), several);
    properties.insert("not".to_owned(), own.clone());
    for key in object.keys() {
        let condition = match object.attribute(&key) {
            Some(Attribute::Column(field, column)) => {
                conditions.of_column(names, words, field.field_type.as_ref(), &column.column_type)
            }
            Some(Attribute::Composite(field, components)) => {
                conditions.of_composite(names, words, field.field_type.as_ref(), components)
            }
            Some(Attribute::ToOne(to_one)) => names.refer_to(&to_one.target, "Filter"),
            Some(Attribute::ToMany(to_many)) => names.refer_to(&to_many.target, "ListFilter"),
            Some(Attribute::LinkIds(_)) | None => continue,
        };
        properties.insert(key, condition);
    }
    let filter = json!({
        "type": "object",
        "description": words.say(
            "All conditions must hold; `{}` matches every record.",
            "Должны выполняться все условия; `{}` подходит любой записи.",
        ),
        "properties": properties,
        "additionalProperties": false,
    });
    let quantified = Quantifier::ALL.iter().map(|(word, quantifier)| {
        let meaning = match quantifier {
            Quantifier::Some => {
                words.say("At least one record fits.", "Подходит хотя бы одна запись.")
            }
            Quantifier::Every => words.say(
                "Every record fits, or there is none.",
                "Подходят все записи, или их нет.",
            ),
            Quantifier::None => words.say("No record fits.", "Не подходит ни одна запись."),
        };
        ((*word).to_owned(), described(own.clone(), meaning))
    });
    let list = json!({
        "type": "object",
        "properties": quantified.collect::<Map<_, _>>(),
        "additionalProperties": false,
    });
    [
        (names.of_object(name, "Filter"), filter),
        (names.of_object(name, "ListFilter"), list),
    ]
}

impl Conditions {
    fn of_column(
        &mut self,
        names: &Names,
        words: Words,
        field_type: &dyn FieldType,
        column: &ColumnType,
    ) -> Json {
        let operators = field_type.operators(column);
        let key = (
            column.scalar,
            column.list,
            operators.iter().map(|operator| operator.name).collect(),
        );
        if let Some(known) = self.by_column.get(&key) {
            return names::schema(known);
        }
        let kind = if !column.list && operators == column.scalar.operators() {
            column.scalar.graphql().to_owned()
        } else {
            type_stem(field_type.name())
        };
        let properties: Map<_, _> = operators
            .iter()
            .map(|operator| {
                (
                    operator.name.to_owned(),
                    operand(operator, column.scalar, words),
                )
            })
            .collect();
        let schema =
            json!({"type": "object", "properties": properties, "additionalProperties": false});
        let name = self.add(names, format!("{kind}Condition"), schema);
        self.by_column.insert(key, name.clone());
        names::schema(&name)
    }

    fn of_composite(
        &mut self,
        names: &Names,
        words: Words,
        field_type: &dyn FieldType,
        components: &[Component],
    ) -> Json {
        let parts: Vec<(&str, Json)> = components
            .iter()
            .map(|component| {
                let of = self.of_column(names, words, field_type, &component.column_type);
                (&*component.name, of)
            })
            .collect();
        let properties: Map<_, _> = parts
            .into_iter()
            .map(|(name, condition)| (name.to_owned(), condition))
            .collect();
        let schema =
            json!({"type": "object", "properties": properties, "additionalProperties": false});
        // Parts may depend on settings, so a type may have several forms.
        let form = schema.to_string();
        let known = self
            .by_composite
            .entry(value_type(field_type.name()))
            .or_default();
        if let Some((_, name)) = known.iter().find(|(other, _)| *other == form) {
            return names::schema(name);
        }
        let name = self.add(
            names,
            format!("{}Condition", value_type(field_type.name())),
            schema,
        );
        let known = self
            .by_composite
            .entry(value_type(field_type.name()))
            .or_default();
        known.push((form, name.clone()));
        names::schema(&name)
    }

    fn add(&mut self, names: &Names, name: String, schema: Json) -> String {
        let own = names.own(&name);
        let times = self.taken.entry(name).or_default();
        *times += 1;
        let name = if *times == 1 {
            own
        } else {
            format!("{own}_{times}")
        };
        self.pending.push((name.clone(), schema));
        name
    }
}

/// What stands beside an operator, and what it asks.
fn operand(operator: &Operator, scalar: Scalar, words: Words) -> Json {
    let schema = operator.operand.json_schema(&scalar.json_schema());
    described(schema, words.title(&operator.meaning()))
}

pub(super) fn described(mut schema: Json, description: &str) -> Json {
    schema["description"] = Json::from(description);
    schema
}
