//! A person makes a passkey, enters with it without typing anything, and takes it away.

use crate::driver;
use crate::steps::{MARIA, enter, log_in};
use crate::window::{DESK, PHONE, Script, Window};
use crate::world::World;

#[tokio::test]
async fn j01_a_person_makes_a_passkey_and_enters_with_it() {
    for width in [PHONE, DESK] {
        let Some(world) = World::named() else { return };
        let w = world.window(width, Script::On).await;
        driver::add_authenticator(&w.client).await;
        make(&w).await;
        w.client.delete_all_cookies().await.unwrap();
        // The browser offers the key beside the field of the RUN, and this one always says yes.
        w.go("/mi/ingresos").await;
        w.arrives("/mi/ingresos").await;
        w.says("Llave de acceso").await;
        w.see("98-ingreso-con-llave").await;
        second_step(&world, width).await;
        take_away(&w).await;
    }
}

async fn make(w: &Window) {
    enter(w, "/mi/seguridad", MARIA).await;
    w.see("96-seguridad-sin-nada").await;
    w.press("Agregar una llave de acceso").await;
    w.says("Compruebe primero que es usted").await;
    w.see("96-comprobar-clave").await;
    w.fill("password", "testing").await;
    w.press("Continuar").await;
    w.see("96-crear-llave").await;
    w.fill("nombre", "Mi teléfono").await;
    w.press("Crear la llave").await;
    w.says("Anótelos o imprímalos ahora").await;
    w.see("97-codigos-en-papel").await;
    w.press("Ya los guardé").await;
    w.says("Mi teléfono").await;
    w.says("Le quedan 10 códigos").await;
    w.see("97-seguridad-con-llave").await;
}

/// In a browser without the key, the password alone is not enough; without script nothing speaks of keys.
async fn second_step(world: &World, width: u32) {
    for script in [Script::On, Script::Off] {
        let other = world.window(width, script).await;
        other.go("/mi").await;
        log_in(&other, MARIA).await;
        other.says("No tengo mi código").await;
        other.see("98-segundo-paso").await;
        let offered = other.reads().await.contains("Ingresar con una llave de acceso");
        assert_eq!(offered, script == Script::On);
    }
}

async fn take_away(w: &Window) {
    w.go("/mi/seguridad").await;
    w.press("Quitar").await;
    w.says("Después de esto ingresará solo con su clave").await;
    w.see("99-quitar-llave").await;
    w.press("Comprobar con una llave de acceso").await;
    w.says("Hoy ingresa solo con su clave").await;
    w.go("/mi/seguridad").await;
    w.press("Agregar una aplicación de códigos").await;
    w.fill("password", "testing").await;
    w.press("Continuar").await;
    w.see("99-aplicacion-de-codigos").await;
    w.go("/mi/ingresos").await;
    w.says("Quitó una forma de comprobar que es usted").await;
    w.press("No fui yo").await;
    w.see("99-no-fui-yo").await;
}
