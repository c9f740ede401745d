//! Who the current request turned out to come from, for its line in the log.

use std::cell::Cell;
use tessera_schema::ident::{TenantId, UserId};

tokio::task_local! {
    static CALLER: Cell<Option<(TenantId, UserId)>>;
}

/// Does some work, and says which member it was authenticated as, if it was.
pub async fn with_caller<T>(work: impl Future<Output = T>) -> (T, Option<(TenantId, UserId)>) {
    CALLER
        .scope(Cell::new(None), async {
            let outcome = work.await;
            (outcome, CALLER.get().get())
        })
        .await
}

/// Notes who it is. Nothing happens outside of [`with_caller`].
pub(super) fn note(tenant: TenantId, user: UserId) {
    let _nobody_asks = CALLER.try_with(|caller| caller.set(Some((tenant, user))));
}
