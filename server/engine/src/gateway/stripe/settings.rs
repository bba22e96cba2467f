//! With what Stripe is reached, and which of it must not be started with.

use std::{fmt, str::FromStr};

/// Stripe's own interface.
const API: &str = "https://api.stripe.com";

/// Something that nobody may read: it is shown nowhere.
#[derive(Clone, PartialEq, Eq)]
pub struct Secret(String);

impl Secret {
    /// The secret itself, for whoever sends or checks it.
    pub(super) fn expose(&self) -> &str {
        &self.0
    }
}

impl fmt::Debug for Secret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Secret")
    }
}

impl FromStr for Secret {
    type Err = std::convert::Infallible;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        Ok(Self(text.trim().to_owned()))
    }
}

/// An account of Stripe.
#[derive(Clone, Debug)]
pub struct StripeSettings {
    pub(super) secret_key: Secret,
    pub(super) webhook_secrets: Vec<Secret>,
    pub(super) api_base: String,
    pub(super) return_to: String,
}

/// Settings of Stripe that must not be started with.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum BadStripeSettings {
    /// Nothing could be asked.
    #[error(
        "Stripe is half set up: STRIPE_SECRET_KEY is missing. Set it to the secret key of the account that \
         STRIPE_WEBHOOK_SECRET is of, or leave both out"
    )]
    NoKey,
    /// Nothing that is told could be believed.
    #[error(
        "Stripe is half set up: STRIPE_WEBHOOK_SECRET is missing. Add an endpoint for /webhooks/payments at Stripe and set it \
         to the endpoint's signing secret (whsec_…), or leave STRIPE_SECRET_KEY out too"
    )]
    NoWebhookSecret,
    /// Only an address.
    #[error(
        "STRIPE_API_BASE is set without STRIPE_SECRET_KEY and STRIPE_WEBHOOK_SECRET: set them, or leave it out"
    )]
    OnlyBase,
    /// It is no secret key: perhaps the publishable one.
    #[error(
        "STRIPE_SECRET_KEY is no secret key of Stripe: those begin with sk_test_, sk_live_, rk_test_ or rk_live_"
    )]
    NotAKey,
    /// It is no signing secret.
    #[error(
        "STRIPE_WEBHOOK_SECRET is no signing secret: those begin with whsec_; while one is replaced, both, with a comma"
    )]
    NotAWebhookSecret,
    /// Samples would move money.
    #[error(
        "a sandbox is not opened with a live key of Stripe: its sample people would move money. Use a test key (sk_test_…), \
         or start without --sandbox"
    )]
    LiveInSandbox,
    /// The key would cross the network in the clear.
    #[error("STRIPE_API_BASE must be an https address without a query, or one of this machine")]
    BadBase,
}

impl StripeSettings {
    /// The settings as they were given; none where nothing was. `return_to` is the origin under which browsers reach us.
    pub fn of(
        secret_key: Option<&Secret>,
        webhook_secrets: &[Secret],
        api_base: Option<&str>,
        return_to: String,
        sandbox: bool,
    ) -> Result<Option<Self>, BadStripeSettings> {
        // A variable that is set to nothing is not set.
        let secret_key = secret_key.filter(|key| !key.0.is_empty());
        let webhook_secrets: Vec<Secret> =
            webhook_secrets.iter().filter(|secret| !secret.0.is_empty()).cloned().collect();
        let api_base = api_base.filter(|base| !base.is_empty());
        let key = match (secret_key, webhook_secrets.is_empty()) {
            (Some(key), false) => key,
            (Some(_), true) => return Err(BadStripeSettings::NoWebhookSecret),
            (None, false) => return Err(BadStripeSettings::NoKey),
            (None, true) if api_base.is_some() => return Err(BadStripeSettings::OnlyBase),
            (None, true) => return Ok(None),
        };
        let begins = |kinds: [&str; 2]| kinds.iter().any(|kind| key.0.starts_with(kind));
        let (test, live) = (begins(["sk_test_", "rk_test_"]), begins(["sk_live_", "rk_live_"]));
        if !test && !live {
            return Err(BadStripeSettings::NotAKey);
        }
        if live && sandbox {
            return Err(BadStripeSettings::LiveInSandbox);
        }
        if webhook_secrets.len() > 2 || webhook_secrets.iter().any(|secret| !secret.0.starts_with("whsec_")) {
            return Err(BadStripeSettings::NotAWebhookSecret);
        }
        if test && !sandbox {
            tracing::warn!(
                "payments are made with a test key of Stripe: no money moves, and what is bought is given"
            );
        }
        let api_base = base(api_base.unwrap_or(API))?;
        Ok(Some(Self { secret_key: key.clone(), webhook_secrets, api_base, return_to }))
    }
}

/// An address to ask at, without its last slash.
fn base(text: &str) -> Result<String, BadStripeSettings> {
    let url: reqwest::Url = text.parse().map_err(|_| BadStripeSettings::BadBase)?;
    let here = matches!(url.host_str(), Some("localhost" | "127.0.0.1" | "[::1]"));
    let plain = url.query().is_none() && url.fragment().is_none() && url.username().is_empty();
    let safe = url.scheme() == "https" || (here && url.scheme() == "http");
    (safe && plain && url.has_host())
        .then(|| text.trim_end_matches('/').to_owned())
        .ok_or(BadStripeSettings::BadBase)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(
        key: &str,
        secrets: &[&str],
        base: &str,
        sandbox: bool,
    ) -> Result<Option<String>, BadStripeSettings> {
        let key = Secret(key.to_owned());
        let secrets: Vec<Secret> = secrets.iter().map(|text| Secret((*text).to_owned())).collect();
        let settings = StripeSettings::of(Some(&key), &secrets, Some(base), String::new(), sandbox)?;
        Ok(settings.map(|settings| settings.api_base))
    }

    #[test]
    fn half_a_configuration_is_refused_and_says_what_is_missing() {
        use BadStripeSettings::{
            BadBase, LiveInSandbox, NoKey, NoWebhookSecret, NotAKey, NotAWebhookSecret, OnlyBase,
        };
        assert_eq!(of("", &[], "", false), Ok(None), "nothing is set");
        assert_eq!(of("sk_live_1", &["whsec_1"], "", false), Ok(Some(API.to_owned())));
        assert_eq!(
            of("rk_test_1", &["whsec_1", "whsec_2"], "", true),
            Ok(Some(API.to_owned())),
            "two while one is replaced"
        );
        for (key, secrets, base, sandbox, bad) in [
            ("sk_live_1", &[""] as &[&str], "", false, NoWebhookSecret),
            ("", &["whsec_1"], "", false, NoKey),
            ("", &[], "http://127.0.0.1:1", false, OnlyBase),
            ("pk_live_1", &["whsec_1"], "", false, NotAKey),
            ("sk_test_1", &["secret"], "", false, NotAWebhookSecret),
            ("sk_test_1", &["whsec_1", "whsec_2", "whsec_3"], "", false, NotAWebhookSecret),
            ("sk_live_1", &["whsec_1"], "", true, LiveInSandbox),
            ("rk_live_1", &["whsec_1"], "", true, LiveInSandbox),
            ("sk_live_1", &["whsec_1"], "http://stripe.example", false, BadBase),
            ("sk_live_1", &["whsec_1"], "https://", false, BadBase),
        ] {
            assert_eq!(of(key, secrets, base, sandbox), Err(bad), "{key} {secrets:?} {base}");
        }
        assert!(NoWebhookSecret.to_string().contains("STRIPE_WEBHOOK_SECRET is missing"));
        assert!(NoKey.to_string().contains("STRIPE_SECRET_KEY is missing"));
        let at = "http://127.0.0.1:4711/sandbox/stripe/";
        assert_eq!(of("sk_test_1", &["whsec_1"], at, true), Ok(Some(at.trim_end_matches('/').to_owned())));
    }

    #[test]
    fn t20_a_secret_is_shown_nowhere() {
        let secret = Secret("sk_live_abc".to_owned());
        let settings =
            StripeSettings::of(Some(&secret), &[Secret("whsec_abc".to_owned())], None, String::new(), false);
        assert!(!format!("{settings:?}").contains("abc"));
    }
}
