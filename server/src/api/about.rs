//! What a failed request is answered, now that it is known which request it was.

use super::{
    code::{self, Code},
    problem::Problem,
};
use crate::{config::Site, correlation};
use axum::{extract::Request, response::Response};
use http::{HeaderValue, Uri, header};

/// What a problem says of its request.
pub struct About {
    uri: Uri,
    id: String,
}

impl About {
    /// What there is to say of a request.
    pub fn of(request: &Request) -> Self {
        Self { uri: request.uri().clone(), id: correlation::of(request) }
    }

    /// Writes the body of a reply that is a [`Problem`], whichever layer or handler it comes from; others stay as they are.
    pub fn write(self, mut reply: Response, site: &Site) -> Response {
        let Some(problem) = reply.extensions_mut().remove::<Problem>() else { return reply };

        let (instance, (code, retry_after)) = (self.uri.path(), (problem.code(), problem.retry_after()));
        let for_programs = instance.starts_with("/api/") || instance.starts_with("/live/");
        let (kind, body) = if for_programs {
            let body = problem.into_body(site, instance.to_owned(), self.id);
            ("application/problem+json", serde_json::to_vec(&body).unwrap_or_default())
        } else {
            ("text/html; charset=utf-8", code::page(code, &self.id).into_bytes())
        };
        let headers = reply.headers_mut();
        headers.insert(header::CONTENT_TYPE, HeaderValue::from_static(kind));
        headers.remove(header::CONTENT_LENGTH);
        if code == Code::Unauthorized {
            headers.insert(header::WWW_AUTHENTICATE, HeaderValue::from_static("Bearer"));
        }
        if let Some(seconds) = retry_after {
            headers.insert(header::RETRY_AFTER, HeaderValue::from(seconds));
        }
        reply.map(|_| body.into())
    }
}
