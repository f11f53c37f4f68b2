//! A table of operations a second, each beside the plain calls that it is compared with.

use std::fmt::Write;

/// The numbers of clients.
pub(crate) const CLIENTS: [usize; 3] = [1, 8, 16];

/// Operations a second with 1, 8 and 16 clients.
pub(crate) type Rates = [f64; 3];

/// Rows in the order in which they were measured.
#[derive(Default)]
pub(crate) struct Figures(Vec<Line>);

/// A row: what was measured, and what it is compared with.
struct Line {
    name: String,
    rates: Rates,
    beside: Option<(String, Rates)>,
}

impl Line {
    fn new(name: &str, rates: Rates) -> Self {
        Self { name: name.to_owned(), rates, beside: None }
    }
}

impl Figures {
    /// Measures a row with each number of clients.
    pub(crate) async fn measure<F: Future<Output = f64>>(
        &mut self,
        name: &str,
        run: impl Fn(usize) -> F,
    ) -> Rates {
        let mut rates = [0.0; 3];
        for (rate, clients) in rates.iter_mut().zip(CLIENTS) {
            *rate = run(clients).await;
        }
        self.0.push(Line::new(name, rates));
        rates
    }

    /// Compares the last row with another one.
    pub(crate) fn beside(&mut self, name: &str, plain: Rates) {
        if let Some(line) = self.0.last_mut() {
            line.beside = Some((name.to_owned(), plain));
        }
    }

    /// Adds a row that was computed.
    pub(crate) fn derive(&mut self, name: &str, rates: Rates) {
        self.0.push(Line::new(name, rates));
    }

    /// The table.
    pub(crate) fn markdown(&self) -> String {
        let mut text = "| operation | 1 client | 8 clients | 16 clients | ratio |\n".to_owned();
        text += "| --- | --- | --- | --- | --- |\n";
        for Line { name, rates, beside } in &self.0 {
            let _infallible = write!(text, "| {name} |");
            for rate in rates {
                let _infallible = write!(text, " {rate:.0} |");
            }
            if let Some((plain, base)) = beside {
                let ratios = rates.iter().zip(base).map(|(rate, base)| rate / base);
                let ratios: Vec<_> = ratios.map(|ratio| format!("{ratio:.2}")).collect();
                let _infallible = write!(text, " {} of {plain}", ratios.join(", "));
            }
            text += " |\n";
        }
        text
    }
}

/// What a rate would be without a part that alone runs at another rate: where the processors are
/// the limit, the times add up. No number where the part alone took as long as the whole: others
/// used the machine meanwhile.
pub(crate) fn without(whole: Rates, part: Rates) -> Rates {
    let mut rates = [0.0; 3];
    for (i, rate) in rates.iter_mut().enumerate() {
        let left = 1.0 / whole[i] - 1.0 / part[i];
        *rate = if left > 0.0 { 1.0 / left } else { f64::NAN };
    }
    rates
}
