//! Productions that a group names: their holds, what those drew, the steps that are reported and their attempts.

use super::{All, Put, book_of};
use crate::{
    Error,
    db::{
        entity::{hold_draw, production, production_step, step_attempt, token_hold},
        from_json, from_word,
        production::hold_of,
        rows::{Answers, Questions},
    },
    writer::{Admitted, Books, Planned, Production, Reported, Touch},
};
use billing::{
    id::{IdError, PersonId},
    money::Cost,
    time::Timestamp,
    tokens::Tokens,
};
use serde_json::json;
use std::collections::{BTreeSet, HashMap};

/// Productions that ask to be admitted and are not known: if one was admitted before, it only hears the same again.
pub(super) fn admitted(ask: &mut Questions, touches: &[Touch], known: &All) -> impl Put + use<> {
    let asking = unknown(touches, known, |touch| touch.asks_gate);
    let keys = asking.iter().map(|(customer, name)| vec![json!(customer), json!(name)]);
    let columns = [production::Column::CustomerId, production::Column::Name];
    let found = ask.rows::<production::Entity>(&columns, keys, "");
    move |answers: &mut Answers, books: &mut All| {
        for row in answers.take(found)? {
            let name = row.name.parse().map_err(|error| Error::corrupt("production", &row.name, error))?;
            let first = Admitted { fingerprint: row.fingerprint, answer: row.admission };
            book_of(books, &row.customer_id)?.admitted.insert(name, first);
        }
        Ok(())
    }
}

/// Productions that run or ran, named by other acts, and not known: with their holds and what those drew.
pub(super) fn productions(ask: &mut Questions, touches: &[Touch], known: &All) -> impl Put + use<> {
    let named = unknown(touches, known, |touch| !touch.asks_gate);
    let keys = || named.iter().map(|(customer, name)| vec![json!(customer), json!(name)]);
    let columns = [production::Column::CustomerId, production::Column::Name];
    let found = ask.rows::<production::Entity>(&columns, keys(), "");
    let columns = [token_hold::Column::CustomerId, token_hold::Column::Production];
    let holds = ask.rows::<token_hold::Entity>(&columns, keys(), "");
    let columns = [hold_draw::Column::CustomerId, hold_draw::Column::Production];
    let draws = ask.rows::<hold_draw::Entity>(&columns, keys(), "");
    move |answers: &mut Answers, books: &mut All| {
        let holds = answers.take(holds)?.into_iter();
        let mut holds: HashMap<_, token_hold::Model> =
            holds.map(|row| ((row.customer_id.clone(), row.production.clone()), row)).collect();
        let mut draws_of: HashMap<_, Vec<hold_draw::Model>> = HashMap::new();
        for row in answers.take(draws)? {
            draws_of.entry((row.customer_id.clone(), row.production.clone())).or_default().push(row);
        }
        for row in answers.take(found)? {
            let key = (row.customer_id.clone(), row.name.clone());
            let missing = || Error::corrupt("token_hold", &row.name, "is missing");
            let hold = holds.remove(&key).ok_or_else(missing)?;
            let books = book_of(books, &row.customer_id)?;
            let draws = draws_of.get(&key).map_or(&[][..], Vec::as_slice);
            books.add_production(row, hold, draws)?;
        }
        Ok(())
    }
}

impl Books {
    fn add_production(
        &mut self,
        row: production::Model,
        hold: token_hold::Model,
        draws: &[hold_draw::Model],
    ) -> Result<(), Error> {
        let bad = |what: String| Error::corrupt("production", &row.name, what);
        let name = row.name.parse().map_err(|error| bad(format!("{error}")))?;
        let production = Production {
            hold_id: hold.id.parse().map_err(|error| bad(format!("{error}")))?,
            account: row.account_id.parse().map_err(|error| bad(format!("{error}")))?,
            key: row
                .key_id
                .as_deref()
                .map(str::parse)
                .transpose()
                .map_err(|error| bad(format!("{error}")))?,
            seat: seat_of(&row)?,
            tariff_version: row.tariff_version,
            admitted: Admitted { fingerprint: row.fingerprint, answer: row.admission },
            hold: hold_of(&hold, draws, self.currency)?,
            tokens: Tokens::new(hold.tokens).map_err(|error| bad(error.to_string()))?,
            steps: HashMap::new(),
            attempts: HashMap::new(),
        };
        self.productions.insert(name, production);
        self.origin.holds.insert(hold.production.clone(), hold);
        Ok(())
    }
}

/// In whose name it is made, and the cycle that it counts in.
fn seat_of(row: &production::Model) -> Result<Option<(PersonId, Timestamp)>, Error> {
    let bad = |what: String| Error::corrupt("production", &row.name, what);
    let (Some(member), Some(starts_at)) = (&row.member_id, row.cycle_starts_at) else { return Ok(None) };
    let member = member.parse().map_err(|error| bad(format!("{error}")))?;
    Ok(Some((member, Timestamp::from_micros(starts_at).map_err(|error| bad(error.to_string()))?)))
}

/// Customers and names of the productions that some acts name and that are not known.
fn unknown(touches: &[Touch], known: &All, whose: fn(&Touch) -> bool) -> BTreeSet<(String, String)> {
    let unknown = |touch: &&Touch| whose(touch) && production_of(known, touch).is_none();
    let name = |touch: &Touch| Some((touch.customer.to_string(), touch.production.as_ref()?.to_string()));
    touches.iter().filter(unknown).filter_map(name).collect()
}

/// The production that an act names, where it is known.
pub(super) fn production_of<'a>(known: &'a All, touch: &Touch) -> Option<&'a Production> {
    known.get(&touch.customer)?.productions.get(touch.production.as_ref()?)
}

/// Whether the step that an act names is known, with all that was reported of it.
fn knows_step(known: &All, touch: &Touch) -> bool {
    let has =
        |production: &Production| touch.step.as_ref().is_some_and(|step| production.steps.contains_key(step));
    production_of(known, touch).is_some_and(has)
}

/// Planned steps that are named and not known, and every attempt of them; after their productions.
pub(super) fn steps(ask: &mut Questions, touches: &[Touch], known: &All) -> impl Put + use<> {
    let named: BTreeSet<[String; 3]> = touches
        .iter()
        .filter(|touch| !knows_step(known, touch))
        .filter_map(|touch| {
            let (production, step) = (touch.production.as_ref()?, touch.step.as_ref()?);
            Some([touch.customer.to_string(), production.to_string(), step.to_string()])
        })
        .collect();
    let keys = || named.iter().map(|key| key.iter().map(|part| json!(part)).collect());
    let columns = [
        production_step::Column::CustomerId,
        production_step::Column::Production,
        production_step::Column::Step,
    ];
    let planned = ask.rows::<production_step::Entity>(&columns, keys(), "");
    let columns =
        [step_attempt::Column::CustomerId, step_attempt::Column::Production, step_attempt::Column::Step];
    let tried = ask.rows::<step_attempt::Entity>(&columns, keys(), "");
    move |answers: &mut Answers, books: &mut All| {
        for row in answers.take(planned)? {
            book_of(books, &row.customer_id)?.add_step(row)?;
        }
        for row in answers.take(tried)? {
            book_of(books, &row.customer_id)?.add_attempt(row)?;
        }
        Ok(())
    }
}

impl Books {
    fn add_step(&mut self, row: production_step::Model) -> Result<(), Error> {
        let bad = |error: IdError| Error::corrupt("production_step", &row.step, error);
        let (production, step) = (row.production.parse().map_err(bad)?, row.step.parse().map_err(bad)?);
        let planned = Planned {
            kind: from_word("production_step", &row.step, &row.kind)?,
            money: row.money_micros.map(|micros| Cost::new(micros, self.currency)),
            basis: row
                .basis
                .as_deref()
                .map(|basis| from_json("production_step", &row.step, basis))
                .transpose()?,
            stage: row.stage,
            model: row.model,
        };
        self.production(&production)?.steps.insert(step, planned);
        Ok(())
    }

    fn add_attempt(&mut self, row: step_attempt::Model) -> Result<(), Error> {
        let bad = |error: IdError| Error::corrupt("step_attempt", &row.step, error);
        let (production, step) = (row.production.parse().map_err(bad)?, row.step.parse().map_err(bad)?);
        let verdict = from_word("step_attempt", &row.step, &row.verdict)?;
        let reported = Reported { verdict, fingerprint: row.fingerprint, answer: row.answer };
        self.production(&production)?.attempts.insert((step, row.attempt), reported);
        Ok(())
    }
}
