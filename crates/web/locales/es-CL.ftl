### Shell
web-skip = Saltar al contenido principal
web-tools = Opciones de lectura
web-size-smaller = Achicar la letra
web-size-normal = Tamaño normal de la letra
web-size-larger = Agrandar la letra
web-contrast-on = Alto contraste
web-contrast-off = Quitar alto contraste
web-search = Buscar
web-search-label = Buscar un trámite
web-log-in = Ingresar
web-log-out = Cerrar sesión
web-account = Su cuenta
web-acting-as = Actúa como { $post }
web-change-hat = Cambiar de cargo
web-navigation = Principal
web-breadcrumb = Ruta de navegación
web-home = Inicio
web-back = Volver
web-notice = Aviso
web-continue = Continuar
web-change = Cambiar
web-error-prefix = Error:{" "}
web-footer = Información del sitio
web-footer-log = Bitácora pública, { $n } entradas:
web-session-warning = Su sesión se cerrará en 2 minutos
web-session-warning-text = Lo que escribió no se perderá: si la sesión se cierra, ingrese de nuevo y el formulario volverá con sus datos.
web-session-stay = Seguir conectado
web-session-closed = Su sesión se cerró
web-rescued-title = Recuperamos lo que escribió. Revíselo y envíelo
web-rescued-text = Su sesión se había cerrado antes de enviar este formulario. Por seguridad, las claves y los archivos no se guardan: vuelva a elegirlos si los hay.

### Opinion
web-feedback = ¿Esta página le sirvió?
web-feedback-yes = Sí
web-feedback-no = No
web-feedback-more = Contar qué mejorar
web-feedback-comment = ¿Qué podemos mejorar?
web-feedback-comment-hint = No escriba datos personales, como su RUN o su teléfono.
web-feedback-send = Enviar
web-feedback-thanks = Gracias por su opinión
web-feedback-used = La usaremos para mejorar esta página.
web-feedback-back = Volver a la página anterior

### Hat
web-hat-title = Elija cómo quiere actuar
web-hat-legend = Cargo
web-hat-none = Ninguno, actúo por mí
web-hat-none-hint = Para sus propios trámites

### Components
web-summary = { $n ->
    [one] Hay un problema
   *[other] Hay { $n } problemas
 }
web-optional = (opcional)
web-chars-left = { $n ->
    [one] Le queda un carácter
   *[other] Le quedan { $n } caracteres
 }
web-chars-limit = Puede escribir hasta { $max } caracteres
web-chars-over = Se pasó por { $n } caracteres
web-select-first = Seleccione una opción
web-run-hint = Por ejemplo: 12.345.678-5
web-date-hint = Por ejemplo: 27 3 2026
web-date-day = Día
web-date-month = Mes
web-date-year = Año
web-file-hint = Elija un archivo ({ $kinds }, hasta { $max })
web-file-hint-any = Hasta { $max }
web-file-again = Si había elegido un archivo, vuelva a elegirlo
web-file-hash = Huella SHA-256 del archivo elegido:
web-file-too-large = El archivo pesa más de lo permitido. Elija uno más liviano.
web-yes = Sí
web-no = No
web-task-done = Completado
web-task-todo = Por hacer
web-task-blocked = No puede comenzar aún
web-warning = Atención
web-important = Importante
web-success = Listo
web-pages = Páginas
web-previous = Anterior
web-next = Siguiente
web-as-table = Ver como tabla
web-copy = Copiar
web-copied = Copiado
web-integrity = Comprobante de integridad
web-verification-code = Código de verificación
web-verification-hash = Huella SHA-256
web-verification-where = Verifíquelo en

### Forms
web-form-missing = Complete este campo
web-form-too-short = Escriba al menos { $n } caracteres
web-form-too-long = Escriba a lo más { $max } caracteres; se pasó por { $n }
web-form-run-missing = Ingrese un RUN, por ejemplo 12.345.678-5
web-form-run-digit = El RUN no es válido: revise el dígito verificador
web-form-email = Ingrese su correo, por ejemplo nombre@ejemplo.cl
web-form-money = Ingrese un monto en pesos, por ejemplo 45.230
web-form-money-max = Ingrese un monto de hasta { $max }
web-form-integer = Ingrese un número entre { $min } y { $max }
web-form-date = Ingrese una fecha, por ejemplo 27-03-2026
web-form-date-wrong = La fecha no existe: revise el día, el mes y el año
web-form-choice = Seleccione una opción
web-form-declaration = Marque la casilla para continuar
web-form-file = Elija un archivo
web-form-file-empty = El archivo está vacío. Elija otro
web-form-file-kind = Elija un archivo de tipo { $kinds }. El que eligió no lo es, aunque su nombre lo diga
web-form-unreadable = No pudimos leer el formulario. Vuelva a la página anterior e intente de nuevo.
web-form-incomplete = El envío llegó incompleto. Revise su conexión e intente de nuevo.
web-form-characters = Hay caracteres que no podemos leer. Escriba el texto de nuevo, sin pegarlo.
web-form-too-large = Lo que envió pesa demasiado. Lo máximo es { $max }.
web-form-too-many-fields = El formulario trae demasiados campos. Vuelva a cargar la página e intente de nuevo.
web-form-too-many-files = Envió demasiados archivos. Envíe hasta 10 por vez.
web-json-invalid = El cuerpo no es un JSON con la forma esperada.

### Error pages
web-error-401 = Ingrese para continuar
web-error-401-detail = Para ver esta página debe ingresar con su cuenta. Después volverá aquí.
web-error-403 = No tiene permiso para ver esta página
web-error-403-detail = Su cuenta o su cargo no permiten ver esta página. Si cree que corresponde, pida el permiso a quien administra los cargos de su institución.
web-error-403-hat = Cambiar de cargo
web-error-csrf-detail = No pudimos comprobar que el envío viene de esta página. Vuelva a la página anterior, cárguela de nuevo y envíe el formulario otra vez.
web-error-404 = No encontramos esta página
web-error-404-detail = La página no existe, cambió de dirección o no es suya.
web-error-404-next = Si escribió la dirección, revísela. Si la copió, revise que esté completa. También puede usar el buscador.
web-error-405 = Esta dirección no se usa así
web-error-405-detail = Llegó aquí de una forma que esta página no admite. Comience desde el inicio del trámite.
web-error-409 = Alguien cambió esto antes que usted
web-error-409-next = Vuelva a la página anterior y cárguela de nuevo para ver los datos actuales.
web-error-410 = Esto ya no está disponible
web-error-413 = Lo que envió pesa demasiado
web-error-413-detail = Envíe archivos más livianos o menos archivos por vez.
web-error-415 = No admitimos ese tipo de archivo
web-error-415-detail = Envíe el formulario desde la página del trámite.
web-error-422 = No pudimos procesar lo que envió
web-error-422-detail = Vuelva a la página anterior, revise los datos e intente de nuevo.
web-error-429 = Demasiadas consultas
web-error-429-detail = { $n ->
    [one] Demasiadas consultas. Intente de nuevo en un segundo.
   *[other] Demasiadas consultas. Intente de nuevo en { $n } segundos.
 }
web-error-500 = Tenemos un problema
web-error-500-detail = Ocurrió un error nuestro. Intente de nuevo en unos minutos.
web-error-500-next = Nada se envió, salvo que haya visto un comprobante.
web-error-503 = El servicio no está disponible
web-error-503-detail = Una parte del servicio no responde. Intente de nuevo en unos minutos.
web-error-trace = Si necesita ayuda, indique este código: { $trace }
web-error-home = Ir al inicio
web-error-folder = Ir a mi carpeta
