//! TLS to Postgres: what the pool's driver means by an `sslmode`, for the driver of the lanes.
//!
//! Certificates are read with each connection that needs them, so renewed ones are used without a restart.

use std::convert::Infallible;
use std::error::Error;
use std::fmt;
use std::io;
use std::path::PathBuf;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll};
use tokio::fs;
use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio_postgres::Socket;
use tokio_postgres::tls::{ChannelBinding, MakeTlsConnect, TlsConnect, TlsStream};
use tokio_rustls::TlsConnector;
use tokio_rustls::client::TlsStream as RustlsStream;
use tokio_rustls::rustls::client::WebPkiServerVerifier;
use tokio_rustls::rustls::client::danger::{
    HandshakeSignatureValid, ServerCertVerified, ServerCertVerifier,
};
use tokio_rustls::rustls::crypto::aws_lc_rs;
use tokio_rustls::rustls::pki_types::pem::PemObject;
use tokio_rustls::rustls::pki_types::{CertificateDer, PrivateKeyDer, ServerName, UnixTime};
use tokio_rustls::rustls::{
    CertificateError, ClientConfig, DigitallySignedStruct, Error as RustlsError, RootCertStore,
    SignatureScheme,
};

type AnyError = Box<dyn Error + Send + Sync>;

/// Cheap to clone.
#[derive(Debug, Clone)]
pub(super) struct Tls(Arc<Settings>);

#[derive(Debug)]
struct Settings {
    trust: Trust,
    roots: Option<Pem>,
    certificate: Option<Pem>,
    key: Option<Pem>,
}

/// Whom a server has to be.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Trust {
    Anybody,
    /// Somebody with a certificate of an authority, for whatever name.
    Authority,
    /// Who an authority says has this name.
    Name,
}

/// Certificates or a key.
pub(super) enum Pem {
    Inline(String),
    File(PathBuf),
}

impl Pem {
    /// As sqlx prints it.
    pub(super) fn told(text: &str) -> Self {
        match text.strip_prefix("file: ") {
            Some(path) => Self::File(path.into()),
            None => Self::Inline(text.to_owned()),
        }
    }

    async fn read(&self) -> io::Result<Vec<u8>> {
        match self {
            Self::Inline(text) => Ok(text.as_bytes().to_vec()),
            Self::File(path) => fs::read(path).await.map_err(|error| {
                io::Error::new(error.kind(), format!("{}: {error}", path.display()))
            }),
        }
    }
}

impl fmt::Debug for Pem {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            // It may be a key.
            Self::Inline(_) => formatter.write_str("Inline"),
            Self::File(path) => formatter.debug_tuple("File").field(path).finish(),
        }
    }
}

impl Tls {
    /// Trusts the web's authorities and `roots`. The server is shown the certificate, whose key this is.
    pub(super) fn new(
        trust: Trust,
        roots: Option<Pem>,
        certificate: Option<Pem>,
        key: Option<Pem>,
    ) -> Self {
        Self(Arc::new(Settings {
            trust,
            roots,
            certificate,
            key,
        }))
    }
}

impl Settings {
    async fn config(&self) -> Result<ClientConfig, AnyError> {
        let provider = Arc::new(aws_lc_rs::default_provider());
        let roots = Arc::new(self.roots().await?);
        let webpki =
            WebPkiServerVerifier::builder_with_provider(roots, Arc::clone(&provider)).build()?;
        let config = ClientConfig::builder_with_provider(provider)
            .with_safe_default_protocol_versions()?
            .dangerous()
            .with_custom_certificate_verifier(Arc::new(Verifier {
                webpki,
                trust: self.trust,
            }));
        match (&self.certificate, &self.key) {
            (Some(certificate), Some(key)) => {
                let chain = CertificateDer::pem_slice_iter(&certificate.read().await?)
                    .collect::<Result<_, _>>()?;
                let key = PrivateKeyDer::from_pem_slice(&key.read().await?)?;
                Ok(config.with_client_auth_cert(chain, key)?)
            }
            (None, None) => Ok(config.with_no_client_auth()),
            _ => Err("sslcert and sslkey must be given together".into()),
        }
    }

    async fn roots(&self) -> Result<RootCertStore, AnyError> {
        let mut roots = webpki_roots::TLS_SERVER_ROOTS
            .iter()
            .cloned()
            .collect::<RootCertStore>();
        if let Some(pem) = &self.roots
            && self.trust != Trust::Anybody
        {
            for certificate in CertificateDer::pem_slice_iter(&pem.read().await?) {
                roots.add(certificate?)?;
            }
        }
        Ok(roots)
    }
}

/// Verifies as much of a server's certificate as is asked.
#[derive(Debug)]
struct Verifier {
    webpki: Arc<WebPkiServerVerifier>,
    trust: Trust,
}

impl ServerCertVerifier for Verifier {
    fn verify_server_cert(
        &self,
        certificate: &CertificateDer<'_>,
        intermediates: &[CertificateDer<'_>],
        name: &ServerName<'_>,
        ocsp_response: &[u8],
        now: UnixTime,
    ) -> Result<ServerCertVerified, RustlsError> {
        if self.trust == Trust::Anybody {
            return Ok(ServerCertVerified::assertion());
        }
        let verified =
            self.webpki
                .verify_server_cert(certificate, intermediates, name, ocsp_response, now);
        match verified {
            // The name is looked at last.
            Err(RustlsError::InvalidCertificate(
                CertificateError::NotValidForName | CertificateError::NotValidForNameContext { .. },
            )) if self.trust == Trust::Authority => Ok(ServerCertVerified::assertion()),
            verified => verified,
        }
    }

    fn verify_tls12_signature(
        &self,
        message: &[u8],
        certificate: &CertificateDer<'_>,
        signature: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, RustlsError> {
        self.webpki
            .verify_tls12_signature(message, certificate, signature)
    }

    fn verify_tls13_signature(
        &self,
        message: &[u8],
        certificate: &CertificateDer<'_>,
        signature: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, RustlsError> {
        self.webpki
            .verify_tls13_signature(message, certificate, signature)
    }

    fn supported_verify_schemes(&self) -> Vec<SignatureScheme> {
        self.webpki.supported_verify_schemes()
    }
}

impl MakeTlsConnect<Socket> for Tls {
    type Stream = Stream;
    type TlsConnect = Handshake;
    type Error = Infallible;

    fn make_tls_connect(&mut self, host: &str) -> Result<Handshake, Infallible> {
        Ok(Handshake {
            settings: Arc::clone(&self.0),
            host: host.to_owned(),
        })
    }
}

/// With a server that said it has TLS.
pub(super) struct Handshake {
    settings: Arc<Settings>,
    host: String,
}

impl TlsConnect<Socket> for Handshake {
    type Stream = Stream;
    type Error = AnyError;
    type Future = Pin<Box<dyn Future<Output = Result<Stream, AnyError>> + Send>>;

    fn connect(self, socket: Socket) -> Self::Future {
        Box::pin(async move {
            let name = ServerName::try_from(self.host)?;
            let connector = TlsConnector::from(Arc::new(self.settings.config().await?));
            Ok(Stream(connector.connect(name, socket).await?))
        })
    }
}

pub(super) struct Stream(RustlsStream<Socket>);

impl TlsStream for Stream {
    fn channel_binding(&self) -> ChannelBinding {
        ChannelBinding::none()
    }
}

impl AsyncRead for Stream {
    fn poll_read(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        buffer: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        Pin::new(&mut self.0).poll_read(context, buffer)
    }
}

impl AsyncWrite for Stream {
    fn poll_write(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        buffer: &[u8],
    ) -> Poll<io::Result<usize>> {
        Pin::new(&mut self.0).poll_write(context, buffer)
    }

    fn poll_write_vectored(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        buffers: &[io::IoSlice<'_>],
    ) -> Poll<io::Result<usize>> {
        Pin::new(&mut self.0).poll_write_vectored(context, buffers)
    }

    fn is_write_vectored(&self) -> bool {
        self.0.is_write_vectored()
    }

    fn poll_flush(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.0).poll_flush(context)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.0).poll_shutdown(context)
    }
}
