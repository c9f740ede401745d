//! Row rules as conditions.

use sea_query::{Expr, ExprTrait};
use tessera_schema::access::Right;
use tessera_schema::object::Object;

use crate::query::compiler::Compiler;

impl Compiler<'_> {
    /// The caller's row rules on the rows of `alias`, for a right on their object: that they may be read, and the right be used on
    /// them. `None` where every record is granted.
    pub(super) fn guard(&mut self, object: &Object, right: Right, alias: &str) -> Option<Expr> {
        // Within a rule records count whether the caller may read them or not: otherwise rules would lead to rules.
        let rules = self.rules.take()?;
        let rule = |right| rules.get(object.api_name(), right);
        let own = rule(right).filter(|_| right != Right::Read);
        let rules_of_rows = rule(Right::Read).into_iter().chain(own);
        let conditions: Vec<Expr> = rules_of_rows
            .filter_map(|rule| self.filter(rule, alias))
            .collect();
        self.rules = Some(rules);
        conditions.into_iter().reduce(ExprTrait::and)
    }
}
