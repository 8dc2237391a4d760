identity-login-title = Ingrese con su RUN
identity-login-lead = Necesitamos saber quién es para mostrarle sus trámites.
identity-login-run = RUN
identity-login-run-hint = Con dígito verificador. Por ejemplo: 12.345.678-5
identity-login-run-error = El RUN no es válido: revise el dígito verificador. Por ejemplo: 12.345.678-5
identity-login-password = Clave
identity-login-password-error = Ingrese su clave.
identity-login-button = Ingresar
identity-login-wrong = El RUN o la clave no son correctos. Revíselos y vuelva a intentar.
identity-login-forged = La página venció o se abrió en otra ventana. Escriba su clave otra vez e intente de nuevo.
identity-login-wait = { $n ->
    [one] Se intentó ingresar muchas veces con este RUN. Espere un minuto, o ingrese desde un equipo que ya haya usado antes.
   *[other] Se intentó ingresar muchas veces con este RUN. Espere { $n } minutos, o ingrese desde un equipo que ya haya usado antes.
 }
identity-login-help = No puedo ingresar
identity-login-help-text = Si olvidó su clave, acérquese con su cédula de identidad a una oficina de su municipalidad: allí le ayudarán a recuperarla.
identity-login-help-safe = Nadie del Estado le pedirá su clave por teléfono, correo ni mensaje. No la entregue.
identity-login-data = su RUN y su nombre
identity-login-data-email = su RUN, su nombre y su correo
identity-login-asks = La aplicación «{ $app }» ({ $institution }) le pide ingresar con { $brand }. Recibirá { $data }.

identity-otp-title = Escriba su código
identity-otp-code = Código
identity-otp-hint = Los seis números de su aplicación de códigos, o uno de sus códigos en papel.
identity-otp-wrong = El código no es correcto o ya se usó. Espere el siguiente y escríbalo.
identity-otp-wait = Hubo demasiados códigos incorrectos. Espere un rato e intente de nuevo.
identity-otp-help = No tengo mi código
identity-otp-help-text = Use uno de los códigos en papel que guardó. Si tampoco los tiene, acérquese con su cédula de identidad a una oficina de su municipalidad.

identity-problem-title = No pudimos abrir el ingreso
identity-problem-text = La página desde la que llegó pidió el ingreso de una forma que no reconocemos. Vuelva a ella e intente de nuevo. Si el problema sigue, avise a la institución.
identity-problem-technical = Información para quien administra la aplicación
identity-problem-not-enabled-title = La institución no está habilitada
identity-problem-not-enabled = La institución no está habilitada en { $brand }. Todavía no puede ingresar a esta aplicación.
identity-problem-stopped-title = Esta aplicación está suspendida
identity-problem-stopped = No puede ingresar a esta aplicación por ahora. Consulte a la institución que la ofrece.
identity-home = Ir al inicio

identity-return-title = No pudimos completar su ingreso
identity-return-failed = El ingreso no terminó, o la página estuvo abierta demasiado tiempo. No se envió ni se perdió nada. Vuelva a intentar.
identity-return-again = Ingresar otra vez

identity-logout-title = Cerró su sesión
identity-logout-text = Si usa un equipo compartido, cierre también la ventana del navegador.
identity-logout-provider = Cerrar también la sesión con la que se identificó

identity-return-form-title = Volviendo a la aplicación
identity-return-form-text = Ya se identificó. Si la aplicación no se abre sola, presione el botón.
identity-return-form-button = Continuar

identity-consent-title = ¿Quiere entregar estos datos?
identity-consent-lead = La aplicación «{ $app }» ({ $institution }) recibirá:
identity-consent-nothing = Ningún dato suyo: solo un código que sirve para reconocer que vuelve a ingresar.
identity-consent-name = Nombre
identity-consent-run = RUN
identity-consent-email = Correo
identity-consent-offline = Podrá volver a pedirlos durante 90 días, aunque usted haya cerrado su sesión.
identity-consent-yes = Entregar y continuar
identity-consent-no = No entregar
identity-consent-later = Puede quitar este permiso cuando quiera, en «Mis aplicaciones».

identity-leave-title = ¿Quiere cerrar su sesión?
identity-leave-app = La aplicación «{ $app }» pide cerrar su sesión. También se cerrará para las demás aplicaciones.
identity-leave-text = Se cerrará su sesión para todas las aplicaciones de este navegador.
identity-leave-yes = Cerrar sesión
identity-leave-no = Seguir conectado
identity-leave-problem = La página desde la que llegó pidió cerrar la sesión de una forma que no reconocemos. Su sesión sigue abierta.

identity-security-title = Mi seguridad
identity-security-lead = Elija con qué comprueba que es usted, y revise dónde está abierta su sesión.
identity-security-codes = Código al ingresar
identity-security-none = Hoy ingresa solo con su clave. Agregue algo más, y nadie podrá entrar aunque la conozca.
identity-security-codes-what = Una aplicación de su teléfono muestra un código distinto cada medio minuto, que se pide después de la clave.
identity-security-password = Su clave
identity-security-password-wrong = La clave no es correcta.
identity-security-add = Agregar una aplicación de códigos
identity-security-since = Activo desde
identity-security-remove = Quitar la aplicación de códigos
identity-security-paper-heading = Códigos en papel
identity-security-left = { $n ->
    [0] No le quedan códigos. Haga nuevos, por si pierde su teléfono.
    [one] Le queda un código. Haga nuevos antes de que se acabe.
   *[other] Le quedan { $n } códigos sin usar.
 }
identity-security-paper-new = Hacer códigos nuevos
identity-security-prove = Compruebe primero que es usted. Las demás sesiones abiertas se cerrarán.
identity-security-last = Después de esto ingresará solo con su clave. Algunas aplicaciones no lo dejarán entrar.
identity-security-next = Continuar
identity-security-sessions = Sesiones abiertas
identity-security-no-sessions = No hay sesiones abiertas.
identity-security-began = Desde
identity-security-seen = Último uso
identity-security-act = Cerrar
identity-security-unknown = Navegador no reconocido
identity-security-this = Esta
identity-security-end = Cerrar esta sesión
identity-security-end-all = Cerrar todas las sesiones
identity-security-add-title = Agregue su aplicación de códigos
identity-security-step-app = Abra en su teléfono una aplicación de códigos (por ejemplo, la que ya usa para su banco o su correo).
identity-security-step-scan = Escanee la imagen, o escriba la clave que está debajo de ella.
identity-security-step-code = Escriba aquí los seis números que muestra la aplicación.
identity-security-picture = Imagen para escanear con la aplicación de códigos. Si no puede, escriba la clave que sigue.
identity-security-key = Clave para escribir:
identity-security-code = Código de seis números
identity-security-code-wrong = El código no es correcto. Revise que la hora de su teléfono esté al día.
identity-security-confirm = Activar
identity-security-paper-title = Guarde estos códigos en papel
identity-security-paper = Anótelos o imprímalos ahora: no los volveremos a mostrar. Cada uno sirve una vez, si pierde su teléfono.
identity-security-kept = Ya los guardé

identity-key-heading = Llaves de acceso
identity-key-what = Con una llave de acceso ingresa con su huella, su cara o el código de su teléfono, sin escribir su RUN ni su clave. No sirve en páginas falsas.
identity-key-add = Agregar una llave de acceso
identity-key-title = Agregue una llave de acceso
identity-key-name = Nombre
identity-key-name-hint = Para reconocerla después. Por ejemplo: Mi teléfono
identity-key-make = Crear la llave
identity-key-noscript = Para crear una llave de acceso, su navegador debe permitir JavaScript en esta página.
identity-key-refused = No pudimos comprobar la llave que creó su equipo. No se guardó nada.
identity-key-again = Intentar otra vez
identity-key-never = Sin usar
identity-key-remove = Quitar
identity-key-remove-title = Quitar una llave de acceso
identity-key-use = Ingresar con una llave de acceso
identity-key-prove = Comprobar con una llave de acceso
identity-key-failed = No se pudo usar la llave de acceso. Intente otra vez, o siga de otra forma.
identity-key-known = Este equipo ya tiene una llave de acceso suya.

identity-dispute-link = No fui yo
identity-dispute-title = ¿No fue usted?
identity-dispute-what = Bloquearemos su cuenta y cerraremos todas las sesiones y los permisos de aplicaciones, también los suyos.
identity-dispute-warning = Para volver a ingresar tendrá que acercarse con su cédula de identidad a una oficina de su municipalidad.
identity-dispute-yes = No fui yo: bloquear mi cuenta
identity-dispute-no = Sí fui yo
identity-dispute-done = Bloqueamos su cuenta
identity-dispute-done-text = Nadie puede usarla, ni siquiera quien conozca su clave.
identity-dispute-next = Acérquese con su cédula de identidad a una oficina de su municipalidad: allí comprobarán quién es y la abrirán de nuevo.

identity-apps-title = Mis aplicaciones
identity-apps-lead = Estas aplicaciones reciben datos suyos cuando ingresa. Si quita el permiso, dejan de recibirlos de inmediato.
identity-apps-caption = Aplicaciones con permiso
identity-apps-data = Recibe
identity-apps-since = Desde
identity-apps-act = Permiso
identity-apps-remove = Quitar permiso a { $app }
identity-apps-empty = Ninguna aplicación tiene permiso.

identity-device-title = Vincular un equipo
identity-device-lead = Si un equipo o programa sin navegador le muestra un código, escríbalo aquí.
identity-device-code = Código
identity-device-code-hint = Son ocho letras. Por ejemplo: BCDF-GHJK
identity-device-code-error = Ese código no existe o ya venció. Revíselo en el equipo, o pida ahí uno nuevo.
identity-device-wait = Escribió muchos códigos seguidos. Espere unos minutos e intente de nuevo.
identity-device-next = Continuar
identity-device-confirm = ¿Reconoce este equipo?
identity-device-compare = El equipo debe mostrar en este momento el código { $code }.
identity-device-app = Aplicación
identity-device-institution = Institución
identity-device-place = Pedido desde
identity-device-since = Desde cuándo
identity-device-data = Recibirá
identity-device-warning = Si otra persona le mandó este código o este enlace, no lo apruebe: podría ingresar a nombre suyo.
identity-device-yes = Sí, vincular
identity-device-no = No lo reconozco
identity-device-done = Equipo vinculado
identity-device-done-text = Vuelva al equipo: en unos segundos podrá seguir ahí.
identity-device-refused = Equipo rechazado
identity-device-refused-text = No se entregó nada. El código ya no sirve.

identity-history-title = Mis ingresos
identity-history-lead = Aquí está cada vez que alguien usó su identidad, o intentó usarla.
identity-history-crumb = Mi carpeta
identity-history-caption = Usos de su identidad, del más reciente al más antiguo
identity-history-when = Fecha
identity-history-what = Qué pasó
identity-history-app = Aplicación
identity-history-device = Equipo
identity-history-empty = Todavía no hay ingresos.
identity-history-doubt = ¿No reconoce alguno? Elija «No fui yo» junto a él: bloquearemos su cuenta.
identity-history-export = Descargar como planilla
identity-event-ingreso = Ingreso
identity-event-reutilizacion = Ingreso sin volver a pedir la clave
identity-event-salida = Cierre de sesión
identity-event-dispositivo-nuevo = Primer ingreso desde este equipo
identity-event-datos-entregados = Entrega de datos
identity-event-token-reutilizado = Se anuló un acceso que se usó dos veces
identity-event-dispositivo-autorizado = Autorizó un equipo sin navegador
identity-event-permiso-retirado = Quitó el permiso de una aplicación
identity-event-cuenta-creada = Se creó su cuenta
identity-event-segundo-factor = Código de ingreso
identity-event-factor-agregado = Agregó una forma de comprobar que es usted
identity-event-factor-quitado = Quitó una forma de comprobar que es usted
identity-event-sesion-cerrada = Cerró sesiones abiertas
identity-event-no-fui-yo = Avisó que no fue usted: la cuenta quedó bloqueada
identity-event-cuenta-suspendida = Su cuenta fue suspendida
identity-event-cuenta-reactivada = Su cuenta volvió a estar disponible
identity-event-cuenta-cerrada = Su cuenta fue cerrada
identity-factor-clave = Clave
identity-factor-codigo = Código
identity-factor-llave = Llave de acceso
identity-outcome-failed = Rechazado
identity-outcome-blocked = Bloqueado
