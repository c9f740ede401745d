//! Which writes a session can vouch for.

use super::{Flusher, Link, Unflushed};
use crate::database;
use crate::lanes::address::Address;
use crate::lanes::server;

async fn connected() -> Flusher {
    let options = database::connect_options(server::admin_url()).unwrap();
    let options = options.options([("synchronous_commit", "on")]);
    let flusher = Flusher::new(&Address::new(&options));
    flusher.connect().await;
    flusher
}

/// A write on the server that the flusher is connected to, sent and answered.
fn write(flusher: &Flusher) -> Unflushed {
    let open = flusher.state().open;
    let session = open.and_then(|(_, server)| flusher.session_on(server));
    let number = flusher.next_number();
    Unflushed { session, number }
}

/// What the end of the server does to the flusher.
async fn lose_connection(flusher: &Flusher) {
    let link = flusher.link.lock().await;
    let Link::Open(connection) = &*link else {
        panic!("it is not open");
    };
    let ended = connection
        .client
        .batch_execute("select pg_terminate_backend(pg_backend_pid())");
    ended.await.unwrap_err();
}

#[tokio::test]
async fn a_round_flushes_every_write_before_it() {
    let flusher = connected().await;
    let writes = [write(&flusher), write(&flusher), write(&flusher)];
    assert!(flusher.is_flushed(&writes[1]).await);
    let last = *flusher.flushed.borrow();
    assert_eq!((last.session, last.up_to), (1, 3));
    for each in &writes {
        assert!(flusher.is_flushed(each).await);
    }
}

#[tokio::test]
async fn a_session_vouches_for_no_write_that_was_sent_before_it_was_opened() {
    let flusher = connected().await;
    let older = write(&flusher);
    // Sent before the end of the server, answered after it.
    let sent = write(&flusher).session;
    lose_connection(&flusher).await;
    assert!(!flusher.is_flushed(&write(&flusher)).await);
    let number = flusher.next_number();
    let newer = write(&flusher);
    assert!(flusher.is_flushed(&newer).await, "there is a new session");
    assert!(newer.number > number && number > older.number);
    assert!(!flusher.is_flushed(&older).await);
    let answered_later = Unflushed {
        session: sent,
        number,
    };
    assert!(!flusher.is_flushed(&answered_later).await);
}

#[tokio::test]
async fn it_vouches_for_no_write_on_another_server() {
    let flusher = connected().await;
    let (session, server) = flusher.state().open.unwrap();
    assert_eq!(flusher.session_on(server), Some(session));
    let others = [
        super::Server {
            system: server.system + 1,
            ..server
        },
        super::Server {
            started: server.started + 1,
            ..server
        },
    ];
    for other in others {
        assert!(flusher.is_on_another(other));
        assert_eq!(flusher.session_on(other), None);
    }
    assert!(server.system != 0, "every role may ask");
}
