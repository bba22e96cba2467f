//! The document that describes the interface, generated from the handlers.

use super::problem::ProblemBody;
use utoipa::{
    IntoResponses, Modify, OpenApi,
    openapi::{
        HeaderBuilder, ObjectBuilder, OpenApi as Document, RefOr, Required, Schema, Type,
        path::{ParameterBuilder, ParameterIn},
        security::{HttpAuthScheme, HttpBuilder, SecurityScheme},
    },
};

/// What stands above the paths.
#[derive(Debug, OpenApi)]
#[openapi(
    info(
        title = "JARAI Console: the gate",
        description = "Asks whether a production may start, reports its AI calls, and reads what is left. Acts are named \
                       by the caller: the same request again is counted once and hears the same answer.",
        version = "1",
        license(name = "MIT")
    ),
    components(schemas(ProblemBody)),
    modifiers(&KeyScheme),
    tags(
        (name = "quotes", description = "What a plan would take, promised for a quarter of an hour."),
        (name = "productions", description = "Admission, receipt, sign of life and end of a production."),
        (name = "attempts", description = "What each AI call took."),
        (name = "batch", description = "Many acts in one request."),
        (name = "calls", description = "AI calls outside productions."),
        (name = "capacity", description = "What is left.")
    )
)]
pub struct Gate;

struct KeyScheme;

impl Modify for KeyScheme {
    fn modify(&self, document: &mut utoipa::openapi::OpenApi) {
        let key = HttpBuilder::new()
            .scheme(HttpAuthScheme::Bearer)
            .bearer_format("jk_…")
            .description(Some("A key of the production pipeline; it belongs to one customer."))
            .build();
        document.components.get_or_insert_default().add_security_scheme("key", SecurityScheme::Http(key));
    }
}

/// What is true of every operation: what a reply says of the key's rate, and that a POST may carry a key of its own.
pub fn complete(document: &mut Document) {
    let word = |pattern: &str| ObjectBuilder::new().schema_type(Type::String).pattern(Some(pattern)).build();
    for item in document.paths.paths.values_mut() {
        for operation in [&mut item.get, &mut item.put, &mut item.post].into_iter().flatten() {
            for response in operation.responses.responses.values_mut() {
                if let RefOr::T(response) = response {
                    for (name, says) in [
                        ("RateLimit", "How much the key may still ask, as `\"gate\";r=…;t=1`"),
                        ("RateLimit-Policy", "How much the key may ask a second, as `\"gate\";q=…;w=1`"),
                    ] {
                        let header =
                            HeaderBuilder::new().schema(Some(word("^\"gate\";"))).description(Some(says));
                        response.headers.insert(name.to_owned(), header.build().into());
                    }
                }
            }
        }
        if let Some(post) = &mut item.post {
            let key = ParameterBuilder::new()
                .name("Idempotency-Key")
                .parameter_in(ParameterIn::Header)
                .required(Required::False)
                .description(Some("The same key and request hear the first answer again, for 35 days"))
                .schema(Some(word("^[!-~]{1,255}$")))
                .build();
            post.parameters.get_or_insert_default().push(key.into());
        }
    }
}

/// What every call may be answered.
#[derive(Debug, IntoResponses)]
pub enum AnyCall {
    /// No key, or one that is unknown or revoked.
    #[response(status = 401, content_type = "application/problem+json")]
    Unauthorized(ProblemBody),
    /// Nothing with this name exists for this key's customer.
    #[response(status = 404, content_type = "application/problem+json")]
    NotFound(ProblemBody),
    /// A field cannot be worked with; `errors` names it.
    #[response(status = 422, content_type = "application/problem+json")]
    Invalid(ProblemBody),
    /// The key asks faster than it may.
    #[response(status = 429, content_type = "application/problem+json", headers(("Retry-After" = u16)))]
    TooFast(ProblemBody),
    /// A fault of ours: the correlation id finds it.
    #[response(status = 500, content_type = "application/problem+json")]
    Internal(ProblemBody),
    /// More requests are waiting than will be queued.
    #[response(status = 503, content_type = "application/problem+json", headers(("Retry-After" = u16)))]
    Busy(ProblemBody),
}

/// What a call with a body may be answered besides.
#[derive(Debug, IntoResponses)]
pub enum BodyCall {
    /// The body is not JSON.
    #[response(status = 400, content_type = "application/problem+json")]
    Malformed(ProblemBody),
    /// A page of another site sent the request, or the account is not active.
    #[response(status = 403, content_type = "application/problem+json")]
    Forbidden(ProblemBody),
    /// The body stopped arriving.
    #[response(status = 408, content_type = "application/problem+json")]
    Timeout(ProblemBody),
    /// The production exists and does not allow it, or a limit stands against it; `code` says which.
    #[response(status = 409, content_type = "application/problem+json")]
    Conflict(ProblemBody),
    /// The body is larger than is read here.
    #[response(status = 413, content_type = "application/problem+json")]
    TooLarge(ProblemBody),
    /// The body is not declared to be JSON.
    #[response(status = 415, content_type = "application/problem+json")]
    MediaType(ProblemBody),
}

/// The schema of a string that is one of a few words.
#[must_use]
pub fn words(all: &[&'static str]) -> RefOr<Schema> {
    ObjectBuilder::new().schema_type(Type::String).enum_values(Some(all.iter().copied())).build().into()
}
