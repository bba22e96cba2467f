//! Letters by SMTP: both parts, links with the public origin, and where letters of a kind can be switched off, the header by
//! which a mail program does it with one click (RFC 8058). N3, T19.

use crate::origin::Origin;
use app::mail::{Sheet, Written};
use async_trait::async_trait;
use engine::mail::{Carried, Carrier, NotCarried};
use lettre::{
    AsyncSmtpTransport, AsyncTransport, Message, Tokio1Executor,
    message::{
        Mailbox, MultiPart,
        header::{HeaderName, HeaderValue},
    },
    transport::smtp,
};
use std::{fmt, str::FromStr, time::Duration};

/// How long a mail server may take over a word.
pub const PATIENCE: Duration = Duration::from_secs(10);
/// Answers that say that this letter will never be taken. Others are about us, or about now.
const NEVER: [u16; 4] = [501, 550, 551, 553];

/// Where letters are handed over: `smtps://user:password@host`. It is shown nowhere.
#[derive(Clone, PartialEq, Eq)]
pub struct SmtpUrl(String);

impl FromStr for SmtpUrl {
    type Err = String;

    /// What is wrong is said without what was given: it holds a password.
    fn from_str(text: &str) -> Result<Self, String> {
        AsyncSmtpTransport::<Tokio1Executor>::from_url(text)
            .map(|_| Self(text.to_owned()))
            .map_err(|_| "expected smtps://user:password@host, or smtp://…?tls=required".to_owned())
    }
}

impl fmt::Debug for SmtpUrl {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("SmtpUrl(…)")
    }
}

impl SmtpUrl {
    /// Whether the password and the letters cross the network encrypted.
    #[must_use]
    pub fn is_encrypted(&self) -> bool {
        self.0.starts_with("smtps:") || self.0.contains("tls=required")
    }
}

/// A mail server that takes our letters.
pub struct Smtp {
    transport: AsyncSmtpTransport<Tokio1Executor>,
    from: Mailbox,
    origin: Origin,
}

impl fmt::Debug for Smtp {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Smtp").field("from", &self.from).finish_non_exhaustive()
    }
}

impl Smtp {
    /// Hands letters over there, from this sender, with links to this origin; a server that falls silent for so long is left.
    pub fn new(
        url: &SmtpUrl,
        from: Mailbox,
        origin: Origin,
        patience: Duration,
    ) -> Result<Self, smtp::Error> {
        let transport = AsyncSmtpTransport::<Tokio1Executor>::from_url(&url.0)?;
        Ok(Self { transport: transport.timeout(Some(patience)).build(), from, origin })
    }

    fn message(&self, letter: &Carried) -> Result<Message, lettre::error::Error> {
        let origin = self.origin.to_string();
        let Written { html, text, stop } = Sheet { letter, origin: &origin }.write();
        let posted = &letter.posted;
        let host = origin.split("://").last().unwrap_or_default();
        let to = posted.letter.to.parse().map_err(|_| lettre::error::Error::MissingTo)?;
        let mut message = Message::builder()
            .from(self.from.clone())
            .to(to)
            .subject(posted.letter.subject.clone())
            .message_id(Some(format!("<{}@{host}>", posted.id)));
        let mut headers = vec![("Auto-Submitted", "auto-generated".to_owned())];
        if let Some(stop) = stop {
            headers.push(("List-Unsubscribe", format!("<{stop}>")));
            headers.push(("List-Unsubscribe-Post", "List-Unsubscribe=One-Click".to_owned()));
        }
        for (name, value) in headers {
            message = message.raw_header(HeaderValue::new(HeaderName::new_from_ascii_str(name), value));
        }
        message.multipart(MultiPart::alternative_plain_html(text, html))
    }
}

#[async_trait]
impl Carrier for Smtp {
    async fn carry(&self, letter: &Carried) -> Result<(), NotCarried> {
        let message = self.message(letter).map_err(|error| NotCarried::Never(error.to_string()))?;
        match self.transport.send(message).await {
            Ok(_) => Ok(()),
            Err(error) if error.status().is_some_and(|code| NEVER.contains(&code.into())) => {
                Err(NotCarried::Never(error.to_string()))
            }
            Err(error) => Err(NotCarried::Later(error.to_string())),
        }
    }
}
