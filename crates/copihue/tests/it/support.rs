//! A demo to test against, the people of its sample world, and what they do most.

use std::ops::{Deref, DerefMut};
use std::path::{Path, PathBuf};
use std::process::{Command, Output};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError, Weak};
use std::time::{Duration, Instant};

use copihue_visitor::demo::{Demo, Settings};
use copihue_visitor::{Page, Visitor, journeys};

/// Directora de Tránsito, signs there.
pub(crate) const DIRECTOR: &str = "11.111.111-1";
/// Secretario municipal, of the same municipality.
pub(crate) const SECRETARY: &str = "12.345.678-5";
/// Encargada de Tránsito of the other municipality.
pub(crate) const OF_OLLAGUE: &str = "7.654.321-6";
/// Who only reviews residence certificates.
pub(crate) const SOCIAL_WORKER: &str = "22.222.222-2";

/// Those who log in as people.
const PEOPLE: [&str; 4] = ["44.444.444-4", "55.555.555-5", "88.888.888-8", "99.999.999-9"];
/// Each is used by one test at a time: a draft belongs to its person.
static BUSY: Mutex<Vec<&str>> = Mutex::new(Vec::new());
static BACK: Condvar = Condvar::new();
static SHARED: Mutex<Weak<World>> = Mutex::new(Weak::new());
static PLATES: AtomicUsize = AtomicUsize::new(0);

/// A running demo in a folder of its own; both go when it is dropped.
pub(crate) struct World {
    pub(crate) demo: Demo,
    pub(crate) folder: tempfile::TempDir,
}

pub(crate) fn program() -> PathBuf {
    PathBuf::from(env!("CARGO_BIN_EXE_copihue"))
}

impl World {
    /// One of one's own, for tests that change what others would see.
    pub(crate) fn own() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let mut settings = Settings::new(program(), &folder.path().join("data"));
        settings.log = Some(folder.path().join("log"));
        let started = Demo::start(&settings);
        let log = || std::fs::read_to_string(folder.path().join("log")).unwrap_or_default();
        Self { demo: started.unwrap_or_else(|e| panic!("{e}\n{}", log())), folder }
    }

    /// One that the tests which run at the same time share.
    pub(crate) fn shared() -> Arc<Self> {
        let mut shared = lock(&SHARED);
        shared.upgrade().unwrap_or_else(|| {
            let world = Arc::new(Self::own());
            *shared = Arc::downgrade(&world);
            world
        })
    }

    pub(crate) fn data(&self) -> PathBuf {
        self.folder.path().join("data")
    }

    /// Somebody who is logged in.
    pub(crate) fn logged_in(&self, run: &str) -> Visitor {
        let mut visitor = self.demo.visitor();
        journeys::log_in(&mut visitor, run, "/").unwrap();
        visitor
    }

    /// A sample person whom no other test uses now, logged in.
    pub(crate) fn person(&self) -> Person {
        let mut busy = lock(&BUSY);
        let run = loop {
            match PEOPLE.iter().find(|run| !busy.contains(run)) {
                Some(run) => break run,
                None => busy = BACK.wait(busy).unwrap_or_else(PoisonError::into_inner),
            }
        };
        busy.push(run);
        drop(busy);
        Person { visitor: self.logged_in(run), run }
    }

    /// The one-time code of an official, as the demo shows it.
    pub(crate) fn otp(&self, run: &str) -> String {
        let page = self.demo.visitor().get("/demo").unwrap();
        journeys::after(&page.visible(), &format!("RUN {run} Código "))
            .or_else(|| journeys::after(&page.visible(), &format!("{run} ")))
            .unwrap()
    }

    /// Makes a holder of data answer `normal`, `caido`, `lento` or `sin_sentido`.
    pub(crate) fn holder(&self, key: &str, mode: &str) {
        let mut visitor = self.demo.visitor();
        let form = visitor.get("/demo").unwrap().form_to(&format!("/demo/organismos/{key}")).unwrap();
        assert_eq!(visitor.submit(&form.set("modo", mode)).unwrap().status, 200);
    }

    /// Runs another program in the folder; `None`, with a notice, when it is not installed.
    pub(crate) fn run(&self, program: impl AsRef<Path>, arguments: &[&str]) -> Option<Output> {
        let program = program.as_ref();
        match Command::new(program).args(arguments).current_dir(self.folder.path()).output() {
            Ok(output) => Some(output),
            Err(e) => {
                eprintln!("skipped: {} can't be run ({e})", program.display());
                None
            }
        }
    }
}

/// A sample person; free for other tests when dropped.
pub(crate) struct Person {
    visitor: Visitor,
    pub(crate) run: &'static str,
}

impl Deref for Person {
    type Target = Visitor;

    fn deref(&self) -> &Visitor {
        &self.visitor
    }
}

impl DerefMut for Person {
    fn deref_mut(&mut self) -> &mut Visitor {
        &mut self.visitor
    }
}

impl Drop for Person {
    fn drop(&mut self) {
        lock(&BUSY).retain(|run| *run != self.run);
        BACK.notify_one();
    }
}

/// A plate that no other test uses.
pub(crate) fn plate() -> String {
    journeys::plate(PLATES.fetch_add(1, Ordering::Relaxed))
}

/// Tries until something comes of it.
pub(crate) fn eventually<T>(what: &str, limit: Duration, mut look: impl FnMut() -> Option<T>) -> T {
    let begun = Instant::now();
    loop {
        if let Some(found) = look() {
            return found;
        }
        assert!(begun.elapsed() < limit, "not within {limit:?}: {what}");
        std::thread::sleep(Duration::from_millis(100));
    }
}

/// Says what a page lacks.
#[track_caller]
pub(crate) fn says(page: &Page, text: &str) {
    assert!(
        page.visible().contains(text),
        "«{text}» is not on {} {}: {}",
        page.status,
        page.path,
        page.visible()
    );
}

/// What another program said.
pub(crate) fn said(output: &Output) -> String {
    String::from_utf8_lossy(&[&output.stdout[..], &output.stderr[..]].concat()).into_owned()
}

pub(crate) fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
