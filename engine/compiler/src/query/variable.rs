//! The value of a variable, as an expression that Postgres computes.

use sea_query::{Expr, ExprTrait, Query as Sql};
use tessera_schema::filter::variable::{Placed, Start, Time, Variable};
use tessera_schema::scalar::Scalar;
use tessera_schema::time_zone::TimeZone;

use crate::bind::{BindContext, Param};
use crate::query::compiler::Compiler;
use crate::sql;

impl Compiler<'_> {
    /// The value for a column of this type.
    pub(super) fn variable(&mut self, placed: &Placed, scalar: Scalar) -> Expr {
        match placed.variable {
            Variable::UserId => self.caller(),
            Variable::UserTeamIds => self.teams(),
            Variable::UserEmail => {
                let alias = self.alias("u");
                let mut select = Sql::select();
                select.expr(sql::col(&alias, "email"));
                self.select_users(&mut select, &alias);
                let caller = self.caller();
                select.and_where(sql::col(&alias, "id").eq(caller));
                Expr::SubQuery(None, Box::new(select.into()))
            }
            Variable::Time(time) => self.time(time, &placed.time_zone, scalar),
        }
    }

    /// All of the caller's teams as one parameter: a plan serves everybody.
    fn teams(&mut self) -> Expr {
        let params = &mut self.params;
        let ids = |given: &BindContext<'_>| {
            let ids = given.caller.team_ids.iter().map(|id| Some(id.to_string()));
            Some(Param::List(ids.collect()))
        };
        let known = &mut self.variables.team_ids;
        known
            .get_or_insert_with(|| params.given(ids, "uuid[]"))
            .clone()
    }

    pub(crate) fn caller(&mut self) -> Expr {
        let params = &mut self.params;
        let id = |given: &BindContext<'_>| Some(Param::Text(Some(given.caller.user.to_string())));
        let known = &mut self.variables.id;
        known
            .get_or_insert_with(|| params.given(id, "uuid"))
            .clone()
    }

    /// Days, weeks and months begin in the time zone, and are shifted there: a day may have 23 or 25 hours.
    fn time(&mut self, time: Time, zone: &TimeZone, scalar: Scalar) -> Expr {
        let zone = self.params.text(Some(zone.name().to_owned()), "text");
        let local = match time.start {
            Start::Now => "(now() AT TIME ZONE $1)",
            Start::Today => "date_trunc('day', now() AT TIME ZONE $1)",
            Start::Week => "date_trunc('week', now() AT TIME ZONE $1)",
            Start::Month => "date_trunc('month', now() AT TIME ZONE $1)",
        };
        let mut value = sql::template(local, [zone.clone()]);
        if let Some(shift) = time.shift {
            let shift = self.params.text(Some(shift.to_string()), "interval");
            value = sql::template("($1 + $2)", [value, shift]);
        }
        if scalar.is_instant() {
            sql::template("($1 AT TIME ZONE $2)", [value, zone])
        } else {
            sql::template("($1)::date", [value])
        }
    }
}
