//! The table of all routes: what each is sent, whom it answers what, and what it leaves behind. I-47, N1. A route without a
//! row fails. Whoever adds a page, a server function or a route adds its row here.

use Leaves::{Entry, Itself, Nothing};
use billing::{audit::AuditAct, team::KeyAct};

/// One route.
#[derive(Clone, Copy, Debug)]
pub struct Route {
    /// The method.
    pub method: &'static str,
    /// The path; `{…}` is filled in by `scene`.
    pub path: &'static str,
    /// A form's fields, or JSON; likewise.
    pub sent: &'static str,
    /// Whom it answers what.
    pub answers: Answers,
    /// What it leaves behind.
    pub leaves: Leaves,
}

/// Whom a route answers what. 401 is also a redirection to the sign-in page.
#[derive(Clone, Copy, Debug)]
pub enum Answers {
    /// People: nobody signed in, viewer, operator of one account, administrator, finance, platform, and the administrator of
    /// another customer. Keys are nobody here.
    People([u16; 7]),
    /// Keys: one that may, one without the act that is named, one that reaches another account only, and one of another
    /// customer. Revoked and replaced keys, people and nobody are answered 401.
    Keys(KeyAct, [u16; 4]),
    /// Everybody alike.
    Everybody(u16),
}

/// What a route leaves behind when it is asked by who may.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Leaves {
    /// No mutation, and why.
    Nothing(&'static str),
    /// An entry of the audit log.
    Entry(AuditAct),
    /// It books itself in a journal of its own, and which.
    Itself(&'static str),
}

const fn get(path: &'static str, people: [u16; 7]) -> Route {
    Route { method: "GET", path, sent: "", answers: Answers::People(people), leaves: Nothing("it reads") }
}

const fn open(method: &'static str, path: &'static str, status: u16, why: &'static str) -> Route {
    Route { method, path, sent: "", answers: Answers::Everybody(status), leaves: Nothing(why) }
}

/// A server function.
const fn act(path: &'static str, sent: &'static str, people: [u16; 7], leaves: Leaves) -> Route {
    Route { method: "POST", path, sent, answers: Answers::People(people), leaves }
}

/// A server function that a page asks for its figures.
const fn asks(path: &'static str, sent: &'static str, people: [u16; 7]) -> Route {
    act(path, sent, people, Nothing("it reads"))
}

const fn rest(
    method: &'static str,
    path: &'static str,
    sent: &'static str,
    needs: KeyAct,
    keys: [u16; 4],
    leaves: Leaves,
) -> Route {
    Route { method, path, sent, answers: Answers::Keys(needs, keys), leaves }
}

const READS: Leaves = Nothing("it reads");
const LEDGER: Leaves = Itself("the ledger, holds and costs of productions");
const SESSION: Leaves = Nothing("it changes the browser's own session or cookies alone");
const PROVIDER: Leaves = Itself("the payment provider's objects; the payment is in the books");

const LETTER: Leaves = Nothing("a letter is written and nothing else; what its link does leaves the entry");
const LINK: Leaves =
    Itself("a link that is none does nothing; `sign_in` and `team` use real ones up and see their entries");
const OWN: Leaves =
    Itself("it needs a code, a device or another password: `sign_in` has them and sees the entries");
const AGREED: Leaves =
    Itself("it needs a card that is known: the engine’s `top_up` has one and sees the entries");
const ASKED: Leaves = Itself("it needs a refusal by one's own cap: `team` has one and sees the entries");

/// Every route. The columns of people: nobody, viewer, operator, administrator, finance, platform, another customer's.
pub const ROUTES: &[Route] = &[
    // Pages.
    get("/", [401, 200, 200, 200, 200, 200, 200]),
    get("/productions", [401, 200, 200, 200, 200, 200, 200]),
    get("/productions/{production}", [401, 403, 200, 200, 200, 200, 404]),
    get("/usage", [401, 403, 200, 200, 200, 200, 200]),
    get("/estimate", [401, 403, 200, 200, 403, 200, 200]),
    get("/accounts", [401, 403, 200, 200, 200, 200, 200]),
    get("/accounts/new", [401, 403, 403, 200, 403, 200, 200]),
    get("/keys", [401, 403, 403, 200, 403, 200, 200]),
    get("/keys/new", [401, 403, 403, 200, 403, 200, 200]),
    get("/keys/{key}", [401, 403, 403, 200, 403, 200, 404]),
    get("/audit", [401, 403, 403, 200, 403, 200, 200]),
    get("/team", [401, 403, 403, 200, 403, 200, 200]),
    get("/you", [401, 200, 200, 200, 200, 200, 200]),
    get("/you/factor", [401, 303, 303, 303, 303, 303, 303]),
    get("/you/codes", [401, 303, 303, 303, 303, 303, 303]),
    get("/you/privacy", [401, 200, 200, 200, 200, 200, 200]),
    get("/confirm", [401, 200, 200, 200, 200, 200, 200]),
    get("/plan", [401, 403, 403, 200, 403, 200, 200]),
    get("/buy", [401, 403, 403, 200, 403, 200, 200]),
    get("/buy/auto-top-up", [401, 200, 200, 200, 200, 200, 200]),
    get("/orders/{order}", [401, 403, 403, 200, 200, 200, 404]),
    get("/invoices", [401, 403, 403, 200, 200, 200, 200]),
    get("/invoices.csv", [401, 403, 403, 200, 200, 200, 200]),
    get("/invoices/{invoice}", [401, 403, 403, 200, 200, 200, 404]),
    get("/credit-notes/{note}", [401, 403, 403, 200, 200, 200, 404]),
    get("/billing-details", [401, 403, 403, 200, 403, 200, 200]),
    get("/pnl", [401, 403, 200, 200, 200, 200, 200]),
    get("/pnl/platform", [401, 403, 403, 403, 403, 200, 403]),
    get("/platform/lists", [401, 403, 403, 403, 200, 200, 403]),
    get("/platform/customers", [401, 403, 403, 403, 403, 200, 403]),
    get("/platform/customers/new", [401, 403, 403, 403, 403, 200, 403]),
    get("/platform/customers/{customer}", [401, 403, 403, 403, 403, 200, 403]),
    get("/platform/requests", [401, 403, 403, 403, 403, 200, 403]),
    get("/platform/controls", [401, 403, 403, 403, 403, 200, 403]),
    get("/platform/assignments", [401, 403, 403, 403, 403, 200, 403]),
    get("/platform/jobs", [401, 403, 403, 403, 403, 200, 403]),
    get("/refusals/{refusal}", [401, 403, 404, 200, 200, 200, 404]),
    get("/help", [401, 200, 200, 200, 200, 200, 200]),
    open("GET", "/pricing", 200, "it reads"),
    open("GET", "/sandbox", 200, "it reads"),
    open("GET", "/sandbox/mail", 200, "it reads"),
    open("GET", "/sandbox/pay/{checkout}", 200, "it reads"),
    // Who is signed in is sent on to Overview.
    get("/sign-in", [200, 303, 303, 303, 303, 303, 303]),
    get("/sign-in/code", [401; 7]),
    open("GET", "/sign-in/link", 200, "it reads"),
    open("GET", "/sign-in/reset", 200, "it reads"),
    open("GET", "/register", 200, "it reads"),
    open("GET", "/sent", 200, "it reads"),
    open("GET", "/join", 404, "a link that is none opens nothing, and looking uses up none"),
    open("GET", "/enter", 404, "a link that is none opens nothing, and looking uses up none"),
    open("GET", "/reset", 404, "a link that is none opens nothing, and looking uses up none"),
    open("GET", "/letters/stop", 404, "a link that is none stops nothing, and looking stops none"),
    open("POST", "/letters/stop", 404, "what we have not signed stops nothing"),
    open("GET", "/invitations/accept", 404, "a link that is none opens nothing, and looking uses up none"),
    // Tables for programs.
    get("/productions/{production}.csv", [401, 403, 200, 200, 200, 200, 404]),
    get("/usage.csv", [401, 403, 200, 200, 200, 200, 200]),
    get("/pnl.csv", [401, 403, 200, 200, 200, 200, 200]),
    get("/pnl/platform.csv", [401, 403, 403, 403, 403, 200, 403]),
    get("/audit.csv", [401, 403, 403, 200, 403, 200, 200]),
    // Beside the pages.
    get("/live/usage", [401, 200, 200, 200, 200, 200, 200]),
    open("GET", "/healthz", 200, "it reads"),
    open("GET", "/readyz", 200, "it reads"),
    open("GET", "/problems/{code}", 200, "it reads"),
    open("GET", "/api", 404, "there is nothing here"),
    open("GET", "/api/{*rest}", 404, "there is nothing here"),
    open("GET", "/api/v1/openapi.json", 200, "it reads"),
    open("GET", "/api/v1/reference", 200, "it reads"),
    open("POST", "/webhooks/payments", 400, "what the provider has not signed is not heard"),
    // What pages ask for.
    asks("/act/overview-figures", "", [401, 200, 200, 200, 200, 200, 200]),
    asks("/act/productions-list", "", [401, 200, 200, 200, 200, 200, 200]),
    asks("/act/production-receipt", "production={production}", [401, 403, 200, 200, 200, 200, 404]),
    asks("/act/usage-page", "", [401, 403, 200, 200, 200, 200, 200]),
    asks("/act/estimate-page", "", [401, 403, 200, 200, 403, 200, 200]),
    asks("/act/estimate-verdict", "", [401, 403, 200, 200, 403, 200, 200]),
    asks("/act/accounts-page", "", [401, 403, 200, 200, 200, 200, 200]),
    asks("/act/new-account-page", "", [401, 403, 403, 200, 403, 200, 200]),
    asks("/act/keys-page", "", [401, 403, 403, 200, 403, 200, 200]),
    asks("/act/new-key-page", "", [401, 403, 403, 200, 403, 200, 200]),
    asks("/act/key-page", "key={key}", [401, 403, 403, 200, 403, 200, 404]),
    asks("/act/audit-page", "", [401, 403, 403, 200, 403, 200, 200]),
    asks("/act/team-page", "", [401, 403, 403, 200, 403, 200, 200]),
    asks("/act/you-page", "", [401, 200, 200, 200, 200, 200, 200]),
    asks("/act/factor-page", "", [401, 303, 303, 303, 303, 303, 303]),
    asks("/act/recovery-codes-page", "", [401, 303, 303, 303, 303, 303, 303]),
    asks("/act/privacy-page", "", [401, 200, 200, 200, 200, 200, 200]),
    asks("/act/confirm-form", "", [401, 200, 200, 200, 200, 200, 200]),
    asks("/act/plan-page", "", [401, 403, 403, 200, 403, 200, 200]),
    asks("/act/buy-page", "", [401, 403, 403, 200, 403, 200, 200]),
    asks("/act/auto-top-up-page", "", [401, 200, 200, 200, 200, 200, 200]),
    asks("/act/order-page", "order={order}", [401, 403, 403, 200, 200, 200, 404]),
    asks("/act/invoices-page", "", [401, 403, 403, 200, 200, 200, 200]),
    asks("/act/invoice-page", "invoice={invoice}", [401, 403, 403, 200, 200, 200, 404]),
    asks("/act/credit-note-page", "note={note}", [401, 403, 403, 200, 200, 200, 404]),
    asks("/act/billing-details-page", "", [401, 403, 403, 200, 403, 200, 200]),
    asks("/act/pnl-page", "", [401, 403, 200, 200, 200, 200, 200]),
    asks("/act/platform-pnl-page", "", [401, 403, 403, 403, 403, 200, 403]),
    asks("/act/platform-lists-page", "", [401, 403, 403, 403, 200, 200, 403]),
    asks("/act/customers-page", "", [401, 403, 403, 403, 403, 200, 403]),
    asks("/act/new-customer-page", "", [401, 403, 403, 403, 403, 200, 403]),
    asks("/act/customer-page", "customer={customer}", [401, 403, 403, 403, 403, 200, 403]),
    asks("/act/data-requests-page", "", [401, 403, 403, 403, 403, 200, 403]),
    asks("/act/controls-page", "", [401, 403, 403, 403, 403, 200, 403]),
    asks("/act/assignments-page", "", [401, 403, 403, 403, 403, 200, 403]),
    asks("/act/jobs-page", "", [401, 403, 403, 403, 403, 200, 403]),
    asks("/act/refusal-page", "refusal={refusal}", [401, 403, 404, 200, 200, 200, 404]),
    asks("/act/help-frame", "", [401, 200, 200, 200, 200, 200, 200]),
    asks("/act/pricing-page", "", [200; 7]),
    asks("/act/sandbox-states", "", [200; 7]),
    asks("/act/sandbox-pay-page", "checkout={checkout}", [200; 7]),
    asks("/act/sign-in-form", "", [200, 303, 303, 303, 303, 303, 303]),
    asks("/act/sign-in-code-form", "", [401; 7]),
    asks("/act/register-form", "", [200; 7]),
    asks("/act/link-form", "", [200; 7]),
    asks("/act/sent-page", "", [200; 7]),
    asks("/act/stop-letters-page", "token=00", [404; 7]),
    asks("/act/link-page", "arrival=join&token=00", [404; 7]),
    asks("/act/accept-page", "token=00", [404; 7]),
    asks("/act/mailbox-page", "", [200; 7]),
    // What forms do.
    act(
        "/act/set-limits",
        "account={account}&tell_at={number}.00&stop_at=900.00&{shown_limits}",
        [401, 403, 403, 303, 403, 303, 404],
        Entry(AuditAct::LimitsChanged),
    ),
    act(
        "/act/raise-limit",
        "refusal={refusal}&to={number}00.00",
        [401, 403, 404, 303, 403, 303, 404],
        Entry(AuditAct::LimitsChanged),
    ),
    act(
        "/act/open-account",
        "name=Another",
        [401, 403, 403, 303, 403, 303, 303],
        Entry(AuditAct::AccountOpened),
    ),
    act(
        "/act/make-key",
        "name=Pipeline&acts[]=read&request={request}",
        [401, 403, 403, 303, 403, 303, 303],
        Entry(AuditAct::KeyMade),
    ),
    act(
        "/act/change-key",
        "key={key}&name=Other+{number}&acts[]=read",
        [401, 403, 403, 303, 403, 303, 404],
        Entry(AuditAct::KeyChanged),
    ),
    act(
        "/act/rotate-key",
        "key={key}&overlap=1&request={request}",
        [401, 403, 403, 303, 403, 303, 404],
        Entry(AuditAct::KeyRotated),
    ),
    act(
        "/act/revoke-key",
        "key={key}&reason=Lost",
        [401, 403, 403, 303, 403, 303, 404],
        Entry(AuditAct::KeyRevoked),
    ),
    act(
        "/act/revert-entry",
        "entry={entry}&reason=A+typo",
        [401, 403, 403, 303, 403, 303, 404],
        Entry(AuditAct::LimitsChanged),
    ),
    act("/you/privacy/archive", "", [401, 200, 200, 200, 200, 200, 200], Entry(AuditAct::DataExported)),
    act(
        "/act/ask-about-privacy",
        "kind=restriction",
        [401, 303, 303, 303, 303, 303, 303],
        Entry(AuditAct::PrivacyAsked),
    ),
    act(
        "/act/withdraw-request",
        "request={data_request}",
        [401, 404, 404, 303, 404, 404, 404],
        Entry(AuditAct::PrivacyWithdrawn),
    ),
    act(
        "/act/set-consent",
        "kind=productNews&given={yes_or_no}",
        [401, 303, 303, 303, 303, 303, 303],
        Entry(AuditAct::ConsentChanged),
    ),
    act(
        "/act/acknowledge-request",
        "request={data_request}",
        [401, 403, 403, 403, 403, 303, 403],
        Entry(AuditAct::PrivacyAcknowledged),
    ),
    act(
        "/act/extend-request",
        "request={data_request}&until={in_60_days}&reason=Three+systems",
        [401, 403, 403, 403, 403, 303, 403],
        Entry(AuditAct::PrivacyExtended),
    ),
    act(
        "/act/resolve-request",
        "request={data_request}&outcome=fulfilled&note=Done",
        [401, 403, 403, 403, 403, 303, 403],
        Entry(AuditAct::PrivacyResolved),
    ),
    // The only administrator stays: `privacy` deletes one who may go, and sees the entries.
    act("/act/request-erasure", "typed=else", [401, 303, 303, 303, 303, 303, 303], OWN),
    act(
        "/act/invite-member",
        "email=m{number}@first.example&role=viewer",
        [401, 403, 403, 303, 403, 303, 303],
        Entry(AuditAct::MemberInvited),
    ),
    act(
        "/act/send-invitation-again",
        "invitation={invitation}",
        [401, 403, 403, 303, 403, 303, 404],
        Entry(AuditAct::InvitationSentAgain),
    ),
    act(
        "/act/revoke-invitation",
        "invitation={invitation}",
        [401, 403, 403, 303, 403, 303, 404],
        Entry(AuditAct::InvitationRevoked),
    ),
    act(
        "/act/change-seat",
        "person={member}&role=administrator&cap=1000&shown[role]=viewer&shown[cap]=1000",
        [401, 403, 403, 303, 403, 303, 404],
        Entry(AuditAct::RoleChanged),
    ),
    act(
        "/act/override-cap",
        "person={member}&tokens=2000&last=cycle&shown[role]=viewer&shown[cap]=1000",
        [401, 403, 403, 303, 403, 303, 404],
        Entry(AuditAct::SeatCapOverridden),
    ),
    act(
        "/act/remove-member",
        "person={member}&shown[role]=viewer&shown[cap]=1000",
        [401, 403, 403, 303, 403, 303, 404],
        Entry(AuditAct::MemberRemoved),
    ),
    act(
        "/act/release-hold",
        "production={production}&reason=It+is+stuck",
        [401, 403, 403, 303, 403, 303, 404],
        Entry(AuditAct::HoldReleased),
    ),
    act("/act/ask-for-more", "refusal={refusal}", [401, 403, 404, 403, 403, 403, 404], ASKED),
    act(
        "/act/answer-request",
        "request=req_01K8Z0000000000000000000AA&answer=granted",
        [401, 403, 403, 404, 403, 404, 404],
        ASKED,
    ),
    act(
        "/act/change-plan",
        "tier=pro&billing=annual&seats=1&request={request}&shown={shown_plan}",
        [401, 403, 403, 303, 403, 303, 303],
        Entry(AuditAct::OrderMade),
    ),
    act(
        "/act/decide-plan",
        "subscription={subscription}&next=pause&shown={shown_plan}",
        [401, 403, 403, 303, 403, 303, 400],
        Entry(AuditAct::PlanDecided),
    ),
    act(
        "/act/order-pack",
        "pack=50000&request={request}",
        [401, 403, 403, 303, 403, 303, 303],
        Entry(AuditAct::OrderMade),
    ),
    act(
        "/act/review-auto-top-up",
        "below=10000&pack=50000&cap=65.00",
        [401, 403, 403, 303, 403, 303, 303],
        Nothing("it shows what somebody would agree to, and nothing is agreed"),
    ),
    act(
        "/act/agree-auto-top-up",
        "below=10000&pack=50000&cap=65.00&once=21.60&worst=64.80",
        [401, 403, 403, 303, 403, 303, 303],
        AGREED,
    ),
    act("/act/turn-top-up-off", "", [401, 403, 403, 303, 403, 303, 303], AGREED),
    act(
        "/act/pay-order",
        "order={order}",
        [401, 403, 403, 303, 403, 303, 404],
        Entry(AuditAct::PaymentBegun),
    ),
    act(
        "/act/give-up-order",
        "order={order}",
        [401, 403, 403, 303, 403, 303, 404],
        Entry(AuditAct::OrderGivenUp),
    ),
    act(
        "/act/pay-invoice",
        "invoice={invoice}&request={request}",
        [401, 403, 403, 303, 403, 303, 404],
        Entry(AuditAct::OrderMade),
    ),
    act(
        "/act/refund-invoice",
        "invoice={paid}&request={request}&amount=1.00&reason=Unhappy",
        [401, 403, 403, 403, 403, 303, 403],
        Entry(AuditAct::RefundMade),
    ),
    act(
        "/act/settle-debt",
        "invoice={paid}&dispute=dp_none&reason=Paid+by+transfer",
        [401, 403, 403, 403, 403, 404, 403],
        Itself(
            "it needs a dispute whose tokens were used: the engine’s `reversal` has one and sees the entry",
        ),
    ),
    act(
        "/act/dispute-in-sandbox",
        "invoice={paid}&verdict=open",
        [401, 403, 403, 403, 403, 303, 403],
        Entry(AuditAct::DisputeOpened),
    ),
    act(
        "/act/save-billing-details",
        "name=First+{number}+Ltd&country=GB&email=billing@first.example",
        [401, 403, 403, 303, 403, 303, 303],
        Entry(AuditAct::BillingDetailsSaved),
    ),
    act("/act/pay-in-sandbox", "checkout={checkout}&card=4242+4242+4242+4242", [303; 7], PROVIDER),
    act("/act/confirm-in-sandbox", "checkout={checkout}&agreed=yes", [303; 7], PROVIDER),
    act("/act/advance-clock", "by=hour", [303; 7], Entry(AuditAct::ClockAdvanced)),
    act(
        "/act/open-customer",
        "name=Third&email=billing@third.example&country=GB&currency=GBP&residency=uk",
        [401, 403, 403, 403, 403, 303, 403],
        Entry(AuditAct::CustomerOpened),
    ),
    act(
        "/act/set-residency",
        "customer={customer}&residency=eu",
        [401, 403, 403, 403, 403, 303, 403],
        Entry(AuditAct::CustomerChanged),
    ),
    act(
        "/act/save-notes",
        "customer={customer}&notes=Note+{number}",
        [401, 403, 403, 403, 403, 303, 403],
        Entry(AuditAct::NotesChanged),
    ),
    act(
        "/act/set-account-status",
        "customer={customer}&account={suspended}&status=pilot&reason=Settled",
        [401, 403, 403, 403, 403, 303, 403],
        Entry(AuditAct::AccountChanged),
    ),
    act(
        "/act/save-contact",
        "customer={customer}&to[first_name]=Ana&to[email]=c{number}@first.example",
        [401, 403, 403, 403, 403, 303, 403],
        Entry(AuditAct::ContactSaved),
    ),
    act(
        "/act/switch-contact",
        "customer={customer}&contact={contact}&active=false&reason=Left",
        [401, 403, 403, 403, 403, 303, 403],
        Entry(AuditAct::ContactSwitched),
    ),
    act(
        "/act/choose-main-contact",
        "customer={customer}&account={account}&contact={contact}",
        [401, 403, 403, 403, 403, 303, 403],
        Entry(AuditAct::AccountChanged),
    ),
    act(
        "/act/set-account-loops",
        "customer={customer}&account={account}&on[]=1&on[]=2",
        [401, 403, 403, 403, 403, 303, 403],
        Entry(AuditAct::AccountChanged),
    ),
    act(
        "/act/reset-risk",
        "customer={customer}&shown={risk}&reason=Settled",
        [401, 403, 403, 403, 403, 303, 403],
        Entry(AuditAct::RiskScoreReset),
    ),
    act(
        "/act/set-up-plan",
        "customer={planless}&tier=pro&billing=monthly&seats=1",
        [401, 403, 403, 403, 403, 303, 403],
        Entry(AuditAct::PlanChanged),
    ),
    act(
        "/act/assign-operator",
        "customer={customer}&person={operator}&accounts[]={account}",
        [401, 403, 403, 403, 403, 303, 403],
        Entry(AuditAct::AccountsAssigned),
    ),
    act(
        "/act/assign-customers",
        "person={member}&shown={customer}:viewer&keep[]={customer}&add={planless}&role=viewer",
        [401, 403, 403, 403, 403, 303, 403],
        Entry(AuditAct::MemberAdded),
    ),
    act(
        "/act/switch-control",
        "control=promotion&on=false&reason=Too+dear",
        [401, 403, 403, 403, 403, 303, 403],
        Entry(AuditAct::ControlsChanged),
    ),
    act(
        "/act/retry-event",
        "event={event}",
        [401, 403, 403, 403, 403, 303, 403],
        Entry(AuditAct::JobResubmitted),
    ),
    act(
        "/act/set-event-aside",
        "event={event}&reason=Nobodys",
        [401, 403, 403, 403, 403, 303, 403],
        Entry(AuditAct::JobSetAside),
    ),
    act(
        "/act/send-letter-again",
        "letter=mai_01K8Z0000000000000000000AA",
        [401, 403, 403, 403, 403, 404, 403],
        Itself("it needs a letter that was given up: the engine’s `mail` has one and sees the entry"),
    ),
    act(
        "/act/look-into-purchase",
        "purchase=pur_01K8Z0000000000000000000AA&reason=Not+charged",
        [401, 403, 403, 403, 403, 404, 403],
        Itself("it needs a purchase that nobody answered: the engine’s `top_up` has one and sees the entry"),
    ),
    act("/act/appearance", "theme=dark&locale=de-DE&next=/productions", [303; 7], SESSION),
    act("/act/switch-customer", "customer={customer}", [401, 303, 303, 303, 303, 303, 404], SESSION),
    // What waits for nobody's permission but one's own, and for a link or a code.
    act("/act/register", "name=New&email=new@else.example&country=GB&accepted=yes", [303; 7], LETTER),
    act("/act/send-link", "kind=enter&email=ada@first.example", [303; 7], LETTER),
    act("/act/join", "token=00&password=larks+over+wet+gravel", [303; 7], LINK),
    act("/act/enter", "token=00", [303; 7], LINK),
    act("/act/reset-password", "token=00&password=larks+over+wet+gravel", [303; 7], LINK),
    act("/act/accept-invitation", "token=00&name=New&password=larks+over+wet+gravel", [303; 7], LINK),
    act("/act/sign-in-code", "code=000000", [401; 7], SESSION),
    act("/act/confirm", "proof=wrong&next=/you", [401, 303, 303, 303, 303, 303, 303], SESSION),
    act(
        "/act/rename",
        "name=Name+{number}",
        [401, 303, 303, 303, 303, 303, 303],
        Entry(AuditAct::ProfileChanged),
    ),
    act(
        "/act/choose-letters",
        "wanted[0]={letter_kind}",
        [401, 303, 303, 303, 303, 303, 303],
        Entry(AuditAct::LettersChosen),
    ),
    act("/act/stop-letters", "token=00", [404; 7], LINK),
    act("/act/change-password", "password=short", [401, 303, 303, 303, 303, 303, 303], OWN),
    act("/act/begin-factor", "", [401, 303, 303, 303, 303, 303, 303], OWN),
    act("/act/confirm-factor", "code=000000", [401, 303, 303, 303, 303, 303, 303], OWN),
    act("/act/new-recovery-codes", "", [401, 303, 303, 303, 303, 303, 303], OWN),
    act("/act/turn-factor-off", "", [401, 303, 303, 303, 303, 303, 303], OWN),
    act("/act/end-session", "device=none", [401, 303, 303, 303, 303, 303, 303], OWN),
    act("/act/sign-in", "email=ada@first.example&password=a+wrong+password", [401; 7], SESSION),
    // The pipeline's interface: may, lacks the act, reaches another account, another customer's.
    rest("GET", "/api/v1/capacity?account={account}", "", KeyAct::Read, [200, 403, 404, 404], READS),
    rest("GET", "/api/v1/productions", "", KeyAct::Read, [200, 403, 200, 200], READS),
    rest("GET", "/api/v1/entries", "", KeyAct::Read, [200, 403, 200, 200], READS),
    rest("GET", "/api/v1/productions/{production}", "", KeyAct::Read, [200, 403, 404, 404], READS),
    rest("POST", "/api/v1/quotes", "{quote}", KeyAct::Admit, [200, 403, 404, 404], LEDGER),
    rest("PUT", "/api/v1/productions/{production}", "{plan}", KeyAct::Admit, [200, 403, 404, 404], LEDGER),
    rest("PUT", "/api/v1/calls/{production}", "{call}", KeyAct::Report, [200, 403, 404, 404], LEDGER),
    rest(
        "PUT",
        "/api/v1/productions/{production}/steps/write/attempts/1",
        "{attempt}",
        KeyAct::Report,
        [200, 403, 404, 404],
        LEDGER,
    ),
    rest(
        "POST",
        "/api/v1/productions/{production}/heartbeat",
        "{}",
        KeyAct::Report,
        [200, 403, 404, 404],
        LEDGER,
    ),
    // Each act of a batch is answered by itself: see `batch`.
    rest("POST", "/api/v1/batch", "{batch}", KeyAct::Report, [200, 200, 200, 200], LEDGER),
    rest(
        "POST",
        "/api/v1/productions/{production}/finish",
        r#"{"outcome":"cancelled"}"#,
        KeyAct::Report,
        [200, 403, 404, 404],
        LEDGER,
    ),
    // Closed, nothing is admitted any more; and who signs out is gone.
    act(
        "/act/change-mode",
        "mode={mode}&reason=Maintenance",
        [401, 403, 403, 403, 403, 303, 403],
        Entry(AuditAct::ModeChanged),
    ),
    act("/act/end-other-sessions", "", [401, 303, 303, 303, 303, 303, 303], OWN),
    act("/act/sign-out", "", [401; 7], SESSION),
];
