//! The browser's checks of a receipt, in another engine that runs the same script: same verdicts as the program.

use std::process::Command;

const SCRIPT: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/assets/verify.js");
const CASES: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../tlog/tests/cases/receipts.json");
const PROGRAM: &str = "
const [script, file] = process.argv.slice(1)
require(script)
const { policies, cases } = JSON.parse(require('fs').readFileSync(file, 'utf8'))
const judge = async () => {
  if (!(await copihueReceipts.isAble())) return console.log('unable')
  for (const { name, policy, proof, verdict } of cases) {
    const found = await copihueReceipts.verify(proof, policies[policy])
    if ((found.reason || found.result) !== verdict) console.log(`${name}: ${verdict} expected, got ${JSON.stringify(found)}`)
  }
  console.log(`judged ${cases.length}`)
}
judge()
";

#[test]
fn led_04_the_browsers_script_judges_every_case_as_the_program_does() {
    let out = match Command::new("node").args(["-e", PROGRAM, SCRIPT, CASES]).output() {
        Ok(out) => out,
        Err(e) => {
            println!("skipped: no JavaScript engine here ({e})");
            return;
        }
    };
    let said = String::from_utf8_lossy(&out.stdout);
    assert!(out.status.success(), "{}", String::from_utf8_lossy(&out.stderr));
    if said.trim() == "unable" {
        println!("skipped: this JavaScript engine has no Ed25519");
        return;
    }
    let count: usize = said.trim().strip_prefix("judged ").and_then(|n| n.parse().ok()).unwrap_or_default();
    assert!(count > 50, "{said}");
}
