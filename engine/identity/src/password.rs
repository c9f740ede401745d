//! Passwords: Argon2id, off the request threads and a few at a time.

use argon2::password_hash::phc::PasswordHash;
use argon2::{Algorithm, Argon2, Params, PasswordHasher, PasswordVerifier, Version};
use std::num::NonZero;
use std::sync::Arc;
use std::time::Duration;
use tessera_error::{InternalError, Result, UserError};
use tokio::sync::{OwnedSemaphorePermit, Semaphore};

use super::secret::Secret;

pub(super) const MIN_CHARS: usize = 8;
/// A longer text is refused before it is hashed.
pub(super) const MAX_BYTES: usize = 1024;

/// OWASP's first choice for Argon2id: 46 MiB, one pass, one lane. Allocators hand so large a piece back to the system at once;
/// of the smaller choices' memory they keep a piece for each thread that ever hashed.
const MEMORY_KIB: u32 = 46 * 1024;
const PASSES: u32 = 1;
const LANES: u32 = 1;

/// Random bytes in the form of a hash: nobody's password, so that an unknown address costs a login as much as a known one.
pub(super) const NOBODY: &str = "$argon2id$v=19$m=47104,t=1,p=1\
    $djzIfPRRZjK31n5PWyo0ww$nRxxLLCDvoQdUa9QTLdw5iZ4AzhoZVCz0gkbwphvjsU";

/// How long a login waits for its turn before it is told that the service is busy.
const PATIENCE: Duration = Duration::from_secs(10);

pub(super) struct Passwords {
    turns: Arc<Semaphore>,
}

impl Passwords {
    /// Half of the processors may hash at once; the others go on answering requests.
    pub(super) fn new() -> Self {
        let processors = std::thread::available_parallelism().map_or(1, NonZero::get);
        Self {
            turns: Arc::new(Semaphore::new(processors.div_ceil(2))),
        }
    }

    /// Waits until one of the few may hash.
    pub(super) async fn turn(&self) -> Result<Turn> {
        let turn = tokio::time::timeout(PATIENCE, Arc::clone(&self.turns).acquire_owned())
            .await
            .map_err(|_| UserError::Unavailable)?
            .expect("the semaphore is never closed");
        Ok(Turn(Arc::new(turn)))
    }

    /// A salted hash of a password, as a PHC string.
    pub(super) async fn hash(&self, password: &Secret) -> Result<String> {
        let password = password.clone();
        self.turn()
            .await?
            .work(move || {
                let hash = argon2().hash_password(password.expose().as_bytes());
                hash.map(|hash| hash.to_string())
                    .map_err(|error| InternalError::Password(error.to_string()))
            })
            .await
    }

    /// As [`Turn::verify`].
    pub(super) async fn verify(&self, password: &Secret, stored: Option<&str>) -> Result<bool> {
        self.turn().await?.verify(password, stored).await
    }
}

/// Somebody's turn to hash.
#[derive(Debug)]
pub(super) struct Turn(Arc<OwnedSemaphorePermit>);

impl Turn {
    /// Whether the password is the one that was stored. Takes as long where nothing is stored, and is then false.
    pub(super) async fn verify(&self, password: &Secret, stored: Option<&str>) -> Result<bool> {
        let password = password.clone();
        let known = stored.is_some();
        let stored = stored.unwrap_or(NOBODY).to_owned();
        let matches = self
            .work(move || {
                let hash = PasswordHash::new(&stored)
                    .map_err(|error| InternalError::Password(error.to_string()))?;
                Ok(argon2()
                    .verify_password(password.expose().as_bytes(), &hash)
                    .is_ok())
            })
            .await?;
        Ok(known && matches)
    }

    async fn work<T: Send + 'static>(
        &self,
        work: impl FnOnce() -> Result<T, InternalError> + Send + 'static,
    ) -> Result<T> {
        // The turn does not end before the work, also where the request gave up waiting for it.
        let turn = Arc::clone(&self.0);
        let outcome = tokio::task::spawn_blocking(move || {
            let _turn = turn;
            work()
        });
        Ok(outcome.await.map_err(InternalError::Task)??)
    }
}

fn argon2() -> Argon2<'static> {
    let params = Params::new(MEMORY_KIB, PASSES, LANES, None)
        .expect("the parameters are within Argon2's limits");
    Argon2::new(Algorithm::Argon2id, Version::V0x13, params)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn a_password_is_recognised_and_another_is_not() {
        let passwords = Passwords::new();
        let stored = passwords.hash(&"correct horse".into()).await.unwrap();
        assert!(stored.starts_with("$argon2id$v=19$m=47104,t=1,p=1$"));
        assert!(
            passwords
                .verify(&"correct horse".into(), Some(&stored))
                .await
                .unwrap()
        );
        assert!(
            !passwords
                .verify(&"battery staple".into(), Some(&stored))
                .await
                .unwrap()
        );
    }

    #[tokio::test]
    async fn nobody_has_no_password() {
        assert!(
            !Passwords::new()
                .verify(&"nobody".into(), None)
                .await
                .unwrap()
        );
    }

    #[tokio::test]
    async fn nobody_costs_as_much_as_anybody() {
        let stored = Passwords::new().hash(&"somebody".into()).await.unwrap();
        let somebody = PasswordHash::new(&stored).unwrap();
        let nobody = PasswordHash::new(NOBODY).unwrap();
        assert_eq!(nobody.algorithm, somebody.algorithm);
        assert_eq!(nobody.version, somebody.version);
        assert_eq!(nobody.params, somebody.params);
        assert!(nobody.salt.is_some() && nobody.hash.is_some());
    }

    #[tokio::test]
    async fn a_stored_text_that_is_no_hash_is_our_fault() {
        let outcome = Passwords::new().verify(&"x".into(), Some("plain")).await;
        assert!(matches!(
            outcome,
            Err(tessera_error::Error::Internal(InternalError::Password(_)))
        ));
    }
}
