//! A foreign library says the same: PyPI `holidays` 0.109, where Python and that package are present.

use std::process::Command;

use copihue_core::calendar::Calendar;

use crate::holidays::nationwide;

const SCRIPT: &str = "import holidays
assert holidays.__version__ == '0.109'
for y in range(2000, 2036):
    for d in sorted(holidays.Chile(years=y)):
        print(d)";

#[test]
fn hol_01_rules_equal_the_python_library_from_2000_to_2035() {
    let python = std::env::var("COPIHUE_TEST_PYTHON").unwrap_or_else(|_| "python3".to_owned());
    let answer = Command::new(&python).args(["-c", SCRIPT]).output();
    let Some(answer) = answer.ok().filter(|a| a.status.success()) else {
        println!("skipped: `{python}` has no package `holidays` 0.109");
        return;
    };
    let theirs = String::from_utf8(answer.stdout).unwrap();
    let calendar = Calendar::shipped();
    let ours: Vec<String> = (2000..=2035).flat_map(|year| nationwide(&calendar, year)).collect();
    assert_eq!(ours, theirs.lines().collect::<Vec<_>>());
}
