//! The fields that every object has, and the object of the tenant's users.

use serde_json::json;
use std::sync::{Arc, LazyLock};

use super::field::Field;
use super::source::{FieldSource, ObjectSource, Origin};
use crate::definition::{FieldDefinition, ObjectDefinition};
use crate::field_type::FieldType;
use crate::field_types::datetime::DateTime;
use crate::field_types::email::Email;
use crate::field_types::integer::Integer;
use crate::field_types::text::Text;
use crate::field_types::uuid::Uuid;
use crate::ident::ObjectId;
use crate::storage::USERS;

/// The fields every object has: `id` first, the others after its own.
pub(super) static FIELDS_OF_ALL: LazyLock<Vec<Arc<Field>>> = LazyLock::new(|| {
    let system = |api_name, field_type, name, russian, required| {
        let mut field = builtin_field(api_name, field_type, name, russian, required);
        field.system = true;
        Arc::new(field)
    };
    vec![
        system("id", Arc::new(Uuid), "Id", "Идентификатор", true),
        system(
            "created_at",
            Arc::new(DateTime),
            "Created at",
            "Создано",
            true,
        ),
        system(
            "updated_at",
            Arc::new(DateTime),
            "Updated at",
            "Изменено",
            true,
        ),
        system(
            "created_by",
            Arc::new(Uuid),
            "Created by",
            "Кем создано",
            false,
        ),
        system(
            "updated_by",
            Arc::new(Uuid),
            "Updated by",
            "Кем изменено",
            false,
        ),
        system(
            "deleted_at",
            Arc::new(DateTime),
            "Deleted at",
            "Удалено",
            false,
        ),
        system("version", Arc::new(Integer), "Version", "Версия", true),
    ]
});

fn builtin_field(
    api_name: &str,
    field_type: Arc<dyn FieldType>,
    name: &str,
    russian: &str,
    required: bool,
) -> Field {
    let body = json!({
        "api_name": api_name, "type": field_type.name(), "name": name, "required": required,
        "translations": {"ru": {"name": russian}},
    });
    let definition = FieldDefinition::parse(body).expect("a definition of our own is well formed");
    let source = FieldSource::new(definition, &Origin::Tenant, uuid::Uuid::nil());
    Field::of(field_type, &source)
}

/// The object of the tenant's users, with its own fields.
pub(super) fn users() -> (ObjectSource, Vec<Arc<Field>>) {
    let definition = ObjectDefinition::parse(json!({
        "api_name": USERS, "plural_api_name": "users", "name": "User", "plural_name": "Users",
        "icon": "user-round", "label_field": "name",
        "translations": {"ru": {"name": "Пользователь", "plural_name": "Пользователи"}},
    }))
    .expect("a definition of our own is well formed");
    let name = builtin_field("name", Arc::new(Text), "Name", "Имя", true);
    let email = builtin_field(
        "email",
        Arc::new(Email),
        "E-mail",
        "Электронная почта",
        true,
    );
    let source = ObjectSource {
        id: ObjectId(uuid::Uuid::nil()),
        head: definition.head,
        fields: [&name, &email].map(source_of).to_vec(),
        origin: Origin::Tenant,
        position: i32::MAX,
    };
    (source, vec![Arc::new(name), Arc::new(email)])
}

fn source_of(field: &Field) -> FieldSource {
    FieldSource {
        id: field.id,
        definition: Arc::clone(&field.definition),
        origin: field.origin.clone(),
    }
}
