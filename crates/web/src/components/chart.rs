//! Bars drawn as SVG, with the same numbers in a table.

use maud::{Markup, html};

use super::{details, table};
use crate::format;
use crate::locale::t;

/// A bar: what, how much.
#[derive(Clone, Copy, Debug)]
pub struct Bar<'a> {
    /// What it counts.
    pub label: &'a str,
    /// How much.
    pub value: u64,
}

/// In units of the letter, which is one for the whole drawing: bars grow with it.
const ROW: f32 = 2.75;

/// Horizontal bars. `id` is unique on the page; `unit` heads the column of numbers.
#[must_use]
pub fn bar_chart(id: &str, title: &str, unit: &str, bars: &[Bar<'_>]) -> Markup {
    let most = bars.iter().map(|b| b.value).max().unwrap_or(0).max(1);
    let height = format!("{}em", bars.len() as f32 * ROW);
    let number = |n: u64| format::number(i64::try_from(n).unwrap_or(i64::MAX));
    let summary =
        bars.iter().map(|b| format!("{}: {}", b.label, number(b.value))).collect::<Vec<_>>().join("; ");
    let rows = bars.iter().map(|b| vec![html! { (b.label) }, html! { (number(b.value)) }]);
    html! {
        figure.chart {
            figcaption { (title) }
            svg role="img" width="100%" height=(height) aria-labelledby=(format!("{id}-titulo {id}-resumen"))
                xmlns="http://www.w3.org/2000/svg" {
                title id=(format!("{id}-titulo")) { (title) }
                desc id=(format!("{id}-resumen")) { (summary) }
                @for (index, bar) in bars.iter().enumerate() {
                    @let y = index as f32 * ROW;
                    @let width = format!("{}.{}%", bar.value * 100 / most, bar.value * 1000 / most % 10);
                    text.chart-label x="0" y=(format!("{}em", y + 1.0)) { (bar.label) ": " (number(bar.value)) }
                    rect.chart-bar x="0" y=(format!("{}em", y + 1.4)) height="0.875em" rx="2" width=(width) {}
                }
            }
            (details(t("web-as-table"), table(title).column(title).numeric(unit).rows(rows).quiet_caption()))
        }
    }
}
