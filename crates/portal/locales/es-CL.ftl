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
