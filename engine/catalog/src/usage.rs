//! What hangs on a field, for an admin who is about to change or remove it.

use serde::Serialize;
use sqlx::{AssertSqlSafe, FromRow, PgConnection};
use tessera_compiler::sql::Quoted;
use tessera_compiler::tenant::SchemaName;
use tessera_error::{Result, UserError};
use tessera_postgres::database;
use tessera_schema::ident::{ApiName, TenantId};
use tessera_schema::model::Model;
use tessera_schema::object::{Field, Object, Origin, Via};
use uuid::Uuid;

use crate::models::Models;

#[derive(Debug, Clone, Serialize)]
pub struct FieldUsage {
    /// Records that have a value, also those in the bin.
    pub values: i64,
    /// Whether it titles the records.
    pub label: bool,
    pub forms: Vec<InForm>,
    pub views: Vec<InView>,
    /// Roles that say something of it. There are none yet.
    pub roles: Vec<ApiName>,
}

/// A section of the object's form that shows the field.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct InForm {
    /// The section's place among the form's sections, from 0.
    pub section: usize,
    pub title: Option<String>,
}

/// A saved view of the object whose definition names the field.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, FromRow)]
pub struct InView {
    pub id: Uuid,
    pub name: String,
}

impl Models {
    /// # Errors
    /// [`UserError::NotFound`] where there is no such object or field.
    pub async fn field_usage(
        &self,
        tenant: TenantId,
        object: &str,
        field: &str,
    ) -> Result<FieldUsage> {
        let snapshot = self.get(tenant).await?;
        let model = snapshot.whole();
        let object = model
            .object(object)
            .ok_or(UserError::NotFound { what: "object" })?;
        let field = object
            .fields
            .get(field)
            .ok_or(UserError::NotFound { what: "field" })?;
        let name = field.api_name();
        let schema = &snapshot.tenant.schema;
        let mut transaction = database::begin_for(self.pool(), tenant).await?;
        let usage = FieldUsage {
            values: values(&mut transaction, schema, object, field).await?,
            label: object.source.head.label_field.as_ref() == Some(name),
            forms: forms(object, name),
            views: views(&mut transaction, schema, model, object, field).await?,
            roles: Vec::new(),
        };
        transaction.commit().await?;
        Ok(usage)
    }
}

async fn values(
    connection: &mut PgConnection,
    schema: &SchemaName,
    object: &Object,
    field: &Field,
) -> Result<i64> {
    let schema = Quoted(schema.as_str());
    let text = match object.link(field).map(|link| link.via) {
        Some(Via::Link { table, near, .. }) => {
            let (table, near) = (Quoted(table.as_str()), Quoted(near.as_str()));
            format!("select count(distinct {near}) from {schema}.{table}")
        }
        _ => {
            let filled = field.columns.iter().map(|column| {
                let column = Quoted(column.name.as_str());
                format!("{column} is not null")
            });
            let filled = filled.collect::<Vec<_>>().join(" or ");
            let table = Quoted(object.table.as_str());
            format!("select count(*) from {schema}.{table} where {filled}")
        }
    };
    Ok(sqlx::query_scalar(AssertSqlSafe(text))
        .fetch_one(connection)
        .await?)
}

fn forms(object: &Object, name: &ApiName) -> Vec<InForm> {
    let sections = object.source.head.form.iter().enumerate();
    let showing = sections.filter(|(_, section)| section.fields.contains(name));
    showing
        .map(|(section, about)| InForm {
            section,
            title: about.title.clone(),
        })
        .collect()
}

/// The saved views of the object, which are records of a built-in object, that name the field anywhere in their definition.
async fn views(
    connection: &mut PgConnection,
    schema: &SchemaName,
    model: &Model,
    object: &Object,
    field: &Field,
) -> Result<Vec<InView>> {
    let is_ours = |view: &&std::sync::Arc<Object>| matches!(&view.source.origin, Origin::Module(module) if module.as_str() == WORKSPACE);
    let Some(view) = model.object(VIEW).filter(is_ours) else {
        return Ok(Vec::new());
    };
    let names = field.keys().join("|");
    let text = format!(
        "select id, name from {}.{} where object = $1 and deleted_at is null and definition::text ~ $2
         order by name, id",
        Quoted(schema.as_str()),
        Quoted(view.table.as_str()),
    );
    // As a whole text, or as a step of a path.
    let pattern = format!("[\".-]({names})[\".]");
    Ok(sqlx::query_as(AssertSqlSafe(text))
        .bind(object.api_name().as_str())
        .bind(pattern)
        .fetch_all(connection)
        .await?)
}

const WORKSPACE: &str = "workspace";
const VIEW: &str = "view";
