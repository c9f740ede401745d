//! `tessera serve`: from a database to an answering server, and back.

use axum::Router;
use std::net::{IpAddr, Ipv4Addr, SocketAddr};
use std::sync::Arc;
use std::time::Duration;
use tessera_engine::engine::Engine;
use tessera_http::rate_limit::RateLimits;
use tokio::net::TcpListener;
use tokio::signal::unix::{SignalKind, signal};

use crate::client_address::Proxies;
use crate::command::Failure;
use crate::database::Database;
use crate::http;
use crate::patience::{Patience, PatientListener, Peer};
use crate::settings::{DEFAULT_PORT, Settings};
use crate::{telemetry, web};

/// How long requests under way may take to end once the server was told to stop.
const GRACE: Duration = Duration::from_secs(20);
/// The time between two looks for rate limits that nobody is near to.
const FORGET: Duration = Duration::from_mins(1);
/// The time until what could not be brought up to date is tried again.
const UPGRADE_PAUSE: Duration = Duration::from_mins(10);

pub(crate) async fn serve(settings: &Settings, demo: bool) -> Result<(), Failure> {
    // First of all: a port that is taken is known before anything is started.
    let address = SocketAddr::new(
        settings.host.unwrap_or(IpAddr::V4(Ipv4Addr::LOCALHOST)),
        settings.port.unwrap_or(DEFAULT_PORT),
    );
    let listener = TcpListener::bind(address)
        .await
        .map_err(|source| Failure::Listen { address, source })?;
    let address = listener.local_addr()?;
    let proxies = Proxies::parse(settings.trusted_proxies.as_deref().unwrap_or_default())
        .map_err(Failure::TrustedProxies)?;
    let rates = settings
        .rates()
        .map_err(|(name, text)| Failure::Rate { name, text })?;
    let limits = Arc::new(RateLimits::new(rates));
    let cors = http::cors(settings)?;

    // What counts from its beginning needs somewhere to count.
    telemetry::recorder();
    let database = Database::to_serve(settings).await?;
    let router = http::router(settings, &database.engine, proxies, cors, &limits);
    let buckets = tokio::spawn(empty_buckets(limits));
    let audit = settings.audit_kept();
    let outcome = run(&database.engine, audit, router, listener, address, demo).await;
    buckets.abort();
    database.close().await;
    outcome
}

/// Forgets the addresses, callers and tenants that have sent nothing for a while.
async fn empty_buckets(limits: Arc<RateLimits>) {
    loop {
        tokio::time::sleep(FORGET).await;
        limits.tidy();
    }
}

async fn run(
    engine: &Engine,
    audit: Duration,
    router: Router,
    listener: TcpListener,
    address: SocketAddr,
    demo: bool,
) -> Result<(), Failure> {
    let followed = tokio::spawn(engine.follow());
    let upgraded = tokio::spawn(upgrade(engine.clone()));
    let tidied = tokio::spawn(engine.tidy(audit));
    if demo {
        let options = tessera_seed::Options {
            tenant: "demo".to_owned(),
            ..tessera_seed::Options::default()
        };
        println!("{}", tessera_seed::run(engine, &options).await?);
    }
    println!("Tessera is ready: http://{address}");
    if web::is_built() {
        println!("  documentation:    http://{address}/api/v1/docs");
        println!("  GraphiQL:         http://{address}/graphiql");
    } else {
        println!("  This build has no pages: `make` builds them.");
    }

    let listener = PatientListener::new(listener, Patience::default());
    let (told, stopping) = tokio::sync::watch::channel(false);
    let mut stopped = stopping.clone();
    let service = router.into_make_service_with_connect_info::<Peer>();
    let server = axum::serve(listener, service).with_graceful_shutdown(async move {
        stop_signal().await;
        tracing::info!("stopping");
        told.send_replace(true);
    });
    let overdue = async move {
        let _ = stopped.wait_for(|stopping| *stopping).await;
        tokio::time::sleep(GRACE).await;
    };
    tokio::select! {
        ended = server => ended?,
        () = overdue => tracing::warn!("some requests did not end in time"),
    }
    followed.abort();
    upgraded.abort();
    tidied.abort();
    Ok(())
}

/// Brings tenants to this server's built-in definitions and to its indexes, beside serving them. What fails is tried again later.
async fn upgrade(engine: Engine) {
    loop {
        let outcomes = [
            ("modules", engine.upgrade_modules().await.map(drop)),
            ("indexes on texts", engine.make_collated_indexes().await),
            ("indexes for search", engine.make_search_indexes().await),
            ("indexes of changes", engine.make_change_indexes().await),
        ];
        let mut done = true;
        for (what, outcome) in outcomes {
            if let Err(error) = outcome {
                tracing::error!(%error, "{what} could not be brought up to date: it is tried again in {} s", UPGRADE_PAUSE.as_secs());
                done = false;
            }
        }
        if done {
            return;
        }
        tokio::time::sleep(UPGRADE_PAUSE).await;
    }
}

/// Waits for the first request to stop: Ctrl-C, or what a supervisor sends.
async fn stop_signal() {
    let listen = |kind| signal(kind).expect("signals can be listened to inside the runtime");
    let mut interrupt = listen(SignalKind::interrupt());
    let mut terminate = listen(SignalKind::terminate());
    tokio::select! {
        _ = interrupt.recv() => {}
        _ = terminate.recv() => {}
    }
}
