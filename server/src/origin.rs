//! Web origins: scheme, host and port, compared as browsers compare them.

use http::uri::Authority;
use std::{fmt, str::FromStr};

/// Where pages come from: `https://console.example.com`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Origin {
    https: bool,
    host: String,
    port: u16,
}

/// A text that is not an origin.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("expected an origin such as https://console.example.com, without a path")]
pub struct NotAnOrigin;

impl Origin {
    /// The origin of plain HTTP at an authority such as `127.0.0.1:3000`.
    pub fn plain(authority: &str) -> Result<Self, NotAnOrigin> {
        Self::of(false, authority)
    }

    /// Whether browsers speak TLS to it.
    #[must_use]
    pub const fn is_https(&self) -> bool {
        self.https
    }

    /// Whether a `Host` header names the same host and port under the same scheme.
    #[must_use]
    pub fn is_at(&self, authority: &str) -> bool {
        Self::of(self.https, authority).as_ref() == Ok(self)
    }

    fn of(https: bool, authority: &str) -> Result<Self, NotAnOrigin> {
        let parsed: Authority = authority.parse().map_err(|_| NotAnOrigin)?;
        let rest = parsed.as_str().strip_prefix(parsed.host()).ok_or(NotAnOrigin)?; // a user name would stand before it
        let port = match rest.strip_prefix(':') {
            Some(digits) => digits.parse().map_err(|_| NotAnOrigin)?,
            None if rest.is_empty() => default_port(https),
            None => return Err(NotAnOrigin),
        };
        Ok(Self { https, host: parsed.host().to_ascii_lowercase(), port })
    }
}

const fn default_port(https: bool) -> u16 {
    if https { 443 } else { 80 }
}

impl FromStr for Origin {
    type Err = NotAnOrigin;

    fn from_str(text: &str) -> Result<Self, NotAnOrigin> {
        let (scheme, authority) = text.split_once("://").ok_or(NotAnOrigin)?;
        let authority = authority.strip_suffix('/').unwrap_or(authority);
        match scheme.to_ascii_lowercase().as_str() {
            "https" => Self::of(true, authority),
            "http" => Self::of(false, authority),
            _ => Err(NotAnOrigin),
        }
    }
}

/// As browsers send it: the default port is left out.
impl fmt::Display for Origin {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}://{}", if self.https { "https" } else { "http" }, self.host)?;
        if self.port == default_port(self.https) { Ok(()) } else { write!(f, ":{}", self.port) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn origins_are_equal_whatever_their_spelling() {
        let origin: Origin = "https://Console.Example.com:443/".parse().unwrap();
        assert_eq!(origin.to_string(), "https://console.example.com");
        assert_eq!("https://console.example.com".parse(), Ok(origin.clone()));
        assert!(origin.is_at("console.example.com") && !origin.is_at("console.example.com:80"));
        assert_eq!("http://[::1]:3000".parse::<Origin>().unwrap().to_string(), "http://[::1]:3000");
    }

    #[test]
    fn what_is_no_origin_is_refused() {
        for bad in [
            "null",
            "",
            "console.example.com",
            "ftp://a",
            "https://a/b",
            "https://u@a",
            "https://a:x",
            "https://",
        ] {
            assert!(bad.parse::<Origin>().is_err(), "{bad:?}");
        }
    }
}
