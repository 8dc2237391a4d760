### Home
portal-home-title = Trámites del Estado, en un solo lugar
portal-home-lead = Busque lo que necesita, ingrese una vez y haga su trámite. Los datos que el Estado ya tiene no se los pedimos.
portal-home-search = ¿Qué necesita hacer?
portal-home-search-hint = Escríbalo con sus palabras, por ejemplo: patente auto
portal-home-topics = Trámites por tema
portal-home-institutions = Trámites por institución
portal-home-other = Además
portal-home-verify = Verificar un documento
portal-home-verify-hint = Compruebe si un documento es auténtico y si sigue vigente, con su código o con el archivo.
portal-home-registers = Mirar los registros públicos
portal-home-registers-hint = Comunas, instituciones, feriados y trámites: búsquelos, bájelos y compruebe que nadie los cambió.
portal-home-mine = Ver mis trámites
portal-home-mine-hint = Lo que empezó, en qué está, quién está a cargo y sus notificaciones.
portal-count = { $n ->
    [one] 1 trámite
   *[other] { $n } trámites
 }

### Catalogue
portal-catalogue-title = Trámites
portal-catalogue-search = Buscar un trámite
portal-catalogue-topic = Tema: { $topic }
portal-catalogue-institution = Institución: { $name }
portal-catalogue-all = Ver todos los trámites
portal-results = { $n ->
    [one] Encontramos 1 trámite para «{ $q }»
   *[other] Encontramos { $n } trámites para «{ $q }»
 }
portal-results-none = No encontramos resultados para «{ $q }»
portal-results-none-hint = Pruebe con otras palabras, revise la ortografía o mire todos los trámites. Si no lo encuentra, pregunte en la oficina de su municipalidad.

### One procedure
portal-procedure-start = Comenzar
portal-procedure-what = De qué se trata
portal-procedure-who = Quién puede hacerlo
portal-procedure-needs = Qué necesita
portal-procedure-cost = Cuánto cuesta
portal-procedure-free = No tiene costo.
portal-procedure-time = Cuánto demora
portal-procedure-law = Marco legal
portal-procedure-offered = Lo ofrece
portal-procedure-code = Código del procedimiento
portal-procedure-login = Va a necesitar ingresar con su RUN y su clave. Puede guardar y seguir después, en otro equipo.

### Mine
portal-mine-title = Mi carpeta
portal-mine-lead = Todo lo que tiene con el Estado en esta plataforma.
portal-mine-cases = Mis expedientes
portal-mine-cases-hint = Estado, responsable, documentos y plazos de cada trámite
portal-mine-drafts = Mis trámites en curso
portal-mine-drafts-hint = Lo que empezó y todavía no envía, y lo que espera una respuesta suya
portal-mine-notices = Mis notificaciones
portal-mine-notices-hint = { $n ->
    [0] No tiene notificaciones sin leer
    [one] Tiene 1 notificación sin leer
   *[other] Tiene { $n } notificaciones sin leer
 }
portal-mine-payments = Mis pagos
portal-mine-payments-hint = Comprobantes y devoluciones
portal-mine-logins = Mis ingresos
portal-mine-logins-hint = Cuándo y desde dónde se usó su cuenta

### Information
portal-accessibility-title = Accesibilidad
portal-accessibility-1 = Este sitio funciona con teclado, con lector de pantalla, sin JavaScript y en teléfonos pequeños. Buscamos cumplir la norma WCAG 2.2, nivel AA.
portal-accessibility-2 = Arriba de cada página puede agrandar la letra o pedir alto contraste. Su elección se guarda en este equipo.
portal-accessibility-3 = Si algo no le funciona, cuéntenos en «¿Esta página le sirvió?», al final de cada página. También puede hacer su trámite en la oficina de la institución.
portal-privacy-title = Privacidad
portal-privacy-1 = Usamos solo las cookies necesarias para que su sesión funcione y para recordar el tamaño de la letra. No hay publicidad, ni seguimiento, ni contenido de terceros.
portal-privacy-2 = Cada vez que un funcionario abre un documento con datos sensibles suyos, queda registrado quién, cuándo y para qué, y usted puede verlo en su expediente.
portal-privacy-3 = Para su trámite pedimos datos a los organismos que ya los tienen. En su expediente queda qué se pidió, a quién y cuándo.
portal-contact-title = Contacto
portal-contact-1 = Por un trámite en curso, escriba a la unidad responsable que aparece en su expediente, o acérquese a su oficina.
portal-contact-2 = Por un problema de este sitio, use «¿Esta página le sirvió?», al final de cada página.

### What the State did with me
portal-mine-activity-hint = Cada hecho que le concierne y quién miró sus datos, con un comprobante que nadie puede cambiar
portal-activity-title = Lo que el Estado hizo conmigo
portal-activity-lead = Cada hecho que le concierne queda anotado en una bitácora pública que nadie puede borrar ni cambiar. Allí no aparecen su nombre ni sus datos: solo usted ve esta lista.
portal-activity-views = Qué mostrar
portal-activity-all = Todo
portal-activity-readings = Quién miró mis datos
portal-activity-empty = Todavía no hay hechos que le conciernan.
portal-activity-nobody = Ningún funcionario ha mirado sus expedientes.
portal-activity-first = Volver a lo más reciente
portal-activity-case = Expediente
portal-activity-receipt = Ver detalle y comprobante
portal-activity-official = Un funcionario
portal-event-when = Cuándo
portal-event-who = Quién
portal-event-case = Expediente
portal-event-receipt = Comprobante de integridad
portal-event-ready = El comprobante está listo. Guárdelo: sirve aunque este sitio deje de existir.
portal-event-download = Descargar el comprobante
portal-event-verify = Comprobarlo en su propio navegador
portal-event-pending = El comprobante todavía no está listo. Va a estar aquí a más tardar a las { $time }. El hecho ya quedó registrado: no tiene que hacer nada.
portal-event-late = El comprobante se está demorando más de lo normal. El hecho ya quedó registrado y vale igual. Vuelva más tarde.
portal-event-what-is = Qué prueba este comprobante
portal-event-proves = Prueba que este hecho, con estos datos, quedó anotado en la bitácora en ese lugar, y que después no se cambió ni se borró. Cualquiera lo puede comprobar sin internet y sin creernos.
portal-event-proves-not = No prueba que lo que se escribió sea verdad: solo que se escribió, y que desde entonces sigue igual.
portal-event-own-data = El archivo muestra sus datos de este hecho. Compártalo solo con quien quiera que los vea.
portal-yes = Sí
portal-no = No

portal-public-pending-title = El comprobante se está publicando
portal-public-pending = El documento ya está registrado. Su comprobante de integridad estará aquí en unos segundos: esta página se carga sola. Si prefiere, vuelva en un minuto.
portal-public-late = El documento ya está registrado y vale igual. Su comprobante de integridad se está demorando más de lo normal: vuelva más tarde a esta misma página.
portal-public-back = Volver al documento

### Kinds of events
portal-other-kind = Quedó constancia de un hecho
portal-kind-ingreso = Ingresó con su clave
portal-kind-ingreso-rechazado = Alguien intentó ingresar con su RUN y una clave equivocada
portal-kind-ingreso-bloqueado = Detuvimos intentos de ingresar con su RUN
portal-kind-reutilizacion = Entró a otro servicio con su sesión abierta
portal-kind-salida = Cerró su sesión
portal-kind-dispositivo_nuevo = Se usó su cuenta desde un navegador nuevo
portal-kind-datos_entregados = Se entregaron datos suyos a un servicio, con su ingreso
portal-kind-token_reutilizado = Cerramos sesiones suyas porque alguien pudo copiarlas
portal-kind-casefile-opened = Se abrió un expediente suyo
portal-kind-casefile-entry = Se agregó un documento a su expediente
portal-kind-casefile-filing = Recibimos lo que presentó y lo certificamos
portal-kind-casefile-state = Su expediente cambió de estado
portal-kind-casefile-state-en_tramite = Su expediente está en trámite
portal-kind-casefile-state-suspendido = Su expediente quedó suspendido
portal-kind-casefile-state-resuelto = Su expediente quedó resuelto
portal-kind-casefile-state-ejecutoriado = Lo resuelto en su expediente quedó firme
portal-kind-casefile-state-cerrado = Su expediente se cerró
portal-kind-procedure-act = Hubo un paso legal en su trámite
portal-kind-procedure-act-presentar = Presentó su solicitud
portal-kind-procedure-act-iniciar_de_oficio = La institución inició un trámite que le concierne
portal-kind-procedure-act-requerir_subsanacion = Le pidieron completar o corregir su solicitud
portal-kind-procedure-act-subsanar = Completó su solicitud
portal-kind-procedure-act-admitir = Su solicitud fue admitida a tramitación
portal-kind-procedure-act-inadmitir = Su solicitud fue declarada inadmisible
portal-kind-procedure-act-derivar = Su solicitud se derivó al órgano competente
portal-kind-procedure-act-instruir = Comenzó la revisión de su solicitud
portal-kind-procedure-act-certificar = Su trámite quedó listo para resolver
portal-kind-procedure-act-resolver = Su trámite fue resuelto
portal-kind-procedure-act-tramitar_totalmente = La resolución de su trámite quedó totalmente tramitada
portal-kind-procedure-act-notificar = Se le notificó lo resuelto
portal-kind-procedure-act-recurrir = Se presentó un recurso en su trámite
portal-kind-procedure-act-resolver_recurso = Se resolvió el recurso de su trámite
portal-kind-procedure-act-vencer_recursos = Venció el plazo para recurrir
portal-kind-procedure-act-ejecutoriar = Lo resuelto en su trámite quedó firme
portal-kind-procedure-act-cerrar = Su trámite se cerró
portal-kind-procedure-act-desistir = Su solicitud se tuvo por desistida
portal-kind-procedure-act-renunciar = Renunció a su solicitud
portal-kind-procedure-act-abandonar = Su trámite se declaró abandonado
portal-kind-procedure-act-imposibilidad = Su trámite terminó por imposibilidad
portal-kind-procedure-act-silencio_positivo = Su solicitud se entiende aceptada por silencio
portal-kind-procedure-act-silencio_negativo = Su solicitud se entiende rechazada por silencio
portal-kind-procedure-claimed = Un funcionario tomó su trámite
portal-kind-procedure-query = Se pidió un dato suyo a otro organismo
portal-kind-payment-started = Comenzó a pagar
portal-kind-signature-issued = Se emitió un documento
portal-kind-signature-made = Una institución firmó o selló un documento
portal-kind-signature-state = Cambió la vigencia de un documento
portal-kind-dispositivo_autorizado = Autorizó un equipo
portal-kind-permiso_retirado = Retiró un permiso que había dado
portal-kind-segundo_factor = Confirmó su ingreso con un segundo factor
portal-kind-factor_agregado = Se agregó una forma de ingresar a su cuenta
portal-kind-factor_quitado = Se quitó una forma de ingresar a su cuenta
portal-kind-sesion_cerrada = Se cerró una sesión suya
portal-kind-no_fui_yo = Avisó que un ingreso no fue suyo
portal-kind-mandato_ofrecido = Se ofreció un poder para actuar por otra persona
portal-kind-mandato_vigente = Comenzó un poder para actuar por otra persona
portal-kind-mandato_terminado = Terminó un poder para actuar por otra persona
portal-kind-contacto_pedido = Se pidió usar otro correo en su cuenta
portal-kind-contacto_cambiado = Cambió el correo de su cuenta
portal-kind-contacto_anulado = Se anuló un cambio de correo de su cuenta
portal-kind-caso_en_revision = La mesa de ayuda tomó su caso
portal-kind-caso_resuelto = La mesa de ayuda cerró su caso
portal-kind-cuenta_creada = Se creó su cuenta
portal-kind-cuenta_suspendida = Se suspendió su cuenta
portal-kind-cuenta_reactivada = Se reactivó su cuenta
portal-kind-cuenta_cerrada = Se cerró su cuenta
portal-kind-cuenta_consultada = Un funcionario leyó su cuenta
portal-kind-access-identity = Un funcionario leyó su cuenta y su historial de ingresos
portal-kind-access-read = Un funcionario miró su expediente
portal-kind-access-read-ver_indice = Un funcionario miró el índice de su expediente
portal-kind-access-read-descargar = Un funcionario abrió un documento de su expediente
portal-kind-access-read-exportar = Un funcionario descargó su expediente completo
portal-kind-access-sensitive = Alguien con permiso abrió un documento sensible de su expediente
portal-kind-access-denied = Un funcionario quiso ver algo de su expediente y no se le permitió
portal-kind-notice-sent = Se le envió una notificación
portal-kind-notice-read = Abrió una notificación
portal-kind-domicile-set = Se fijó su domicilio para notificaciones
portal-kind-payment-succeeded = Pagó, y el pago quedó registrado
portal-kind-payment-refund_submitted = Se pidió devolverle un pago
portal-kind-payment-refunded = Se le devolvió un pago
portal-kind-payment-refund_refused = La devolución de un pago fue rechazada: la tesorería debe resolverlo

### Fields of events
portal-field-action = Qué se hizo
portal-field-case = Expediente
portal-field-certificate_sha256 = Huella del certificado sellado
portal-field-digest = Huella de lo firmado
portal-field-fecha = Cuándo
portal-field-holder = A quién se pidió
portal-field-institucion = Institución
portal-field-institution = Institución
portal-field-official = Funcionario (número en el directorio)
portal-field-outcome = Cómo terminó
portal-field-record = Identificador del hecho
portal-field-representacion = En representación de
portal-field-resultado = Cómo terminó
portal-field-rule = Regla de acceso que se aplicó
portal-field-serial = Número del certificado
portal-field-service = Dato pedido
portal-field-sha256 = Huella del documento
portal-field-status = Respuesta
portal-field-ts = Cuándo se anotó
portal-field-unit = Unidad
portal-field-aplicacion = Servicio
portal-field-nivel = Nivel de seguridad
portal-field-datos_entregados = Datos entregados
portal-field-head = Huella del índice del expediente
portal-field-n = Número en el expediente
portal-field-document = Documento
portal-field-received = Recibido
portal-field-state = Estado
portal-field-definition = Versión del trámite (huella)
portal-field-event = Paso
portal-field-at = Momento exacto
portal-field-times = Veces
portal-field-reason = Motivo
portal-field-content_sha256 = Huella del texto
portal-field-result = Resultado del envío
portal-field-made_on = Se entiende hecha el
portal-field-kind = Tipo
portal-field-amount = Monto
portal-field-provider = Medio de pago
portal-field-buy_order = Orden de compra
portal-field-receipt = Comprobante de pago

### Checking a receipt in the browser
portal-verify-title = Comprobar un comprobante de integridad
portal-verify-lead = La comprobación se hace en su propio equipo. El archivo no se envía a ninguna parte y no tiene que creernos.
portal-verify-crumb = Verificar un documento
portal-verify-files = Comprobantes
portal-verify-files-hint = Archivos que terminan en .tlog-proof. Puede elegir varios.
portal-verify-check = Comprobar
portal-verify-choose = Elija al menos un archivo.
portal-verify-trust = A quién le cree usted
portal-verify-trust-why = Estas son las llaves de las bitácoras y de los testigos que se aceptan. Vienen de este sitio: si no quiere creerle, cámbielas por las que consiguió por otro camino, por ejemplo de un testigo.
portal-verify-policy = Política de confianza
portal-verify-bad-policy = La política de confianza no se puede leer. Revise la línea indicada, o recargue la página para volver a la que trae el sitio.
portal-verify-noscript = Esta página necesita JavaScript para comprobar en su equipo. Sin JavaScript, use el programa, que tampoco necesita internet:
portal-verify-unable = Su navegador no sabe comprobar firmas Ed25519, o abrió la página sin conexión segura. Actualice el navegador, o use el programa:
portal-verify-offline = Sin internet
portal-verify-offline-why = La página completa cabe en un solo archivo. Guárdelo junto a sus comprobantes: funciona sin internet y aunque este sitio deje de existir.
portal-verify-offline-download = Descargar la página en un archivo
portal-verify-case = Un expediente completo o un PDF
portal-verify-case-how = El programa también comprueba expedientes exportados y documentos firmados:
portal-verify-case-files = Los dos archivos dicen a quién le cree usted. Este sitio los da, pero si no quiere creerle, consígalos por otro camino:
portal-verify-case-policy = las llaves de las bitácoras y de los testigos.
portal-verify-case-authority = el certificado de la autoridad que emite los sellos de las instituciones.
portal-verify-valid = El comprobante es válido
portal-verify-invalid = El comprobante no es válido
portal-verify-unverifiable = No se puede comprobar
portal-verify-what = Qué dice
portal-verify-where = Dónde está anotado
portal-verify-log = Bitácora
portal-verify-place = Lugar, de cuántas entradas
portal-verify-witnesses = Testigos que la respaldan
portal-verify-no-witnesses = Ninguno
portal-verify-seen = Un testigo la vio (hora universal)
portal-verify-only-keeper = Ningún testigo independiente la respalda: solo la firma quien opera la bitácora. Para creerla hay que confiar en que no muestra otra distinta a otras personas.
