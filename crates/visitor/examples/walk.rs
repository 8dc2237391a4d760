//! Walks a permit by hand, printing each page: `walk 127.0.0.1:8080 44.444.444-4 BBCD12 [Aprobar]`.
#![expect(clippy::print_stdout, reason = "a tool for the terminal")]
use copihue_visitor::journeys::{PERMIT_ANSWERS, ask_permit, at_payment, log_in, pay, receipt, walk};
use copihue_visitor::{Page, Visitor};

fn show(what: &str, page: &Page) {
    println!("== {what}: {} {}\n{}\n", page.status, page.path, page.visible());
}

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let args: Vec<String> = std::env::args().collect();
    let [_, address, run, plate, rest @ ..] = args.as_slice() else {
        return Err("walk ADDRESS RUN PLATE [BUTTON]".into());
    };
    let mut visitor = Visitor::new(address);
    show("logged in", &log_in(&mut visitor, run, "/mi")?);
    let page = ask_permit(&mut visitor, plate)?;
    show("asked", &page);
    let page = walk(&mut visitor, page, PERMIT_ANSWERS, at_payment)?;
    show("to pay", &page);
    let page = pay(&mut visitor, &page, rest.first().map_or("Aprobar", String::as_str))?;
    show("paid", &page);
    println!("{:?}", receipt(&page));
    Ok(())
}
