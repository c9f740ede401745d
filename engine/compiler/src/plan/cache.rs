//! Plans by the shape of the requests they answer. A cache belongs to a snapshot of a tenant's model and goes with it.

use quick_cache::sync::Cache;
use quick_cache::{DefaultHashBuilder, OptionsBuilder, Weighter};
use std::any::Any;
use std::fmt;
use std::sync::Arc;

/// What all plans of one snapshot together may take at least, in bytes. What was not used lately goes first.
const CAPACITY: u64 = 512 << 10;
/// Those of a large model may take more: such a part of what the model takes.
const PART_OF_MODEL: u64 = 2;
/// About what a plan takes, to begin with.
const USUAL: u64 = 8 << 10;

/// Plans of any kind: each face keeps its own, and begins its keys with a byte of its own.
pub struct PlanCache(Cache<Box<[u8]>, Entry, ByWeight, DefaultHashBuilder, Evicted>);

type Evicted = quick_cache::sync::DefaultLifecycle<Box<[u8]>, Entry>;

#[derive(Clone)]
struct Entry {
    plan: Arc<dyn Any + Send + Sync>,
    weight: u64,
}

#[derive(Clone)]
struct ByWeight;

impl Weighter<Box<[u8]>, Entry> for ByWeight {
    fn weight(&self, key: &Box<[u8]>, entry: &Entry) -> u64 {
        key.len() as u64 + entry.weight
    }
}

impl PlanCache {
    /// For a model that takes about so many bytes.
    #[must_use]
    pub fn new(model: usize) -> Self {
        let capacity = CAPACITY.max(model as u64 / PART_OF_MODEL);
        let options = OptionsBuilder::new()
            .estimated_items_capacity(usize::try_from(capacity / USUAL).unwrap_or(1))
            .weight_capacity(capacity)
            // Requests of one tenant rarely meet here; more parts would each take memory.
            .shards(1)
            .build()
            .expect("all that is needed is given");
        Self(Cache::with_options(
            options,
            ByWeight,
            DefaultHashBuilder::default(),
            Evicted::default(),
        ))
    }

    /// The plan under a key, if it is of this kind.
    #[must_use]
    pub fn get<P: Any + Send + Sync>(&self, key: &[u8]) -> Option<Arc<P>> {
        let found = self.0.get(key)?;
        found.plan.downcast().ok()
    }

    /// Keeps a plan that takes about `weight` bytes.
    pub fn put<P: Any + Send + Sync>(&self, key: Vec<u8>, plan: Arc<P>, weight: usize) {
        let entry = Entry {
            plan,
            weight: weight as u64,
        };
        self.0.insert(key.into_boxed_slice(), entry);
    }

    /// What the plans take, in bytes.
    #[must_use]
    pub fn weight(&self) -> u64 {
        self.0.weight()
    }
}

impl fmt::Debug for PlanCache {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("PlanCache")
            .field("plans", &self.0.len())
            .field("weight", &self.0.weight())
            .finish()
    }
}

#[cfg(test)]
mod tests {
    use super::{CAPACITY, PlanCache};
    use std::sync::Arc;

    #[test]
    fn a_plan_is_found_under_its_key_and_as_what_it_is() {
        let cache = PlanCache::new(0);
        cache.put(b"a".to_vec(), Arc::new(7_u32), 100);
        assert_eq!(cache.get::<u32>(b"a").as_deref(), Some(&7));
        assert_eq!(cache.get::<u64>(b"a"), None);
        assert_eq!(cache.get::<u32>(b"b"), None);
    }

    #[test]
    fn plans_take_no_more_than_they_may() {
        for (model, capacity) in [(0, CAPACITY), (900_000, CAPACITY), (4 << 20, 2 << 20)] {
            let cache = PlanCache::new(model);
            for number in 0..10_000_u32 {
                cache.put(number.to_le_bytes().to_vec(), Arc::new(number), 10_000);
                assert!(cache.weight() <= capacity, "{number}: {}", cache.weight());
            }
            assert!(cache.weight() > capacity / 2, "it is used");
        }
    }
}
