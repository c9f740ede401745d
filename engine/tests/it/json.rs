//! Values as JSON are those of Postgres itself, to the byte.

pub(crate) mod values;

use proptest::strategy::{BoxedStrategy, Strategy, ValueTree};
use proptest::test_runner::TestRunner;
use sqlx::{AssertSqlSafe, Row, ValueRef};
use tessera_postgres::json::Writer;
use tessera_schema::column::ColumnType;
use tessera_schema::scalar::{MAX_SAFE_INTEGER, Output, Scalar};

use crate::support::TestDatabase;

/// Values of each type, in one statement.
const CASES: usize = 2000;

/// Each text as a value.
const SCALARS: &str = "select t, t::{type} as v from unnest($1::text[]) as u(t) \
     union all select 'null', null";
/// Lists of some, with nulls; an empty one.
const LISTS: &str = "select string_agg(t, ' | ') as t, \
     array_agg(case n % 7 when 0 then null else t::{type} end) as v \
     from unnest($1::text[]) with ordinality as u(t, n) group by n % 300 \
     union all select 'empty', '{}'";
/// Lists of lists, which no column of ours has, but which Postgres lets any list column have.
const LISTS_OF_LISTS: &str = "select string_agg(t, ' | ') as t, \
     array_agg(array[t::{type}, null]) as v \
     from unnest($1::text[]) with ordinality as u(t, n) group by n % 300";

/// A Postgres type that columns of a scalar may have, and texts that are values of it.
type Kind = (Scalar, &'static str, BoxedStrategy<String>);

#[tokio::test]
async fn values_are_written_as_postgres_writes_them() {
    let database = TestDatabase::empty().await;
    let mut runner = TestRunner::default();
    for (scalar, postgres_type, values) in kinds() {
        let one_value = |_| values.new_tree(&mut runner).unwrap().current();
        let texts: Vec<String> = (0..CASES).map(one_value).collect();
        for shape in [SCALARS, LISTS, LISTS_OF_LISTS] {
            let column_type = ColumnType {
                list: shape != SCALARS,
                ..ColumnType::of(scalar)
            };
            let query = shape.replace("{type}", postgres_type);
            compare(&database, &column_type, &query, &texts).await;
        }
    }
}

fn kinds() -> Vec<Kind> {
    vec![
        (Scalar::Text, "text", values::text()),
        (Scalar::Text, "varchar", values::text()),
        (Scalar::Integer, "int8", values::integer()),
        (Scalar::Integer, "int4", values::medium_integer()),
        (Scalar::Integer, "int2", values::small_integer()),
        (Scalar::BigInteger, "int8", values::integer()),
        (Scalar::Decimal, "numeric", values::decimal()),
        (Scalar::Float, "float8", values::float()),
        (Scalar::Boolean, "bool", values::boolean()),
        (Scalar::Date, "date", values::date()),
        (Scalar::DateTime, "timestamptz", values::date_time()),
        (Scalar::Time, "time", values::time()),
        (Scalar::Duration, "interval", values::duration()),
        (Scalar::Uuid, "uuid", values::uuid()),
        (Scalar::Json, "jsonb", values::document()),
        (Scalar::Json, "json", values::document()),
    ]
}

/// Asserts that every `v` of a query is written as Postgres writes it.
async fn compare(database: &TestDatabase, column_type: &ColumnType, query: &str, texts: &[String]) {
    let statement = format!(
        "select row_to_json(j)::text, q.v, q.t from ({query}) q, lateral (select {} as v) j",
        json_form(column_type)
    );
    let rows = sqlx::query(AssertSqlSafe(statement))
        .bind(texts)
        .fetch_all(&database.pool)
        .await
        .unwrap();
    assert!(rows.len() >= 300, "{query}");
    let writer = Writer::of(column_type);
    for row in rows {
        let raw = row.try_get_raw(1).unwrap();
        let raw = (!raw.is_null()).then(|| raw.as_bytes().unwrap());
        let mut written = br#"{"v":"#.to_vec();
        writer.write(raw, &mut written).unwrap();
        written.push(b'}');
        let expected: String = row.get(0);
        assert!(
            written == expected.as_bytes(),
            "of {}\n written {}\nexpected {expected}\n{query}",
            row.get::<String, _>(2),
            String::from_utf8_lossy(&written),
        );
    }
}

/// What stands for a value in a row that Postgres makes JSON of.
fn json_form(column_type: &ColumnType) -> String {
    match column_type.scalar.output() {
        _ if column_type.list => "q.v".to_owned(),
        Output::Plain => "q.v".to_owned(),
        Output::Text => "q.v::text".to_owned(),
        Output::SafeInteger => format!(
            "case when q.v between {} and {MAX_SAFE_INTEGER} then to_json(q.v) \
             else to_json(q.v::text) end",
            -MAX_SAFE_INTEGER
        ),
    }
}
