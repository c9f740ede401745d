//! Clients that take their time, over real sockets.

use axum::Router;
use axum::middleware;
use axum::routing::post;
use std::net::SocketAddr;
use std::time::Duration;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};
use tokio::time::{Instant, sleep, timeout};

use super::{Patience, PatientListener, Peer, attend};

const SHORT: Duration = Duration::from_millis(300);
const LONG: Duration = Duration::from_secs(30);

/// Takes half a second for an answer, which is no fault of the client.
async fn connected(patience: Patience) -> TcpStream {
    let slowly = |body: String| async move {
        sleep(2 * SHORT).await;
        body
    };
    let router = Router::new()
        .route("/", post(slowly))
        .layer(middleware::from_fn(attend));
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    let service = router.into_make_service_with_connect_info::<Peer>();
    tokio::spawn(axum::serve(PatientListener::new(listener, patience), service).into_future());
    TcpStream::connect::<SocketAddr>(address).await.unwrap()
}

/// What comes until the server closes, and after how long.
async fn until_closed(stream: &mut TcpStream) -> (String, Duration) {
    let begun = Instant::now();
    let mut text = Vec::new();
    // A reset is an end too.
    let _ = timeout(LONG / 3, stream.read_to_end(&mut text))
        .await
        .expect("the server closes");
    (String::from_utf8(text).unwrap(), begun.elapsed())
}

#[test]
fn what_is_shipped() {
    let Patience { head, body, idle } = Patience::default();
    assert_eq!(
        (head.as_secs(), body.as_secs(), idle.as_secs()),
        (10, 10, 75)
    );
}

#[tokio::test]
async fn a_head_that_stalls_is_cut() {
    let patience = Patience {
        head: SHORT,
        body: LONG,
        idle: LONG,
    };
    for dripping in [false, true] {
        let mut stream = connected(patience).await;
        stream
            .write_all(b"POST / HTTP/1.1\r\nhost: x\r\n")
            .await
            .unwrap();
        if dripping {
            for _ in 0..20 {
                let _ = stream.write_all(b"x: y\r\n").await;
                sleep(SHORT / 6).await;
            }
        }
        let (text, took) = until_closed(&mut stream).await;
        assert_eq!(text, "");
        assert!(dripping || took >= SHORT / 2, "{took:?}");
    }
}

#[tokio::test]
async fn a_body_that_stalls_is_cut() {
    let patience = Patience {
        head: LONG,
        body: SHORT,
        idle: LONG,
    };
    let mut stream = connected(patience).await;
    stream
        .write_all(b"POST / HTTP/1.1\r\nhost: x\r\ncontent-length: 9\r\n\r\nabc")
        .await
        .unwrap();
    let (text, _) = until_closed(&mut stream).await;
    assert!(text.starts_with("HTTP/1.1 4"), "{text}");
    assert!(text.contains("connection: close"), "{text}");
}

#[tokio::test]
async fn an_idle_connection_is_cut_and_one_at_work_is_not() {
    let patience = Patience {
        head: LONG,
        body: LONG,
        idle: SHORT,
    };
    let mut stream = connected(patience).await;
    let (text, _) = until_closed(&mut stream).await;
    assert_eq!(text, "", "no request at all");

    let mut stream = connected(patience).await;
    let request = b"POST / HTTP/1.1\r\nhost: x\r\ncontent-length: 3\r\n\r\nabc";
    for _ in 0..2 {
        stream.write_all(request).await.unwrap();
        let mut answer = [0; 1_024];
        let length = timeout(LONG / 3, stream.read(&mut answer))
            .await
            .unwrap()
            .unwrap();
        let text = String::from_utf8_lossy(&answer[..length]);
        assert!(
            text.starts_with("HTTP/1.1 200") && text.ends_with("abc"),
            "{text}"
        );
        assert!(!text.contains("connection: close"), "{text}");
    }
    let (text, took) = until_closed(&mut stream).await;
    assert_eq!(text, "", "after requests");
    assert!(took >= SHORT / 2, "{took:?}");
}
