//! Beginning by oneself: register, confirm the address by a link, set a password, and be the administrator of a new customer
//! on its free evaluation. L5, H8, T9, 3.11, 5.5.

use super::{
    letters,
    link::{LinkKind, SignUp},
    password::{check, hash},
    sign_in::checked,
    tries::{Pace, network},
};
use crate::{
    Engine, Error,
    audit::Note,
    customer::Opening,
    db::{
        begin_write,
        entity::{member, person},
        to_word,
    },
    writer::{Act, Books, Desk, NewGrant, Touch},
};
use billing::{
    allowance::{Grant, Source},
    audit::{Actor, AuditAct, privacy::TERMS_VERSION},
    customer::billing_currency,
    id::{CustomerId, GrantId, PersonId},
    payment::BillingDetails,
    team::Role,
    tier::Tier,
    time::{Span, Timestamp},
};
use sea_orm::{ConnectionTrait, EntityTrait, IntoActiveModel, Statement};
use std::net::IpAddr;

/// The longest name of a person.
const NAME_CHARACTERS: usize = 120;
/// New customers whose evaluation has not begun, as many as one sweep looks after.
const WAITING: &str = "SELECT c.id FROM customer c JOIN wallet w ON w.customer_id = c.id \
    WHERE c.tier = 'evaluation' AND c.billing_details IS NOT NULL AND w.seq = 0 LIMIT 64";

/// The act: the free evaluation of a new customer begins. Asked again, it does nothing.
struct BeginEvaluation {
    customer: CustomerId,
}

impl Act for BeginEvaluation {
    type Answer = ();

    fn touches(&self) -> Touch {
        Touch::wallet(self.customer)
    }

    fn decide(&self, books: &mut Books, desk: &Desk) -> Result<(), Error> {
        if books.head.seq > 0 || books.payer.tier.is_some_and(|tier| tier != Tier::Evaluation) {
            return Ok(());
        }
        books.payer.tier = Some(Tier::Evaluation);
        let free = desk.prices()?.evaluation;
        let days = Span::days(i32::try_from(free.days).unwrap_or(i32::MAX));
        let ends_at = Timestamp::midnight(desk.at.day()).after(days);
        let id = GrantId::new(desk.ids.next(desk.at)?);
        let grant = Grant::new(id, Source::Evaluation, free.tokens, desk.at, Some(ends_at));
        books.grant(NewGrant { grant, price_paid: None, cycle: None, order: None }, desk)
    }
}

impl Engine {
    /// Sends a link that sets a first password; to an address that is known a letter that says so. Both are the same work
    /// and the same answer. More than a few an hour are not sent, which nobody is told.
    pub async fn register(&self, email: &str, sign_up: SignUp, from: IpAddr) -> Result<(), Error> {
        let email = checked(email)?;
        let sign_up = SignUp { name: person_name(&sign_up.name)?, ..sign_up };
        self.shared.take(Pace::LETTERS_FROM, &[&network(from)]).await?;
        match self.shared.take(Pace::LETTERS_TO, &[&email]).await {
            Err(Error::TooManyTries { .. }) => return Ok(()),
            other => other?,
        }
        let transaction = begin_write(&self.shared.pools.side).await?;
        let row = self.person_by_email(&transaction, &email).await?;
        let known = row.as_ref().map(|row| row.id.as_str());
        let (kind, said) = match known {
            Some(_) => (LinkKind::SignIn, None),
            None => (LinkKind::Registration, Some(&sign_up)),
        };
        let token = self.shared.make_link(&transaction, kind, &email, (known, said)).await?;
        let letter = if row.is_some() {
            letters::known(&email, &token)
        } else {
            letters::registration(&email, &token)
        };
        self.shared.post(&transaction, None, &letter).await?;
        transaction.commit().await?;
        Ok(())
    }

    /// Uses the link of a registration: makes the person, who is the administrator of a new customer, and begins its
    /// evaluation.
    pub async fn join(&self, token: &str, password: &str) -> Result<PersonId, Error> {
        let link = self.link(LinkKind::Registration, token).await?.ok_or(Error::NotFound("link"))?;
        let name = link.sign_up.map(|sign_up| sign_up.name).unwrap_or_default();
        check(password.to_owned(), vec![link.email, name]).await?;
        let password_hash = hash(password.to_owned()).await?;
        let (person, customer) = self.join_with(token, password_hash).await?;
        // Where this process ends here, the sweep does it.
        self.begin_evaluation(customer).await?;
        Ok(person)
    }

    async fn join_with(&self, token: &str, password_hash: String) -> Result<(PersonId, CustomerId), Error> {
        let at = self.now();
        let id = PersonId::new(self.shared.ids.next(at)?);
        let transaction = begin_write(&self.shared.pools.side).await?;
        let link = self.shared.use_link(&transaction, LinkKind::Registration, token).await?;
        let sign_up = link.sign_up.ok_or(Error::NotFound("link"))?;
        // Somebody may have been invited meanwhile.
        if self.person_by_email(&transaction, &link.email).await?.is_some() {
            return Err(Error::NotFound("link"));
        }
        let details = BillingDetails {
            name: sign_up.name.clone(),
            address: Vec::new(),
            country: sign_up.country,
            email: link.email.clone(),
            tax_id: None,
        };
        let opening = Opening {
            name: &sign_up.name,
            currency: billing_currency(sign_up.country),
            tier: Some(Tier::Evaluation),
            residency: None,
            details: Some(details),
            by: Actor::Person(id),
        };
        let customer = self.insert_customer(&transaction, &opening).await?;
        let row = person::Model {
            id: id.to_string(),
            email: link.email,
            name: sign_up.name,
            password_hash,
            created_at: at.micros(),
            staff_role: None,
            erased_at: None,
        };
        person::Entity::insert(row.into_active_model()).exec_without_returning(&transaction).await?;
        let member = member::Model {
            customer_id: customer.to_string(),
            person_id: id.to_string(),
            role: to_word(&Role::CustomerAdministrator)?,
            created_at: at.micros(),
            cap_tokens: None,
            override_tokens: None,
            override_until: None,
        };
        member::Entity::insert(member.into_active_model()).exec_without_returning(&transaction).await?;
        let by = Actor::Person(id);
        let note = Note::of(customer, by, AuditAct::Registered, id)
            .with("accepted", format!("Terms and Privacy Notice of {TERMS_VERSION}"))
            .with("country", sign_up.country);
        self.shared.note(&transaction, &note).await?;
        self.shared.accept_terms(&transaction, id).await?;
        let note = Note::of(customer, by, AuditAct::CustomerOpened, customer)
            .with("currency", billing_currency(sign_up.country).code());
        self.shared.note(&transaction, &note).await?;
        transaction.commit().await?;
        Ok((id, customer))
    }

    /// Begins a new customer's free evaluation; once, however often it is asked.
    pub async fn begin_evaluation(&self, customer: CustomerId) -> Result<(), Error> {
        self.writer.ask(BeginEvaluation { customer }).await
    }

    /// Begins the evaluation of customers that were opened by a process which then ended. The sweep does this by itself.
    pub(crate) async fn begin_evaluations(&self) -> Result<usize, Error> {
        let read = &self.shared.pools.read;
        let statement = Statement::from_string(read.get_database_backend(), WAITING);
        let waiting = read.query_all_raw(statement).await?;
        let waiting =
            waiting.iter().map(|row| row.try_get_by_index(0)).collect::<Result<Vec<String>, _>>()?;
        let begun = waiting.len();
        for id in waiting {
            let customer = id.parse().map_err(|error| Error::corrupt("customer", &id, error))?;
            self.begin_evaluation(customer).await?;
        }
        Ok(begun)
    }
}

/// A name that people are called by.
pub(super) fn person_name(name: &str) -> Result<String, Error> {
    let name = name.trim();
    if (1..=NAME_CHARACTERS).contains(&name.chars().count()) && !name.contains(char::is_control) {
        return Ok(name.to_owned());
    }
    let message = format!("Write a name of at most {NAME_CHARACTERS} characters.");
    Err(Error::Invalid { field: "name".to_owned(), message })
}
