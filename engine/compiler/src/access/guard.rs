//! Row rules: which records of an object a caller may meet, by what is done with them.

use sea_query::Expr;
use tessera_schema::access::Right;
use tessera_schema::object::Object;

use crate::query::compiler::Compiler;

impl Compiler<'_> {
    /// The caller's row rule for a right on an object, as a condition on the rows of `alias`. `None` where every record is
    /// granted.
    #[expect(
        clippy::unused_self,
        clippy::needless_pass_by_ref_mut,
        reason = "a rule is compiled"
    )]
    pub(super) fn guard(&mut self, _object: &Object, right: Right, _alias: &str) -> Option<Expr> {
        match right {
            // No role has row rules yet: a caller who may read, or write, does so with every record.
            Right::Read
            | Right::Create
            | Right::Update
            | Right::Delete
            | Right::Restore
            | Right::Destroy => None,
        }
    }
}
