use std::io::{BufRead, BufReader, Write};
use std::net::TcpListener;
use std::sync::{Arc, Mutex};

use copihue_notifications::*;

use crate::support::{actor, each_engine, each_engine_with, notice};

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn ntf_08_the_aviso_tells_that_a_notice_is_there_and_not_what_it_says() {
    each_engine(async |w| {
        let sent = w.send(notice(1)).await.unwrap();
        w.work().await;
        let mails = w.notifications.kept_mail().await.unwrap();
        assert_eq!((mails.len(), mails[0].state), (1, MailState::Kept));
        let text = &mails[0].mail.text;
        assert!(text.contains(&format!("http://127.0.0.1:8080/mi/avisos/{}", sent.id)));
        assert!(text.contains(&sent.code.to_string()));
        assert!(text.contains("jueves 10 de diciembre de 2026"));
        assert!(!text.contains("circulación"), "the act is not named");
        let events = w.notifications.events(&actor(1), sent.id).await.unwrap();
        assert_eq!(events.last().unwrap().1, "aviso_enviado");
    })
    .await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn ntf_08_a_wrong_address_does_not_stop_the_notice() {
    each_engine(async |w| {
        let mut wrong = notice(1);
        wrong.email = Some("nadie".to_owned());
        let sent = w.send(wrong).await.unwrap();
        assert_eq!(sent.result, LegalResult::Sent);
        assert!(w.notifications.kept_mail().await.unwrap().is_empty());
    })
    .await;
}

/// A server of one connection at a time that says yes to everything and keeps what it is told.
fn server() -> (u16, Arc<Mutex<String>>) {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let port = listener.local_addr().unwrap().port();
    let heard = Arc::new(Mutex::new(String::new()));
    let ears = heard.clone();
    std::thread::spawn(move || {
        for stream in listener.incoming().flatten() {
            let mut out = stream.try_clone().unwrap();
            let _ = out.write_all(b"220 prueba\r\n");
            let mut data = false;
            for line in BufReader::new(stream).lines().map_while(Result::ok) {
                ears.lock().unwrap().push_str(&format!("{line}\n"));
                let answer: &[u8] = match line.as_str() {
                    "DATA" => {
                        data = true;
                        b"354 go on\r\n"
                    }
                    "." => {
                        data = false;
                        b"250 taken as 42\r\n"
                    }
                    _ if data => continue,
                    "QUIT" => b"221 bye\r\n",
                    _ => b"250 yes\r\n",
                };
                let _ = out.write_all(answer);
            }
        }
    });
    (port, heard)
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn mail_leaves_by_the_configured_server_once_with_a_stable_id() {
    let (port, heard) = server();
    let transport = || {
        Transport::Smtp(Smtp {
            host: "127.0.0.1".to_owned(),
            port,
            tls: Tls::None,
            user: None,
            password: None,
            from: "Copihue <avisos@ejemplo.cl>".to_owned(),
        })
    };
    each_engine_with(transport, async |w| {
        heard.lock().unwrap().clear();
        w.send(notice(1)).await.unwrap();
        w.work().await;
        w.work().await;
        let mails = w.notifications.kept_mail().await.unwrap();
        assert_eq!((mails[0].state, mails[0].response.as_str()), (MailState::Sent, "taken as 42"));
        let heard = heard.lock().unwrap().clone();
        assert_eq!(heard.matches("RCPT TO:<ana@ejemplo.cl>").count(), 1);
        assert!(heard.contains(&format!("<{}@ejemplo.cl>", mails[0].id)), "{heard}");
    })
    .await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn mail_waits_while_the_server_is_down() {
    let transport = || {
        Transport::Smtp(Smtp {
            host: "127.0.0.1".to_owned(),
            port: 1,
            tls: Tls::None,
            user: None,
            password: None,
            from: "avisos@ejemplo.cl".to_owned(),
        })
    };
    each_engine_with(transport, async |w| {
        w.send(notice(1)).await.unwrap();
        w.work().await;
        assert_eq!(w.notifications.kept_mail().await.unwrap()[0].state, MailState::Waiting);
    })
    .await;
}
