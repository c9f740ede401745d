//! Row rules as conditions.

use sea_query::{Expr, ExprTrait};
use tessera_schema::access::Right;
use tessera_schema::filter::Filter;
use tessera_schema::object::Object;

use crate::query::compiler::Compiler;

impl Compiler<'_> {
    /// The caller's row rules on the rows of `alias`, for a right on their object: that they may be read, and the right be used on
    /// them. `None` where every record is granted.
    pub(super) fn guard(&mut self, object: &Object, right: Right, alias: &str) -> Option<Expr> {
        let read = self.guard_of(object, Right::Read, alias);
        let own = (right != Right::Read).then(|| self.guard_of(object, right, alias));
        let conditions = read.into_iter().chain(own.flatten());
        conditions.reduce(ExprTrait::and)
    }

    /// As [`Compiler::guard`], of this right alone.
    pub(crate) fn guard_of(&mut self, object: &Object, right: Right, alias: &str) -> Option<Expr> {
        // Within a rule records count whether the caller may read them or not: otherwise rules would lead to rules.
        let rules = self.rules.filter(|_| !self.in_rule)?;
        let rule = rules.get(object.api_name(), right)?;
        self.rule(rule, alias)
    }

    /// A row rule as a condition on the rows of `alias`. `None` where it holds for every record.
    pub(crate) fn rule(&mut self, rule: &Filter, alias: &str) -> Option<Expr> {
        self.limited = true;
        if !self.is_apart && is_left_out() {
            return None;
        }
        // The caller does not know of its relations, and each is planned by itself.
        self.repeated(|compiler| {
            let around = std::mem::replace(&mut compiler.in_rule, true);
            let condition = compiler.filter(rule, alias);
            compiler.in_rule = around;
            condition
        })
    }
}

/// Whether a test leaves this rule out, to see that it is missed.
#[cfg(test)]
fn is_left_out() -> bool {
    super::left_out::is_next()
}

#[cfg(not(test))]
const fn is_left_out() -> bool {
    false
}
