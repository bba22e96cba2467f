//! A browser without scripts: it keeps a cookie, asks for pages and sends forms.

use crate::support::{ORIGIN, Reply, SIGN_IN, World};
use axum::body::Body;
use http::{Method, Request, header};
use std::collections::BTreeMap;

/// One browser.
pub struct Browser<'world> {
    world: &'world World,
    /// What it sends as `Cookie`; empty before its first session.
    pub cookie: String,
}

impl<'world> Browser<'world> {
    /// A browser that has this cookie.
    pub fn with_cookie(world: &'world World, cookie: &str) -> Self {
        Self { world, cookie: cookie.to_owned() }
    }

    /// A browser in which Ada has signed in.
    pub async fn signed_in(world: &'world World) -> Self {
        world.add_person().await;
        let mut browser = Self::with_cookie(world, "");
        let (email, password) = SIGN_IN;
        let reply = browser.post("/act/sign-in", &[("email", email), ("password", password)]).await;
        assert!(reply.status.is_redirection(), "{reply:?}");
        browser
    }

    /// A request as this browser sends it; a form where there is a body.
    pub fn request(&self, method: Method, path: &str, form: &str) -> Request<Body> {
        let request = Request::builder()
            .method(method)
            .uri(path)
            .header(header::ACCEPT, "text/html")
            .header(header::COOKIE, &self.cookie)
            .header(header::ORIGIN, ORIGIN)
            .header(header::CONTENT_TYPE, "application/x-www-form-urlencoded");
        request.body(Body::from(form.to_owned())).unwrap()
    }

    /// Asks for a page.
    pub async fn get(&mut self, path: &str) -> Reply {
        let reply = self.world.send(self.request(Method::GET, path, "")).await;
        self.keep(reply)
    }

    /// Sends a form.
    pub async fn post(&mut self, path: &str, fields: &[(&str, &str)]) -> Reply {
        let reply = self.world.send(self.request(Method::POST, path, &form(fields))).await;
        self.keep(reply)
    }

    /// Sends a form twice, as two clicks do before the first answer; the browser keeps what came last.
    pub async fn post_twice(&mut self, path: &str, fields: &[(&str, &str)]) -> [Reply; 2] {
        let click = || self.world.send(self.request(Method::POST, path, &form(fields)));
        let (first, second) = tokio::join!(click(), click());
        [self.keep(first), self.keep(second)]
    }

    fn keep(&mut self, reply: Reply) -> Reply {
        let mut kept: BTreeMap<String, String> = pairs(&self.cookie);
        for set in reply.headers.get_all(header::SET_COOKIE) {
            kept.append(&mut pairs(set.to_str().unwrap().split(';').next().unwrap_or_default()));
        }
        let kept = kept.into_iter().filter(|(_, value)| !value.is_empty());
        self.cookie = kept.map(|(name, value)| format!("{name}={value}")).collect::<Vec<_>>().join("; ");
        reply
    }
}

/// Cookies by name.
fn pairs(cookies: &str) -> BTreeMap<String, String> {
    let pairs = cookies.split("; ").filter_map(|pair| pair.split_once('='));
    pairs.map(|(name, value)| (name.to_owned(), value.to_owned())).collect()
}

/// Fields as a form sends them.
pub fn form(fields: &[(&str, &str)]) -> String {
    let encoded =
        |text: &str| text.replace('%', "%25").replace('&', "%26").replace('+', "%2B").replace(' ', "+");
    fields.iter().map(|(name, value)| format!("{name}={}", encoded(value))).collect::<Vec<_>>().join("&")
}
