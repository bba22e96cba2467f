//! Every way in which a request can fail: one row each, and a page that explains it.

use super::problem::Problem;
use axum::{extract::Path, response::Html};
use http::StatusCode;

macro_rules! codes {
    ($($(#[$doc:meta])* $name:ident = $status:ident $word:literal $title:literal, $advice:literal;)*) => {
        /// What went wrong, for programs to tell apart.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
        pub enum Code {
            $($(#[$doc])* $name,)*
        }

        impl Code {
            /// All of them.
            pub const ALL: &[Self] = &[$(Self::$name,)*];

            /// The HTTP status that goes with it.
            #[must_use]
            pub const fn status(self) -> StatusCode {
                match self { $(Self::$name => StatusCode::$status,)* }
            }

            /// The word in `code`; in capitals it is the partner form's `error`.
            #[must_use]
            pub const fn word(self) -> &'static str {
                match self { $(Self::$name => $word,)* }
            }

            /// The headline.
            #[must_use]
            pub const fn title(self) -> &'static str {
                match self { $(Self::$name => $title,)* }
            }

            /// What happened and what to do next, where nothing more is known.
            #[must_use]
            pub const fn advice(self) -> &'static str {
                match self { $(Self::$name => $advice,)* }
            }
        }
    };
}

codes! {
    /// The body is not JSON.
    MalformedRequest = BAD_REQUEST "malformed_request" "Malformed request",
        "The body could not be read as JSON. Nothing was done. Correct the request and send it again.";
    /// An event that the payment provider has not signed.
    SignatureRefused = BAD_REQUEST "signature_refused" "Signature refused",
        "The event is not signed by the payment provider, or was signed too long ago. Nothing was done. Check the signing \
         secret of the endpoint and the clock.";
    /// No key, or one that is unknown or revoked.
    Unauthorized = UNAUTHORIZED "unauthorized" "Key required",
        "The request carries no living key. Nothing was done. Send `Authorization: Bearer jk_…` with a key of the \
         customer; an administrator of the customer can issue one.";
    /// Nobody is signed in.
    SignedOut = UNAUTHORIZED "signed_out" "Sign in to continue",
        "This belongs to somebody who is signed in. Nothing was done. Sign in and try again.";
    /// A page of another site caused the request.
    CrossSiteRequest = FORBIDDEN "cross_site_request" "Request from another site refused",
        "A page of another site sent this request. Nothing was done. Open the console itself and try there.";
    /// The key may not do this.
    InsufficientScope = FORBIDDEN "insufficient_scope" "Not within the key's scope",
        "This key was not given this: keys quote and admit, report, or read. Nothing was done. Use a key that may, or have \
         an administrator of the customer change this one.";
    /// The customer has something to pay first.
    PaymentRequired = CONFLICT "payment_required" "Payment required",
        "A payment of the customer is outstanding or disputed, so no new production is started and nothing is held. What \
         runs goes on. An administrator of the customer can settle it.";
    /// The account may not produce.
    AccountNotActive = FORBIDDEN "account_not_active" "Account not active",
        "The account is suspended or closed, so it starts no productions. Ask an administrator to activate it.";
    /// There is no such thing in the caller's reach.
    NotFound = NOT_FOUND "not_found" "Not found",
        "Nothing with this name exists for this key's customer. Check the name and the key.";
    /// The path exists with other methods.
    MethodNotAllowed = METHOD_NOT_ALLOWED "method_not_allowed" "Method not allowed",
        "This path does not answer this method. The Allow header lists the methods that it answers.";
    /// The body did not arrive in time.
    RequestTimeout = REQUEST_TIMEOUT "request_timeout" "Request timed out",
        "The body stopped arriving. Nothing was done. Send the request again; the same request is counted once.";
    /// The plan does not fit a limit on capacity or money.
    BudgetLimitReached = CONFLICT "budget_limit_reached" "Budget limit reached",
        "The production would need more than is left of a limit, so it was not started and nothing is held. The field \
         `refusal` names the limit and what helps.";
    /// More than the tier allows one production.
    ProductionTooLarge = CONFLICT "production_too_large" "Production too large",
        "The production would need more tokens than the customer's plan allows for one, so it was not started and nothing \
         is held. Plan a smaller one, or change to a plan that allows more.";
    /// The account runs as many productions as it may.
    ConcurrencyLimitReached = CONFLICT "concurrency_limit_reached" "Too many productions at once",
        "The account runs as many productions at once as it may, so this one was not started and nothing is held. Ask \
         again when one has ended, or have an administrator raise the number.";
    /// The same request is being done.
    InProgress = CONFLICT "in_progress" "Request in progress",
        "A request under this Idempotency-Key is being done. Send it again in a moment to hear its answer.";
    /// The quote's price no longer holds.
    QuoteExpired = CONFLICT "quote_expired" "Quote expired",
        "The price of this quote was promised for 15 minutes, and they are over. Nothing was started. Ask for a new quote.";
    /// The name belongs to something else.
    IdReused = CONFLICT "id_reused" "Id already used",
        "This id was already used with another body. Send the first body again to hear the first answer, or choose another \
         id.";
    /// The attempt was reported with other content.
    AttemptReused = CONFLICT "attempt_reused" "Attempt already reported",
        "This attempt was already reported with another body, and the first report stands. Report a further call \
         under the next attempt number.";
    /// The step was charged before.
    AlreadyCaptured = CONFLICT "already_captured" "Step already charged",
        "Another attempt of this step has succeeded and was charged; a step is charged once. No tokens were moved. \
         Report a further call under a step of its own.";
    /// The hold lapsed.
    HoldExpired = CONFLICT "hold_expired" "Hold expired",
        "Nothing was heard of this production within its lease, so its tokens were given back. No tokens were moved. \
         Ask for a new production under another id.";
    /// The production was published.
    AlreadyFinished = CONFLICT "already_finished" "Production already finished",
        "This production is published and its account is settled. No tokens were moved. Ask for a new production \
         under another id.";
    /// The production failed or was cancelled.
    AlreadyReleased = CONFLICT "already_released" "Production already ended",
        "This production failed or was cancelled and its tokens were given back. No tokens were moved. Ask for a new \
         production under another id.";
    /// More bytes than are read.
    TooLarge = PAYLOAD_TOO_LARGE "body_too_large" "Body too large",
        "The body is larger than this path reads (1 MiB for plans, 64 KiB elsewhere). Nothing was done. Send less.";
    /// Something else than JSON.
    UnsupportedMediaType = UNSUPPORTED_MEDIA_TYPE "unsupported_media_type" "JSON required",
        "This path reads JSON only. Nothing was done. Send the body with `Content-Type: application/json`.";
    /// A field cannot be worked with.
    InvalidRequest = UNPROCESSABLE_ENTITY "invalid_request" "Invalid request",
        "A field cannot be worked with; `errors` names it. Nothing was done. Correct the field and send it again.";
    /// The plan has no such step, or has it with another kind.
    UnknownStep = UNPROCESSABLE_ENTITY "unknown_step" "Unknown step",
        "The plan of this production has no such step of this kind. Nothing was charged. Report the step by the name \
         and kind that the plan gives it.";
    /// A fault of ours.
    InternalError = INTERNAL_SERVER_ERROR "internal_error" "Something went wrong",
        "The request could not be answered. Whether it was done is not known: ask again with the same body, the same \
         request is counted once. If it goes on, report the correlation id.";
    /// The key asks faster than it may.
    RateLimitExceeded = TOO_MANY_REQUESTS "rate_limit_exceeded" "Too many requests",
        "This key asks faster than it may. Nothing was done. Ask again after the time in Retry-After; the RateLimit \
         headers say how much is left.";
    /// More is waiting than will be queued.
    ServiceUnavailable = SERVICE_UNAVAILABLE "service_unavailable" "Service unavailable",
        "More requests are waiting than the gate will queue. Nothing was done. Ask again after the time in Retry-After.";
}

/// What is true of an act of which nobody knows whether it was kept, too.
pub const OUTAGE: &str = "The database does not answer at the moment. The act was done whole or not at all. Send the same request \
                      again after the time in Retry-After: what was done is answered as it was, and is not done twice.";

/// `GET /problems/{code}`: the page that a problem's `type` points at.
pub async fn explain(Path(word): Path<String>) -> Result<Html<String>, Problem> {
    let code = Code::ALL.iter().find(|code| code.word() == word).ok_or(Problem::plain(Code::NotFound))?;
    Ok(Html(page(*code, "")))
}

/// A page of a few words in the console's clothes; `id` is the name of the request, if it is one that failed.
#[must_use]
pub fn page(code: Code, id: &str) -> String {
    let (title, advice, status) = (code.title(), marked(code.advice()), code.status().as_u16());
    let word = code.word();
    let reference =
        if id.is_empty() { String::new() } else { format!("<span>Reference <code>{id}</code></span>") };
    format!(
        "<!doctype html><html lang=\"en-GB\"><head><meta charset=\"utf-8\">\
         <meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\
         <title>{title} – JARAI Console</title><link rel=\"stylesheet\" href=\"/pkg/console.css\"></head>\
         <body><div class=\"plain\"><main><h1>{title}</h1><p>{advice}</p>\
         <p class=\"facts small\"><span>Status {status}</span><span>Code <code>{word}</code></span>{reference}</p>\
         </main></div></body></html>\n"
    )
}

/// What stands between backticks is code.
fn marked(text: &str) -> String {
    let part = |(at, part): (usize, &str)| {
        if at % 2 == 1 { format!("<code>{part}</code>") } else { part.to_owned() }
    };
    text.split('`').enumerate().map(part).collect()
}
