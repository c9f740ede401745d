//! What every statement is made of: names as identifiers, values as parameters, and nothing else.
//!
//! Names reach a statement only through [`iden`] and its kin, which quote; values only through [`Params`]. In a statement
//! under construction every bound value is the *index* of a parameter, so that one text can be bound again with others.

mod text;

use sea_query::audit::AuditTrait;
use sea_query::{
    Alias, DynIden, Expr, IntoIden, IntoTableRef, Order, SelectStatement, TableRef, Value, Values,
    WithQuery,
};
use serde_json::{Map, Value as Json};
use std::sync::Arc;
use tessera_schema::column::{Collation, ColumnType, SqlName};
use tessera_schema::ident::RecordId;
use tessera_schema::sort::{Direction, Nulls};
use tessera_schema::source::Located;
use uuid::Uuid;

use crate::cursor::Cursors;
use crate::lanes::pace::Pace;
pub(crate) use crate::param::Param;
use crate::plan::given::Given;
use crate::query::cost::Planning;
use crate::tenant::SchemaName;

pub(crate) use text::written_out;

/// A finished statement: one text for all requests of one shape, and what is bound in each.
#[derive(Debug, Clone)]
pub(crate) struct Statement {
    pub text: Arc<str>,
    pub pace: Arc<Pace>,
    /// In the order of `$1`, `$2`, …
    pub slots: Vec<Slot>,
    /// What of it Postgres has to plan.
    pub planning: Planning,
    pub cursors: Cursors,
}

impl Statement {
    /// Where it only reads: it may be run again, to see how it is best planned, and leaves nothing to be kept.
    pub(crate) fn only_reads(mut self) -> Self {
        let read = Pace::of_a_read();
        self.pace = Arc::new(if self.pace.is_planned_each_time() {
            read.planned_each_time()
        } else {
            read
        });
        self
    }

    /// What this request binds; `None` where a value does not fit its place.
    pub(crate) fn params(&self, given: &Given<'_>) -> Option<Vec<Param>> {
        self.slots.iter().map(|slot| slot.read(given)).collect()
    }

    /// About how many bytes of memory it takes.
    pub(crate) fn weight(&self) -> usize {
        // A slot that reads keeps what it reads with: a source, a column.
        const SLOT: usize = 160;
        self.text.len() + self.slots.len() * SLOT
    }
}

/// Where the value of a parameter comes from.
#[derive(Clone)]
pub(crate) enum Slot {
    /// It is the same in every request of the shape.
    Constant(Param),
    /// Something that a source of the request names.
    Input(Arc<InputReading>),
    /// Who asks, or what is written.
    Given(Arc<Reading>),
}

/// Reads a parameter from a request's inputs.
type InputReading = dyn Fn(&Map<String, Json>) -> Option<Param> + Send + Sync;
/// Reads a parameter from what a request gives.
type Reading = dyn Fn(&Given<'_>) -> Option<Param> + Send + Sync;

impl Slot {
    pub(crate) fn read(&self, given: &Given<'_>) -> Option<Param> {
        match self {
            Self::Constant(param) => Some(param.clone()),
            Self::Input(reading) => reading(given.inputs),
            Self::Given(reading) => reading(given),
        }
    }
}

impl std::fmt::Debug for Slot {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Constant(param) => f.debug_tuple("Constant").field(param).finish(),
            Self::Input(_) => f.write_str("Input"),
            Self::Given(_) => f.write_str("Given"),
        }
    }
}

/// The parameters of a statement under construction.
#[derive(Debug, Default)]
pub(crate) struct Params {
    slots: Vec<Slot>,
    planned_each_time: bool,
    uncut: bool,
}

impl Params {
    fn push(&mut self, slot: Slot) -> u64 {
        self.slots.push(slot);
        self.slots.len() as u64 - 1
    }

    /// No plan for all values will do: how many records a value fits cannot be guessed, or a wrong guess costs too much.
    pub(crate) fn plan_each_time(&mut self) {
        self.planned_each_time = true;
    }

    /// The statement takes numbers from a sequence.
    pub(crate) fn take_numbers(&mut self) {
        self.uncut = true;
    }

    /// A value of a column, cast to the column's type.
    pub(crate) fn text(&mut self, value: Option<String>, postgres_type: &str) -> Expr {
        self.slot(Slot::Constant(Param::Text(value)), postgres_type)
    }

    pub(crate) fn number(&mut self, value: i64) -> Expr {
        self.slot(Slot::Constant(Param::Number(value)), "int8")
    }

    /// A value that each request has its own of, cast to a type.
    pub(crate) fn given(
        &mut self,
        reading: impl Fn(&Given<'_>) -> Option<Param> + Send + Sync + 'static,
        postgres_type: &str,
    ) -> Expr {
        self.slot(Slot::Given(Arc::new(reading)), postgres_type)
    }

    pub(crate) fn slot(&mut self, slot: Slot, postgres_type: &str) -> Expr {
        cast(Expr::val(self.push(slot)), postgres_type)
    }

    /// The id of a record.
    pub(crate) fn id(&mut self, id: &Located<RecordId>) -> Expr {
        match id.source.clone() {
            Some(source) => {
                let read = move |inputs: &Map<String, Json>| {
                    let id = Uuid::parse_str(source.read(inputs)?.as_str()?).ok()?;
                    Some(Param::Text(Some(id.to_string())))
                };
                self.slot(Slot::Input(Arc::new(read)), "uuid")
            }
            None => self.text(Some(id.value.to_string()), "uuid"),
        }
    }

    /// For an `OFFSET`, which the builder takes as a plain number.
    pub(crate) fn count(&mut self, value: u32) -> u64 {
        self.push(Slot::Constant(Param::Number(i64::from(value))))
    }

    /// Puts the parameters in the order in which the text names them.
    pub(crate) fn finish(
        self,
        text: String,
        values: Values,
        planning: Planning,
        cursors: Cursors,
    ) -> Statement {
        let pace = self.pace();
        Statement {
            pace: Arc::new(pace),
            slots: self.in_order(values),
            planning,
            text: text.into(),
            cursors,
        }
    }

    /// What the parameters of a text bind.
    pub(crate) fn in_order(&self, values: Values) -> Vec<Slot> {
        let in_order = values.into_iter().map(|value| match value {
            Value::BigUnsigned(Some(index)) => {
                let index = usize::try_from(index).expect("an index into a Vec fits usize");
                self.slots[index].clone()
            }
            other => unreachable!("statements bind only parameter indexes, not {other:?}"),
        });
        in_order.collect()
    }

    fn pace(&self) -> Pace {
        let mut pace = Pace::of_a_write();
        if self.planned_each_time {
            pace = pace.planned_each_time();
        }
        if self.uncut {
            pace = pace.uncut();
        }
        pace
    }
}

pub(crate) fn build_select(select: &SelectStatement) -> (String, Values) {
    text::build(select)
}

pub(crate) fn build_with(with: &WithQuery) -> (String, Values) {
    text::build(with)
}

/// Makes sure that a statement names no table but the tenant's own, and its own CTEs. A statement that does is our fault,
/// and the one fault that must not run.
pub(crate) fn audit(statement: &impl AuditTrait, schema: &SchemaName) {
    let audit = statement
        .audit()
        .expect("the builder can walk every statement it can build");
    for request in &audit.requests {
        let sea_query::TableName(qualifier, table) = &request.schema_table;
        let own = match qualifier {
            Some(sea_query::SchemaName(None, name)) => name.to_string() == schema.as_str(),
            Some(_) => false,
            None => table.to_string().starts_with('_'),
        };
        assert!(
            own,
            "a statement of {schema:?} names {:?}",
            request.schema_table
        );
    }
}

/// The one way from a name to an identifier; the builder quotes it.
pub(crate) fn iden(name: &str) -> DynIden {
    Alias::new(name).into_iden()
}

/// A column of a table or sub-select that goes by `alias`.
pub(crate) fn column(alias: &str, name: &SqlName) -> Expr {
    Expr::col((iden(alias), iden(name.as_str())))
}

pub(crate) fn col(alias: &str, name: &str) -> Expr {
    Expr::col((iden(alias), iden(name)))
}

/// A tenant's table.
pub(crate) fn table(schema: &SchemaName, name: &SqlName) -> TableRef {
    (iden(schema.as_str()), iden(name.as_str())).into_table_ref()
}

pub(crate) fn cast(expr: Expr, postgres_type: &str) -> Expr {
    use sea_query::ExprTrait;
    expr.cast_as(iden(postgres_type))
}

/// An expression written out with `$1`, `$2`, … standing for others. The template is always a literal of ours.
pub(crate) fn template<const N: usize>(template: &'static str, parts: [Expr; N]) -> Expr {
    Expr::cust_with_exprs(template, parts)
}

/// A value of a column as it is compared and sorted.
pub(crate) fn collated(value: Expr, column_type: &ColumnType) -> Expr {
    match column_type.collation.filter(|_| !column_type.list) {
        None => value,
        Some(Collation::Words) => template(r#"$1 COLLATE pg_catalog."und-x-icu""#, [value]),
        Some(Collation::Natural) => template(r#"$1 COLLATE platform."natural""#, [value]),
    }
}

pub(crate) const fn order(direction: Direction) -> Order {
    match direction {
        Direction::Ascending => Order::Asc,
        Direction::Descending => Order::Desc,
    }
}

/// Where a walk of an index in this direction meets nulls, and Postgres puts them where a statement does not say.
pub(crate) const fn nulls_of_index(direction: Direction) -> Nulls {
    match direction {
        Direction::Ascending => Nulls::Last,
        Direction::Descending => Nulls::First,
    }
}

pub(crate) const fn null_order(nulls: Nulls) -> sea_query::NullOrdering {
    match nulls {
        Nulls::First => sea_query::NullOrdering::First,
        Nulls::Last => sea_query::NullOrdering::Last,
    }
}

/// A normal JSON value in the input form of its column; `None` for null.
pub(crate) fn input_form(value: &Json, column_type: &ColumnType) -> Option<String> {
    use tessera_schema::scalar::Scalar;
    match value {
        Json::Null => None,
        other if column_type.scalar == Scalar::Json => Some(other.to_string()),
        Json::Array(items) if column_type.list => Some(array_literal(items)),
        Json::String(text) => Some(text.clone()),
        other => Some(other.to_string()),
    }
}

/// `{"a","b"}`, as Postgres reads an array of text.
fn array_literal(items: &[Json]) -> String {
    let text = |item: &Json| {
        item.as_str()
            .map_or_else(|| item.to_string(), str::to_owned)
    };
    text_array(&items.iter().map(text).collect::<Vec<_>>())
}

/// As [`array_literal`], of texts.
pub(crate) fn text_array(items: &[String]) -> String {
    let quoted: Vec<String> = items
        .iter()
        .map(|item| format!("\"{}\"", item.replace('\\', "\\\\").replace('"', "\\\"")))
        .collect();
    format!("{{{}}}", quoted.join(","))
}

/// A name in the text of a definition statement (`CREATE`, `ALTER`), which the builder does not make.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Quoted<'a>(pub(crate) &'a str);

impl std::fmt::Display for Quoted<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "\"{}\"", self.0.replace('"', "\"\""))
    }
}

/// A collation with its schema, in the text of a definition statement.
pub(crate) const fn collation_name(collation: Collation) -> &'static str {
    match collation {
        Collation::Words => r#"pg_catalog."und-x-icu""#,
        Collation::Natural => r#"platform."natural""#,
    }
}

/// A text constant where Postgres takes no parameter: a `CHECK`, a `DEFAULT`. Written as `quote_literal` would.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Literal<'a>(pub(crate) &'a str);

impl std::fmt::Display for Literal<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let escaped = self.0.replace('\'', "''");
        if escaped.contains('\\') {
            write!(f, "E'{}'", escaped.replace('\\', "\\\\"))
        } else {
            write!(f, "'{escaped}'")
        }
    }
}
