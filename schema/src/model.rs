//! A tenant's model, compiled: immutable, and quick to ask.
//!
//! Objects are shared between a model and the next one made from it, so the cost of a change grows with the objects that it
//! touches.

use std::collections::HashMap;
use std::sync::Arc;

use crate::definition::{FieldDefinition, ObjectDefinition};
use crate::field_types::{FieldTypes, UnknownFieldType};
use crate::ident::ApiName;
use crate::object::{Field, Inverse, Object, ObjectSource};

#[derive(Debug, Clone)]
pub struct Model {
    types: Arc<FieldTypes>,
    objects: HashMap<ApiName, Arc<Object>>,
    by_plural: HashMap<ApiName, ApiName>,
}

impl Model {
    /// A model with no objects but the tenant's users.
    #[must_use]
    pub fn empty(types: Arc<FieldTypes>) -> Self {
        let mut model = Self {
            types,
            objects: HashMap::new(),
            by_plural: HashMap::new(),
        };
        model.insert(Object::users());
        model
    }

    /// Compiles stored definitions, which were checked when they were stored.
    ///
    /// # Errors
    /// The name of a field type that is no longer there.
    pub fn compile(
        types: Arc<FieldTypes>,
        sources: Vec<ObjectSource>,
    ) -> Result<Self, UnknownFieldType> {
        let mut model = Self::empty(types);
        for source in sources {
            let object = Object::compile(&model.types, Arc::new(source))?;
            model.insert(Arc::new(object));
        }
        let names: Vec<ApiName> = model.objects.keys().cloned().collect();
        let inverses = model.inverses();
        for name in names {
            model.set_inverses(&name, &inverses);
        }
        Ok(model)
    }

    #[must_use]
    pub const fn types(&self) -> &Arc<FieldTypes> {
        &self.types
    }

    #[must_use]
    pub fn object(&self, api_name: &str) -> Option<&Arc<Object>> {
        self.objects.get(api_name)
    }

    #[must_use]
    pub fn by_plural(&self, plural: &str) -> Option<&Arc<Object>> {
        self.object(self.by_plural.get(plural)?.as_str())
    }

    /// The objects a tenant may change, in the order they were made. Users are not among them.
    #[must_use]
    pub fn definitions(&self) -> Vec<&Arc<Object>> {
        let mut all: Vec<_> = self.objects.values().filter(|o| !o.read_only).collect();
        all.sort_by_key(|object| object.age());
        all
    }

    /// Every object that can be read.
    #[must_use]
    pub fn objects(&self) -> Vec<&Arc<Object>> {
        let mut all = self.definitions();
        all.extend(self.objects.values().filter(|o| o.read_only));
        all
    }

    /// The object on the other end of a relation.
    #[must_use]
    pub fn target(&self, name: &ApiName) -> &Arc<Object> {
        self.objects
            .get(name)
            .expect("the rules on definitions let no relation point at nothing")
    }

    /// About how many bytes of memory this model takes.
    #[must_use]
    pub fn weight(&self) -> usize {
        // By how much a process grew for each own field of 200 copies of all built-in modules; an object's own part is in it.
        const FIELD: usize = 3_500;
        const EMPTY_OBJECT: usize = 2_000;
        let objects = self.objects.values();
        objects
            .map(|object| EMPTY_OBJECT.max(FIELD * object.source.fields.len()))
            .sum()
    }

    /// The same model with some objects put in, replaced or (where the new source is `None`) taken out.
    ///
    /// # Errors
    /// The name of a field type that does not exist.
    pub fn with(
        &self,
        changes: Vec<(ApiName, Option<ObjectSource>)>,
    ) -> Result<Self, UnknownFieldType> {
        let mut next = self.clone();
        let mut affected = std::collections::BTreeSet::new();
        for (name, source) in changes {
            if let Some(old) = next.remove(&name) {
                affected.extend(old.targets().cloned());
            }
            if let Some(source) = source {
                let object = Object::compile(&next.types, Arc::new(source))?;
                affected.extend(object.targets().cloned());
                next.insert(Arc::new(object));
            }
            affected.insert(name);
        }
        let inverses = next.inverses();
        for name in affected {
            next.set_inverses(&name, &inverses);
        }
        Ok(next)
    }

    /// The model without some of its objects and fields; itself where nothing is left out. A relation goes with its target, and
    /// the way back with its relation.
    pub(crate) fn part(
        self: &Arc<Self>,
        keeps: impl Fn(&Object) -> bool,
        keeps_field: impl Fn(&Object, &Field) -> bool,
    ) -> Arc<Self> {
        let has = |name: &ApiName| self.objects.get(name).is_some_and(|object| keeps(object));
        let has_field = |object: &Object, field: &Field| {
            keeps_field(object, field) && field.target(object).is_none_or(|target| has(&target))
        };
        let has_inverse = |inverse: &Inverse| {
            let object = self.target(&inverse.object);
            let field = &object.fields[&inverse.field];
            keeps(object) && has_field(object, field)
        };
        let mut part = Self::clone(self);
        let mut is_whole = true;
        for object in self.objects.values() {
            if !keeps(object) {
                part.remove(object.api_name());
                is_whole = false;
                continue;
            }
            let mut fields = object.fields.values();
            let mut inverses = object.inverses.values();
            if fields.all(|field| has_field(object, field)) && inverses.all(has_inverse) {
                continue;
            }
            let seen = object.part(|field| has_field(object, field), has_inverse);
            part.objects
                .insert(object.api_name().clone(), Arc::new(seen));
            is_whole = false;
        }
        if is_whole {
            return Arc::clone(self);
        }
        Arc::new(part)
    }

    /// A definition as its author would write it.
    #[must_use]
    pub fn definition(object: &Object) -> ObjectDefinition {
        ObjectDefinition {
            head: object.source.head.clone(),
            fields: object
                .source
                .fields
                .iter()
                .map(|field| FieldDefinition::clone(&field.definition))
                .collect(),
        }
    }

    fn insert(&mut self, object: Arc<Object>) {
        let head = &object.source.head;
        self.by_plural
            .insert(head.plural_api_name.clone(), head.api_name.clone());
        self.objects.insert(head.api_name.clone(), object);
    }

    fn remove(&mut self, name: &ApiName) -> Option<Arc<Object>> {
        let object = self.objects.remove(name)?;
        self.by_plural.remove(&object.source.head.plural_api_name);
        Some(object)
    }

    /// The ways back to each object, over all relations.
    fn inverses(&self) -> HashMap<ApiName, Vec<Inverse>> {
        let mut all: HashMap<ApiName, Vec<Inverse>> = HashMap::new();
        for object in self.definitions() {
            for (target, inverse) in object.offered_inverses() {
                all.entry(target).or_default().push(inverse);
            }
        }
        all
    }

    fn set_inverses(&mut self, name: &ApiName, inverses: &HashMap<ApiName, Vec<Inverse>>) {
        if let Some(object) = self.objects.get_mut(name) {
            let mut changed = Object::clone(object);
            changed.inverses = inverses
                .get(name)
                .into_iter()
                .flatten()
                .map(|inverse| (inverse.to_many.key.clone(), inverse.clone()))
                .collect();
            *object = Arc::new(changed);
        }
    }
}
