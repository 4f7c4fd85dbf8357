//! TLS for the client of the drills, as rustls does it.
//!
//! In: certificates as PEM. Out: a stream over a stream. Two ways only: [`Tls::mutual`], where both sides prove who they are,
//! and [`Tls::blind`], the kubelet's, which believes anybody and shows nothing.

use std::io::{self, Read as _};
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use rustls::client::Resumption;
use rustls::client::danger::{HandshakeSignatureValid, ServerCertVerified, ServerCertVerifier};
use rustls::crypto::{CryptoProvider, ring, verify_tls12_signature, verify_tls13_signature};
use rustls::pki_types::pem::PemObject as _;
use rustls::pki_types::{CertificateDer, PrivateKeyDer, ServerName, UnixTime};
use rustls::{
    ClientConfig, ClientConnection, DigitallySignedStruct, Error, RootCertStore, SignatureScheme, StreamOwned,
};

use super::cluster::{Failure, Outcome};
use super::http::Timed;

/// Who is believed, what is shown, and by which name the other side is known.
#[derive(Debug, Clone)]
pub struct Tls {
    config: Arc<ClientConfig>,
    name: ServerName<'static>,
}

/// A certificate, its key, and the authority that both sides believe: PEM.
#[derive(Debug, Clone)]
pub struct Identity {
    /// `tls.crt`
    pub certificate: String,
    /// `tls.key`
    pub key: String,
    /// `ca.crt`
    pub authority: String,
}

impl Tls {
    /// Shows this identity, and expects this name of the other side, whatever its address.
    ///
    /// # Errors
    /// When these are not certificates, or not a name.
    pub fn mutual(identity: &Identity, name: &str) -> Outcome<Self> {
        let mut roots = RootCertStore::empty();
        roots.add(certificate(&identity.authority)?).map_err(Failure::new)?;
        let key = PrivateKeyDer::from_pem_slice(identity.key.as_bytes()).map_err(Failure::new)?;
        let config = ClientConfig::builder_with_provider(Arc::new(ring::default_provider()))
            .with_safe_default_protocol_versions()
            .map_err(Failure::new)?
            .with_root_certificates(roots)
            .with_client_auth_cert(vec![certificate(&identity.certificate)?], key)
            .map_err(Failure::new)?;
        Self::new(config, name)
    }

    /// Believes anybody and shows nothing, as the kubelet does in probes with `scheme: HTTPS`.
    ///
    /// # Errors
    /// Never, as things are.
    pub fn blind() -> Outcome<Self> {
        let provider = Arc::new(ring::default_provider());
        let config = ClientConfig::builder_with_provider(Arc::clone(&provider))
            .with_safe_default_protocol_versions()
            .map_err(Failure::new)?
            .dangerous()
            .with_custom_certificate_verifier(Arc::new(Believer(provider)))
            .with_no_client_auth();
        Self::new(config, "anybody")
    }

    fn new(mut config: ClientConfig, name: &str) -> Outcome<Self> {
        // One name stands for many nodes: none of them could resume the session of another.
        config.resumption = Resumption::disabled();
        let name = ServerName::try_from(name.to_owned()).map_err(Failure::new)?;
        Ok(Self { config: Arc::new(config), name })
    }

    /// Whether this port speaks TLS and says that it does not want to talk to this side.
    ///
    /// # Errors
    /// When there is no connection.
    pub fn is_refused(&self, by: SocketAddr, timeout: Duration) -> io::Result<bool> {
        let mut stream = self.over(Timed::connect(by, timeout)?)?;
        // The refusal comes after what is the end of the handshake for this side.
        let error = stream.read(&mut [0]).err();
        let reason = error.as_ref().and_then(|error| error.get_ref()?.downcast_ref());
        Ok(matches!(reason, Some(Error::AlertReceived(_))))
    }

    pub(super) fn over(&self, stream: Timed) -> io::Result<StreamOwned<ClientConnection, Timed>> {
        let connection = ClientConnection::new(Arc::clone(&self.config), self.name.clone());
        Ok(StreamOwned::new(connection.map_err(io::Error::other)?, stream))
    }
}

fn certificate(pem: &str) -> Outcome<CertificateDer<'static>> {
    CertificateDer::from_pem_slice(pem.as_bytes()).map_err(Failure::new)
}

/// Asks nobody for proof of a name; that the other side has the key of what it shows is still checked.
#[derive(Debug)]
struct Believer(Arc<CryptoProvider>);

impl ServerCertVerifier for Believer {
    fn verify_server_cert(
        &self,
        _: &CertificateDer<'_>,
        _: &[CertificateDer<'_>],
        _: &ServerName<'_>,
        _: &[u8],
        _: UnixTime,
    ) -> Result<ServerCertVerified, Error> {
        Ok(ServerCertVerified::assertion())
    }

    fn verify_tls12_signature(
        &self,
        message: &[u8],
        certificate: &CertificateDer<'_>,
        signed: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, Error> {
        verify_tls12_signature(message, certificate, signed, &self.0.signature_verification_algorithms)
    }

    fn verify_tls13_signature(
        &self,
        message: &[u8],
        certificate: &CertificateDer<'_>,
        signed: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, Error> {
        verify_tls13_signature(message, certificate, signed, &self.0.signature_verification_algorithms)
    }

    fn supported_verify_schemes(&self) -> Vec<SignatureScheme> {
        self.0.signature_verification_algorithms.supported_schemes()
    }
}
