//! What pages show of a case: plain values, worked out in `look`.

use copihue_casefiles::{EntryView, PartyView, Relation};
use copihue_core::{Id, Timestamp};

use crate::model::definition::StepMode;
use crate::model::form::PageView;
use crate::model::machine::{CaseState, Owed, Payment};
use crate::store::task::TaskRow;

/// A page of a task.
#[derive(Clone, Debug)]
pub struct StepPage {
    /// Form of the definition.
    pub form: String,
    /// Written or only shown.
    pub mode: StepMode,
    /// What to show.
    pub view: PageView,
}

/// A button that ends a task.
#[derive(Clone, Debug)]
pub struct OutcomeLook {
    /// Its id.
    pub id: String,
    /// Its text.
    pub label: String,
    /// What it means.
    pub help: String,
    /// Whether the official signs with a one-time code.
    pub signs: bool,
}

/// A task to work on.
#[derive(Clone, Debug)]
pub struct TaskLook {
    /// Its token.
    pub token: u32,
    /// What it is.
    pub title: String,
    /// Its visible pages, in order.
    pub pages: Vec<StepPage>,
    /// The buttons.
    pub outcomes: Vec<OutcomeLook>,
    /// Whether the answers are checked before sending.
    pub confirm: bool,
    /// What was typed and not accepted, by field name.
    pub typed: Vec<(String, String)>,
    /// Whether the person may be asked for a correction.
    pub may_correct: bool,
}

/// Holders that are awaited.
#[derive(Clone, Debug)]
pub struct Waiting {
    /// The token of the service.
    pub token: u32,
    /// The holders, in words.
    pub holders: Vec<String>,
    /// When they are asked again.
    pub retry_at: Option<Timestamp>,
    /// Whether one may go on without them.
    pub may_go_on: bool,
    /// Whether they are not asked any more, after a day of silence.
    pub given_up: bool,
}

/// A case as its person sees it.
#[derive(Clone, Debug)]
pub struct CaseLook {
    /// Its id.
    pub id: Id,
    /// Number of its case file.
    pub iuie: Option<String>,
    /// Institution code.
    pub institution: String,
    /// Institution name.
    pub institution_name: String,
    /// Procedure id.
    pub procedure: String,
    /// Name of the procedure.
    pub title: String,
    /// State in words.
    pub status: String,
    /// The person's task, if it is their turn.
    pub task: Option<TaskLook>,
    /// The correction they owe, with its form.
    pub correction: Option<(Owed, TaskLook)>,
    /// Holders that are awaited.
    pub waiting: Option<Waiting>,
    /// The payment that is awaited, by its action.
    pub payment: Option<(String, Payment)>,
    /// The whole state.
    pub state: CaseState,
    /// When it started.
    pub opened: Timestamp,
    /// When it was filed.
    pub filed: Option<Timestamp>,
    /// When it was last touched.
    pub updated: Timestamp,
    /// Whether it is over.
    pub closed: bool,
    /// Revision.
    pub rev: i64,
}

/// A case as an official sees it.
#[derive(Clone, Debug)]
pub struct OfficialLook {
    /// The case.
    pub case: CaseLook,
    /// What the official is to it, as its case file says.
    pub relation: Relation,
    /// The parties: names, and the RUN for whoever processes the case.
    pub parties: Vec<PartyView>,
    /// Open tasks, of all.
    pub tasks: Vec<TaskRow>,
    /// The task that this official has claimed and works on.
    pub mine: Option<TaskLook>,
    /// The task that this official may claim.
    pub free: Option<TaskRow>,
    /// Lines of the log: when, who, what.
    pub events: Vec<(Timestamp, String, String)>,
    /// Notes of the decision rows that fired.
    pub reasons: Vec<String>,
    /// The index of the case file, as the official may see it.
    pub entries: Vec<EntryView>,
    /// Holders that never answered, in words.
    pub silent: Vec<String>,
    /// Whether the correction's term is over without an answer.
    pub lapsed: bool,
}

/// Filters of the desk.
#[derive(Clone, Debug, Default)]
pub struct DeskFilter {
    /// Procedure id.
    pub procedure: Option<String>,
    /// `free`, `mine`, `late`, `waiting`.
    pub view: Option<String>,
}
