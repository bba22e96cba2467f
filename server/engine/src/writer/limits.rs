//! Changing limits in the books: with their history and their entry in the log. G1, G3, N1.

use super::{Books, Desk};
use crate::{
    Error,
    audit::Note,
    db::budget::{Changed, change_row},
};
use billing::{
    budget::{BudgetScope, LimitChange, Limits},
    id::{AuditId, LimitChangeId, PersonId},
};

/// What the log says of a change of limits beside the amounts.
#[derive(Clone, Copy, Debug)]
pub(crate) struct LimitNote<'a> {
    pub(crate) by: Option<PersonId>,
    pub(crate) reason: &'a str,
    pub(crate) reverts: Option<AuditId>,
}

impl Books {
    /// Changes limits.
    pub(crate) fn set_limits(
        &mut self,
        scope: BudgetScope,
        changes: &[LimitChange],
        by: Option<PersonId>,
        desk: &Desk,
    ) -> Result<(), Error> {
        let before = self.limits.get(&scope).copied().unwrap_or_default();
        let after = before.after(changes, desk.at.month());
        self.put_limits(scope, after, &LimitNote { by, reason: "", reverts: None }, desk)
    }

    /// Brings limits to this state, and notes who has; whether somebody is told follows at once from what is spent.
    pub(crate) fn put_limits(
        &mut self,
        scope: BudgetScope,
        after: Limits,
        said: &LimitNote,
        desk: &Desk,
    ) -> Result<(), Error> {
        let (month, by) = (desk.at.month(), said.by);
        let before = self.limits.insert(scope, after).unwrap_or_default();
        let whose = Changed { customer: self.customer, scope, by, at: desk.at };
        let moves = before.moved(&after, month);
        for moved in &moves {
            let id = LimitChangeId::new(desk.ids.next(desk.at)?);
            self.journal.limit_changes.push(change_row(id, &whose, moved)?);
        }
        if !moves.is_empty() {
            let note = Note::of_limits(self.customer, by, scope, &moves).because(said.reason);
            self.note(&note.reverting(said.reverts), desk)?;
        }
        if self.spending.contains_key(&(scope, month)) {
            self.spend([scope].into_iter(), month, desk, |_| Ok(()))?;
        }
        Ok(())
    }
}
