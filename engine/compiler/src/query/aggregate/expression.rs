//! Keys and aggregates as expressions over columns.

use sea_query::{Expr, ExprTrait, Func};
use tessera_schema::aggregate::{Aggregate, Key};
use tessera_schema::date_part::DatePart;
use tessera_schema::function::Function;
use tessera_schema::time_zone::TimeZone;

use crate::query::compiler::Compiler;
use crate::sql;

const UTC: &str = "UTC";

impl Compiler<'_> {
    /// What a group's records share, from the column it is taken of.
    pub(super) fn key(&mut self, key: &Key, value: Expr, zone: Option<&TimeZone>) -> Expr {
        let Some(part) = key.part else {
            return value;
        };
        if part == DatePart::Hour {
            // Cut as an instant, so that the hour that comes twice when clocks go back is two hours.
            let zone = self.zone(zone);
            return sql::template(
                "CASE WHEN $1 IS NOT NULL THEN greatest(date_trunc('hour', $2, $3), '0001-01-01T00:00:00Z') END",
                [value.clone(), value, zone],
            );
        }
        let is_instant = key.source.column_type.scalar.is_instant();
        let local = if is_instant && part.is_date() {
            let zone = self.zone(zone);
            // The clocks of some zones show the day before the first one there is, or the day after the last.
            sql::template(
                "CASE WHEN $1 IS NOT NULL THEN least(greatest($2 AT TIME ZONE $3, '0001-01-01'), '9999-12-31') END",
                [value.clone(), value, zone],
            )
        } else if is_instant {
            let zone = self.zone(zone);
            sql::template("$1 AT TIME ZONE $2", [value, zone])
        } else {
            sql::cast(value, "timestamp")
        };
        let template = match part {
            DatePart::Year => "date_trunc('year', $1)::date",
            DatePart::Quarter => "date_trunc('quarter', $1)::date",
            DatePart::Month => "date_trunc('month', $1)::date",
            DatePart::Week => "date_trunc('week', $1)::date",
            DatePart::Day => "($1)::date",
            DatePart::Hour => unreachable!("an hour is cut as an instant"),
            DatePart::MonthOfYear => "extract(month from $1)::int8",
            DatePart::DayOfWeek => "extract(isodow from $1)::int8",
            DatePart::HourOfDay => "extract(hour from $1)::int8",
        };
        sql::template(template, [local])
    }

    fn zone(&mut self, zone: Option<&TimeZone>) -> Expr {
        let name = zone.map_or(UTC, TimeZone::name);
        self.params.text(Some(name.to_owned()), "text")
    }

    /// True once for the whole statement, or an error where there is no such zone: else it would only be told where there
    /// are records.
    pub(super) fn known_zone(&mut self, zone: &TimeZone) -> Expr {
        let zone = self.zone(Some(zone));
        sql::template("(now() AT TIME ZONE $1) IS NOT NULL", [zone])
    }
}

/// An aggregate over the columns of its operand: none for the records themselves.
pub(super) fn reckoned(aggregate: &Aggregate, mut values: Vec<Expr>) -> Expr {
    let function = aggregate.function;
    if values.len() > 1 {
        let present = Expr::from(Func::cust(sql::iden("num_nonnulls")).args(values));
        return match function {
            Function::EmptyShare => sql::template(
                "count(*) FILTER (WHERE $1 = 0)::float8 / nullif(count(*), 0)",
                [present],
            ),
            _ => sql::template("count(*) FILTER (WHERE $1 > 0)", [present]),
        };
    }
    let Some(value) = values.pop() else {
        return Expr::cust("count(*)");
    };
    let scalar = aggregate.column_type.scalar;
    match function {
        Function::Count => value.count(),
        Function::CountDistinct => value.count_distinct(),
        Function::Sum => value.sum(),
        // Without the zeros that Postgres divides down to.
        Function::Avg if scalar.is_exact() => sql::template("trim_scale(avg($1))", [value]),
        Function::Avg if scalar.is_approximate() => {
            // Postgres's own reckons the variance too, and fails where that is too large.
            sql::template("sum($1)::float8 / count($2)", [value.clone(), value])
        }
        Function::Avg => sql::template("avg($1)", [value]),
        Function::Min => sql::collated(value, &aggregate.column_type).min(),
        Function::Max => sql::collated(value, &aggregate.column_type).max(),
        Function::EmptyShare => sql::template(
            "(count(*) - count($1))::float8 / nullif(count(*), 0)",
            [value],
        ),
    }
}
