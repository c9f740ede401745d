//! Search over several objects, as one list of hits.

use sea_query::{Expr, Order, Query as Sql, UnionType, WithClause};
use std::sync::Arc;
use tessera_schema::object::Object;
use tessera_schema::search::Search;

use crate::query::compiler::Compiler;
use crate::query::search::{LABEL, RANK};
use crate::query::tree::HitPart;
use crate::sql;

const OBJECT: &str = "object";

impl Compiler<'_> {
    /// The best hits as a JSON array, best first.
    pub(super) fn search(
        &mut self,
        objects: &[(String, Arc<Object>)],
        search: &Search,
        limit: u32,
        parts: &[(String, HitPart)],
    ) -> Expr {
        let mut with = WithClause::new();
        let searched: Vec<&Object> = objects.iter().map(|(_, object)| object.as_ref()).collect();
        let found = self.found_in_all(&mut with, &searched, search);
        let arms = objects.iter().zip(&found).map(|((name, _), found)| {
            let best = self.alias("h");
            let name = self.params.text(Some(name.clone()), "text");
            let mut arm = Sql::select();
            arm.expr_as(name, sql::iden(OBJECT));
            for name in ["id", LABEL, RANK] {
                arm.expr_as(sql::col(&best, name), sql::iden(name));
            }
            arm.from_as(sql::iden(&found.ranked), sql::iden(&best));
            arm
        });
        let arms = arms.reduce(|mut all, arm| all.union(UnionType::All, arm).to_owned());
        let Some(arms) = arms else {
            return Expr::cust("'[]'::json");
        };
        let (all, hit) = (self.alias("u"), self.alias("h"));
        let mut best = Sql::select();
        for name in [OBJECT, "id", LABEL, RANK] {
            best.expr(sql::col(&all, name));
        }
        best.from_subquery(arms, sql::iden(&all));
        for name in [RANK, "id"] {
            best.order_by_expr(sql::col(&all, name), Order::Desc);
        }
        best.limit(sql::written_out(limit));
        let entries = parts.iter().map(|(key, part)| {
            let expr = match part {
                HitPart::Object => sql::col(&hit, OBJECT),
                HitPart::Id => sql::col(&hit, "id"),
                HitPart::Label => sql::col(&hit, LABEL),
                HitPart::Rank => sql::template("round($1::numeric, 4)", [sql::col(&hit, RANK)]),
                HitPart::Constant(text) => self.params.text(Some(text.clone()), "text"),
            };
            (key.as_str(), expr)
        });
        let entries = entries.collect();
        let row = self.keyed(entries);
        let mut select = Sql::select();
        select.expr(sql::template(
            "coalesce(json_agg($1 ORDER BY $2 DESC, $3 DESC), '[]'::json)",
            [row, sql::col(&hit, RANK), sql::col(&hit, "id")],
        ));
        select.from_subquery(best, sql::iden(&hit));
        select.with_cte(with);
        Expr::SubQuery(None, Box::new(select.into()))
    }
}
