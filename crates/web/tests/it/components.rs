//! What the components write, as a whole: a change of the markup is seen in review.

use copihue_web::components::*;
use copihue_web::{FormState, html};

#[test]
fn web_02_markup_of_fields() {
    let state = FormState::new()
        .set("run", "1-9")
        .set("cuotas", "2")
        .set("fecha-dia", "31")
        .with_error("run", "Revise el RUN");
    let page = html! {
        (run_input("run", "RUN").state(&state))
        (radios("cuotas", "Cuotas").option("1", "Una").option_with_hint("2", "Dos", "La segunda en agosto").state(&state))
        (date_input("fecha", "Fecha").state(&state))
        (money_input("monto", "Monto").value("45.230"))
        (select("comuna", "Comuna").group("Metropolitana").option("13201", "Puente Alto").value("13201"))
        (textarea("hechos", "Hechos").max(100))
        (password_input("clave", "Clave").value("secreta"))
    };
    insta::assert_snapshot!(page.into_string().replace("><", ">\n<"));
}

#[test]
fn web_02_markup_of_lists_and_tables() {
    let page = html! {
        (task_list(&[task("Datos", "/datos", TaskState::Done), task("Pago", "/pago", TaskState::Blocked)]))
        (check_answers().section("Vehículo", vec![fact("Patente", "BBCL60").note("Padrón").change("/cambiar")]))
        (table("Documentos").column("Nombre").numeric("Páginas").row(vec![html! { "Permiso" }, html! { "1" }]))
        (pagination(None, Some("/mas")))
        (tag("En trámite", Tone::Info))
    };
    insta::assert_snapshot!(page.into_string().replace("><", ">\n<"));
}

#[test]
fn web_02_a_summary_shows_the_first_error_of_each_field_in_order() {
    let state = FormState::new().with_error("b", "Uno").with_error("a", "Dos").with_error("b", "Tres");
    let text = error_summary(&state).into_string();
    assert!(text.contains("Hay 2 problemas") && !text.contains("Tres"));
    assert!(text.find("#b").unwrap() < text.find("#a").unwrap());
    assert!(error_summary(&FormState::new()).into_string().is_empty());
}

#[test]
fn web_02_a_chart_has_its_numbers_in_a_table() {
    let bars = [Bar { label: "Enero", value: 1_500 }, Bar { label: "Marzo", value: 0 }];
    let text = bar_chart("g", "Permisos", "Cantidad", &bars).into_string();
    assert!(
        text.contains("role=\"img\"")
            && text.contains("Ver como tabla")
            && text.matches("1.500").count() >= 3
    );
}
