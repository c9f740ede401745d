//! The records that have given words, and how well they fit: `q` of a list, and search over objects.
//!
//! Trigram indexes find the candidates, column by column, through the longest word; all else is asked of those alone. No index
//! of words is kept, since it would make every write dearer: words are brought to their stems when they are compared. Each step
//! is bounded, so that a fragment that half of all records have costs no more than one that a thousand have.

use sea_query::{
    CommonTableExpression, Expr, ExprTrait, Func, Query as Sql, SelectStatement, UnionType,
    WithClause,
};
use tessera_schema::column::Column;
use tessera_schema::filter::Filter;
use tessera_schema::object::Object;
use tessera_schema::search::Search;

use crate::query::compiler::Compiler;
use crate::query::tree::Deleted;
use crate::query::word::{self, Word};
use crate::sql;

/// So many records that have the words are ranked; of more, those that have them whole come first.
const DEPTH: i64 = 1_000;
/// Where fewer have the words as they were typed, similar ones are added.
const FEW: i64 = 20;
/// So many similar ones at most.
const SIMILAR: i64 = 100;

/// Columns of the CTEs: places of rows, the place, id, text, label and rank of one.
pub(super) const PLACES: &str = "places";
pub(super) const PLACE: &str = "place";
const TEXT: &str = "d";
pub(super) const LABEL: &str = "label";
pub(super) const RANK: &str = "rank";

/// Where a statement finds the records of a search.
#[derive(Debug)]
pub(crate) struct Found {
    /// One row: the places of records that have the words, one more than [`DEPTH`] at most.
    hits: String,
    /// The place, id and rank of each record that was found.
    pub(super) ranked: String,
}

/// The records of one object that are looked through.
struct Heap<'a> {
    object: &'a Object,
    words: Vec<Word<'a>>,
    alias: String,
    deleted: Deleted,
    /// What must hold beside the words.
    condition: Option<Expr>,
}

impl Compiler<'_> {
    /// Finds the records of one object; the CTEs go into `with`.
    pub(crate) fn found(
        &mut self,
        with: &mut WithClause,
        object: &Object,
        search: &Search,
        (filter, deleted): (&Filter, Deleted),
    ) -> Found {
        let heap = self.heap(object, search, filter, deleted);
        let hits = self.hits(with, &heap);
        let few = cardinality(&hits).lt(self.params.number(FEW));
        self.ranked(with, &heap, hits, few)
    }

    /// As [`Compiler::found`] for several objects, whose hits count together.
    pub(super) fn found_in_all(
        &mut self,
        with: &mut WithClause,
        objects: &[&Object],
        search: &Search,
    ) -> Vec<Found> {
        let mut all = Vec::with_capacity(objects.len());
        for object in objects {
            let heap = self.heap(object, search, &Filter::all(), Deleted::Exclude);
            let hits = self.hits(with, &heap);
            all.push((heap, hits));
        }
        let count = all.iter().map(|(_, hits)| cardinality(hits));
        let count = count
            .reduce(ExprTrait::add)
            .unwrap_or_else(|| Expr::cust("0"));
        let few = count.lt(self.params.number(FEW));
        all.into_iter()
            .map(|(heap, hits)| self.ranked(with, &heap, hits, few.clone()))
            .collect()
    }

    fn heap<'a>(
        &mut self,
        object: &'a Object,
        search: &'a Search,
        filter: &Filter,
        deleted: Deleted,
    ) -> Heap<'a> {
        self.params.plan_each_time();
        self.planning.search();
        let alias = self.alias("t");
        self.expect_masked(object, &alias);
        let condition = self.filter(filter, &alias);
        let mut words: Vec<Word<'a>> = search.words().iter().map(|word| Word(word)).collect();
        // The longest is in the fewest records.
        words.sort_by_key(|word| std::cmp::Reverse(word.length()));
        Heap {
            object,
            words,
            alias,
            deleted,
            condition,
        }
    }

    /// The places of records that have all words, in whatever form.
    fn hits(&mut self, with: &mut WithClause, heap: &Heap<'_>) -> String {
        let driver = heap.words[0];
        let patterns = if driver.is_plain() {
            let stem = self.alias("_w");
            let mut select = Sql::select();
            select.expr_as(self.stem_pattern(driver), sql::iden("p"));
            cte(with, &stem, select);
            vec![scalar(&stem, "p")]
        } else {
            self.texts(driver.patterns())
        };
        let conditions = self.all_words(heap, &heap.words);
        let places = self.places(heap, &conditions, DEPTH + 1, |column| {
            word::like_any(&column, &patterns)
        });
        self.list(with, "_i", places)
    }

    /// The rank of each record found.
    fn ranked(&mut self, with: &mut WithClause, heap: &Heap<'_>, hits: String, few: Expr) -> Found {
        let driver = heap.words[0];
        // Among too many to rank them all are those with the very word.
        let mut conditions = vec![cardinality(&hits).gt(self.params.number(DEPTH))];
        conditions.extend(self.all_words(heap, &heap.words[1..]));
        let patterns = self.texts(driver.whole_patterns());
        let places = self.places(heap, &conditions, DEPTH, |column| {
            word::like_any(&column, &patterns)
        });
        let whole = self.list(with, "_b", places);

        let name = self.alias("_s");
        let as_typed = sql::template("$1 || $2", [listed(&hits), listed(&whole)]);
        let is_hit = sql::template("$1 = ANY($2)", [sql::col(&heap.alias, "ctid"), as_typed]);
        let mut select = self.rank(heap, is_hit, |word, compiler, text| {
            word.score(compiler, text)
        });
        if let Some(similar) = self.similar(with, heap, few) {
            let place = || sql::col(&heap.alias, "ctid");
            let new = sql::template(
                "$1 = ANY($2) AND $3 <> ALL($4)",
                [place(), listed(&similar), place(), listed(&hits)],
            );
            select.union(
                UnionType::All,
                self.rank(heap, new, |word, compiler, text| {
                    word.likeness(compiler, text)
                }),
            );
        }
        cte(with, &name, select);
        Found { hits, ranked: name }
    }

    /// The places of records with words like those that were typed, where only few have these.
    fn similar(&mut self, with: &mut WithClause, heap: &Heap<'_>, few: Expr) -> Option<String> {
        let trigrams = self.trigrams?;
        let driver = heap.words.iter().position(|word| word.is_forgiving())?;
        let document = document(heap.object, &heap.alias);
        let mut conditions = vec![few];
        for (index, word) in heap.words.iter().enumerate() {
            if index == driver {
                continue;
            }
            let as_typed = self.has_word(*word, &document);
            conditions.push(if word.is_forgiving() {
                let typed = self.params.text(Some(word.0.to_owned()), "text");
                as_typed.or(word::is_like(trigrams, document.clone(), typed))
            } else {
                as_typed
            });
        }
        let typed = self
            .params
            .text(Some(heap.words[driver].0.to_owned()), "text");
        let places = self.places(heap, &conditions, SIMILAR, |column| {
            word::is_like(trigrams, column, typed.clone())
        });
        Some(self.list(with, "_f", places))
    }

    /// A CTE of one row with a list of places.
    fn list(&mut self, with: &mut WithClause, kind: &'static str, places: Expr) -> String {
        let name = self.alias(kind);
        let mut select = Sql::select();
        select.expr_as(places, sql::iden(PLACES));
        cte(with, &name, select);
        name
    }

    /// The places of at most so many rows, each found by one searched column.
    fn places(
        &mut self,
        heap: &Heap<'_>,
        conditions: &[Expr],
        most: i64,
        by: impl Fn(Expr) -> Expr,
    ) -> Expr {
        let arms = heap.object.searched_columns().into_iter().map(|column| {
            let mut arm = Sql::select();
            arm.expr(sql::col(&heap.alias, "ctid"));
            match self.masked(&heap.alias, &column.name) {
                // What is hidden is not searched.
                Some(masked) => arm.and_where(by(masked.stored)).and_where(masked.seen),
                None => arm.and_where(by(sql::column(&heap.alias, &column.name))),
            };
            self.select_records(&mut arm, heap.object, &heap.alias, heap.deleted);
            for condition in heap.condition.iter().chain(conditions) {
                arm.and_where(condition.clone());
            }
            arm
        });
        let arms = arms.reduce(|mut all, arm| all.union(UnionType::All, arm).to_owned());
        let arms = arms.expect("only objects with searchable fields are searched");
        bounded_places(arms, self.params.number(most))
    }

    /// That a record has each of the words.
    fn all_words(&mut self, heap: &Heap<'_>, words: &[Word<'_>]) -> Vec<Expr> {
        let document = document(heap.object, &heap.alias);
        words
            .iter()
            .map(|word| self.has_word(*word, &document))
            .collect()
    }

    /// The condition on one alias that a record has the words as they were typed, for a walk over all records.
    pub(crate) fn has_words(&mut self, object: &Object, search: &Search, alias: &str) -> Expr {
        self.params.plan_each_time();
        let document = document(object, alias);
        let words = search.words().iter();
        let conditions: Vec<Expr> = words
            .map(|word| self.has_word(Word(word), &document))
            .collect();
        conditions
            .into_iter()
            .reduce(ExprTrait::and)
            .expect("a search has words")
    }

    /// The rows at the places that `which` names, with their ranks.
    fn rank(
        &mut self,
        heap: &Heap<'_>,
        which: Expr,
        of_word: impl Fn(Word<'_>, &mut Self, Expr) -> Expr,
    ) -> SelectStatement {
        let alias = &heap.alias;
        let rows = self.alias("k");
        let mut inner = Sql::select();
        inner.expr_as(sql::col(alias, "ctid"), sql::iden(PLACE));
        inner.expr_as(sql::col(alias, "id"), sql::iden("id"));
        inner.expr_as(label(heap.object, alias), sql::iden(LABEL));
        let text = sql::template("' ' || lower($1)", [document(heap.object, alias)]);
        inner.expr_as(text, sql::iden(TEXT));
        self.select_found(&mut inner, heap.object, alias);
        inner.and_where(which);
        // Keeps the text from being put together for each mention of it.
        inner.offset(sql::written_out(0));

        let text = || sql::col(&rows, TEXT);
        let words: Vec<Expr> = heap
            .words
            .iter()
            .map(|word| of_word(*word, self, text()))
            .collect();
        let count = words.len();
        let sum = words.into_iter().reduce(ExprTrait::add);
        let sum = sum.expect("a search has words");
        let rank = sql::cast(sum.div(Expr::cust(count.to_string())), "float8");
        let mut select = Sql::select();
        for name in [PLACE, "id", LABEL] {
            select.expr_as(sql::col(&rows, name), sql::iden(name));
        }
        select.expr_as(rank, sql::iden(RANK));
        select.from_subquery(inner, sql::iden(&rows));
        select
    }

    /// True where what was found is all there is, and not the best of more.
    pub(crate) fn is_all(&mut self, found: &Found) -> Expr {
        cardinality(&found.hits).lte(self.params.number(DEPTH))
    }
}

impl Found {
    /// The places of all records found.
    pub(crate) fn places(&self) -> Expr {
        let mut places = Sql::select();
        places
            .expr(Expr::col(sql::iden(PLACE)))
            .from(sql::iden(&self.ranked));
        sql::template("ARRAY($1)", [Expr::SubQuery(None, Box::new(places.into()))])
    }

    /// How many were found.
    pub(crate) fn count(&self) -> Expr {
        let mut count = Sql::select();
        count
            .expr(Expr::cust("count(*)"))
            .from(sql::iden(&self.ranked));
        Expr::SubQuery(None, Box::new(count.into()))
    }
}

/// The places of at most so many rows of a select. The planner does not learn how many: for a small number it would read the
/// table from its start rather than ask an index, in the hope of finding them early.
pub(super) fn bounded_places(rows: SelectStatement, most: Expr) -> Expr {
    let rows = Expr::SubQuery(None, Box::new(rows.into()));
    sql::template("ARRAY($1 LIMIT (SELECT $2))", [rows, most])
}

/// How many places a CTE of one row lists.
pub(super) fn cardinality(name: &str) -> Expr {
    Expr::from(Func::cust(sql::iden("cardinality")).arg(listed(name)))
}

/// The places that a CTE of one row lists. Without the cast, `ANY` would take the select for one of many rows.
pub(super) fn listed(name: &str) -> Expr {
    sql::cast(scalar(name, PLACES), "tid[]")
}

/// The one value of a CTE of one row.
fn scalar(name: &str, column: &str) -> Expr {
    let mut select = Sql::select();
    select
        .expr(Expr::col(sql::iden(column)))
        .from(sql::iden(name));
    Expr::SubQuery(None, Box::new(select.into()))
}

pub(super) fn cte(with: &mut WithClause, name: &str, select: SelectStatement) {
    let mut expression = CommonTableExpression::new();
    expression
        .table_name(sql::iden(name))
        .query(select)
        .materialized(true);
    with.cte(expression);
}

/// All searched text of a record, the label first.
fn document(object: &Object, alias: &str) -> Expr {
    joined(alias, object.searched_columns())
}

/// What names a record to people.
fn label(object: &Object, alias: &str) -> Expr {
    match object.label_columns() {
        [] => Expr::cust("null::text"),
        [one] => sql::cast(sql::column(alias, &one.name), "text"),
        several => joined(alias, several.iter().collect()),
    }
}

fn joined(alias: &str, columns: Vec<&Column>) -> Expr {
    let columns = columns
        .into_iter()
        .map(|column| sql::column(alias, &column.name));
    let blank = std::iter::once(Expr::cust("' '"));
    Expr::from(Func::cust(sql::iden("concat_ws")).args(blank.chain(columns)))
}
