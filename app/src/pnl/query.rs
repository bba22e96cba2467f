//! What a P&L is asked about, as the address has it.

use serde::{Deserialize, Serialize};

/// What was asked in the address.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct PnlPageQuery {
    /// `cycle`, `last`, `30`, `90`, `12m` or `custom`.
    pub range: Option<String>,
    /// The first day of a custom range.
    pub from: Option<String>,
    /// Its last day.
    pub to: Option<String>,
    /// An account's id.
    pub account: Option<String>,
    /// A production's name.
    pub production: Option<String>,
    /// `true` for what was done outside productions.
    pub outside: Option<String>,
    /// The pipeline's number of a step; `none` for calls of no step.
    pub stage: Option<String>,
    /// The kind of the step's calls.
    pub kind: Option<String>,
    /// What it is added up by: `account`, `production`, `step`, `model`; `customer` on the platform.
    pub by: Option<String>,
    /// `recognised` or `invoiced`.
    pub basis: Option<String>,
    /// What every amount is said in.
    pub currency: Option<String>,
    /// A column; with `-` before it the largest come first.
    pub sort: Option<String>,
    /// Which page of the lines, from 1 on.
    pub page: Option<String>,
}

impl PnlPageQuery {
    /// What the address says, part by part.
    #[must_use]
    pub fn of(part: impl Fn(&str) -> Option<String>) -> Self {
        Self {
            range: part("range"),
            from: part("from"),
            to: part("to"),
            account: part("account"),
            production: part("production"),
            outside: part("outside"),
            stage: part("stage"),
            kind: part("kind"),
            by: part("by"),
            basis: part("basis"),
            currency: part("currency"),
            sort: part("sort"),
            page: part("page"),
        }
    }

    /// What was filled in; a field left empty says nothing.
    #[must_use]
    pub fn given(self) -> Self {
        let given = |part: Option<String>| part.filter(|text| !text.is_empty());
        Self {
            range: given(self.range),
            from: given(self.from),
            to: given(self.to),
            account: given(self.account),
            production: given(self.production),
            outside: given(self.outside),
            stage: given(self.stage),
            kind: given(self.kind),
            by: given(self.by),
            basis: given(self.basis),
            currency: given(self.currency),
            sort: given(self.sort),
            page: given(self.page),
        }
    }
}
