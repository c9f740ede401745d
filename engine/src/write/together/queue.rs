//! Those who wait for a statement, and how many statements run.

use std::sync::{Mutex, MutexGuard};
use std::time::{Duration, Instant};
use tessera_schema::ident::UserId;
use tessera_schema::record::Record;
use tokio::sync::oneshot;
use tokio::task::yield_now;

use crate::error::Result;
use crate::write::Written;

#[derive(Debug)]
pub(super) struct Queue {
    at_once: usize,
    state: Mutex<State>,
}

#[derive(Debug, Default)]
struct State {
    running: usize,
    waiting: Vec<Waiting>,
    tickets: u64,
}

/// One who waits.
#[derive(Debug)]
pub(super) struct Waiting {
    ticket: u64,
    pub(super) actor: UserId,
    pub(super) record: Record,
    told: oneshot::Sender<Told>,
}

#[derive(Debug)]
pub(super) enum Told {
    Done(Result<Written>),
    /// Nothing was done.
    Alone,
}

impl Waiting {
    pub(super) fn tell(self, told: Told) {
        // Whoever has gone away does not want to know.
        let _gone = self.told.send(told);
    }
}

impl Queue {
    /// Of which so many statements may run at once.
    pub(super) fn new(at_once: usize) -> Self {
        Self {
            at_once,
            state: Mutex::default(),
        }
    }

    /// A place among those who wait; `None` where it may run now.
    pub(super) fn wait(
        &self,
        actor: UserId,
        record: &Record,
    ) -> Option<(u64, oneshot::Receiver<Told>)> {
        let mut state = self.state();
        if state.running < self.at_once {
            state.running += 1;
            return None;
        }
        let (told, outcome) = oneshot::channel();
        state.tickets += 1;
        let ticket = state.tickets;
        state.waiting.push(Waiting {
            ticket,
            actor,
            record: record.clone(),
            told,
        });
        Some((ticket, outcome))
    }

    /// The request does not wait any more; whether it still did.
    pub(super) fn leave(&self, ticket: u64) -> bool {
        let mut state = self.state();
        let place = state.waiting.iter().position(|one| one.ticket == ticket);
        place.map(|place| state.waiting.remove(place)).is_some()
    }

    /// Ends when so many wait, or it has taken too long.
    pub(super) async fn fill(&self, count: usize, at_most: Duration) {
        // A timer tells of milliseconds only.
        let since = Instant::now();
        while self.state().waiting.len() < count && since.elapsed() < at_most {
            yield_now().await;
        }
    }

    /// Those who wait and may be one statement: it is by one person. Where nobody waits a statement less runs.
    pub(super) fn next(&self, most: usize) -> Vec<Waiting> {
        let mut state = self.state();
        state.waiting.retain(|one| !one.told.is_closed());
        let actor = state.waiting.first().map(|one| one.actor);
        let mut count = 0;
        let is_next = |one: &mut Waiting| {
            let is_next = Some(one.actor) == actor && count < most;
            count += usize::from(is_next);
            is_next
        };
        let next: Vec<Waiting> = state.waiting.extract_if(.., is_next).collect();
        if next.is_empty() {
            state.running -= 1;
        }
        next
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state
            .lock()
            .expect("nothing panics with the state of creates")
    }
}

#[cfg(test)]
mod tests {
    use super::{Duration, Queue, Record, UserId, yield_now};
    use tokio::join;
    use uuid::Uuid;

    const LONG: Duration = Duration::from_secs(60);

    fn is_to_wait(queue: &Queue, actor: u128) -> bool {
        let actor = UserId(Uuid::from_u128(actor));
        queue.wait(actor, &Record::default()).is_some()
    }

    #[test]
    fn who_finds_a_place_runs_and_the_others_wait() {
        let queue = Queue::new(2);
        let waited = [1, 1, 1, 1].map(|actor| is_to_wait(&queue, actor));
        assert_eq!(waited, [false, false, true, true]);
    }

    #[test]
    fn the_next_are_of_one_person_and_no_more_than_may_be() {
        let queue = Queue::new(0);
        let actor = |number| UserId(Uuid::from_u128(number));
        let told: Vec<_> = [1, 2, 1, 1, 1]
            .map(|number| queue.wait(actor(number), &Record::default()).unwrap())
            .into();
        assert!(queue.leave(told[0].0));
        assert!(!queue.leave(told[0].0));
        let next = |most| -> Vec<UserId> {
            let next = queue.next(most);
            next.iter().map(|one| one.actor).collect()
        };
        assert_eq!(next(2), [actor(2)]);
        assert_eq!(next(2), [actor(1), actor(1)]);
        assert_eq!(next(2), [actor(1)]);
    }

    #[tokio::test]
    async fn it_is_filled_as_soon_as_so_many_wait() {
        let queue = Queue::new(0);
        let mut told = Vec::new();
        let come = async {
            for _ in 0..3 {
                yield_now().await;
                let actor = UserId(Uuid::nil());
                told.push(queue.wait(actor, &Record::default()));
            }
        };
        join!(queue.fill(3, LONG), come);
        assert_eq!(queue.next(9).len(), 3);
    }

    #[tokio::test]
    async fn nobody_is_waited_for_longer_than_said() {
        let queue = Queue::new(0);
        queue.fill(1, Duration::from_millis(1)).await;
        queue.fill(0, LONG).await;
    }
}
