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
procedures-saved-text = Puede seguir cuando quiera. Un borrador no inicia ningún plazo.

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

    Ya pedimos que se le devuelva todo, por el mismo medio con que pagó. En «Sus pagos» puede ver cuándo el banco confirma la devolución.

    No tiene que hacer nada para recibir su dinero. Si todavía necesita el trámite, puede intentarlo de nuevo en «Mis trámites».
procedures-status-refunded = Le devolvemos su pago. Puede intentarlo de nuevo
procedures-trace-refunded = Se devuelve el pago a la persona

### Resultado
procedures-done = Trámite terminado
procedures-done-text = Guarde el número. Sus documentos y su expediente quedan disponibles aquí.
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
procedures-claim = Tomar el caso
procedures-order-reason = ¿Por qué toma este caso antes que uno que ingresó primero?
procedures-held-by = Este caso lo tiene { $name }.
procedures-waiting-until = La persona debe completar su solicitud hasta el { $date }.
procedures-file = Documentos del expediente
procedures-file-n = N°
procedures-file-title = Documento
procedures-file-author = Autor
procedures-file-empty = Tome el caso para ver sus documentos.
procedures-history = Historia del caso
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
