//! Requests to Stripe: an address, a form, a key; an answer read, or what went wrong. No secret and no body is ever logged.

use super::{Form, Secret, said::Failure};
use crate::Error;
use reqwest::{Client, RequestBuilder, StatusCode, header::HeaderMap, redirect::Policy};
use rustls::{ClientConfig, RootCertStore, crypto::ring};
use serde::{Serialize, de::DeserializeOwned};
use std::{sync::Arc, time::Duration};
use tokio::time::{sleep, timeout};

/// The version of the interface that our objects are read in.
pub(super) const VERSION: &str = "2025-03-31.basil";
/// How long reaching Stripe may take.
const CONNECT: Duration = Duration::from_secs(3);
/// How long is waited before asking again what was not answered well: under its key it happens once.
const PAUSES: [Duration; 2] = [Duration::from_millis(200), Duration::from_millis(800)];

/// What an account of Stripe is asked through.
#[derive(Debug)]
pub(super) struct Api {
    client: Client,
    base: String,
    key: Secret,
}

/// Waits no longer than this: how the rest has gone is not known then.
pub(super) async fn within<T>(
    limit: Duration,
    asking: impl Future<Output = Result<T, Failure>> + Send,
) -> Result<T, Failure> {
    timeout(limit, asking).await.unwrap_or(Err(Failure::Away("did not answer in time")))
}

impl Api {
    pub(super) fn new(base: String, key: Secret) -> Result<Self, Error> {
        let failed = |error: &dyn std::fmt::Display| Error::Crypto(error.to_string());
        let roots = RootCertStore { roots: webpki_roots::TLS_SERVER_ROOTS.to_vec() };
        let tls = ClientConfig::builder_with_provider(Arc::new(ring::default_provider()))
            .with_safe_default_protocol_versions()
            .map_err(|error| failed(&error))?
            .with_root_certificates(roots)
            .with_no_client_auth();
        let client = Client::builder()
            .tls_backend_preconfigured(tls)
            .connect_timeout(CONNECT)
            .redirect(Policy::none()) // the key goes nowhere else
            .user_agent(concat!("JARAI-Console/", env!("CARGO_PKG_VERSION")))
            .build()
            .map_err(|error| failed(&error.without_url()))?;
        Ok(Self { client, base, key })
    }

    pub(super) async fn get<T: DeserializeOwned>(
        &self,
        path: &str,
        query: &(impl Serialize + Sync + ?Sized),
    ) -> Result<T, Failure> {
        self.ask(path, self.client.get(format!("{}{path}", self.base)).query(query)).await
    }

    /// Makes something: once, where it has a key.
    pub(super) async fn post<T: DeserializeOwned>(
        &self,
        path: &str,
        form: &Form,
        key: Option<&str>,
    ) -> Result<T, Failure> {
        let mut request = self.client.post(format!("{}{path}", self.base)).form(form);
        if let Some(key) = key {
            request = request.header("idempotency-key", key);
        }
        self.ask(path, request).await
    }

    async fn ask<T: DeserializeOwned>(&self, path: &str, request: RequestBuilder) -> Result<T, Failure> {
        let request = request.bearer_auth(self.key.expose()).header("stripe-version", VERSION);
        for pause in PAUSES {
            let Some(again) = request.try_clone() else { break };
            match once(path, again).await {
                Err(Failure::Away(why)) => tracing::warn!(path, why, "Stripe is asked again"),
                answer => return answer,
            }
            sleep(pause).await;
        }
        once(path, request).await
    }
}

async fn once<T: DeserializeOwned>(path: &str, request: RequestBuilder) -> Result<T, Failure> {
    let response = request.send().await.map_err(|error| Failure::Away(what(&error)))?;
    let (status, number) = (response.status(), request_number(response.headers()));
    let body = response.bytes().await.map_err(|error| Failure::Away(what(&error)))?;
    if status.is_success() {
        return serde_json::from_slice(&body).map_err(|error| {
            // Where the reading failed, not what was read.
            let (line, column) = (error.line(), error.column());
            tracing::error!(
                path,
                number,
                line,
                column,
                "an answer of Stripe is of a form that we do not read"
            );
            Failure::Unread(path.to_owned())
        });
    }
    let for_now = matches!(status, StatusCode::CONFLICT | StatusCode::TOO_MANY_REQUESTS);
    if for_now || status.is_server_error() {
        tracing::warn!(path, number, %status, "Stripe did not do what it was asked");
        return Err(Failure::Away("answered that it cannot do it now"));
    }
    let failure = Failure::refused(status, &body);
    tracing::warn!(path, number, %failure, "Stripe refused what it was asked");
    Err(failure)
}

/// Stripe's own name of a request, for whoever asks them about it.
fn request_number(headers: &HeaderMap) -> String {
    let number = headers.get("request-id").and_then(|value| value.to_str().ok()).unwrap_or_default();
    number.chars().filter(char::is_ascii_graphic).take(60).collect()
}

fn what(error: &reqwest::Error) -> &'static str {
    match (error.is_timeout(), error.is_connect()) {
        (true, _) => "did not answer in time",
        (false, true) => "cannot be reached",
        (false, false) => "broke the connection off",
    }
}
