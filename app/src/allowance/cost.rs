//! AI cost by day: which kinds of calls cost what, as a picture and as a table. P6; 5.11: at customer-facing rates.

use crate::{
    AppError,
    format::Format,
    production::words::kind_words,
    reader::Reader,
    ui::{ChartView, Mark, bars::Bars},
};
use billing::{
    money::{Cost, divide_half_even},
    production::Kind,
};
use chrono::NaiveDate;
use engine::pnl::CostDay;
use std::{collections::BTreeMap, ops::RangeInclusive};

/// Kinds with a colour of their own; the rest is one series.
const COLOURS: usize = 3;

/// The chart of these days; none where no call was made.
pub fn cost_chart(
    found: &[CostDay],
    days: RangeInclusive<NaiveDate>,
    reader: &Reader,
) -> Result<Option<ChartView>, AppError> {
    if found.is_empty() {
        return Ok(None);
    }
    let (format, currency) = (reader.format, reader.member.currency);
    let mut by_kind: BTreeMap<Kind, Cost> = BTreeMap::new();
    for day in found {
        let sum = by_kind.entry(day.kind).or_insert(Cost::zero(currency));
        *sum = sum.plus(day.cost)?;
    }
    let mut kinds: Vec<(Kind, Cost)> = by_kind.into_iter().collect();
    kinds.sort_by_key(|(_, cost)| std::cmp::Reverse(cost.micros()));
    let coloured: Vec<Kind> = kinds.iter().take(COLOURS).map(|(kind, _)| *kind).collect();
    let mut names: Vec<String> = coloured.iter().map(|kind| kind_words(*kind).to_owned()).collect();
    if kinds.len() > COLOURS {
        names.push("Other".to_owned());
    }
    let place = |kind: Kind| coloured.iter().position(|known| *known == kind).unwrap_or(COLOURS);
    let mut table: Vec<(NaiveDate, Vec<Cost>)> = Vec::new();
    for day in days.start().iter_days().take_while(|day| days.contains(day)) {
        let mut costs = vec![Cost::zero(currency); names.len()];
        for of in found.iter().filter(|of| of.day == day) {
            let sum = &mut costs[place(of.kind)];
            *sum = sum.plus(of.cost)?;
        }
        table.push((day, costs));
    }
    let unknown: i64 = found.iter().map(|day| day.unknown).sum();
    view(&table, names, u64::try_from(unknown).unwrap_or_default(), format, reader).map(Some)
}

fn view(
    table: &[(NaiveDate, Vec<Cost>)],
    names: Vec<String>,
    unknown: u64,
    format: &Format,
    reader: &Reader,
) -> Result<ChartView, AppError> {
    let zero = Cost::zero(reader.member.currency);
    let sum = |costs: Vec<Cost>| costs.into_iter().try_fold(zero, Cost::plus);
    let with_sum = |first: String, costs: &[Cost]| -> Result<Vec<String>, AppError> {
        let all = sum(costs.to_vec())?;
        Ok(std::iter::once(first).chain(costs.iter().chain([&all]).map(|cost| format.cost(*cost))).collect())
    };
    let rows = table.iter().map(|(day, costs)| with_sum(format.on(*day), costs));
    let totals = (0..names.len()).map(|place| sum(table.iter().map(|(_, costs)| costs[place]).collect()));
    let totals = totals.collect::<Result<Vec<_>, _>>()?;
    let series = names.iter().enumerate().map(|(place, name)| {
        (name.clone(), table.iter().map(|(_, costs)| hundredths(costs[place])).collect())
    });
    let bars = Bars {
        categories: table.iter().map(|(day, _)| format.day_of_month(*day)).collect(),
        series: series.collect(),
    };
    let symbol = format.symbol(reader.member.currency);
    let total = with_sum("Total".to_owned(), &totals)?;
    let label = format!("AI cost by day: {} in all", total.last().cloned().unwrap_or_default());
    let note = (unknown > 0).then(|| {
        format!(
            "The cost of {} is not known and not in the picture.",
            format.counted(unknown, "call", "calls")
        )
    });
    let mut columns = vec!["Day".to_owned()];
    columns.extend(names.iter().cloned());
    columns.push("All".to_owned());
    Ok(ChartView {
        title: format!("AI cost by day, in {symbol}"),
        pictures: bars.pictures(),
        series: Mark::PLAIN.into_iter().zip(names).collect(),
        label,
        columns,
        rows: rows.collect::<Result<_, AppError>>()?,
        total,
        note,
        readings: None,
    })
}

/// What a picture needs of a cost: hundredths of a unit.
fn hundredths(cost: Cost) -> i64 {
    i64::try_from(divide_half_even(cost.micros().into(), 10_000)).unwrap_or(i64::MAX)
}
