//! The named test cards: what happens to whoever pays with them.

/// A test card.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Card {
    /// Its number, as it is typed.
    pub number: &'static str,
    /// What happens.
    pub words: &'static str,
    /// The same for the provider.
    pub(super) behaviour: Behaviour,
}

/// What happens to a payment.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Behaviour {
    /// It is paid, and told in order.
    Paid,
    /// The bank says no, in these words.
    Declined(&'static str),
    /// The bank asks for a second step.
    NeedsAction,
    /// The money comes some seconds later.
    Slow,
    /// It is paid, and each event is told three times.
    ToldTwice,
    /// It is paid, and the events come in the wrong order.
    OutOfOrder,
    /// It is paid, and nobody is told.
    Untold,
    /// It is paid now; a charge when nobody is present is declined.
    DeclinedLater,
    /// It is paid now; when nobody is present the bank asks for a second step.
    AsksLater,
    /// It is paid now; when nobody is present the provider fails twice before it charges.
    FailsLater,
    /// It is paid now; when nobody is present it is charged, and the first answer is lost.
    UnheardLater,
    /// It is paid now; when nobody is present the provider takes a minute over its answer.
    HangsLater,
}

const fn card(number: &'static str, words: &'static str, behaviour: Behaviour) -> Card {
    Card { number, words, behaviour }
}

/// All of them.
pub const CARDS: [Card; 13] = [
    card("4242 4242 4242 4242", "Paid", Behaviour::Paid),
    card("4000 0025 0000 3155", "Asks for a second step", Behaviour::NeedsAction),
    card(
        "4000 0000 0000 9995",
        "Declined, not enough funds",
        Behaviour::Declined(
            "The card was declined: not enough funds. Nothing was charged. Try another card.",
        ),
    ),
    card(
        "4000 0000 0000 0002",
        "Declined",
        Behaviour::Declined("The card was declined. Nothing was charged. Try another card."),
    ),
    card("4000 0000 0000 2003", "Paid some seconds later", Behaviour::Slow),
    card("4000 0000 0000 2011", "Paid, each event told three times", Behaviour::ToldTwice),
    card("4000 0000 0000 2029", "Paid, events out of order", Behaviour::OutOfOrder),
    card("4000 0000 0000 2037", "Paid, no event told", Behaviour::Untold),
    card("4000 0000 0000 0341", "Paid now, declined at the renewal", Behaviour::DeclinedLater),
    card("4000 0027 6000 3184", "Paid now, later asks for a second step", Behaviour::AsksLater),
    card("4000 0000 0000 2045", "Paid now, later the provider fails twice", Behaviour::FailsLater),
    card("4000 0000 0000 2052", "Paid now, later paid and the answer lost", Behaviour::UnheardLater),
    card("4000 0000 0000 2060", "Paid now, later the provider hangs", Behaviour::HangsLater),
];

impl Card {
    /// The card that a way to pay was made of.
    pub(super) fn of_last4(last4: &str) -> Option<Self> {
        CARDS.into_iter().find(|card| card.last4() == last4)
    }

    /// The card of a number, however it is spaced.
    pub(super) fn of_number(number: &str) -> Option<Self> {
        let digits = |text: &str| text.chars().filter(|letter| !letter.is_whitespace()).collect::<String>();
        CARDS.into_iter().find(|card| digits(card.number) == digits(number))
    }

    /// Its last four digits: all that is shown and kept of a card.
    #[must_use]
    pub fn last4(&self) -> &'static str {
        self.number.rsplit(' ').next().unwrap_or_default()
    }
}
