//! Assignments in words, and what becomes of the forms that change them.

use super::{
    Access, AssignmentsView, OperatorForm, PersonForm, Tick,
    invite_words::{accounts_of, role_of, word_of},
    seat_words::person_of,
};
use crate::{
    AppError, flash,
    frame::FrameView,
    reader::Reader,
    respond,
    ui::{Choice, Tone},
};
use axum::http::StatusCode;
use billing::{
    id::CustomerId,
    team::{Permission, Role},
};
use engine::{
    Engine,
    team::{Assignments, CustomerAccess, CustomerTicks, OperatorAccess},
};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// The name under which a form that has to be corrected waits in the session.
const WRONG: &str = "wrong_assignment";
/// The tab of customers, in the address.
const CUSTOMERS: &str = "customers";

/// What somebody has ticked of accounts.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct TypedAccess {
    pub customer: String,
    pub person: String,
    pub shown: String,
    pub accounts: Vec<String>,
    pub narrowed: String,
}

/// What somebody has ticked of customers.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct TypedCustomers {
    pub person: String,
    pub shown: String,
    pub keep: Vec<String>,
    pub add: String,
    pub role: String,
    pub narrowed: String,
}

/// What has to be corrected.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
struct Wrong {
    accounts: Option<TypedAccess>,
    customers: Option<TypedCustomers>,
    message: String,
    /// Whether somebody else was first: the page then answers as a conflict does.
    changed: bool,
}

fn customer_of(text: &str) -> Result<CustomerId, AppError> {
    text.parse().map_err(|_| AppError::NotFound { what: "customer".to_owned() })
}

fn address(tab: &str, narrowed: &str) -> String {
    // Both are words and ids of ours: see `load`.
    let customer = if narrowed.is_empty() { String::new() } else { format!("&customer={narrowed}") };
    format!("/platform/assignments?tab={tab}{customer}")
}

/// What was typed of the customer that the page is narrowed to; what is no id narrows nothing.
fn narrowed_to(text: &str) -> String {
    text.parse::<CustomerId>().map(|id| id.to_string()).unwrap_or_default()
}

impl AssignmentsView {
    /// The assignments, as they are or as they were ticked.
    pub async fn load(engine: &Engine, tab: &str, customer: &str, reader: &Reader) -> Result<Self, AppError> {
        reader.may(Permission::RunPlatform).then_some(()).ok_or(AppError::Forbidden)?;
        let of = (!customer.is_empty()).then(|| customer_of(customer)).transpose()?;
        let all = engine.assignments(&reader.member, of).await?;
        let frame = FrameView::load(engine, reader).await?;
        let wrong: Option<Wrong> = flash::take(WRONG).await?;
        if wrong.as_ref().is_some_and(|wrong| wrong.changed) {
            respond::status(StatusCode::CONFLICT);
        }
        let mut view = Self::of(&all, tab == CUSTOMERS, of, frame);
        if let Some(wrong) = wrong {
            view.tick_again(&wrong);
            view.wrong = Some(wrong.message);
        }
        Ok(view)
    }

    /// The page of these assignments.
    #[must_use]
    pub fn of(all: &Assignments, customers: bool, narrowed: Option<CustomerId>, frame: FrameView) -> Self {
        let narrowed = narrowed.map(|id| id.to_string()).unwrap_or_default();
        let tab = |word: &str, words: &str, chosen| Choice {
            value: address(word, &narrowed),
            words: words.to_owned(),
            chosen,
        };
        let named = |(id, name): &(CustomerId, String)| {
            let value = id.to_string();
            Choice { chosen: value == narrowed, value, words: name.clone() }
        };
        let every =
            Choice { value: String::new(), words: "Every customer".to_owned(), chosen: narrowed.is_empty() };
        let access = if customers {
            Access::Customers(all.people.iter().map(|person| person_form(person, all)).collect())
        } else {
            Access::Accounts(all.operators.iter().map(|operator| operator_form(operator, all)).collect())
        };
        Self {
            frame,
            facts: vec![
                "It holds from the next look on".to_owned(),
                "each save is in the audit log".to_owned(),
            ],
            tabs: vec![
                tab("accounts", "Account access", !customers),
                tab(CUSTOMERS, "Customer access", customers),
            ],
            tab: if customers { CUSTOMERS } else { "accounts" }.to_owned(),
            customers: std::iter::once(every).chain(all.customers.iter().map(named)).collect(),
            narrowed,
            access,
            wrong: None,
        }
    }

    /// What was ticked stays ticked, on what is so now.
    fn tick_again(&mut self, wrong: &Wrong) {
        match &mut self.access {
            Access::Accounts(forms) => {
                let Some(typed) = &wrong.accounts else { return };
                let own = |form: &&mut OperatorForm| {
                    form.person == typed.person && form.customer.0 == typed.customer
                };
                for tick in forms.iter_mut().filter(own).flat_map(|form| &mut form.accounts) {
                    tick.ticked = typed.accounts.contains(&tick.value);
                }
            }
            Access::Customers(forms) => {
                let Some(typed) = &wrong.customers else { return };
                for form in forms.iter_mut().filter(|form| form.person == typed.person) {
                    for tick in &mut form.customers {
                        tick.ticked = typed.keep.contains(&tick.value) || !typed.shown.contains(&tick.value);
                    }
                    for choice in &mut form.others {
                        choice.chosen = choice.value == typed.add;
                    }
                    for choice in &mut form.roles {
                        choice.chosen = choice.value == typed.role;
                    }
                }
            }
        }
    }
}

fn operator_form(operator: &OperatorAccess, all: &Assignments) -> OperatorForm {
    let own = all.accounts.iter().filter(|(customer, ..)| *customer == operator.customer);
    let tick = |(_, id, name): &(CustomerId, billing::id::AccountId, String)| Tick {
        value: id.to_string(),
        words: name.clone(),
        ticked: operator.accounts.contains(id),
    };
    let name_of = all.customers.iter().find(|(id, _)| *id == operator.customer);
    let shown: Vec<String> = operator.accounts.iter().map(ToString::to_string).collect();
    OperatorForm {
        customer: (operator.customer.to_string(), name_of.map(|(_, name)| name.clone()).unwrap_or_default()),
        person: operator.person.to_string(),
        name: (operator.name.clone(), operator.email.clone()),
        shown: shown.join(" "),
        accounts: own.map(tick).collect(),
    }
}

fn person_form(person: &CustomerAccess, all: &Assignments) -> PersonForm {
    let own = all.customers.iter().filter_map(|(id, name)| Some((id, name, person.customers.get(id)?)));
    let tick = |(id, name, role): (&CustomerId, &String, &Role)| Tick {
        value: id.to_string(),
        words: format!("{name} – {}", role.title()),
        ticked: true,
    };
    let others = all.customers.iter().filter(|(id, _)| !person.customers.contains_key(id));
    let other = |(id, name): &(CustomerId, String)| Choice {
        value: id.to_string(),
        words: name.clone(),
        chosen: false,
    };
    let role = |role: Role| Choice {
        value: word_of(role).to_owned(),
        words: role.title().to_owned(),
        chosen: role == Role::CustomerAdministrator,
    };
    let nothing = Choice { value: String::new(), words: "No other customer".to_owned(), chosen: true };
    let shown: Vec<String> =
        person.customers.iter().map(|(id, role)| format!("{id}:{}", word_of(*role))).collect();
    PersonForm {
        person: person.person.to_string(),
        name: (person.name.clone(), person.email.clone()),
        shown: shown.join(" "),
        customers: own.map(tick).collect(),
        others: std::iter::once(nothing).chain(others.map(other)).collect(),
        roles: Role::GIVEN.map(role).to_vec(),
    }
}

fn unread() -> AppError {
    AppError::Invalid {
        field: "shown".to_owned(),
        message: "The form is incomplete. Load the page again.".to_owned(),
    }
}

impl TypedAccess {
    /// Assigns them and goes on; what was changed meanwhile goes back with what was ticked.
    pub async fn save(self, engine: &Engine, reader: &Reader) -> Result<(), AppError> {
        reader.may(Permission::RunPlatform).then_some(()).ok_or(AppError::Forbidden)?;
        let (customer, person) = (customer_of(&self.customer)?, person_of(&self.person)?);
        let shown = accounts_of(self.shown.split_whitespace())?;
        let to = accounts_of(self.accounts.iter().map(String::as_str))?;
        let done = engine.assign_operator(&reader.member, customer, person, shown, to).await;
        respond::see_other(&address("accounts", &narrowed_to(&self.narrowed)));
        told(done, |message, changed| Wrong { accounts: Some(self), message, changed, ..Wrong::default() })
            .await
    }
}

impl TypedCustomers {
    fn ticks(&self) -> Result<CustomerTicks, AppError> {
        let pair = |text: &str| {
            let (id, role) = text.split_once(':').ok_or_else(unread)?;
            Ok((customer_of(id)?, role_of(role).ok_or_else(unread)?))
        };
        let shown: BTreeMap<CustomerId, Role> =
            self.shown.split_whitespace().map(pair).collect::<Result<_, AppError>>()?;
        let add = (!self.add.is_empty())
            .then(|| Ok::<_, AppError>((customer_of(&self.add)?, role_of(&self.role).ok_or_else(unread)?)));
        Ok(CustomerTicks {
            shown,
            keep: self.keep.iter().map(|id| customer_of(id)).collect::<Result<_, _>>()?,
            add: add.transpose()?,
        })
    }

    /// Assigns them and goes on; what was changed meanwhile, or cannot be, goes back with what was ticked.
    pub async fn save(self, engine: &Engine, reader: &Reader) -> Result<(), AppError> {
        reader.may(Permission::RunPlatform).then_some(()).ok_or(AppError::Forbidden)?;
        let (person, ticks) = (person_of(&self.person)?, self.ticks()?);
        let done = engine.assign_customers(&reader.member, person, ticks).await;
        respond::see_other(&address(CUSTOMERS, &narrowed_to(&self.narrowed)));
        told(done, |message, changed| Wrong { customers: Some(self), message, changed, ..Wrong::default() })
            .await
    }
}

async fn told(
    done: Result<(), engine::Error>,
    wrong: impl FnOnce(String, bool) -> Wrong,
) -> Result<(), AppError> {
    let (message, changed) = match done {
        Ok(()) => return flash::say(Tone::Ok, "Saved. It holds from now on.".to_owned()).await,
        Err(engine::Error::Changed { now }) => {
            let kept = "Nothing was changed; what you ticked is kept below. Check it and save again.";
            (format!("Somebody else has changed it meanwhile: it is now {now}. {kept}"), true)
        }
        Err(engine::Error::LastAdministrator) => {
            let words = "Nothing was changed. Make somebody else an administrator there first.";
            (
                format!(
                    "They are the last administrator of a customer: somebody has to manage its team. {words}"
                ),
                false,
            )
        }
        Err(engine::Error::NoSeat(_)) => (
            "Every seat of that customer is taken. Nothing was changed. Add one first, or free one."
                .to_owned(),
            false,
        ),
        Err(engine::Error::Invalid { message, .. }) => (message, false),
        Err(error) => return Err(error.into()),
    };
    flash::keep(WRONG, &wrong(message, changed)).await
}
