//! The types that each object brings into a schema.

use std::sync::Arc;
use tessera_schema::function::Function;
use tessera_schema::model::Model;
use tessera_schema::naming::from_pascal;
use tessera_schema::object::Object;
use tessera_schema::type_names::TypeNames;

use super::platform::is_fixed;

#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(crate) enum Part {
    Record,
    Connection,
    Edge,
    Filter,
    /// Some, every or none of the records of a to-many relation.
    ListFilter,
    OrderBy,
    CreateInput,
    UpdateInput,
    /// What records can be matched on.
    UniqueField,
    Group,
    GroupBy,
    GroupKeys,
    GroupHaving,
    GroupOrderBy,
    Aggregate,
    /// What each field has of a kind of aggregate.
    Leaves(Leaves),
    LeavesHaving(Leaves),
    /// Of whatever kind.
    LeavesOrderBy,
}

/// Aggregates of fields, those together whose values have the same types.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(crate) enum Leaves {
    CountDistinct,
    EmptyShare,
    Sum,
    Avg,
    MinMax,
}

impl Leaves {
    pub(crate) const fn of(function: Function) -> Option<Self> {
        Some(match function {
            Function::Count => return None,
            Function::CountDistinct => Self::CountDistinct,
            Function::EmptyShare => Self::EmptyShare,
            Function::Sum => Self::Sum,
            Function::Avg => Self::Avg,
            Function::Min | Function::Max => Self::MinMax,
        })
    }

    /// One that stands for all of the kind.
    pub(crate) const fn function(self) -> Function {
        match self {
            Self::CountDistinct => Function::CountDistinct,
            Self::EmptyShare => Function::EmptyShare,
            Self::Sum => Function::Sum,
            Self::Avg => Function::Avg,
            Self::MinMax => Function::Min,
        }
    }
}

impl Part {
    pub(crate) const ALL: [Self; 26] = [
        Self::Record,
        Self::Connection,
        Self::Edge,
        Self::Filter,
        Self::ListFilter,
        Self::OrderBy,
        Self::CreateInput,
        Self::UpdateInput,
        Self::UniqueField,
        Self::Group,
        Self::GroupBy,
        Self::GroupKeys,
        Self::GroupHaving,
        Self::GroupOrderBy,
        Self::Aggregate,
        Self::Leaves(Leaves::CountDistinct),
        Self::Leaves(Leaves::EmptyShare),
        Self::Leaves(Leaves::Sum),
        Self::Leaves(Leaves::Avg),
        Self::Leaves(Leaves::MinMax),
        Self::LeavesHaving(Leaves::CountDistinct),
        Self::LeavesHaving(Leaves::EmptyShare),
        Self::LeavesHaving(Leaves::Sum),
        Self::LeavesHaving(Leaves::Avg),
        Self::LeavesHaving(Leaves::MinMax),
        Self::LeavesOrderBy,
    ];

    pub(crate) const fn suffix(self) -> &'static str {
        match self {
            Self::Record => "",
            Self::Connection => "Connection",
            Self::Edge => "Edge",
            Self::Filter => "Filter",
            Self::ListFilter => "ListFilter",
            Self::OrderBy => "OrderBy",
            Self::CreateInput => "CreateInput",
            Self::UpdateInput => "UpdateInput",
            Self::UniqueField => "UniqueField",
            Self::Group => "Group",
            Self::GroupBy => "GroupBy",
            Self::GroupKeys => "GroupKeys",
            Self::GroupHaving => "GroupHaving",
            Self::GroupOrderBy => "GroupOrderBy",
            Self::Aggregate => "Aggregate",
            Self::Leaves(Leaves::CountDistinct) => "CountDistinctAggregate",
            Self::Leaves(Leaves::EmptyShare) => "EmptyShareAggregate",
            Self::Leaves(Leaves::Sum) => "SumAggregate",
            Self::Leaves(Leaves::Avg) => "AvgAggregate",
            Self::Leaves(Leaves::MinMax) => "MinMaxAggregate",
            Self::LeavesHaving(Leaves::CountDistinct) => "CountDistinctAggregateHaving",
            Self::LeavesHaving(Leaves::EmptyShare) => "EmptyShareAggregateHaving",
            Self::LeavesHaving(Leaves::Sum) => "SumAggregateHaving",
            Self::LeavesHaving(Leaves::Avg) => "AvgAggregateHaving",
            Self::LeavesHaving(Leaves::MinMax) => "MinMaxAggregateHaving",
            Self::LeavesOrderBy => "AggregateOrderBy",
        }
    }

    pub(crate) const fn writes(self) -> bool {
        matches!(
            self,
            Self::CreateInput | Self::UpdateInput | Self::UniqueField
        )
    }

    /// Whether an object has this part.
    fn possible(self, object: &Object) -> bool {
        match self {
            Self::UniqueField => !object.read_only && object.unique_keys().next().is_some(),
            part => !part.writes() || !object.read_only,
        }
    }

    pub(crate) fn name(self, model: &Model, object: &Object) -> String {
        TYPES.of_object(model, object.api_name(), self.suffix())
    }

    /// The part that a type's name stands for.
    pub(crate) fn read(model: &Model, type_name: &str) -> Option<(Self, Arc<Object>)> {
        Self::ALL.into_iter().find_map(|part| {
            let name = type_name.strip_suffix('_').unwrap_or(type_name);
            let name = name.strip_suffix(part.suffix())?;
            let name = name.strip_suffix('_').unwrap_or(name);
            let object = model.object(&from_pascal(name)?)?;
            let found = part.possible(object) && part.name(model, object) == type_name;
            found.then(|| (part, Arc::clone(object)))
        })
    }
}

/// The suffixes of all parts.
const SUFFIXES: [&str; Part::ALL.len()] = {
    let mut all = [""; Part::ALL.len()];
    let mut index = 0;
    while index < all.len() {
        all[index] = Part::ALL[index].suffix();
        index += 1;
    }
    all
};

const TYPES: TypeNames<'static> = TypeNames::new(&SUFFIXES, is_fixed);
