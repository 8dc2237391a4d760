//! The gallery of components `/gestion/componentes`, each in its states: for development only.

use axum::response::Response;
use copihue_core::{Clp, Timestamp};
use maud::{Markup, html};

use crate::components::*;
use crate::cx::Cx;
use crate::failure::Failure;
use crate::forms::{Fields, FileKind, FormData, FormState};
use crate::page::Page;
use crate::routes::{Access, RouteSet, Routes};

const PATH: &str = "/gestion/componentes";

pub(crate) fn routes() -> RouteSet {
    Routes::new(())
        .service("web")
        .get(PATH, Access::Public, shown)
        .get("/gestion/componentes/formulario", Access::Public, form_page)
        .post("/gestion/componentes/formulario", Access::Public, form_sent)
        .get("/gestion/componentes/listo", Access::Public, done)
        .finish()
}

async fn shown(cx: Cx) -> Response {
    let body = html! {
        (hero())
        (tabs(&[
            ("textos", "Avisos y textos".into(), notices()),
            ("datos", "Datos y estados".into(), data()),
            ("campos", "Campos".into(), html! { p { a href="/gestion/componentes/formulario" { "Ver el formulario de muestra" } } }),
        ]))
    };
    let page = Page::new("Componentes").caption("Muestrario").crumb("Gestión", "/gestion");
    cx.page(page.lead("Cada componente en sus estados, para mirarlo y probarlo."), body)
}

fn hero() -> Markup {
    html! {
        ul.cards {
            li.card { h2 { a href=(PATH) { "Permiso de circulación" } } p { "Pague el permiso anual de su vehículo y recíbalo firmado." } }
            li.card { h2 { a href=(PATH) { "Certificado municipal" } } p { "Pida un certificado y sígalo paso a paso." } }
            li.card { h2 { a href=(PATH) { "Verificar un documento" } } p { "Sepa si un documento es auténtico y sigue vigente." } }
        }
    }
}

fn notices() -> Markup {
    html! {
        (notification_banner("Su revisión técnica vence el 31 de marzo", html! { p { "Renuévela antes de pagar el permiso." } }))
        (success_banner("Guardamos sus respuestas", html! { p { "Puede seguir cuando quiera, hasta el " strong { "10 de enero de 2027" } "." } }))
        (warning("Si no responde en cinco días hábiles, la solicitud se tendrá por desistida."))
        (inset(html! { p { "El monto se calcula con la tasación fiscal y la UTM del mes." } }))
        (details("¿Qué pasa si no estoy de acuerdo con el monto?", html! { p { "Puede pedir que se revise antes de pagar." } }))
        p { (button("Continuar")) (button("Guardar y salir").secondary()) (button("Rechazar").danger()) }
        p { (button_link("Comenzar ahora", "/gestion/componentes/formulario")) (button("Cancelar").as_link()) }
        (pagination(Some("#anterior"), Some("#siguiente")))
    }
}

fn data() -> Markup {
    let at = Timestamp::from_millis(1_797_000_000_000);
    html! {
        p {
            (tag("En trámite", Tone::Info)) " " (tag("Aprobado", Tone::Good)) " " (tag("Vence en 2 días", Tone::Warn)) " "
            (tag("Vencido", Tone::Bad)) " " (tag("Borrador", Tone::Neutral))
        }
        (task_list(&[
            task("Datos del vehículo", PATH, TaskState::Done),
            task("Revisión de la solicitud", PATH, TaskState::Todo).hint("Cerca de 3 minutos"),
            task("Pago", PATH, TaskState::Blocked),
        ]))
        (check_answers().section("Vehículo", vec![
            fact("Patente", "BBCL60").change(PATH),
            fact("Marca y modelo", "Toyota Yaris 1.5, 2019").note("Registro de Vehículos Motorizados, 10-12-2026 15:04"),
            fact("Monto", html! { strong { (Clp(87_342)) } }),
        ]))
        (table("Documentos del expediente").column("Documento").column("Recibido").numeric("Páginas")
            .row(vec![html! { a href=(PATH) { "Solicitud de permiso de circulación" } }, html! { "10-12-2026 15:04" }, html! { "2" }])
            .row(vec![html! { a href=(PATH) { "Comprobante de ingreso" } }, html! { "10-12-2026 15:05" }, html! { "1" }]))
        (table("Avisos").column("Aviso").empty("No tiene avisos."))
        (timeline(&[
            event("Permiso emitido", at).by("Municipalidad de Puente Alto").body(html! { p { a href=(PATH) { "Ver el permiso" } } }),
            event("Pago recibido", at.plus_seconds(-300)),
            event("Solicitud ingresada", at.plus_seconds(-900)).by("Ana Rojas Díaz"),
        ]))
        (bar_chart("grafico", "Permisos por mes", "Permisos", &[
            Bar { label: "Enero", value: 340 }, Bar { label: "Febrero", value: 1_200 }, Bar { label: "Marzo", value: 8_450 },
        ]))
        (verification_block("RTZZ-AERD-F9JG-66PK", "https://ejemplo.cl/v/RTZZAERDF9JG66PK", Some(&"ab12".repeat(16)), None))
    }
}

async fn form_page(cx: Cx) -> Response {
    sample_form(&cx, &cx.form_state())
}

fn sample_form(cx: &Cx, state: &FormState) -> Response {
    let regions = [
        ("Metropolitana", vec![("13201", "Puente Alto"), ("13101", "Santiago")]),
        ("Antofagasta", vec![("02202", "Ollagüe")]),
    ];
    let fields = html! {
        (run_input("run", "RUN").state(state))
        (text_input("patente", "Placa patente").hint("Por ejemplo: BBCL60").narrow().state(state))
        (email_input("correo", "Correo electrónico").optional().state(state))
        (money_input("monto", "Tasación").state(state))
        (number_input("plazo", "Plazo").suffix("días hábiles").state(state))
        (commune_select("comuna", "Comuna", regions).state(state))
        (date_input("fecha", "Fecha de la revisión técnica").state(state))
        (radios("cuotas", "¿Cómo quiere pagar?").option("1", "En una cuota")
            .option_with_hint("2", "En dos cuotas", "La segunda vence el 31 de agosto").state(state))
        (yes_no("seguro", "¿Tiene seguro obligatorio vigente?").state(state))
        (checkboxes("avisos", "¿Cómo quiere que le avisemos?").option("correo", "Por correo").option("telefono", "Por teléfono").state(state))
        (textarea("hechos", "Cuéntenos qué pasó").max(500).state(state))
        (file_upload("documento", "Revisión técnica").optional().state(state))
        (password_input("clave", "Clave").state(state))
        (declaration("declaro", "Declaración", "Declaro que los datos son verdaderos").state(state))
        div.actions { (button("Continuar")) (button("Guardar y salir").secondary()) }
    };
    let page = Page::new("Formulario de muestra").caption("Muestrario").back(PATH).form(state);
    cx.page(page, cx.upload_form("/gestion/componentes/formulario", fields))
}

async fn form_sent(cx: Cx, form: FormData) -> Result<Response, Failure> {
    let mut f = Fields::new(&form);
    let run = f.run("run");
    let plate = f.ask("Ingrese la patente, por ejemplo BBCL60").text("patente", 4..=8);
    let mail = f.optional("correo", Fields::email);
    let amount = f.money("monto", Clp(100_000_000));
    let days = f.integer("plazo", 1..=90);
    let day = f.date("fecha");
    let times = f.choice("cuotas", &["1", "2"]);
    let facts = f.text("hechos", 1..=500);
    let file = f.optional("documento", |f, name| f.file(name, FileKind::COMMON).cloned());
    let declared = f.declaration("declaro");
    let rest = (run, plate, mail, amount, days, day, times, facts, file, declared);
    match f.done(rest) {
        Ok(_) => Ok(crate::failure::see_other("/gestion/componentes/listo")),
        Err(state) => Ok(sample_form(&cx, &state)),
    }
}

async fn done(cx: Cx) -> Response {
    let body = html! {
        (panel("Solicitud recibida", html! { p { "Su número es " br; strong { "2026-PA-000123" } } }))
        h2 { "Qué pasa ahora" }
        p { "Le avisaremos por correo cuando el permiso esté listo." }
    };
    cx.page(Page::new("Solicitud recibida").own_heading(), body)
}
