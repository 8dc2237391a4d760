use std::time::Duration;

use copihue_web::Timeouts;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};

use crate::fixture::one;

async fn ask(address: std::net::SocketAddr, request: &[u8]) -> String {
    let mut stream = TcpStream::connect(address).await.unwrap();
    stream.write_all(request).await.unwrap();
    let mut answer = Vec::new();
    let _ = stream.read_to_end(&mut answer).await;
    String::from_utf8_lossy(&answer).into_owned()
}

#[tokio::test]
async fn web_05_the_listener_limits_heads_and_stops_gracefully() {
    let (_db, site) = one(|_| {});
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    let timeouts = Timeouts { headers: Duration::from_millis(300), ..Timeouts::default() };
    let (stop, stopped) = tokio::sync::oneshot::channel::<()>();
    let server = tokio::spawn(copihue_web::serve(listener, site.router, timeouts, async {
        let _ = stopped.await;
    }));
    let answer = ask(address, b"GET /healthz HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n").await;
    assert!(answer.starts_with("HTTP/1.1 200"), "{answer}");
    let many: String = (0..80).map(|n| format!("X-{n}: 1\r\n")).collect();
    let answer = ask(address, format!("GET / HTTP/1.1\r\nHost: x\r\n{many}\r\n").as_bytes()).await;
    assert!(answer.starts_with("HTTP/1.1 431"), "{answer}");
    // A head that never ends.
    let answer = tokio::time::timeout(Duration::from_secs(3), ask(address, b"GET / HTTP/1.1\r\nHost:")).await;
    assert!(answer.is_ok());
    let answer = ask(
        address,
        b"GET / HTTP/1.1\r\nHost: x\r\nContent-Length: 1\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
    )
    .await;
    assert!(!answer.contains("200 OK") || answer.matches("HTTP/1.1").count() == 1, "{answer}");
    // A hundred megabytes are on their way: the answer comes at once, and nobody resets the connection under it.
    let mut upload = TcpStream::connect(address).await.unwrap();
    upload.write_all(b"POST /abierto HTTP/1.1\r\nHost: x\r\nContent-Type: multipart/form-data; boundary=x\r\nContent-Length: 100000000\r\n\r\n").await.unwrap();
    let mut head = [0; 12];
    upload.read_exact(&mut head).await.unwrap();
    assert_eq!(&head, b"HTTP/1.1 413");
    for _ in 0..20 {
        upload.write_all(&[b' '; 100_000]).await.unwrap();
    }
    drop(upload);
    stop.send(()).unwrap();
    server.await.unwrap().unwrap();
    assert!(TcpStream::connect(address).await.is_err());
}
