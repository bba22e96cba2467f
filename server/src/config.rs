//! What an installation is told at start, by options or by the environment.

use crate::{
    client::TrustedProxy,
    embedded,
    origin::{NotAnOrigin, Origin},
    smtp::{PATIENCE, Smtp, SmtpUrl},
};
use app::team::LegalTexts;
use billing::{
    payment::{BadIssuer, Issuer},
    sample,
};
use clap::builder::FalseyValueParser;
use engine::payment::{BadStripeSettings, Secret, StripeSettings};
use lettre::message::Mailbox;
use std::net::SocketAddr;

/// Where the books are unless somebody says otherwise: a file beside the program.
pub const DATABASE: &str = "sqlite://data/console.db?mode=rwc";

/// Where the static files are where they are not inside the program, in a checkout.
const SITE_ROOT: &str = "target/site";

/// Options of `serve`.
#[derive(Clone, Debug, clap::Args)]
pub struct ServeOptions {
    /// The address to listen on; port 0 takes a free one.
    #[arg(long, env = "JARAI_LISTEN", default_value = "127.0.0.1:3000")]
    pub listen: SocketAddr,
    /// The database: `sqlite://…` or `postgres://…`.
    #[arg(
        long,
        env = "DATABASE_URL",
        hide_env_values = true,
        default_value = DATABASE
    )]
    pub database_url: String,
    /// A sandbox has sample data, a clock of its own, and may be served without TLS.
    #[arg(long, env = "JARAI_SANDBOX", value_parser = FalseyValueParser::new())]
    pub sandbox: bool,
    /// The folder of the static files. Without it those inside the program, or in `target/site` where it was built without them.
    #[arg(long, env = "JARAI_SITE_ROOT")]
    pub site_root: Option<String>,
    /// Where letters are handed over, `smtps://user:password@host`. Without it they wait; a sandbox shows them at /sandbox/mail.
    #[arg(long, env = "SMTP_URL", hide_env_values = true)]
    pub smtp_url: Option<SmtpUrl>,
    /// Who sends letters, `JARAI Console <console@example.com>`.
    #[arg(long, env = "MAIL_FROM")]
    pub mail_from: Option<Mailbox>,
    /// 5.29: who issues invoices, by the name that the law knows. A sandbox has a sample.
    #[arg(long, env = "JARAI_ISSUER_NAME")]
    pub issuer_name: Option<String>,
    /// The issuer's address, its lines parted by semicolons: `1 Sample Street; London E1 0AA; United Kingdom`.
    #[arg(long, env = "JARAI_ISSUER_ADDRESS", value_delimiter = ';')]
    pub issuer_address: Vec<String>,
    /// The issuer's tax number, as it is written on invoices.
    #[arg(long, env = "JARAI_ISSUER_TAX_ID")]
    pub issuer_tax_id: Option<String>,
    /// The origin that browsers see, where it is not the address listened on.
    #[arg(long, env = "JARAI_PUBLIC_ORIGIN")]
    pub public_origin: Option<Origin>,
    /// Where the prices that hold today are published.
    #[arg(long, env = "JARAI_PRICING_URL", value_parser = web_address, default_value = "https://jarai.studio/pricing")]
    pub pricing_url: String,
    /// Where the terms are published that are accepted at a registration.
    #[arg(long, env = "JARAI_TERMS_URL", value_parser = web_address, default_value = "https://www.jarai.studio/en-gb/terms/")]
    pub terms_url: String,
    /// Where the privacy notice is published.
    #[arg(long, env = "JARAI_PRIVACY_URL", value_parser = web_address, default_value = "https://www.jarai.studio/en-gb/privacy/")]
    pub privacy_url: String,
    /// A proxy, or a network of them, whose word on where a request comes from (`X-Forwarded-For`) is believed.
    #[arg(long = "trusted-proxy", env = "JARAI_TRUSTED_PROXIES", value_delimiter = ',')]
    pub trusted_proxies: Vec<TrustedProxy>,
    /// The secret key of an account of Stripe, which then takes the payments; a sandbox takes test keys only.
    #[arg(long, env = "STRIPE_SECRET_KEY", hide_env_values = true)]
    pub stripe_secret_key: Option<Secret>,
    /// The signing secret of Stripe's endpoint for `/webhooks/payments`; both, with a comma, while one is replaced.
    #[arg(long, env = "STRIPE_WEBHOOK_SECRET", hide_env_values = true, value_delimiter = ',')]
    pub stripe_webhook_secret: Vec<Secret>,
    /// A second address, for Prometheus: `/metrics` is answered there and nowhere else.
    #[arg(long, env = "JARAI_METRICS_LISTEN")]
    pub metrics_listen: Option<SocketAddr>,
    /// How many acts may wait for this process's writer, half of them of one customer. Beyond it callers are told to come back (503).
    #[arg(long, env = "JARAI_QUEUE", default_value = "4096", value_parser = clap::value_parser!(u16).range(2..))]
    pub queue: u16,
    /// Where Stripe's interface is, if not at Stripe: for trying.
    #[arg(long, env = "STRIPE_API_BASE")]
    pub stripe_api_base: Option<String>,
}

/// How browsers reach this installation.
#[derive(Clone, Debug)]
pub struct Site {
    /// The one origin whose pages may act here.
    pub origin: Origin,
    /// Whether this is a sandbox.
    pub sandbox: bool,
    /// The folder of the static files; none where those inside the program are served.
    pub root: Option<String>,
    /// T8: where the prices that hold today are published.
    pub pricing: String,
    /// What is accepted at a registration.
    pub legal: LegalTexts,
    /// Whose word on where a request comes from is believed.
    pub trusted_proxies: Vec<TrustedProxy>,
}

/// An address that a page may lead to.
fn web_address(text: &str) -> Result<String, String> {
    let is_web = text
        .parse::<http::Uri>()
        .is_ok_and(|uri| uri.host().is_some() && matches!(uri.scheme_str(), Some("http" | "https")));
    is_web
        .then(|| text.to_owned())
        .ok_or_else(|| "expected an address such as https://example.com/pricing".to_owned())
}

/// Options that must not be started with.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ConfigError {
    /// Sessions and keys would cross the network in the clear.
    #[error(
        "outside a sandbox the console is served over https only: set --public-origin (JARAI_PUBLIC_ORIGIN) to the \
         https origin that browsers see, or start with --sandbox"
    )]
    PlainHttp,
    /// Letters would have no sender.
    #[error(
        "letters are handed over by --smtp-url (SMTP_URL), but nobody sends them: set --mail-from (MAIL_FROM) too, \
         such as \"JARAI Console <console@example.com>\""
    )]
    NoSender,
    /// Letters would go nowhere.
    #[error(
        "letters have a sender, --mail-from (MAIL_FROM), but are handed over nowhere: set --smtp-url (SMTP_URL) too, \
         such as smtps://user:password@host"
    )]
    NoMailServer,
    /// T19: links would be made with whatever address was bound.
    #[error(
        "letters have links: set --public-origin (JARAI_PUBLIC_ORIGIN) to the origin that browsers see, beside --smtp-url \
         (SMTP_URL)"
    )]
    NoOriginForLetters,
    /// The password and the links of letters would cross the network in the clear.
    #[error(
        "outside a sandbox letters are handed over encrypted only: --smtp-url (SMTP_URL) has to be smtps://… or \
         smtp://…?tls=required"
    )]
    PlainSmtp,
    /// The mail server's address cannot be used.
    #[error("--smtp-url (SMTP_URL) cannot be used: {0}")]
    Smtp(String),
    /// The address to listen on gives no origin.
    #[error(transparent)]
    Origin(#[from] NotAnOrigin),
    /// 5.29: money would be taken in nobody's name.
    #[error(
        "payments are taken by --stripe-secret-key (STRIPE_SECRET_KEY), but nobody issues their invoices: set --issuer-name \
         (JARAI_ISSUER_NAME) and --issuer-address (JARAI_ISSUER_ADDRESS) too"
    )]
    NoIssuer,
    /// 5.29: no invoice could name such an issuer.
    #[error(
        "--issuer-name, --issuer-address and --issuer-tax-id (JARAI_ISSUER_…) name nobody who could issue invoices: {0}"
    )]
    Issuer(#[from] BadIssuer),
    /// Nothing can be counted.
    #[error("cannot count what happens (--metrics-listen, JARAI_METRICS_LISTEN): {0}")]
    Metrics(String),
    /// Stripe is half set up, or not for an installation like this one.
    #[error(transparent)]
    Stripe(#[from] BadStripeSettings),
}

impl ServeOptions {
    /// Who carries letters; none where nothing was said of it. Half of it is a mistake that is said at start.
    pub fn carrier(&self, origin: &Origin) -> Result<Option<Smtp>, ConfigError> {
        let (url, from) = match (&self.smtp_url, &self.mail_from) {
            (None, None) => return Ok(None),
            (Some(_), None) => return Err(ConfigError::NoSender),
            (None, Some(_)) => return Err(ConfigError::NoMailServer),
            (Some(url), Some(from)) => (url, from),
        };
        if self.public_origin.is_none() {
            return Err(ConfigError::NoOriginForLetters);
        }
        if !self.sandbox && !url.is_encrypted() {
            return Err(ConfigError::PlainSmtp);
        }
        let smtp = Smtp::new(url, from.clone(), origin.clone(), PATIENCE);
        smtp.map(Some).map_err(|error| ConfigError::Smtp(error.to_string()))
    }

    /// 5.29: who issues invoices. A sandbox has a sample; elsewhere nobody does where nothing was said, and no money is taken.
    pub fn issuer(&self) -> Result<Option<Issuer>, ConfigError> {
        let said =
            self.issuer_name.is_some() || !self.issuer_address.is_empty() || self.issuer_tax_id.is_some();
        if said {
            let issuer = Issuer {
                name: self.issuer_name.clone().unwrap_or_default().trim().to_owned(),
                address: self.issuer_address.iter().map(|line| line.trim().to_owned()).collect(),
                tax_id: self.issuer_tax_id.as_deref().map(str::trim).map(str::to_owned),
            };
            return Ok(Some(issuer.checked()?));
        }
        match (self.sandbox, &self.stripe_secret_key) {
            (true, _) => Ok(Some(sample::issuer())),
            (false, Some(_)) => Err(ConfigError::NoIssuer),
            (false, None) => Ok(None),
        }
    }

    /// The site at the address that was bound; plain HTTP is for sandboxes only.
    pub fn site(&self, bound: SocketAddr) -> Result<Site, ConfigError> {
        let origin = match &self.public_origin {
            Some(origin) => origin.clone(),
            None => Origin::plain(&bound.to_string())?,
        };
        if !self.sandbox && !origin.is_https() {
            return Err(ConfigError::PlainHttp);
        }
        Ok(Site {
            origin,
            sandbox: self.sandbox,
            root: self.site_root.clone().or_else(|| (!embedded::IS_WHOLE).then(|| SITE_ROOT.to_owned())),
            pricing: self.pricing_url.clone(),
            legal: LegalTexts { terms: self.terms_url.clone(), privacy: self.privacy_url.clone() },
            trusted_proxies: self.trusted_proxies.clone(),
        })
    }

    /// The account of Stripe that takes the payments of this site; none where none is set up.
    pub fn stripe(&self, site: &Site) -> Result<Option<StripeSettings>, ConfigError> {
        let base = self.stripe_api_base.as_deref();
        let (key, secrets) = (self.stripe_secret_key.as_ref(), &self.stripe_webhook_secret);
        Ok(StripeSettings::of(key, secrets, base, site.origin.to_string(), site.sandbox)?)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use clap::Parser;

    #[derive(Parser)]
    struct Line {
        #[command(flatten)]
        options: ServeOptions,
    }

    fn site(line: &[&str]) -> Result<String, ConfigError> {
        let options = Line::parse_from(["serve"].iter().chain(line)).options;
        options.site(SocketAddr::from(([127, 0, 0, 1], 4711))).map(|site| site.origin.to_string())
    }

    #[test]
    fn t8_the_published_prices_are_on_the_web() {
        let parsed = |url: &str| Line::try_parse_from(["serve", "--pricing-url", url]).is_ok();
        assert_eq!(["https://jarai.studio/pricing", "http://localhost:1/x"].map(parsed), [true; 2]);
        assert_eq!(["javascript:alert(1)", "/pricing", "", "https://"].map(parsed), [false; 4]);
    }

    #[tokio::test] // a mail client stands only where there is a runtime
    async fn n3_half_of_a_mail_server_is_refused_at_start_and_no_password_is_said() {
        let carrier = |line: &[&str]| {
            let options = Line::parse_from(["serve"].iter().chain(line)).options;
            options.carrier(&"https://console.example.com".parse().unwrap()).map(|smtp| smtp.is_some())
        };
        let (url, from) =
            (["--smtp-url", "smtps://user:s3cret@mail.example.com"], ["--mail-from", "console@example.com"]);
        let origin = ["--public-origin", "https://console.example.com"];
        assert_eq!(carrier(&[]), Ok(false));
        assert_eq!(carrier(&[url, origin].concat()), Err(ConfigError::NoSender));
        assert_eq!(carrier(&[from, origin].concat()), Err(ConfigError::NoMailServer));
        assert_eq!(carrier(&[url, from].concat()), Err(ConfigError::NoOriginForLetters));
        assert_eq!(carrier(&[url, from, origin].concat()), Ok(true));
        let plain = ["--smtp-url", "smtp://mail.example.com"];
        assert_eq!(carrier(&[plain, from, origin].concat()), Err(ConfigError::PlainSmtp));
        assert_eq!(carrier(&[&plain[..], &from, &origin, &["--sandbox"]].concat()), Ok(true));
        let wrong = Line::try_parse_from(["serve", "--smtp-url", "mailto:s3cret"])
            .err()
            .expect("it is wrong")
            .to_string();
        assert!(wrong.contains("expected smtps://"), "{wrong}");
        let options = Line::parse_from([&["serve"], &url[..]].concat()).options;
        assert!(!format!("{options:?}").contains("s3cret"), "{options:?}");
    }

    #[test]
    fn t19_proxies_are_named_one_by_one_or_in_a_list() {
        let named =
            |line: &[&str]| Line::parse_from(["serve"].iter().chain(line)).options.trusted_proxies.len();
        assert_eq!(named(&[]), 0);
        assert_eq!(named(&["--trusted-proxy", "10.0.0.1", "--trusted-proxy", "fd00::/8"]), 2);
        assert_eq!(named(&["--trusted-proxy", "10.0.0.1,10.0.0.2"]), 2);
    }

    #[test]
    fn u3_stripe_is_set_up_whole_or_not_at_all() {
        let stripe = |line: &[&str]| {
            let options = Line::parse_from(["serve", "--sandbox"].iter().chain(line)).options;
            let site = options.site(SocketAddr::from(([127, 0, 0, 1], 4711))).unwrap();
            options.stripe(&site).map(|settings| settings.is_some())
        };
        let (key, secrets) = ("--stripe-secret-key=sk_test_1", "--stripe-webhook-secret=whsec_1,whsec_2");
        assert_eq!(stripe(&[]), Ok(false));
        assert_eq!(stripe(&[key, secrets]), Ok(true));
        assert_eq!(stripe(&[key]), Err(ConfigError::Stripe(BadStripeSettings::NoWebhookSecret)));
        assert_eq!(stripe(&[secrets]), Err(ConfigError::Stripe(BadStripeSettings::NoKey)));
        let live = "--stripe-secret-key=sk_live_1";
        assert_eq!(stripe(&[live, secrets]), Err(ConfigError::Stripe(BadStripeSettings::LiveInSandbox)));
        let shown = format!("{:?}", Line::parse_from(["serve", key, secrets]).options);
        assert!(!shown.contains("sk_test_1") && !shown.contains("whsec_1"), "T20: {shown}");
    }

    #[test]
    fn reading_5_29_no_money_is_taken_in_nobodys_name() {
        let issuer = |line: &[&str]| {
            let options = Line::parse_from(["serve"].iter().chain(line)).options;
            options.issuer().map(|issuer| issuer.map(|issuer| (issuer.name, issuer.address.len())))
        };
        let (name, address) =
            (["--issuer-name", "Real Ltd"], ["--issuer-address", "1 Real Street; London E1 0AA"]);
        let key = ["--stripe-secret-key", "sk_live_1"];
        assert_eq!(issuer(&["--sandbox"]), Ok(Some(("Sample Issuer Ltd".to_owned(), 3))));
        assert_eq!(issuer(&[]), Ok(None));
        assert_eq!(issuer(&key), Err(ConfigError::NoIssuer));
        let real = Ok(Some(("Real Ltd".to_owned(), 2)));
        assert_eq!(issuer(&[&key[..], &name, &address].concat()), real);
        assert_eq!(issuer(&[&["--sandbox"], &name[..], &address].concat()), real);
        assert_eq!(issuer(&address), Err(ConfigError::Issuer(BadIssuer::Name)));
        assert_eq!(issuer(&name), Err(ConfigError::Issuer(BadIssuer::Address)));
        assert_eq!(
            issuer(&[&["--sandbox"], &name[..], &address, &["--issuer-tax-id", " "]].concat()),
            Err(ConfigError::Issuer(BadIssuer::TaxId))
        );
    }

    #[test]
    fn plain_http_is_for_sandboxes_only() {
        assert_eq!(site(&[]), Err(ConfigError::PlainHttp));
        assert_eq!(site(&["--public-origin", "http://console.example.com"]), Err(ConfigError::PlainHttp));
        assert_eq!(
            site(&["--public-origin", "https://console.example.com"]).unwrap(),
            "https://console.example.com"
        );
        assert_eq!(
            site(&["--sandbox"]).unwrap(),
            "http://127.0.0.1:4711",
            "the port that was bound, not the one asked for"
        );
    }
}
