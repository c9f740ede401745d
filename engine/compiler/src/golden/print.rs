//! A statement on several lines, and its parameters.

use serde_json::Map;
use std::fmt::Write as _;
use tessera_schema::ident::ChangeId;

use super::actor;
use crate::bind::Param;
use crate::bind::{BindContext, Caller};
use crate::statement::Statement;
use crate::write::Write;

const CLAUSES: [&str; 15] = [
    "FROM ",
    "WHERE ",
    "GROUP BY ",
    "ORDER BY ",
    "LIMIT ",
    "OFFSET ",
    "LEFT JOIN ",
    "INNER JOIN ",
    "RETURNING ",
    "UNION ",
    "SET ",
    "ON CONFLICT ",
    "FOR UPDATE",
    "FOR NO KEY UPDATE",
    "VALUES ",
];
const BLOCKS: [&str; 4] = ["SELECT ", "INSERT ", "UPDATE ", "DELETE "];

/// Sub-selects are indented, and each clause of one begins a line.
pub(super) fn pretty(statement: &Statement, write: Option<&Write>) -> String {
    let inputs = Map::new();
    let caller = Caller {
        user: actor(),
        team_ids: &[],
    };
    let given = write.map_or_else(
        || BindContext::of_read(&inputs, caller),
        |write| write.bind(&inputs, (caller, ChangeId(uuid::Uuid::nil()))),
    );
    // What a cursor holds stands in no golden file: it is not one that was given.
    let slots = statement.slots.iter();
    let params: Vec<_> = slots.map(|slot| slot.read(&given)).collect();
    let mut out = String::new();
    let mut blocks: Vec<bool> = vec![true];
    let mut depth = 0;
    let mut rest = &*statement.text;
    while let Some(next) = rest.chars().next() {
        let length = match next {
            '"' | '\'' => 2 + rest[1..].find(next).expect("a quote is closed"),
            _ => next.len_utf8(),
        };
        let in_block = blocks.last() == Some(&true);
        match next {
            '(' => {
                let block = BLOCKS.iter().any(|word| rest[1..].starts_with(word));
                blocks.push(block);
                out.push('(');
                if block {
                    depth += 1;
                    line(&mut out, depth);
                }
            }
            ')' => {
                if blocks.pop() == Some(true) {
                    depth -= 1;
                    line(&mut out, depth);
                }
                out.push(')');
            }
            ' ' if in_block && CLAUSES.iter().any(|word| rest[1..].starts_with(word)) => {
                line(&mut out, depth);
            }
            _ => out.push_str(&rest[..length]),
        }
        rest = &rest[length..];
    }
    for (index, param) in params.iter().enumerate() {
        let value = match param {
            Some(Param::Text(text)) => format!("{text:?}"),
            Some(Param::List(texts)) => format!("{texts:?}"),
            Some(Param::Number(number)) => number.to_string(),
            None => "a position".to_owned(),
        };
        write!(out, "\n-- ${} {value}", index + 1).expect("writing to a String cannot fail");
    }
    out
}

fn line(out: &mut String, depth: usize) {
    out.push('\n');
    out.push_str(&"  ".repeat(depth));
}
