//! Field types and objects as JSON documents: the answers of `/metadata/…`.
//!
//! All of it is derived from the compiled forms, so whatever a field type brings is described with it.

use serde_json::{Map, Value as Json, json};

use crate::column::ColumnType;
use crate::field_type::FieldType;
use crate::filter::Quantifier;
use crate::function::Function;
use crate::naming::value_type;
use crate::object::{Field, Inverse, Object, Origin};
use crate::operator::Operator;
use crate::setting::{self, Setting};
use crate::settings::Settings;
use crate::storage::{Storage, ValueForm};

/// A field type as `GET /metadata/field-types` shows it.
///
/// The parts that depend on settings are shown for `example_settings`: none, or the examples that the required ones give.
/// A type whose required settings have no example is shown without those parts.
#[must_use]
pub fn field_type(field_type: &dyn FieldType) -> Json {
    let settings = field_type.settings();
    let mut description = json!({
        "name": field_type.name(),
        "title": field_type.title(),
        "widget": field_type.widget(),
        "settings_schema": titled(&settings),
        "required_settings": setting::required_names(&settings),
        "allows": field_type.allows(),
        "titles": field_type.titles(),
    });
    let appearance = serde_json::to_value(field_type.appearance());
    lay_over(
        &mut description,
        appearance.expect("an appearance is made of words"),
    );
    if let Some(settings) = example(&settings) {
        let storage = field_type.storage(&settings);
        description["value_schema"] = field_type.value_schema(&settings);
        description["graphql"] = json!(graphql(field_type, &storage));
        description["storage"] = described_storage(field_type, &storage);
        description["example_settings"] = Json::Object(settings.0);
    }
    description
}

/// The JSON Schema of the settings, each with a title in both languages.
fn titled(settings: &[Setting]) -> Json {
    let mut schema = setting::schema(settings);
    for setting in settings {
        schema["properties"][&*setting.name]["title"] = json!(setting.title);
    }
    schema
}

/// An object as `GET /metadata/objects/{api_name}` shows it.
#[must_use]
pub fn object(object: &Object) -> Json {
    let mut description = json!({"id": object.source.id});
    let head = serde_json::to_value(&object.source.head);
    lay_over(
        &mut description,
        head.expect("a definition is made of JSON"),
    );
    let fields = |system: bool| {
        let wanted = object.fields.values().filter(|f| f.system == system);
        wanted.map(|f| field(f)).collect::<Vec<_>>()
    };
    description["module"] = module(&object.source.origin);
    description["read_only"] = json!(object.read_only);
    description["fields"] = json!(fields(false));
    description["system_fields"] = json!(fields(true));
    description["inverses"] = object.inverses.values().map(inverse).collect();
    description
}

/// A field as its object's description shows it.
///
/// `value_key` is the name a value is written under; `operators` has the shape of a condition on it: a list,
/// or for a composite value a list for each part.
#[must_use]
pub fn field(field: &Field) -> Json {
    let mut description = if field.system {
        json!({})
    } else {
        json!({"id": field.id, "module": module(&field.origin)})
    };
    let definition = serde_json::to_value(&field.definition);
    lay_over(
        &mut description,
        definition.expect("a definition is made of JSON"),
    );
    description["value_key"] = json!(field.value_key());
    description["operators"] = operators(field);
    description
}

fn inverse(inverse: &Inverse) -> Json {
    json!({
        "api_name": inverse.definition.api_name,
        "name": inverse.definition.name,
        "translations": inverse.definition.translations,
        "object": inverse.object,
        "field": inverse.field,
        "operators": quantifiers(),
    })
}

fn module(origin: &Origin) -> Json {
    match origin {
        Origin::Tenant => Json::Null,
        Origin::Module(name) => json!(name),
    }
}

fn operators(field: &Field) -> Json {
    let mut each = field
        .columns
        .iter()
        .map(|column| names(field.field_type.operators(&column.column_type)));
    match field.form() {
        ValueForm::Column(_) => each.collect::<Vec<_>>().remove(0),
        ValueForm::Composite(components) => components
            .iter()
            .filter_map(|component| Some((component.name.to_string(), each.next()?)))
            .collect::<Map<_, _>>()
            .into(),
        ValueForm::Ids => quantifiers(),
    }
}

fn described_storage(field_type: &dyn FieldType, storage: &Storage) -> Json {
    let column = |column_type: &ColumnType| {
        json!({
            "postgres": column_type.declared(),
            "graphql": listed(column_type),
            "openapi": column_type.json_schema(),
            "operators": names(field_type.operators(column_type)),
            "aggregates": aggregates(field_type.aggregates(column_type)),
            "group_by": group_by(column_type),
        })
    };
    let columns: Vec<Json> = match storage.form() {
        ValueForm::Column(column_type) => vec![column(column_type)],
        ValueForm::Composite(components) => {
            let columns = components.iter().map(|component| {
                let mut description = json!({
                    "component": component.name,
                    "title": component.title,
                    "required": component.required,
                });
                lay_over(&mut description, column(&component.column_type));
                description
            });
            columns.collect()
        }
        ValueForm::Ids => Vec::new(),
    };
    let mut description = json!({"kind": storage.kind(), "columns": columns});
    if let ValueForm::Ids = storage.form() {
        description["operators"] = quantifiers();
    }
    description
}

fn aggregates(functions: &[Function]) -> Json {
    functions.iter().map(|function| function.name()).collect()
}

/// The keys that groups can be made by: the value, or the parts of a date.
fn group_by(column: &ColumnType) -> Json {
    if !column.groupable() {
        return json!([]);
    }
    let parts = column.scalar.parts().iter().map(|part| part.name());
    std::iter::once("value").chain(parts).collect()
}

/// The GraphQL type of a value as it is read; of a relation, that of its ids.
fn graphql(field_type: &dyn FieldType, storage: &Storage) -> String {
    match storage.form() {
        ValueForm::Column(column_type) => listed(column_type),
        ValueForm::Composite(_) => value_type(field_type.name()),
        ValueForm::Ids => "[UUID!]".to_owned(),
    }
}

fn listed(column_type: &ColumnType) -> String {
    let scalar = column_type.scalar.graphql();
    if column_type.list {
        format!("[{scalar}!]")
    } else {
        scalar.to_owned()
    }
}

/// The required settings, each with the first example that its JSON Schema gives.
fn example(settings: &[Setting]) -> Option<Settings> {
    let required = settings.iter().filter(|setting| setting.required);
    let examples = required.map(|setting| {
        let example = setting.schema.get("examples")?.get(0)?;
        Some((setting.name.to_string(), example.clone()))
    });
    examples.collect::<Option<_>>().map(Settings)
}

fn names(operators: &[&Operator]) -> Json {
    operators.iter().map(|operator| operator.name).collect()
}

fn quantifiers() -> Json {
    Quantifier::ALL.iter().map(|(name, _)| *name).collect()
}

/// Adds the members of one JSON object to another.
fn lay_over(onto: &mut Json, members: Json) {
    if let (Json::Object(onto), Json::Object(members)) = (onto, members) {
        onto.extend(members);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::appearance::{Appearance, Group};
    use crate::definition::{FieldDefinition, ObjectDefinition};
    use crate::field_types::FieldTypes;

    use crate::model::Model;
    use crate::object::ObjectSource;
    use crate::rules::check_field;
    use crate::title::Title;
    use uuid::Uuid;

    /// Whether it is a title that says something in both languages.
    fn is_title(title: &Json) -> bool {
        let text = |language: &str| title[language].as_str().unwrap_or_default();
        let is_russian = |c: char| c.is_alphabetic() && !c.is_ascii();
        !text("en").is_empty() && text("en").is_ascii() && text("ru").contains(is_russian)
    }

    #[test]
    fn every_built_in_type_is_described_whole() {
        /// Types whose title is the same word in both languages.
        const SAME: [&str; 2] = ["uuid", "json"];
        let numbers = ["integer", "decimal", "float", "currency", "percent"];
        for field_type in FieldTypes::builtin().iter() {
            let description = super::field_type(field_type.as_ref());
            let name = field_type.name();
            assert!(
                description["value_schema"].is_object(),
                "{name}: {description}"
            );
            let is_named = is_title(&description["title"]) || SAME.contains(&name);
            assert!(is_named, "{name} has a title: {description}");
            assert!(
                is_title(&description["summary"]),
                "{name} says what it is for"
            );
            let align = if numbers.contains(&name) {
                "end"
            } else {
                "start"
            };
            assert_eq!(description["align"], align, "{name}");
            let icon = description["icon"].as_str();
            assert!(
                icon.is_some_and(|icon| !icon.is_empty()),
                "{name} has an icon"
            );
            assert!(description["group"].is_string(), "{name} has a group");
            let settings = description["settings_schema"]["properties"].as_object();
            for (setting, schema) in settings.into_iter().flatten() {
                let title = &schema["title"];
                let is_named = is_title(title);
                assert!(is_named, "{setting} of {name} has a title: {title}");
            }
            assert!(
                description["storage"]["kind"].is_string(),
                "{name}: {description}"
            );
            for column in description["storage"]["columns"].as_array().unwrap() {
                assert_eq!(column["aggregates"][0], "count", "{name}: {column}");
                assert!(column["group_by"].is_array(), "{name}: {column}");
                let title = &column["title"];
                assert!(title.is_null() || is_title(title), "{name}: {column}");
            }
            let definition = FieldDefinition::parse(json!({
                "api_name": "example", "type": name, "settings": description["example_settings"],
            }));
            let violations = check_field(&FieldTypes::builtin(), &definition.unwrap());
            assert_eq!(violations, [], "the example of {name} is a good one");
        }
    }

    #[test]
    fn a_required_setting_without_an_example_leaves_its_parts_out() {
        #[derive(Debug)]
        struct Plugin;
        impl FieldType for Plugin {
            fn name(&self) -> &'static str {
                "plugin"
            }
            fn title(&self) -> Title {
                Title::new("Plugin", "Плагин")
            }
            fn appearance(&self) -> Appearance {
                Appearance::new("shapes", Group::Other, Title::new("Any", "Любой"))
            }
            fn widget(&self) -> &'static str {
                "text"
            }
            fn settings(&self) -> Vec<Setting> {
                let title = Title::new("Needed", "Нужное");
                vec![Setting::new("needed", title, json!({"type": "string"})).required()]
            }
            fn storage(&self, settings: &Settings) -> Storage {
                panic!("asked for storage without `needed`: {settings:?}")
            }
            fn value_schema(&self, settings: &Settings) -> Json {
                panic!("asked for a schema without `needed`: {settings:?}")
            }
            fn store(
                &self,
                _: &Settings,
                _: &Storage,
                value: &Json,
            ) -> Result<Vec<Json>, Vec<crate::violation::Violation>> {
                Ok(vec![value.clone()])
            }
        }
        let description = super::field_type(&Plugin);
        assert_eq!(description["required_settings"], json!(["needed"]));
        assert_eq!(description.get("storage"), None);
    }

    fn model(definitions: &[Json]) -> Model {
        let source = |(position, body): (i32, &Json)| {
            let definition = ObjectDefinition::parse(body.clone()).unwrap();
            let origin = Origin::Module(crate::ident::ApiName::parse("crm").unwrap());
            let mut source = ObjectSource::new(definition, &origin, position, Uuid::now_v7);
            for field in &mut source.fields {
                field.origin = Origin::Tenant;
            }
            source
        };
        let sources = (0..).zip(definitions).map(source).collect();
        Model::compile(FieldTypes::builtin(), sources).unwrap()
    }

    #[test]
    fn an_object_shows_its_fields_and_who_points_at_it() {
        let model = model(&[
            json!({"api_name": "company", "plural_api_name": "companies", "fields": [
                {"api_name": "turnover", "type": "currency"},
            ]}),
            json!({"api_name": "contact", "fields": [
                {"api_name": "company", "type": "relation", "settings": {
                    "to": "company", "inverse": {"api_name": "contacts", "name": "Contacts"},
                }},
            ]}),
        ]);
        let company = super::object(model.object("company").unwrap());
        assert_eq!(company["module"], "crm");
        assert_eq!(company["plural_name"], "Companies");
        assert_eq!(company["fields"][0]["operators"]["amount"][0], "eq");
        assert_eq!(company["system_fields"][0]["api_name"], "id");
        assert_eq!(company["system_fields"].as_array().unwrap().len(), 7);
        assert_eq!(company["inverses"][0]["object"], "contact");
        assert_eq!(company["inverses"][0]["field"], "company");
        let contact = super::object(model.object("contact").unwrap());
        assert_eq!(contact["fields"][0]["value_key"], "company_id");
        assert_eq!(contact["fields"][0]["settings"]["to"], "company");
        assert_eq!(contact["fields"][0]["module"], Json::Null);
    }
}
