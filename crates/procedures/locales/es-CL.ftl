### Comenzar
procedures-begin = Comenzar
procedures-which-institution = ¿En qué institución quiere hacerlo?
procedures-offered-by = Lo hará en { $name }.
procedures-draft-promise = Puede guardar y volver cuando quiera, desde cualquier equipo. Mientras no lo presente, no corre ningún plazo.

### Mis trámites
procedures-mine = Mis trámites
procedures-procedure = Trámite
procedures-institution = Institución
procedures-status = Estado
procedures-number = Número
procedures-updated = Última actividad
procedures-none = Todavía no ha comenzado ningún trámite.
procedures-find = Buscar un trámite
procedures-draft = Borrador
procedures-saved = Lo que escribió está guardado
procedures-saved-text = Puede seguir cuando quiera. Un borrador no inicia ningún plazo, y se guarda 30 días desde la última vez que usted escribió en él.
procedures-draft-ends-subject = Su borrador de «{ $procedure }» se borrará el { $day }
procedures-draft-ends-body =
    Usted comenzó «{ $procedure }» y no lo ha presentado. Los borradores se guardan 30 días desde la última vez que se escribe en ellos.

    Si no hace nada, el suyo se borrará el { $day }. Para conservarlo, entre y siga donde quedó:
    { $link }

### Pasos
procedures-continue = Continuar
procedures-save-leave = Guardar y salir
procedures-send = Presentar
procedures-check = Revise sus respuestas
procedures-check-text = Al continuar, usted presenta su solicitud con estos datos y recibe un comprobante.
procedures-declaration = Declaración
procedures-choose = Elija una opción
procedures-file-kept = Archivo guardado: { $name }. Elija otro solo si quiere cambiarlo.
procedures-remove = Quitar ({ $n })
procedures-source = Fuente: { $source }. Consultado el { $at }.

### Espera
procedures-asking = Estamos consultando sus antecedentes.
procedures-holder-silent = Aún no nos responde:
procedures-holder-retry = Seguimos consultando por usted. Puede cerrar esta página y volver después desde «Mis trámites»: lo que escribió está guardado.
procedures-go-on-text = Si no quiere esperar, puede seguir sin ese dato. Un funcionario lo revisará.
procedures-go-on = Seguir sin ese dato
procedures-refresh = Actualizar esta página
procedures-given-up = Consultamos durante un día entero y no nos respondió:
procedures-given-up-text = Dejamos de consultar solos. Lo que escribió está guardado. Puede pedir que consultemos de nuevo.
procedures-ask-anew = Consultar de nuevo
procedures-silence-subject = Novedades de su trámite «{ $procedure }»
procedures-silence-goes-on =
    Consultamos durante un día entero y no nos respondió: { $holders }.

    Su trámite sigue sin ese dato: un funcionario lo revisará. Entre para ver cómo sigue:
    { $link }
procedures-silence-blocked =
    Consultamos durante un día entero y no nos respondió: { $holders }.

    Sin ese dato no podemos seguir. Lo que escribió está guardado. Entre para pedir que consultemos de nuevo:
    { $link }

### Pago
procedures-payment-pending = Falta que usted pague.
procedures-payment-failed = El pago no se completó y no se le cobró. Puede intentarlo de nuevo.
procedures-payment-refunded = No pudimos entregar lo que pagó, así que le devolvimos el dinero. Puede intentarlo de nuevo.
procedures-payment-amount = Monto: { $amount }.
procedures-go-pay = Ir a pagar
procedures-receipt-title = Comprobante de pago { $folio }
procedures-refund-subject = Le devolvemos su pago de { $amount }
procedures-refund-not-given = No pudimos entregarle lo que pagó dentro del plazo.
procedures-refund-already-paid = Lo mismo ya estaba pagado cuando recibimos su pago.
procedures-refund-body =
    Usted pagó { $amount } por «{ $what }». { $why }

    Ya pedimos que se le devuelva todo, por el mismo medio con que pagó. En «Mis pagos» puede ver cuándo el banco confirma la devolución.

    No tiene que hacer nada para recibir su dinero. Si todavía necesita el trámite, puede intentarlo de nuevo en «Mis trámites».
procedures-status-refunded = Le devolvemos su pago. Puede intentarlo de nuevo
procedures-trace-refunded = Se devuelve el pago a la persona

### Resultado
procedures-done-text = Guarde este número: { $iuie }. Sus documentos y su expediente quedan disponibles aquí.
procedures-filed-text = Su solicitud tiene el número { $iuie }. Le avisaremos por correo electrónico y en «Mis notificaciones» cuando haya novedades. El certificado de lo que presentó está en su expediente.
procedures-documents = Documentos
procedures-download = Descargar
procedures-code = Código de verificación: { $code }
procedures-see-file = Ver el expediente { $iuie }

### Plazos
procedures-deadlines = Plazos
procedures-deadline = Plazo
procedures-deadline-who = Quién debe actuar
procedures-deadline-due = Vence
procedures-no-deadlines = No hay plazos corriendo.
procedures-who-person = Usted
procedures-who-applicant = La persona
procedures-who-institution = La institución
procedures-met = Cumplido
procedures-late = Vencido
procedures-due-today = Vence hoy
procedures-due-in = { $n ->
    [one] Queda 1 día
   *[other] Quedan { $n } días
}
procedures-no-due = Sin plazo propio

### Corrección
procedures-must-complete = Lo que debe completar
procedures-complete = Completar la solicitud
procedures-send-correction = Enviar

### Escritorio
procedures-desk = Casos por resolver
procedures-desk-lead = En el orden en que ingresaron (artículo 7 de la Ley N° 19.880).
procedures-queue = Casos
procedures-queue-empty = No hay casos con estos filtros.
procedures-filters = Filtros
procedures-all = Todos
procedures-view-free = Sin asignar
procedures-view-mine = Míos
procedures-view-late = Vencidos
procedures-view-waiting = Esperando a la persona
procedures-task = Tarea
procedures-person = Solicitante
procedures-run = RUN
procedures-arrived = Ingresó
procedures-holder = Responsable
procedures-free = Sin asignar
procedures-waiting-person = Esperando a la persona

### Caso
procedures-case-title = Caso { $iuie }
procedures-reasons = Por qué lo debe revisar un funcionario
procedures-claim = Tomar el caso
procedures-order-reason = ¿Por qué toma este caso antes que uno que ingresó primero?
procedures-held-by = Este caso lo tiene { $name }.
procedures-waiting-until = La persona debe completar su solicitud hasta el { $date }.
procedures-file = Documentos del expediente
procedures-file-n = N°
procedures-file-title = Documento
procedures-file-system = La plataforma, de manera automática
procedures-file-author = Autor
procedures-file-empty = El expediente todavía no tiene documentos.
procedures-file-receipt = Comprobante de integridad
procedures-file-opening = Comprobante de integridad de la apertura
procedures-file-restricted = Documento con acceso restringido
procedures-file-export = Descargar el expediente completo
procedures-file-export-hint = Un archivo ZIP con lo que usted puede leer, el índice sellado y los comprobantes. La descarga queda anotada, y las personas interesadas la ven.
procedures-oversees = Usted puede ver qué documentos tiene este expediente. Para leerlos hace falta tramitarlo.
procedures-history = Historia del caso
procedures-acts = Cada paso, con su comprobante
procedures-acts-why = Cada comprobante prueba que el paso quedó anotado en una bitácora pública, y que nadie lo cambió.
procedures-otp = Código de un solo uso
procedures-otp-hint = Los 6 números de su aplicación. Solo se pide para las opciones que firman.
procedures-finish-task = Terminar la tarea
procedures-ask-correction = Pedir que complete la solicitud
procedures-ask-correction-text = La persona tendrá cinco días hábiles, y se le advertirá que, si no responde, se le tendrá por desistida (artículo 31 de la Ley N° 19.880).
procedures-missing = Qué falta o qué debe corregir
procedures-send-request = Enviar la petición
procedures-ask-again = Volver a consultar a quienes no respondieron
procedures-ask-again-text = Estas fuentes no respondieron cuando la persona presentó su solicitud:
procedures-withdraw = Declarar el desistimiento
procedures-withdraw-text = El plazo para completar la solicitud venció sin respuesta. Puede declarar el desistimiento por resolución fundada (artículo 31 de la Ley N° 19.880).
procedures-withdraw-facts = Hechos

### Panel del expediente
procedures-where = En qué está
procedures-your-turn = Es su turno: continuar

### Lo que hay que corregir
procedures-fault-yes-no = Elija Sí o No.
procedures-fault-not-typed = Este dato no se puede escribir así.
procedures-fault-not-in-list = Elija una de las opciones de la lista.
procedures-fault-integer = Escriba un número entero, por ejemplo 45.230.
procedures-fault-below = El número debe ser { $n } o más.
procedures-fault-above = El número debe ser { $n } o menos.
procedures-fault-short = Escriba al menos { $n } caracteres.
procedures-fault-long = Escriba { $max } caracteres o menos: ahora tiene { $now }.
procedures-fault-pattern = No tiene la forma que se espera. Revise el ejemplo y escríbalo de nuevo.
procedures-fault-email = Escriba su correo completo, por ejemplo nombre@ejemplo.cl.
procedures-fault-date = Escriba una fecha que exista, por ejemplo 31-03-2026.
procedures-fault-phone = Escriba un teléfono de nueve dígitos, por ejemplo 9 8765 4321.
procedures-fault-decimal = Escriba un número, por ejemplo 1.234,5.
procedures-fault-commune = Elija una comuna de la lista.
procedures-fault-uri = Escriba una dirección que comience con https://.
procedures-fault-too-many = Elija { $n } opciones o menos.
procedures-fault-not-marked = Marque la casilla para continuar.
procedures-fault-no-file = Elija un archivo (PDF, JPG o PNG).
procedures-fault-not-chosen = Elija una opción.
procedures-fault-no-date = Escriba la fecha: { $label }.
procedures-fault-empty = Complete este dato: { $label }.
procedures-file-too-large = El archivo pesa más de 20 MB. Elija uno más liviano.
procedures-file-kind = El archivo no es un PDF, JPG o PNG. Elija otro.
procedures-order-reason-missing = Escriba por qué toma este caso primero (artículo 7 de la Ley N° 19.880).
procedures-missing-short = Escriba qué debe completar o corregir la persona, en al menos 10 caracteres.
procedures-resolution-vistos = Indique las normas que le dan competencia y las que aplica.
procedures-resolution-hechos = Escriba los hechos en que se funda la resolución (artículo 41 de la Ley N° 19.880).
procedures-resolution-fundamentos = Escriba los fundamentos de derecho: qué norma se aplica y por qué (artículos 11 y 41 de la Ley N° 19.880).
procedures-resolution-decision = Escriba qué se resuelve.
procedures-resolution-peticiones = Responda cada cosa que la persona pidió.
procedures-resolution-recursos = Indique los recursos que proceden contra esta resolución, y solo esos.
procedures-resolution-notificacion = Falta el medio por el que se notificará a la persona.
procedures-resolution-lugar = Falta el lugar de la resolución.
procedures-resolution-firmante = Falta quién firma.

### Estado ante la ley
procedures-legal-borrador = Borrador
procedures-legal-ingresado = Ingresado
procedures-legal-en_subsanacion = Esperando que usted complete su solicitud
procedures-legal-admitido = Admitido a tramitación
procedures-legal-en_instruccion = En revisión
procedures-legal-en_estado_de_resolverse = Listo para resolver
procedures-legal-resuelto = Resuelto
procedures-legal-totalmente_tramitado = Totalmente tramitado
procedures-legal-notificado = Notificado
procedures-legal-recurrido = Con recurso pendiente
procedures-legal-resuelto_recurso = Recurso resuelto
procedures-legal-firme = Firme
procedures-legal-ejecutoriado = Cumplido
procedures-legal-cerrado = Cerrado
procedures-legal-inadmisible = Declarado inadmisible
procedures-legal-derivado_incompetencia = Derivado al órgano competente
procedures-legal-desistido = Desistido
procedures-legal-renunciado = Renunciado
procedures-legal-abandonado = Abandonado
procedures-legal-imposibilidad_sobreviniente = Terminado por imposibilidad
procedures-legal-silencio_positivo = Aceptado por silencio
procedures-legal-silencio_negativo = Rechazado por silencio

### Actos, en la historia
procedures-act-presentar = Se presentó la solicitud
procedures-act-iniciar_de_oficio = Se inició de oficio
procedures-act-requerir_subsanacion = Se pidió completar la solicitud
procedures-act-subsanar = Se completó la solicitud
procedures-act-admitir = Se admitió a tramitación
procedures-act-inadmitir = Se declaró inadmisible
procedures-act-derivar = Se derivó al órgano competente
procedures-act-instruir = Comenzó la revisión
procedures-act-certificar = Se certificó que está listo para resolver
procedures-act-resolver = Se resolvió
procedures-act-tramitar_totalmente = Quedó totalmente tramitado
procedures-act-notificar = Se notificó
procedures-act-recurrir = Se presentó un recurso
procedures-act-resolver_recurso = Se resolvió el recurso
procedures-act-vencer_recursos = Venció el plazo para recurrir
procedures-act-ejecutoriar = Quedó firme
procedures-act-cerrar = Se cerró
procedures-act-desistir = Se declaró el desistimiento
procedures-act-renunciar = Se declaró la renuncia
procedures-act-abandonar = Se declaró el abandono
procedures-act-imposibilidad = Terminó por imposibilidad
procedures-act-silencio_positivo = Se aceptó por silencio
procedures-act-silencio_negativo = Se rechazó por silencio

### Historia
procedures-by-person = Persona
procedures-by-official = Funcionario
procedures-by-platform = Plataforma
procedures-step-done = Paso completado: { $title }
procedures-query-answered = Consulta: { $title }
procedures-history-case-started = Comenzó el trámite
procedures-history-case-closed = Expediente terminado
procedures-history-document-issued = Documento emitido
procedures-history-notice = Notificación enviada
procedures-history-payment-asked = Pago solicitado
procedures-history-payment-paid = Pago recibido
procedures-history-payment-ended = Pago no completado
procedures-history-payment-refunded = Pago devuelto
procedures-history-query-answered = Se consultó a otro organismo
procedures-history-casefile-opened = Se abrió el expediente
procedures-history-casefile-filing = Se certificó la presentación
procedures-history-payment-started = Se comenzó a pagar
procedures-history-payment-succeeded = Se recibió el pago
procedures-history-payment-refund_submitted = Se pidió devolver el pago
procedures-history-payment-refund_refused = Se rechazó la devolución del pago
procedures-history-claimed = Un funcionario tomó el caso
procedures-history-correction-asked = Se pidió completar la solicitud
procedures-history-correction-answered = La persona completó la solicitud
procedures-history-decision = Reglas evaluadas
procedures-history-draft-warned = Se avisó que el borrador se borrará
procedures-history-query-given_up = Se dejó de consultar a quien no respondía
procedures-history-query-skipped = La persona siguió sin un dato

### Textos de los actos
procedures-notice-medium = domicilio digital único
procedures-appeal-same = Recurso de reposición, ante la misma autoridad que dictó esta resolución, dentro de { $days } días hábiles desde su notificación (artículo 59 de la Ley N° 19.880).
procedures-appeal-superior = Recurso jerárquico, ante el superior jerárquico, solo o en subsidio del recurso de reposición, dentro de { $days } días hábiles desde su notificación (artículo 59 de la Ley N° 19.880).
procedures-correction-warning = Tiene cinco días hábiles, hasta el { $due } inclusive, para completar su solicitud. Si no lo hace, se le tendrá por desistido de su petición, conforme al artículo 31 de la Ley N° 19.880.
procedures-correction-subject = Debe completar su solicitud
procedures-correction-body =
    { $institution } revisó su solicitud y necesita que la complete:

    { $what }

    { $warning }

    Entre a «Mis trámites» para responder.
procedures-correction-answer = Respuesta a la solicitud de corrección
procedures-withdrawal-title = Resolución que declara el desistimiento
procedures-withdrawal-subject = Se declaró el desistimiento de su solicitud
procedures-withdrawal-body = Venció el plazo para completar su solicitud y no recibimos su respuesta. La resolución adjunta dice los fundamentos y los recursos que usted puede presentar.
procedures-withdrawal-norms = Lo dispuesto en los artículos 31 y 41 de la Ley N° 19.880 y en { $basis }.
procedures-withdrawal-asked = Que se pidió completar la solicitud de «{ $procedure }» hasta el { $due }: { $what } { $facts }
procedures-withdrawal-grounds = Que la persona fue advertida de que se le tendría por desistida si no respondía dentro de plazo (artículo 31 de la Ley N° 19.880), y no respondió.
procedures-withdrawal-decision = Téngase por desistida a la persona de su solicitud. Puede presentarla de nuevo cuando quiera.
procedures-request-title = Solicitud: { $procedure }
procedures-request-head =
    Dirigida a: { $institution }
    Solicitante: { $name }, RUN { $run }
    Fecha: { $date }
    Medio de notificación: { $medium }
    Se pide: { $product }
procedures-answer-head =
    Fuente: { $source }
    Consultado: { $at }
procedures-other-desks = Otras gestiones
procedures-templates = Plantillas de documentos
procedures-templates-lead = El texto de los documentos que emite su institución. Una persona lo escribe y otra lo aprueba.
procedures-templates-none = Su institución no ofrece trámites que emitan documentos.
procedures-template-document = Documento
procedures-template-procedure = Trámite
procedures-template-in-force = Texto vigente
procedures-template-open = En preparación
procedures-template-original = Texto original del trámite
procedures-template-version = Versión { $n }
procedures-template-state-borrador = Borrador
procedures-template-state-propuesta = Por aprobar
procedures-template-state-vigente = Vigente
procedures-template-state-anterior = Anterior
procedures-template-open-now = La versión { $n } está en preparación. La guardó por última vez { $by }.
procedures-template-go-on = Seguir con ella
procedures-template-begin = Cambiar el texto
procedures-template-history = Versiones
procedures-template-version-column = Versión
procedures-template-state = Estado
procedures-template-saved = Escrita por
procedures-template-decided = Decidida por
procedures-template-again = Volver a este texto
procedures-template-from-this = Escribir una versión nueva desde aquí
procedures-template-editor = Borrador
procedures-template-blocks = Partes del documento
procedures-template-head = Encabezado y título
procedures-template-edit-head = Cambiar el encabezado
procedures-template-edit = Cambiar
procedures-template-up = Subir
procedures-template-down = Bajar
procedures-template-remove = Quitar
procedures-template-lacks = Falta la parte «{ $name }»: la ley la exige en este documento.
procedures-template-put = Agregar «{ $name }»
procedures-template-add = Agregar una parte
procedures-template-kind = Qué parte
procedures-template-add-now = Agregar
procedures-template-preview = Vista previa
procedures-template-whole = Texto completo
procedures-template-whole-hint = Todo lo que el documento puede decir, con cuándo aparece. La vista previa muestra un solo caso.
procedures-template-pdf = Abrir la vista previa como PDF
procedures-template-page = Página { $n } de { $of } de la vista previa. El PDF de la vista previa se puede leer en voz alta.
procedures-template-no-preview = Todavía no se puede mostrar el documento.
procedures-template-sample = Cambiar los datos de ejemplo
procedures-template-sample-title = Datos de ejemplo
procedures-template-empty = Datos que faltan en el ejemplo
procedures-template-empty-hint = Marque los que deban faltar, para ver las partes que aparecen sin ellos.
procedures-template-sample-hint = Se usan solo en la vista previa. Lo que quede en blanco se inventa: «[nombre del dato]».
procedures-template-saved-by = Guardado por { $by } el { $at }.
procedures-template-given-back = { $by } devolvió este texto para que lo corrija:
procedures-template-ready = Terminar
procedures-template-ready-hint = El texto está completo. Otra persona debe aprobarlo antes de que se use.
procedures-template-wrong = Antes de enviarlo a aprobación debe corregir lo que se indica en rojo ({ $n }).
procedures-template-send = Enviar a aprobación
procedures-template-undo = Deshacer el último cambio
procedures-template-give-up = Descartar este borrador
procedures-template-give-up-hint = El borrador deja de poder cambiarse. Queda en la lista de versiones y se puede escribir otro desde él.
procedures-template-give-up-now = Descartar el borrador
procedures-template-decide = Aprobar o devolver
procedures-template-decide-hint = Revise la vista previa. Si aprueba, los documentos se emiten con este texto desde ahora.
procedures-template-reason = Motivo
procedures-template-reason-hint = Necesario si lo devuelve: qué hay que corregir.
procedures-template-approve = Aprobar y poner en uso
procedures-template-reject = Devolver para corregir
procedures-template-waits-other = Usted escribió parte de este texto. Otra persona con el rol de redactor debe aprobarlo.
procedures-template-take-back = Retirar y seguir escribiendo
procedures-template-save = Guardar
procedures-template-save-more = Guardar y seguir aquí
procedures-template-save-new = Agregar lo escrito como una parte nueva
procedures-template-replace = Reemplazar lo que hay ahora
procedures-template-now-same = Esta parte no cambió, pero otras sí. Revise lo que escribió y guárdelo de nuevo.
procedures-template-now-other = Esto es lo que hay ahora en este lugar. Lo que usted escribió sigue abajo: puede reemplazarlo o agregarlo como una parte nueva.
procedures-template-now-gone = Esta parte ya no está en el borrador. Lo que usted escribió sigue abajo: puede agregarlo como una parte nueva.
procedures-template-names = Datos que puede usar
procedures-template-names-hint = Escriba el nombre entre llaves donde deba ir el dato:
procedures-template-styles = Para fechas escriba {"{"}nombre:fecha{"}"}, para montos {"{"}nombre:pesos{"}"}, para RUN {"{"}nombre:run{"}"}.
procedures-block-titulo = Título
procedures-block-parrafo = Párrafo
procedures-block-datos = Datos
procedures-block-destacado = Datos destacados
procedures-block-tabla = Tabla
procedures-block-lista = Lista
procedures-block-aviso = Aviso
procedures-block-seccion = Sección numerada
procedures-block-vistos = Vistos
procedures-block-considerando = Considerando
procedures-block-resuelvo = Resuelvo
procedures-block-recursos = Recursos
procedures-block-distribucion = Distribución
procedures-block-firma = Firma
procedures-block-verificacion = Código de verificación
procedures-block-salto = Página nueva
procedures-field-institution = Institución
procedures-field-unit = Unidad
procedures-field-reference = Referencia
procedures-field-reference-hint = Arriba a la derecha: por ejemplo, el número del documento.
procedures-field-title = Título del documento
procedures-field-subtitle = Bajada del título
procedures-field-text = Texto
procedures-field-level = Nivel
procedures-field-look = Cómo se ve
procedures-field-columns = Datos por fila
procedures-field-heading = Título de la parte
procedures-field-notice-title = Título del aviso
procedures-field-name = Nombre de quien firma
procedures-field-post = Cargo
procedures-field-note = Nota bajo la firma
procedures-field-when = Cuándo aparece esta parte
procedures-field-when-line = Cuándo aparece esta línea
procedures-field-when-hint = Sin elegir, aparece siempre.
procedures-field-options = Más opciones
procedures-field-line = Línea { $n }
procedures-field-label = Etiqueta
procedures-field-value = Valor
procedures-field-marker = Numeración
procedures-field-item = Texto
procedures-field-repeats = Una línea por cada elemento de una lista
procedures-field-repeats-hint = Sin elegir, la línea aparece una sola vez.
procedures-field-rows = Lista que da las filas
procedures-field-caption = Título de la tabla
procedures-field-column = Título de la columna
procedures-field-cell = Qué dice cada fila
procedures-field-total = Qué dice la última fila
procedures-field-side = Hacia qué lado
procedures-field-side-hint = Sin elegir, hacia la izquierda.
procedures-field-width = Ancho
procedures-choice-with = Solo si hay «{ $name }»
procedures-choice-without = Solo si no hay «{ $name }»
procedures-choice-each = Por cada «{ $name }»
procedures-choice-lado-left = Izquierda
procedures-choice-lado-right = Derecha, para montos
procedures-choice-nivel-1 = Título
procedures-choice-nivel-2 = Subtítulo
procedures-choice-aspecto-normal = Normal
procedures-choice-aspecto-strong = Negrita
procedures-choice-aspecto-small = Pequeño
procedures-choice-aspecto-right = A la derecha: lugar y fecha
procedures-choice-columnas-1 = Uno
procedures-choice-columnas-2 = Dos
procedures-choice-marcador-bullet = Viñetas
procedures-choice-marcador-number = 1. 2. 3.
procedures-choice-marcador-letter = a) b) c)
procedures-choice-marcador-ordinal = 1° 2° 3°
procedures-choice-marcador-none = Sin numeración
procedures-bulk = Emitir muchos de una vez
procedures-bulk-hint = Cada fila de la tabla es un documento. Se firman con el sello de la institución y quedan en el registro de verificación.
procedures-bulk-columns = La primera fila lleva estos nombres. Los datos de la institución y de quien firma se agregan solos. Escriba las fechas como 31-12-2026, los montos como 45.230 y lo que solo decide si algo aparece como Sí o No.
procedures-bulk-table = Tabla
procedures-bulk-table-hint = Copie las celdas en su planilla de cálculo y péguelas aquí.
procedures-bulk-issue = Emitir los documentos
procedures-bulk-orders = Documentos emitidos en lote
procedures-bulk-none = Todavía no se ha emitido ningún lote.
procedures-bulk-total = Documentos
procedures-bulk-ordered = Pedido por
procedures-bulk-finished = Terminado
procedures-bulk-running = En marcha
procedures-bulk-stopped = Detenido
procedures-bulk-trouble = Con un problema; se intenta de nuevo cada cierto tiempo.
procedures-bulk-stop = Detener el lote
procedures-bulk-retry = Intentar de nuevo lo que falta
procedures-bulk-retry-hint = Los datos de las filas con error se guardan por 30 días para intentarlo de nuevo.
procedures-bulk-forget = Borrar los datos de las filas con error
procedures-bulk-whose = De quién
procedures-bulk-waiting = Faltan
procedures-bulk-issued = Emitidos
procedures-bulk-failed = Con error
procedures-bulk-rows = Resultado de cada fila
procedures-bulk-row = Fila
procedures-bulk-code = Código o error
procedures-bulk-file = Archivo
procedures-bulk-pdf = Descargar PDF
procedures-bulk-rows-none = Todavía no hay filas terminadas.
procedures-bulk-caption = Lote de { $n } documentos
