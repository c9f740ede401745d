//! Clients that take their time, over real sockets.

use axum::Router;
use axum::extract::Path;
use axum::http::Request;
use axum::middleware;
use axum::routing::{get, post};
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
    let large = |Path(size): Path<usize>| async move { vec![b'x'; size] };
    let router = Router::new()
        .route("/", post(slowly))
        .route("/large/{size}", get(large))
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
    let Patience {
        head,
        body,
        answer,
        idle,
    } = Patience::default();
    let seconds = [head, body, answer, idle].map(|patience| patience.as_secs());
    assert_eq!(seconds, [10, 10, 30, 75]);
}

#[tokio::test]
async fn a_head_that_stalls_is_cut() {
    let patience = Patience {
        head: SHORT,
        body: LONG,
        answer: LONG,
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
        answer: LONG,
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
        answer: LONG,
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

/// More than the sockets hold, in bytes.
const LARGE: usize = 64 << 20;
/// More than a client of HTTP/2 takes unless it says so, in bytes.
const LARGE_FOR_HTTP_2: usize = 4 << 20;
const SECOND: Duration = Duration::from_secs(1);

/// For clients that are slow but go on.
const GOES_ON: Patience = Patience {
    head: LONG,
    body: LONG,
    answer: SECOND,
    idle: SECOND,
};
/// For clients that stall.
const STALLS: Patience = Patience {
    idle: LONG,
    ..GOES_ON
};

/// How much of a body comes where the client takes `part` bytes at a time, and waits after the first part or after each.
async fn taken(patience: Patience, part: usize, first: Duration, each: Duration) -> usize {
    let mut stream = connected(patience).await;
    let request = format!("GET /large/{LARGE} HTTP/1.1\r\nhost: x\r\nconnection: close\r\n\r\n");
    stream.write_all(request.as_bytes()).await.unwrap();
    let mut text = Vec::with_capacity(LARGE + 1_024);
    let mut wait = first;
    loop {
        let before = text.len();
        // A reset is an end too.
        let _ = (&mut stream).take(part as u64).read_to_end(&mut text).await;
        if text.len() - before < part {
            break;
        }
        if !wait.is_zero() {
            sleep(wait).await;
        }
        wait = each;
    }
    let end = text.windows(4).position(|four| four == b"\r\n\r\n");
    text.len() - end.expect("a head comes") - 4
}

/// As [`taken`], over HTTP/2, by its frames.
async fn taken_over_http_2(patience: Patience, first: Duration, each: Duration) -> usize {
    let stream = connected(patience).await;
    let (mut client, connection) = h2::client::handshake(stream).await.unwrap();
    let connection = tokio::spawn(connection);
    let request = Request::get(format!("http://x/large/{LARGE_FOR_HTTP_2}"));
    let request = request.body(()).unwrap();
    let (response, _) = client.send_request(request, true).unwrap();
    let mut body = response.await.unwrap().into_body();
    let (mut length, mut wait) = (0, first);
    while let Some(Ok(part)) = body.data().await {
        length += part.len();
        if !wait.is_zero() {
            sleep(wait).await;
        }
        wait = each;
        if body.flow_control().release_capacity(part.len()).is_err() {
            break;
        }
    }
    connection.abort();
    length
}

#[tokio::test]
async fn who_takes_an_answer_slowly_gets_all_of_it() {
    let (over_http_1, over_http_2) = tokio::join!(
        taken(GOES_ON, LARGE / 32, SECOND / 10, SECOND / 10),
        taken_over_http_2(GOES_ON, SECOND / 100, SECOND / 100),
    );
    assert_eq!(over_http_1, LARGE);
    assert_eq!(over_http_2, LARGE_FOR_HTTP_2);
}

#[tokio::test]
async fn who_takes_nothing_of_an_answer_is_cut() {
    let (over_http_1, over_http_2) = tokio::join!(
        taken(STALLS, 1_024, 4 * SECOND, Duration::ZERO),
        taken_over_http_2(STALLS, 4 * SECOND, Duration::ZERO),
    );
    assert!(over_http_1 < LARGE, "{over_http_1}");
    assert!(over_http_2 < LARGE_FOR_HTTP_2, "{over_http_2}");
}
