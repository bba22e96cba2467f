//! The document that describes the interface, generated from the handlers.

use super::problem::ProblemBody;
use billing::production::Kind;
use utoipa::{
    IntoResponses, Modify, OpenApi,
    openapi::{
        Components, HeaderBuilder, ObjectBuilder, OneOfBuilder, OpenApi as Document, RefOr, Schema, Type,
        schema::AdditionalProperties,
        security::{HttpAuthScheme, HttpBuilder, SecurityScheme},
    },
};

/// What stands above the paths.
#[derive(Debug, OpenApi)]
#[openapi(
    info(
        title = "JARAI Console: the gate",
        description = "Asks whether a production may start, reports its AI calls, and reads what is left. Acts are named \
                       by the caller: the same request again is counted once and hears the same answer. Every POST may carry an \
                       `Idempotency-Key` of 1 to 255 visible ASCII characters: for 35 days the same key and request hear \
                       the first answer again, another request under it is a 422, and one that is still being done a 409.",
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
            .description(Some("A key of the production pipeline. It belongs to one customer, and may be narrowed to some acts (quote and admit, report, read) and some accounts."))
            .build();
        document.components.get_or_insert_default().add_security_scheme("key", SecurityScheme::Http(key));
    }
}

/// What is true of all operations: what a reply says of the key's rate, and which quantity goes with which kind.
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
    }
    if let Some(components) = &mut document.components {
        for name in ["Step", "Attempt", "Call"] {
            by_kind(components, name);
        }
        components.schemas.remove("Quantity");
    }
}

/// A body with a kind and a quantity, as one schema for each kind: which fields a quantity has follows from the kind, and a
/// program that reads the document should know.
fn by_kind(components: &mut Components, name: &str) {
    let Some(RefOr::T(Schema::Object(body))) = components.schemas.get(name) else { return };
    let Some(RefOr::T(Schema::Object(quantity))) = components.schemas.get("Quantity") else { return };
    let mut kinds = OneOfBuilder::new().description(body.description.clone());
    for (kind, required, optional) in QUANTITIES {
        let mut fields =
            ObjectBuilder::new().additional_properties(Some(AdditionalProperties::FreeForm(false)));
        for field in required.iter().chain(optional) {
            if let Some(schema) = quantity.properties.get(*field) {
                fields = fields.property(*field, schema.clone());
            }
        }
        for field in required {
            fields = fields.required(*field);
        }
        let mut one = body.clone();
        one.title = Some(kind.word().to_owned());
        one.description = None;
        one.properties.insert("kind".to_owned(), words(&[kind.word()]));
        one.properties.insert("quantity".to_owned(), fields.build().into());
        kinds = kinds.item(one);
    }
    components.schemas.insert(name.to_owned(), Schema::from(kinds.build()).into());
}

/// The fields of each kind's quantity: those that must be there, and those that may.
const QUANTITIES: [(Kind, &[&str], &[&str]); 10] = [
    (Kind::Text, &["inputTokens", "outputTokens"], &["cachedTokens"]),
    (Kind::Vision, &["images"], &[]),
    (Kind::Image, &["images"], &["source"]),
    (Kind::Speech, &["seconds"], &[]),
    (Kind::Speech, &["characters"], &[]),
    (Kind::Music, &["seconds"], &[]),
    (Kind::Video, &["seconds"], &[]),
    (Kind::Variant, &["variants"], &[]),
    (Kind::Transcription, &["seconds"], &[]),
    (Kind::Packaging, &["items"], &[]),
];

/// What every call may be answered.
#[derive(Debug, IntoResponses)]
pub enum AnyCall {
    /// No key, or one that is unknown or revoked.
    #[response(status = 401, content_type = "application/problem+json")]
    Unauthorized(ProblemBody),
    /// The key may not do this (`insufficient_scope`), a page of another site sent the request, or the account is not
    /// active.
    #[response(status = 403, content_type = "application/problem+json")]
    Forbidden(ProblemBody),
    /// Nothing with this name exists for this key's customer, or within the accounts that the key reaches.
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
