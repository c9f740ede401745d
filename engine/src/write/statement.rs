//! The whole of a write as one statement: its CTEs, and what it answers.

use sea_query::{
    Expr, ExprTrait, Func, InsertStatement, JoinType, Query as Sql, SelectStatement, WithClause,
};
use tessera_schema::column::SqlName;

use crate::model::snapshot::Snapshot;
use crate::query::compile::{Compiler, model_version};
use crate::sql::{self, Param, Statement};
use crate::write::part::{INPUT, NEW, OLD, ORDINAL, Writer, cte, from_cte};
use crate::write::{Action, Write, insert, link, update, upsert};

/// The column of the answer that has the records' JSON.
pub(super) const BODY: usize = 5;

pub(crate) fn compile(snapshot: &Snapshot, write: &Write) -> Statement {
    let mut compiler = Compiler::new(snapshot);
    let mut with = WithClause::new();
    let writer = Writer {
        object: &write.object,
        actor: compiler.params.given(
            |given| Some(Param::Text(Some(given.actor.to_string()))),
            "uuid",
        ),
        current: model_version(&snapshot.tenant.schema)
            .eq(compiler.params.number(snapshot.version)),
    };
    let (verb, old) = match &write.action {
        Action::Create(record) => {
            insert::rows(
                &mut compiler,
                &mut with,
                &writer,
                std::slice::from_ref(record),
                false,
            );
            ("created", Old::None)
        }
        Action::CreateMany(records) => {
            insert::rows(&mut compiler, &mut with, &writer, records, true);
            ("created", Old::None)
        }
        action @ (Action::Upsert { .. } | Action::UpsertMany { .. }) => {
            let (key, records) = action.upserts().expect("it is an upsert");
            upsert::rows(
                &mut compiler,
                &mut with,
                &writer,
                key,
                records,
                action.answers_many(),
            );
            ("updated", Old::Some)
        }
        Action::Update { .. } | Action::UpdateWhere { .. } => {
            update::changes(&mut compiler, &mut with, &writer, &write.action);
            ("updated", Old::Each)
        }
        Action::Delete { .. } | Action::DeleteWhere { .. } => {
            update::changes(&mut compiler, &mut with, &writer, &write.action);
            ("deleted", Old::Each)
        }
        Action::Restore { .. } => {
            update::changes(&mut compiler, &mut with, &writer, &write.action);
            ("restored", Old::Each)
        }
        Action::Destroy { .. } => {
            update::destruction(&mut compiler, &mut with, &writer, &write.action);
            ("destroyed", Old::Each)
        }
    };
    link::changes(&mut compiler, &mut with, &writer, write);
    let event = event(&mut compiler, &writer, verb, old, &write.action);
    cte(&mut with, "_event", event);
    let query = answer(&mut compiler, write, old != Old::None).with(with);
    sql::audit(&query, &snapshot.tenant.schema);
    let built = sql::build_with(&query);
    compiler.finish(snapshot, built)
}

/// Which of the rows written were there before.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Old {
    None,
    Some,
    Each,
}

/// The event of each row written: who, what, before and after.
fn event(
    compiler: &mut Compiler<'_>,
    writer: &Writer<'_>,
    verb: &str,
    old: Old,
    action: &Action,
) -> InsertStatement {
    // The CTEs by their own names, which no column has: a column would be taken in place of the row.
    let whole = |rows: &str| {
        Expr::from(Func::cust(sql::iden("row_to_json")).arg(Expr::col(sql::iden(rows))))
    };
    let destroyed = matches!(action, Action::Destroy { .. });
    let mut select = Sql::select();
    select.expr(writer.actor.clone());
    select.expr(
        compiler
            .params
            .text(Some(writer.object.api_name().to_string()), "text"),
    );
    select.expr(sql::col(NEW, "id"));
    let verb = compiler.params.text(Some(verb.to_owned()), "text");
    select.expr(if old == Old::Some {
        let created = compiler.params.text(Some("created".to_owned()), "text");
        let is_new = sql::col(OLD, "id").is_null();
        sql::template("CASE WHEN $1 THEN $2 ELSE $3 END", [is_new, created, verb])
    } else {
        verb
    });
    select.expr(if old == Old::None {
        Expr::cust("null::json")
    } else {
        whole(OLD)
    });
    select.expr(if destroyed {
        Expr::cust("null::json")
    } else {
        whole(NEW)
    });
    select.from(sql::iden(NEW));
    let join = match old {
        Old::None => None,
        Old::Some => Some(JoinType::LeftJoin),
        Old::Each => Some(JoinType::InnerJoin),
    };
    if let Some(join) = join {
        let same = sql::col(OLD, "id").eq(sql::col(NEW, "id"));
        select.join(join, sql::iden(OLD), same);
    }
    let mut insert = Sql::insert();
    insert
        .into_table(sql::table(compiler.schema, &SqlName::join(&["_events"])))
        .columns(["actor", "object", "record_id", "action", "before", "after"].map(sql::iden))
        .select_from(select)
        .expect("as many columns as expressions");
    insert
}

/// One row: the model's version, how many records were written, the version of the one, the version and bin of the one
/// before, and the records' JSON.
fn answer(compiler: &mut Compiler<'_>, write: &Write, has_old: bool) -> SelectStatement {
    let scalar = |name: &str, expr: Expr| {
        let mut select = Sql::select();
        select.expr(expr).from(sql::iden(name));
        Expr::SubQuery(None, Box::new(select.into()))
    };
    let old = |expr: Expr, otherwise: &'static str| {
        if has_old {
            scalar(OLD, expr)
        } else {
            Expr::cust(otherwise)
        }
    };
    let many = by_filter(&write.action) || write.action.answers_many();
    let of_one =
        |expr: Expr, otherwise: &'static str| if many { Expr::cust(otherwise) } else { expr };
    let version = || sql::cast(Expr::col(sql::iden("version")), "int4");
    let binned = Expr::col(sql::iden("deleted_at")).is_not_null();
    let mut answer = Sql::select()
        .expr_as(model_version(compiler.schema), sql::iden("_model"))
        .expr_as(scalar(NEW, Expr::cust("count(*)")), sql::iden("_count"))
        .expr_as(
            of_one(scalar(NEW, version()), "null::int4"),
            sql::iden("_version"),
        )
        .expr_as(
            of_one(old(version(), "null::int4"), "null::int4"),
            sql::iden("_current"),
        )
        .expr_as(
            of_one(old(binned, "null::bool"), "null::bool"),
            sql::iden("_binned"),
        )
        .expr_as(body(compiler, write), sql::iden("_body"))
        .to_owned();
    if write.action.at_most().is_some() {
        answer.expr_as(update::matched(), sql::iden("_matched"));
    }
    if write.action.upserts().is_some() {
        answer.expr_as(upsert::outcomes(), sql::iden("_created"));
    }
    if let Action::UpsertMany { .. } = write.action {
        answer.expr_as(upsert::repetitions(), sql::iden("_repeated"));
    }
    answer
}

/// Such a write tells only how many records it met.
const fn by_filter(action: &Action) -> bool {
    matches!(
        action,
        Action::UpdateWhere { .. } | Action::DeleteWhere { .. }
    )
}

/// The records written, in the shape asked for.
fn body(compiler: &mut Compiler<'_>, write: &Write) -> Expr {
    if write.selection.0.is_empty() || by_filter(&write.action) {
        return Expr::cust("null::json");
    }
    let mut select = Sql::select();
    from_cte(&mut select, NEW, "n");
    if write.action.answers_many() {
        let same = sql::col("i", "id").eq(sql::col("n", "id"));
        select.join_as(JoinType::InnerJoin, sql::iden(INPUT), sql::iden("i"), same);
        let record = compiler.record(&mut select, &write.object, "n", &write.selection);
        select.expr(sql::template(
            "coalesce(json_agg($1 ORDER BY $2), '[]'::json)",
            [record, sql::col("i", ORDINAL)],
        ));
    } else {
        let json = compiler.row(&mut select, &write.object, "n", &write.selection);
        select.expr(json);
    }
    Expr::SubQuery(None, Box::new(select.into()))
}
