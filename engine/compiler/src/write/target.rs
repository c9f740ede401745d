//! The records that links lead to. A foreign key makes sure that they exist; here they also have to be outside the bin.
//!
//! A target is locked as its foreign key locks it. A record goes to the bin under `FOR UPDATE`, which waits for that lock and
//! keeps others from taking it: so a target that is binned at the same moment is either seen in the bin or binned afterwards.

use sea_query::{Expr, ExprTrait, Func, LockType, Query as Sql};
use tessera_schema::access::Right;
use tessera_schema::column::SqlName;
use tessera_schema::object::Object;

use crate::names::foreign_key_name;
use crate::query::compiler::Compiler;
use crate::query::tree::Deleted;
use crate::sql;
use crate::write::part::from_cte;

/// Which records a link may lead to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Reach {
    /// Those that were there when the statement began.
    Stored,
    /// Also the records that the statement writes. The name is of its part that lists them.
    Written(&'static str),
}

/// The value of one of an object's columns as it is written: a link only where it leads to a live record.
pub(super) fn checked(
    compiler: &mut Compiler<'_>,
    object: &Object,
    column: &SqlName,
    value: Expr,
    reach: Reach,
) -> Expr {
    let mut relations = object.own_fields().filter_map(|field| field.to_one());
    let Some(relation) = relations.find(|relation| relation.column == *column) else {
        return value;
    };
    let key = foreign_key_name(object, column);
    let target = compiler.model.target(&relation.target).clone();
    let reach = if target.table == object.table {
        reach
    } else {
        Reach::Stored
    };
    live(compiler, &target, &key, value, reach)
}

/// An id, where it is that of a live record of `target`. Otherwise the statement ends as the foreign key would end it.
pub(super) fn live(
    compiler: &mut Compiler<'_>,
    target: &Object,
    foreign_key: &SqlName,
    id: Expr,
    reach: Reach,
) -> Expr {
    let alias = compiler.alias("t");
    let mut select = Sql::select();
    select
        .expr(sql::col(&alias, "id"))
        .and_where(sql::col(&alias, "id").eq(id.clone()))
        .lock_with_tables(LockType::KeyShare, [sql::iden(&alias)]);
    compiler.select_stored(&mut select, target, &alias, Right::Read, Deleted::Exclude);
    let found = Expr::SubQuery(None, Box::new(select.into()));
    let mut ways = vec![found];
    if let Reach::Written(written) = reach {
        // The foreign key makes sure that it came to be.
        let alias = compiler.alias("t");
        let mut select = Sql::select();
        select.expr(sql::col(&alias, "id"));
        from_cte(&mut select, written, &alias);
        select.and_where(sql::col(&alias, "id").eq(id.clone()));
        ways.push(Expr::SubQuery(None, Box::new(select.into())));
    }
    let key = compiler.params.text(Some(foreign_key.to_string()), "text");
    ways.push(sql::template("platform.no_such_record($1, $2)", [key, id]));
    Func::coalesce(ways).into()
}
