//! What a problem's `type` leads to: the page that explains it.

use axum::extract::Path;
use axum::http::header::CONTENT_TYPE;
use axum::response::{IntoResponse, Response};
use tessera_error::UserError;
use tessera_http::problem::Problem;

/// The project's page of all errors.
const PAGE: &str = include_str!("../../ERRORS.md");

pub(crate) async fn show(Path(code): Path<String>) -> Response {
    if row(&code).is_none() {
        return Problem::from(UserError::NotFound { what: "problem" }).into_response();
    }
    ([(CONTENT_TYPE, "text/markdown; charset=utf-8")], PAGE).into_response()
}

/// The row of the first table that explains a code.
fn row(code: &str) -> Option<&'static str> {
    let (problems, _) = PAGE.split_once("## Codes of single values")?;
    problems
        .lines()
        .find(|line| line.starts_with(&format!("| `{code}` |")))
}

#[cfg(test)]
mod tests {
    use super::row;
    use tessera_error::UserError;

    #[test]
    fn every_problem_has_its_row_with_its_status() {
        for error in UserError::one_of_each() {
            let row =
                row(error.code()).unwrap_or_else(|| panic!("{} is not explained", error.code()));
            assert!(row.contains(&format!("| {} |", error.status())), "{row}");
        }
        assert!(row("unheard_of").is_none());
    }
}
