//! What is there without anybody defining it: the fields of every object, and the object of the tenant's users.

use serde_json::json;
use std::sync::{Arc, LazyLock};

use super::field::Field;
use super::source::{FieldSource, ObjectSource, Origin};
use crate::definition::{FieldDefinition, ObjectDefinition};
use crate::field_type::USERS;
use crate::field_types::FieldTypes;
use crate::ident::ObjectId;

/// The fields every object has: `id` first, the others after its own.
pub(super) static FIELDS_OF_ALL: LazyLock<Vec<Arc<Field>>> = LazyLock::new(|| {
    const FIELDS: [(&str, &str, &str, &str, bool); 7] = [
        ("id", "uuid", "Id", "Идентификатор", true),
        ("created_at", "datetime", "Created at", "Создано", true),
        ("updated_at", "datetime", "Updated at", "Изменено", true),
        ("created_by", "uuid", "Created by", "Кем создано", false),
        ("updated_by", "uuid", "Updated by", "Кем изменено", false),
        ("deleted_at", "datetime", "Deleted at", "Удалено", false),
        ("version", "integer", "Version", "Версия", true),
    ];
    FIELDS
        .iter()
        .map(|(api_name, field_type, name, russian, required)| {
            let source = builtin_field(api_name, field_type, name, russian, *required);
            let mut field = Field::compile(&FieldTypes::builtin(), &source)
                .expect("the fields of every object have built-in types");
            field.system = true;
            Arc::new(field)
        })
        .collect()
});

fn builtin_field(
    api_name: &str,
    field_type: &str,
    name: &str,
    russian: &str,
    required: bool,
) -> FieldSource {
    let body = json!({
        "api_name": api_name, "type": field_type, "name": name, "required": required,
        "translations": {"ru": {"name": russian}},
    });
    let definition = FieldDefinition::parse(body).expect("a definition of our own is well formed");
    FieldSource::new(definition, &Origin::Tenant, uuid::Uuid::nil())
}

pub(super) fn users() -> ObjectSource {
    let definition = ObjectDefinition::parse(json!({
        "api_name": USERS, "plural_api_name": "users", "name": "User", "plural_name": "Users",
        "icon": "user-round", "label_field": "name",
        "translations": {"ru": {"name": "Пользователь", "plural_name": "Пользователи"}},
    }))
    .expect("a definition of our own is well formed");
    ObjectSource {
        id: ObjectId(uuid::Uuid::nil()),
        head: definition.head,
        fields: vec![
            builtin_field("name", "text", "Name", "Имя", true),
            builtin_field("email", "email", "E-mail", "Электронная почта", true),
        ],
        origin: Origin::Tenant,
        position: i32::MAX,
    }
}
