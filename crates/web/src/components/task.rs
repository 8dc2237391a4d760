//! The steps of a long task.

use maud::{Markup, html};

use super::Text;
use super::timeline::{Tone, tag};
use crate::locale::t;

/// How far a step is.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum TaskState {
    /// «Completado».
    Done,
    /// «Por hacer».
    Todo,
    /// «No puede comenzar aún».
    Blocked,
}

/// A step.
#[derive(Clone)]
pub struct Task<'a> {
    label: Text<'a>,
    href: Text<'a>,
    state: TaskState,
    hint: Option<Text<'a>>,
}

impl<'a> Task<'a> {
    /// Help under the step.
    #[must_use]
    pub fn hint(mut self, hint: impl Into<Text<'a>>) -> Self {
        self.hint = Some(hint.into());
        self
    }
}

/// A step that leads to its page, unless it is blocked.
pub fn task<'a>(label: impl Into<Text<'a>>, href: impl Into<Text<'a>>, state: TaskState) -> Task<'a> {
    Task { label: label.into(), href: href.into(), state, hint: None }
}

/// Steps with their state.
#[must_use]
pub fn task_list(tasks: &[Task<'_>]) -> Markup {
    html! {
        ul.tasks {
            @for (index, task) in tasks.iter().enumerate() {
                @let state_id = format!("tarea-{}", index + 1);
                li.task {
                    div.task-name {
                        @if task.state == TaskState::Blocked { span { (task.label) } }
                        @else { a href=(task.href) aria-describedby=(state_id) { (task.label) } }
                        @if let Some(hint) = &task.hint { span.hint { (hint) } }
                    }
                    div.task-state id=(state_id) {
                        @match task.state {
                            TaskState::Done => (t("web-task-done")),
                            TaskState::Todo => (tag(t("web-task-todo"), Tone::Info)),
                            TaskState::Blocked => span.hint { (t("web-task-blocked")) },
                        }
                    }
                }
            }
        }
    }
}
