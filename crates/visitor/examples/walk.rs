//! Walks a journey by hand, printing each page: `walk 127.0.0.1:8080 44.444.444-4 BBCD12`.
#![expect(clippy::print_stdout, reason = "a tool for the terminal")]
use copihue_visitor::{Page, Visitor};

fn show(what: &str, page: &Page) {
    let text = page.visible();
    let at = text.find("de muestra.").map_or(0, |i| i + 11);
    println!("== {what}: {} {}\n{}\n", page.status, page.path, text[at..].chars().take(1500).collect::<String>());
    for form in page.forms() {
        println!("   form {} {} {:?}", form.method, form.action, form.names());
    }
}

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let args: Vec<String> = std::env::args().collect();
    let mut v = Visitor::new(&args[1]);
    let page = v.get("/ingresar?volver=/tramites/permiso-circulacion/comenzar%3Finstitucion=PE-MUN-00301")?;
    let form = page.form_with("password").ok_or("no login form")?.set("run", &args[2]).set("password", "testing");
    let page = v.submit(&form)?;
    show("after login", &page);
    let form = page.form_to("comenzar").ok_or("no start form")?.set("institucion", "PE-MUN-00301");
    let mut page = v.submit(&form)?;
    show("started", &page);
    for _ in 0..14 {
        let forms = page.forms();
        let Some(form) = forms.into_iter().find(|f| {
            f.method == "POST" && !["/preferencias", "/salir", "/opinion"].contains(&f.action.as_str())
        }) else {
            let Some(next) = page.link("/paso/") else { break };
            page = v.get(&next)?;
            show("link", &page);
            continue;
        };
        let mut form = form;
        for (name, value) in [("d.patente", args[3].as_str()), ("d.correo", "maria@correo.example"), ("d.cuotas", "una"), ("d.sensibles", "no")] {
            if form.has(name) {
                form = form.set(name, value);
            }
        }
        println!("-> {}", form.action);
        let form = form.press(args.get(4).map_or("Aprobar", String::as_str));
        page = v.submit(&form)?;
        show("next", &page);
        if page.status != 200 {
            break;
        }
    }
    Ok(())
}
