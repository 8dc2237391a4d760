//! The witness over real HTTP: content types, limits, garbage.

use std::io::{ErrorKind, Read, Write};
use std::net::{SocketAddr, TcpStream};
use std::time::{Duration, Instant};

use copihue_core::json::sha256;
use copihue_db::Options;
use copihue_db::testing::TestDb;
use copihue_web::Timeouts;
use copihue_witness::{MIGRATIONS, routes};

use crate::support::{Log, ORIGIN, witness};

struct Server {
    address: SocketAddr,
    http: reqwest::Client,
    _db: TestDb,
}

async fn serve() -> Server {
    let db = TestDb::sqlite(&Options { readers: 1, ..Options::default() }).prepare(&[MIGRATIONS]);
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    let router = routes(witness(&db));
    tokio::spawn(copihue_web::serve(listener, router, Timeouts::default(), std::future::pending()));
    Server { address, http: reqwest::Client::builder().no_proxy().build().unwrap(), _db: db }
}

impl Server {
    async fn post(&self, body: String) -> (u16, String, String) {
        let url = format!("http://{}/add-checkpoint", self.address);
        let answer = self.http.post(url).body(body).send().await.unwrap();
        let kind = answer.headers()["content-type"].to_str().unwrap().to_owned();
        (answer.status().as_u16(), kind, answer.text().await.unwrap())
    }

    async fn get(&self, path: &str) -> (u16, String) {
        let answer = self.http.get(format!("http://{}{path}", self.address)).send().await.unwrap();
        (answer.status().as_u16(), answer.text().await.unwrap())
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn led_07_the_protocol_over_http() {
    let (server, log) = (serve().await, Log::new());
    let monitoring = format!("/{}/checkpoint", hex::encode(sha256(ORIGIN.as_bytes())));
    assert_eq!(server.get(&monitoring).await.0, 404);
    let (status, kind, lines) = server.post(log.request(0, 4).to_string()).await;
    assert_eq!((status, kind.as_str()), (200, "text/plain; charset=utf-8"));
    assert!(lines.starts_with("— testigo.ufro.example ") && lines.ends_with('\n'));
    let conflict = server.post(log.request(3, 6).to_string()).await;
    assert_eq!(conflict, (409, "text/x.tlog.size".to_owned(), "4\n".to_owned()));
    assert_eq!(server.post(Log::forked().request(4, 6).to_string()).await.0, 422);
    assert_eq!(server.post(Log::named("nadie.example.cl/x").request(0, 1).to_string()).await.0, 404);
    let unsigned = log.request(4, 6).to_string().replace("— bitacora", "— otra");
    assert_eq!(server.post(unsigned).await.0, 403);
    assert_eq!(server.post("garbage".to_owned()).await.0, 400);
    let (status, shown) = server.get(&monitoring).await;
    assert_eq!((status, shown), (200, format!("{}{lines}", log.note(4))));
    assert_eq!(server.get(&monitoring.to_uppercase()).await.0, 404);
    assert_eq!(server.get("/x/checkpoint").await.0, 404);
    let about = server.get("/").await.1;
    assert!(about.contains("testigo.ufro.example+") && about.contains("4 entradas"), "{about}");
}

/// Sends garbage until the other side has enough of it; answers how much it took and the first line of its answer.
fn pour(address: SocketAddr, head: &str, chunk: &[u8], most: usize) -> (usize, String) {
    let mut stream = TcpStream::connect(address).unwrap();
    stream.set_write_timeout(Some(Duration::from_secs(10))).unwrap();
    stream.set_read_timeout(Some(Duration::from_secs(10))).unwrap();
    stream.write_all(head.as_bytes()).unwrap();
    let mut sent = 0;
    while sent < most {
        match stream.write(chunk) {
            Ok(n) => sent += n,
            Err(e) if matches!(e.kind(), ErrorKind::BrokenPipe | ErrorKind::ConnectionReset) => break,
            Err(e) => panic!("{e}"),
        }
    }
    let mut answer = Vec::new();
    let _ = stream.read_to_end(&mut answer);
    let answer = String::from_utf8_lossy(&answer).lines().next().unwrap_or_default().to_owned();
    (sent, answer)
}

#[tokio::test(flavor = "multi_thread")]
async fn led_07_a19_a_gigabyte_of_garbage_is_refused_at_once() {
    const GIGABYTE: usize = 1 << 30;
    let server = serve().await;
    let head = "POST /add-checkpoint HTTP/1.1\r\nhost: x\r\n";
    let announced = format!("{head}content-length: {GIGABYTE}\r\n\r\n");
    let chunked = format!("{head}transfer-encoding: chunked\r\n\r\n40000000\r\n");
    for head in [announced, chunked] {
        let (address, begun) = (server.address, Instant::now());
        let (sent, answer) =
            tokio::task::spawn_blocking(move || pour(address, &head, &[b'x'; 1 << 16], GIGABYTE))
                .await
                .unwrap();
        // What the kernel's buffers on both sides took is all that was ever sent.
        assert!(sent < 32 << 20, "{sent} bytes were taken");
        assert!(begun.elapsed() < Duration::from_secs(5));
        assert!(answer.is_empty() || answer.contains("413"), "{answer}");
    }
    // Whoever sends less than the kernel buffers gets to read why.
    let (_, _, why) = server.post("x".repeat(70_000)).await;
    assert!(why.contains("64 KiB"), "{why}");
    assert_eq!(server.post(Log::new().request(0, 4).to_string()).await.0, 200, "and it goes on");
}
