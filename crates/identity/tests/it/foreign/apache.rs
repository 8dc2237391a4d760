//! Debian's `mod_auth_openidc`: a client in C, with sessions of its own.

use std::path::Path;
use std::process::Stdio;

use tokio::io::{AsyncBufReadExt, AsyncWriteExt, BufReader};
use tokio::process::{Child, Command};

use super::{free_port, has_python, python, run_clock};
use crate::open_world::{BASE, base};
use crate::world::*;

const MODULES: &str = "/usr/lib/apache2/modules";
const PROGRAM: &str = "/usr/sbin/apache2";
const CONF: &str = include_str!("httpd.conf");
const SCRIPT: &str = concat!(include_str!("person.py"), include_str!("apache_client.py"));

#[expect(clippy::print_stdout, reason = "a test says what it left out")]
fn has_apache() -> bool {
    let found = Path::new(PROGRAM).is_file() && Path::new(MODULES).join("mod_auth_openidc.so").is_file();
    if !found {
        println!("skipped: apache2 and libapache2-mod-auth-openidc are not installed");
    }
    found
}

/// A running web server. It is asked to end: killed, it would leave its workers behind.
struct Server(Child);

impl Server {
    fn end(&self) {
        let pid = self.0.id().and_then(|id| rustix::process::Pid::from_raw(i32::try_from(id).ok()?));
        if let Some(pid) = pid {
            let _ = rustix::process::kill_process(pid, rustix::process::Signal::TERM);
        }
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        self.end();
    }
}

/// The web server with its module, until it is dropped.
async fn apache(folder: &Path, base: &str, port: &str) -> Server {
    let site = folder.join("site/interior");
    std::fs::create_dir_all(&site).unwrap();
    std::fs::write(site.join("pagina.txt"), "adentro\n").unwrap();
    let conf = CONF
        .replace("FOLDER", folder.to_str().unwrap())
        .replace("PORT", port)
        .replace("MODULES", MODULES)
        .replace("BASE", base)
        .replace("CLIENT", BASE)
        .replace("SECRET", SECRET);
    std::fs::write(folder.join("httpd.conf"), conf).unwrap();
    readable(folder);
    let child = Command::new(PROGRAM)
        .args(["-D", "FOREGROUND", "-f"])
        .arg(folder.join("httpd.conf"))
        .stdout(Stdio::null())
        .spawn()
        .unwrap();
    let child = Server(child);
    for _ in 0..100 {
        if tokio::net::TcpStream::connect(format!("127.0.0.1:{port}")).await.is_ok() {
            return child;
        }
        tokio::time::sleep(std::time::Duration::from_millis(50)).await;
    }
    panic!("{}", std::fs::read_to_string(folder.join("error.log")).unwrap_or_default());
}

/// Its workers run as somebody else when it is started by root.
fn readable(folder: &Path) {
    use std::os::unix::fs::PermissionsExt;
    std::fs::set_permissions(folder, std::fs::Permissions::from_mode(0o777)).unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn f04_f06_a_web_servers_own_client_logs_in_renews_and_hears_of_a_log_out() {
    if !has_apache() || !has_python("requests").await {
        return;
    }
    let (w, port, folder) = (world().await, free_port().to_string(), tempfile::tempdir().unwrap());
    let own = format!("http://127.0.0.1:{port}");
    let mut new = base();
    new.redirect_uris = vec![format!("{own}/interior/vuelta")];
    new.settings.logout_notice_uri = Some(format!("{own}/interior/vuelta?logout=backchannel"));
    w.register(new).await;
    let ticking = run_clock(&w);
    let mut server = apache(folder.path(), &w.base, &port).await;
    let mut client = python(SCRIPT);
    client.args([&own, &w.base, BASE]).stdin(Stdio::piped()).stdout(Stdio::piped());
    let mut client = client.spawn().unwrap();
    let mut lines = BufReader::new(client.stdout.take().unwrap()).lines();
    let log = || std::fs::read_to_string(folder.path().join("error.log")).unwrap_or_default();
    assert_eq!(lines.next_line().await.unwrap().as_deref(), Some("LEFT"), "{}", log());
    let worker = w.identity.register(copihue_db::jobs::Worker::new(w.db.db(), w.clock.clone()));
    worker.run_due().await.unwrap();
    client.stdin.take().unwrap().write_all(b"told\n").await.unwrap();
    assert_eq!(lines.next_line().await.unwrap().as_deref(), Some("OUT"), "{}", log());
    ticking.abort();
    server.end();
    server.0.wait().await.unwrap();
}
