//! What the one that waits for all may say.

use std::time::Duration;

use super::{Shared, Unknown};
use crate::database;
use crate::lanes::address::Address;
use crate::lanes::server;

#[tokio::test]
async fn a_connection_tells_nothing_of_writes_that_are_older() {
    let options = database::connect_options(server::admin_url()).unwrap();
    let shared = Shared::new(Address::new(&options), Duration::from_secs(30));
    let older = [shared.next_number(), shared.next_number()];
    for number in older {
        assert!(matches!(shared.keep(number).await, Err(Unknown)));
    }
    let newer = [shared.next_number(), shared.next_number()];
    for number in newer {
        assert!(shared.keep(number).await.is_ok());
    }
}
