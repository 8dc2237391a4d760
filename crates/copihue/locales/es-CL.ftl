### The demo's own page
copihue-demo-title = Para probar la demostración
copihue-demo-lead = Esta página existe solo en la demostración: reúne lo que en la realidad llega al teléfono o al correo de cada persona.
copihue-demo-codes = Códigos de firma de los funcionarios
copihue-demo-codes-hint = Cambian cada 30 segundos y sirven una sola vez. En la realidad los muestra la aplicación del teléfono de cada funcionario.
copihue-demo-official = Funcionario
copihue-demo-run = RUN
copihue-demo-code = Código
copihue-demo-mail = Correos que salieron
copihue-demo-mail-hint = Los avisos por correo electrónico no salen de este equipo: quedan aquí.
copihue-demo-holders = Organismos que responden consultas
copihue-demo-holders-hint = Haga que uno falle y vea qué pasa con un trámite: espera, lo dice, reintenta, y un funcionario puede seguir.
copihue-demo-mode = Cómo responde
copihue-demo-mode-normal = Normal
copihue-demo-mode-caido = Caído
copihue-demo-mode-lento = Lento
copihue-demo-mode-sin_sentido = Responde sin sentido
copihue-demo-mode-save = Guardar { $name }
