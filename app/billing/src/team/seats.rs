//! Seats: how many people a plan has room for, and who takes one. A7, 5.23: every active member and every live invitation
//! takes one, whatever the role; other plans have no limit.

use crate::tier::{Next, Plan, PriceBook, Status, Subscription};
use chrono::NaiveDate;

/// No seat is free.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("all {most} seats are in use")]
pub struct NoSeat {
    /// How many there are.
    pub most: u32,
    /// From when on there are so many, where it was decided that there will be fewer than now.
    pub from: Option<NaiveDate>,
}

/// A team's seats.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Seats {
    /// How many are paid for; none where the plan is not sold by the seat.
    pub paid: Option<u32>,
    /// How many there will be from a day on, where that was decided and is fewer.
    pub fewer: Option<(u32, NaiveDate)>,
    /// Members.
    pub members: u32,
    /// Live invitations.
    pub invited: u32,
}

impl Seats {
    /// The seats of a subscription; one that rests keeps its own.
    #[must_use]
    pub fn of(subscription: Option<&Subscription>, book: &PriceBook, members: u32, invited: u32) -> Self {
        let by_seat = |plan: Plan| book.offer(plan.tier).is_some_and(|offer| offer.by_seat);
        let subscription = subscription.filter(|known| known.status != Status::Ended);
        let paid = subscription.map(|known| known.plan).filter(|plan| by_seat(*plan)).map(|plan| plan.seats);
        let next = subscription.and_then(|known| match known.next {
            Next::Become(plan) if by_seat(plan) => Some((plan.seats, known.term().until)),
            _ => None,
        });
        let fewer = next.filter(|(seats, _)| paid.is_some_and(|paid| *seats < paid));
        Self { paid, fewer, members, invited }
    }

    /// How many are taken.
    #[must_use]
    pub const fn used(&self) -> u32 {
        self.members.saturating_add(self.invited)
    }

    /// How many more may be taken; none where any number may. Seats that will be gone when the term ends are not given
    /// away, so that the number never falls below those in use.
    #[must_use]
    pub fn free(&self) -> Option<u32> {
        self.most().map(|(most, _)| most.saturating_sub(self.used()))
    }

    /// Nothing, where one more may be taken.
    pub fn take_one(&self) -> Result<(), NoSeat> {
        match self.most() {
            Some((most, from)) if self.used() >= most => Err(NoSeat { most, from }),
            _ => Ok(()),
        }
    }

    fn most(&self) -> Option<(u32, Option<NaiveDate>)> {
        let fewer = self.fewer.map(|(seats, from)| (seats, Some(from)));
        fewer.or_else(|| self.paid.map(|paid| (paid, None)))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        id::SubscriptionId,
        money::Currency,
        sample,
        tier::{BillingPeriod, Tier},
    };
    use ulid::Ulid;

    fn on(tier: Tier, seats: u32) -> Subscription {
        let plan = Plan { tier, billing: BillingPeriod::Monthly, seats };
        let id = SubscriptionId::new(Ulid::from_parts(1, 1));
        let day = "2026-10-01".parse().unwrap();
        Subscription::new(id, plan, &sample::price_book().unwrap(), Currency::Gbp, day).unwrap()
    }

    #[test]
    fn reading_5_23_members_and_live_invitations_take_seats_where_there_are_some() {
        let book = sample::price_book().unwrap();
        let seats = |subscription: Option<&Subscription>, members, invited| {
            Seats::of(subscription, &book, members, invited)
        };
        let atelier = on(Tier::Atelier, 4);
        assert_eq!(
            (seats(Some(&atelier), 2, 1).free(), seats(Some(&atelier), 2, 1).take_one()),
            (Some(1), Ok(()))
        );
        let full = seats(Some(&atelier), 2, 2);
        assert_eq!((full.free(), full.take_one()), (Some(0), Err(NoSeat { most: 4, from: None })));
        for none in [None, Some(&on(Tier::Pro, 1)), Some(&Subscription { status: Status::Ended, ..atelier })]
        {
            let any = seats(none, 400, 4);
            assert_eq!((any.paid, any.free(), any.take_one()), (None, None, Ok(())));
        }
    }

    #[test]
    fn reading_5_23_a_seat_that_will_be_gone_is_not_given_away() {
        let book = sample::price_book().unwrap();
        let atelier = on(Tier::Atelier, 5);
        let fewer = Plan { seats: 3, ..atelier.plan };
        let decided = Subscription { next: Next::Become(fewer), ..atelier };
        let seats = Seats::of(Some(&decided), &book, 3, 0);
        let from = "2026-11-01".parse().ok();
        assert_eq!((seats.paid, seats.take_one()), (Some(5), Err(NoSeat { most: 3, from })));
        let to_pro = Subscription { next: Next::Become(on(Tier::Pro, 1).plan), ..atelier };
        assert_eq!(Seats::of(Some(&to_pro), &book, 3, 0).free(), Some(2), "what has no seats has no limit");
    }
}
