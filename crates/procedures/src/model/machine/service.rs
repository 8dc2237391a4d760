//! Service nodes: queries in groups, decisions, actions, documents, notices.

use std::collections::BTreeMap;

use serde_json::{Map, Value};

use super::{Ask, Blocked, Effect, Machine, MachineError, Payment};
use crate::model::definition::{Action, Answer, Effect as OnError, LineItem, Run, Schema};
use crate::model::expr::{Expr, Roots};

/// The longest wait between two questions to the same holder, in milliseconds.
const LONGEST_BACKOFF_MS: i64 = 3_600_000;

/// How long silent holders are asked again, in milliseconds: after a day somebody else must step in.
const PATIENCE_MS: i64 = 24 * 3_600_000;

impl Machine<'_> {
    /// Runs the service nodes as far as they go.
    ///
    /// # Errors
    /// When a rule fails.
    pub fn advance(&mut self) -> Result<Blocked, MachineError> {
        while let Some(token) = self.next_service() {
            let Some((_, node)) = self.node_of(token) else { break };
            let Some(service) = self.state.services.get(&token) else { break };
            let Some(run) = node.run.get(service.step) else {
                self.state.services.remove(&token);
                self.pass(token)?;
                continue;
            };
            match run {
                Run::Queries(ids) => return self.questions(token, ids),
                // What follows may name the case: its number comes with the transaction of this command.
                Run::Document(_) | Run::Notice(_) if self.facts.number.is_none() => {
                    return Ok(Blocked::NeedsNumber);
                }
                Run::Document(id) => self.document(id)?,
                Run::Notice(id) => self.notice(id)?,
                Run::Decide(id) => self.decide(id)?,
                Run::Action(id) => self.action(id)?,
            }
            self.step(token);
        }
        Ok(Blocked::Idle)
    }

    /// The first service that can go on now.
    fn next_service(&self) -> Option<u32> {
        self.state.services.iter().find(|(_, s)| s.is_due(self.facts.now)).map(|(token, _)| *token)
    }

    fn step(&mut self, token: u32) {
        if let Some(service) = self.state.services.get_mut(&token) {
            *service = super::Service { step: service.step + 1, ..super::Service::default() };
        }
    }

    /// Questions whose holders never answered, asked with what is known now.
    ///
    /// # Errors
    /// When a rule of an input fails.
    pub fn silent(&self) -> Result<Vec<Ask>, MachineError> {
        let roots = self.roots();
        let mut asks = Vec::new();
        for (id, _) in self.state.reg.iter().filter(|(_, a)| a.status == "error") {
            let Some(query) = self.procedure.definition.queries.get(id) else { continue };
            asks.push(Ask {
                query: id.clone(),
                service: query.service.clone(),
                input: Value::Object(self.named(&query.input, &roots)?),
                timeout_ms: query.timeout_ms,
            });
        }
        Ok(asks)
    }

    /// Keeps answers that no service waits for any more: an official asked again.
    pub fn take_answers(&mut self, answers: BTreeMap<String, Answer>) {
        for (id, answer) in answers {
            let Some(query) = self.procedure.definition.queries.get(&id) else { continue };
            let answer = judge(answer, &query.output);
            self.effects.push(Effect::Answered { query: id.clone(), status: answer.status.clone() });
            self.state.reg.insert(id, answer);
        }
    }

    /// The questions of a group that still have no good answer.
    fn questions(&mut self, token: u32, ids: &[String]) -> Result<Blocked, MachineError> {
        let waiting = self.state.services.get(&token).map(|s| s.waiting_for.clone()).unwrap_or_default();
        let roots = self.roots();
        let mut asks = Vec::new();
        for id in ids.iter().filter(|id| waiting.is_empty() || waiting.contains(id)) {
            let Some(query) = self.procedure.definition.queries.get(id) else { continue };
            if !self.procedure.expressions.truth(&query.when, &roots)? {
                let answer = Answer {
                    status: "not_asked".to_owned(),
                    at: self.facts.now.to_string(),
                    source: query.source.es().to_owned(),
                    data: None,
                };
                self.state.reg.insert(id.clone(), answer);
                continue;
            }
            let mut input = Map::new();
            for (name, expr) in &query.input {
                input.insert(name.clone(), self.procedure.expressions.eval(expr, &roots)?);
            }
            asks.push(Ask {
                query: id.clone(),
                service: query.service.clone(),
                input: Value::Object(input),
                timeout_ms: query.timeout_ms,
            });
        }
        if asks.is_empty() {
            self.step(token);
            return self.advance();
        }
        Ok(Blocked::Queries { token, asks })
    }

    /// What the holders answered. Those that failed are asked again later, unless the query goes on without.
    ///
    /// # Errors
    /// When the token is not there.
    pub fn answers(&mut self, token: u32, answers: BTreeMap<String, Answer>) -> Result<(), MachineError> {
        let mut failed = Vec::new();
        for (id, answer) in answers {
            let Some(query) = self.procedure.definition.queries.get(&id) else { continue };
            let answer = judge(answer, &query.output);
            self.effects.push(Effect::Answered { query: id.clone(), status: answer.status.clone() });
            if answer.status == "error" && query.on_error != OnError::Continue {
                failed.push(id.clone());
            }
            self.state.reg.insert(id, answer);
        }
        let now = self.facts.now;
        let service = self.state.services.get_mut(&token).ok_or(MachineError::NoTask)?;
        if failed.is_empty() {
            self.step(token);
            return Ok(());
        }
        let since = *service.failing_since.get_or_insert(now);
        if since.plus_millis(PATIENCE_MS) <= now {
            self.give_up(token, failed);
            return Ok(());
        }
        service.attempts += 1;
        let wait = (1000_i64 << service.attempts.min(20)).min(LONGEST_BACKOFF_MS);
        let at = now.plus_millis(wait);
        service.waiting_for = failed;
        service.retry_at = Some(at);
        self.effects.push(Effect::Retry { token, at });
        Ok(())
    }

    /// A day of silence: the case goes on without the holders, and its rules bring it before an official; what can't be
    /// done without waits for the person.
    fn give_up(&mut self, token: u32, failed: Vec<String>) {
        let queries = &self.procedure.definition.queries;
        let blocks = |id: &String| queries.get(id).is_some_and(|q| q.on_error == OnError::Block);
        let blocked = failed.iter().any(blocks);
        for query in &failed {
            self.effects.push(Effect::GaveUp { query: query.clone() });
        }
        match self.state.services.get_mut(&token) {
            Some(service) if blocked => {
                service.waiting_for = failed;
                service.retry_at = None;
                service.given_up = true;
            }
            _ => self.step(token),
        }
    }

    /// Goes on without the holders that did not answer: rules see their status `error`. When they were given up and the
    /// case can't do without, they are asked anew instead.
    ///
    /// # Errors
    /// When the token waits for nobody, or somebody it may not do without.
    pub fn go_on_without(&mut self, token: u32) -> Result<(), MachineError> {
        let service = self.state.services.get_mut(&token).ok_or(MachineError::NoTask)?;
        if service.given_up {
            *service = super::Service { step: service.step, ..super::Service::default() };
            return Ok(());
        }
        let queries = &self.procedure.definition.queries;
        let blocked = service
            .waiting_for
            .iter()
            .any(|id| queries.get(id).is_some_and(|q| q.on_error == OnError::Block));
        if service.waiting_for.is_empty() || blocked {
            return Err(MachineError::NoOutcome);
        }
        self.step(token);
        Ok(())
    }

    fn decide(&mut self, id: &str) -> Result<(), MachineError> {
        let Some(table) = self.procedure.definition.decisions.get(id) else { return Ok(()) };
        let fired = table.decide(&self.procedure.expressions, &self.roots())?;
        self.effects.push(Effect::Decided { id: id.to_owned(), rows: fired.rows.clone() });
        self.state.dec.insert(id.to_owned(), fired);
        Ok(())
    }

    fn action(&mut self, id: &str) -> Result<(), MachineError> {
        match self.procedure.definition.actions.get(id) {
            Some(Action::Set(values)) => {
                for set in values {
                    let value = self.procedure.expressions.eval(&set.value, &self.roots())?;
                    crate::model::form::put(&mut self.state.data, &set.at, value);
                }
            }
            Some(Action::Mail(mail)) => {
                let roots = self.roots();
                let text = |expr| self.procedure.expressions.text(expr, &roots);
                let effect = Effect::Mail {
                    to: text(&mail.to)?,
                    subject: text(&mail.subject)?,
                    text: text(&mail.text)?,
                };
                self.effects.push(effect);
            }
            Some(Action::Payment(_)) | None => {}
        }
        Ok(())
    }

    /// Values of a named map of expressions.
    fn named(
        &self,
        exprs: &BTreeMap<String, Expr>,
        roots: &Roots,
    ) -> Result<Map<String, Value>, MachineError> {
        exprs
            .iter()
            .map(|(name, expr)| Ok((name.clone(), self.procedure.expressions.eval(expr, roots)?)))
            .collect()
    }

    pub(super) fn document(&mut self, id: &str) -> Result<(), MachineError> {
        let Some(document) = self.procedure.definition.documents.get(id) else { return Ok(()) };
        let roots = self.roots();
        let e = &self.procedure.expressions;
        let resolution = match &document.resolution {
            None => None,
            Some(letter) => {
                let parts = [
                    ("vistos", &letter.norms),
                    ("hechos", &letter.facts),
                    ("fundamentos", &letter.grounds),
                    ("decision", &letter.decision),
                ];
                let mut out = Map::new();
                for (name, expr) in parts {
                    out.insert(name.to_owned(), Value::from(e.text(expr, &roots)?));
                }
                Some(out)
            }
        };
        let effect = Effect::Document {
            id: id.to_owned(),
            values: self.named(&document.values, &roots)?,
            public: self.named(&document.public, &roots)?,
            unique: document.unique.as_ref().map(|key| e.text(key, &roots)).transpose()?,
            resolution,
        };
        self.effects.push(effect);
        Ok(())
    }

    fn notice(&mut self, id: &str) -> Result<(), MachineError> {
        let Some(notice) = self.procedure.definition.notices.get(id) else { return Ok(()) };
        let roots = self.roots();
        let e = &self.procedure.expressions;
        let effect = Effect::Notice {
            id: id.to_owned(),
            subject: e.text(&notice.subject, &roots)?,
            body: e.text(&notice.body, &roots)?,
            email: notice
                .email
                .as_ref()
                .map(|email| e.text(email, &roots))
                .transpose()?
                .filter(|m| !m.is_empty()),
        };
        self.effects.push(effect);
        Ok(())
    }

    pub(super) fn ask_payment(&mut self, action: &str) -> Result<(), MachineError> {
        let Some(Action::Payment(payment)) = self.procedure.definition.actions.get(action) else {
            return Ok(());
        };
        let roots = self.roots();
        let mut lines = Vec::new();
        for line in &payment.lines {
            self.lines(line, &roots, &mut lines)?;
        }
        let e = &self.procedure.expressions;
        let effect = Effect::Payment {
            action: action.to_owned(),
            description: e.text(&payment.description, &roots)?,
            obligation: e.text(&payment.obligation, &roots)?,
            fulfil_within_s: payment.fulfil_within_s,
            lines: lines.clone(),
        };
        self.effects.push(effect);
        let amount = lines.iter().map(|(_, pesos)| pesos).sum();
        let pending = Payment {
            status: "pending".to_owned(),
            amount,
            id: String::new(),
            start_path: String::new(),
            paid_at: None,
        };
        self.state.pay.insert(action.to_owned(), pending);
        Ok(())
    }

    fn lines(
        &self,
        line: &LineItem,
        roots: &Roots,
        out: &mut Vec<(String, i64)>,
    ) -> Result<(), MachineError> {
        let e = &self.procedure.expressions;
        if !e.truth(&line.when, roots)? {
            return Ok(());
        }
        let Some(each) = &line.each else {
            out.push((e.text(&line.label, roots)?, e.integer(&line.amount, roots)?));
            return Ok(());
        };
        for item in e.eval(each, roots)?.as_array().into_iter().flatten() {
            let roots = roots.with("item", item);
            out.push((e.text(&line.label, &roots)?, e.integer(&line.amount, &roots)?));
        }
        Ok(())
    }
}

/// An answer that does not have the shape of the definition's schema is nonsense, and nonsense is an error.
fn judge(mut answer: Answer, output: &Schema) -> Answer {
    if answer.status != "ok" {
        answer.data = None;
        return answer;
    }
    match answer.data.as_ref().map(|data| output.pick(data)) {
        Some(Ok(data)) => answer.data = Some(data),
        Some(Err(_)) | None => {
            answer.status = "error".to_owned();
            answer.data = None;
        }
    }
    answer
}
