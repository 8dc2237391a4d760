//! `copihue sign`: files signed by a running Copihue, in one batch with one code.
#![expect(clippy::print_stdout, clippy::print_stderr, reason = "the command's answer")]

use std::io::{BufRead as _, Write as _};
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::time::Duration;

use copihue_core::json::{sha256, sha256_hex};
use copihue_core::{Clock, Error, Kind, Result, Secret, SystemClock};
use copihue_signing::Credential;
use reqwest::{Method, RequestBuilder, Response, StatusCode};
use serde_json::{Value, json};

use crate::cli::SignArguments;

/// Some document was not signed.
const NOT_ALL: u8 = 2;
const PAUSE: Duration = Duration::from_millis(500);
const TIMEOUT: Duration = Duration::from_secs(60);

/// A file to sign.
struct Paper {
    path: PathBuf,
    bytes: Vec<u8>,
    sha256: String,
}

/// The deployment that signs, as one application sees it.
struct Server {
    client: reqwest::Client,
    base: String,
    credential: Credential,
    clock: SystemClock,
}

/// Signs. 0: all of it; 2: not all, and each file says why.
///
/// # Errors
/// When a file can't be read, the server can't be reached, or it refuses the request.
pub(crate) async fn run(arguments: SignArguments) -> Result<ExitCode> {
    let papers = arguments.files.iter().map(|path| read(path)).collect::<Result<Vec<_>>>()?;
    let (server, asked) = (Server::of(&arguments)?, papers.len());
    let papers = server.upload_all(papers).await?;
    if papers.is_empty() {
        return Ok(ExitCode::from(NOT_ALL));
    }
    let batch = server.request(&arguments, &papers).await?;
    let id = text(&batch, "id")?;
    let batch = server.authorised(&arguments, batch, &id).await?;
    let end = server.wait(batch, &id).await?;
    let all = server.fetch(&arguments, &papers, &id).await?;
    if !all {
        eprintln!("{}", text(&end, "message_es")?);
    }
    let whole = all && papers.len() == asked;
    Ok(if whole { ExitCode::SUCCESS } else { ExitCode::from(NOT_ALL) })
}

fn read(path: &Path) -> Result<Paper> {
    let bytes = std::fs::read(path)
        .map_err(|e| Error::invalid("archivo", format!("No se puede leer {}: {e}", path.display())))?;
    Ok(Paper { path: path.to_owned(), sha256: sha256_hex(&bytes), bytes })
}

fn text(value: &Value, field: &str) -> Result<String> {
    let found = value[field].as_str().map(str::to_owned);
    found.ok_or_else(|| Error::unavailable(format_args!("the server's answer has no {field}")))
}

impl Server {
    fn of(arguments: &SignArguments) -> Result<Self> {
        let secret = std::fs::read_to_string(&arguments.secret).map_err(|e| {
            Error::invalid("secreto", format!("No se puede leer {}: {e}", arguments.secret.display()))
        })?;
        let client = reqwest::Client::builder().timeout(TIMEOUT).build().map_err(Error::internal)?;
        Ok(Self {
            client,
            base: arguments.server.trim_end_matches('/').to_owned(),
            credential: Credential {
                application: arguments.application.clone(),
                secret: Secret::new(secret.trim().as_bytes()),
                entity: arguments.entity.clone(),
                run: arguments.run.clone(),
                purpose: arguments.purpose().to_owned(),
            },
            clock: SystemClock::default(),
        })
    }

    /// Each request has a token of its own: none outlives its few minutes.
    fn ask(&self, method: Method, path: &str) -> Result<RequestBuilder> {
        let token = self.credential.token(self.clock.now())?;
        Ok(self.client.request(method, format!("{}/api/sign/v1{path}", self.base)).bearer_auth(token))
    }

    async fn json(&self, method: Method, path: &str, body: Option<&Value>) -> Result<Value> {
        let mut request = self.ask(method, path)?;
        if let Some(body) = body {
            request = request.json(body);
        }
        let answer = good(request.send().await.map_err(Error::unavailable)?).await?;
        answer.json().await.map_err(Error::unavailable)
    }

    /// Those that can be signed; of the others it says why, and goes on.
    async fn upload_all(&self, papers: Vec<Paper>) -> Result<Vec<Paper>> {
        let mut good = Vec::new();
        for paper in papers {
            match self.upload(&paper).await {
                Ok(()) => good.push(paper),
                Err(error) if error.kind() == Kind::Invalid => {
                    println!("{}: {}", paper.path.display(), error.detail());
                }
                Err(error) => return Err(error),
            }
        }
        Ok(good)
    }

    async fn upload(&self, paper: &Paper) -> Result<()> {
        let request = self.ask(Method::POST, "/uploads")?.header("content-type", "application/pdf");
        let answer = request.body(paper.bytes.clone()).send().await.map_err(Error::unavailable)?;
        good(answer).await.map(|_| ()).map_err(|e| e.context(paper.path.display()))
    }

    /// The same files again are the same request: what was signed is fetched, and not signed again.
    async fn request(&self, arguments: &SignArguments, papers: &[Paper]) -> Result<Value> {
        let item = |(n, paper): (usize, &Paper)| {
            json!({
                "id": n.to_string(), "upload_id": paper.sha256, "sha256": paper.sha256,
                "name": paper.path.file_name().map(|n| n.to_string_lossy()),
                "stamp": arguments.stamp, "reason": arguments.reason,
            })
        };
        let items: Vec<Value> = papers.iter().enumerate().map(item).collect();
        let own = hex::encode(sha256(Value::from(items.clone()).to_string().as_bytes()));
        let body = json!({
            "request_id": arguments.request.as_ref().unwrap_or(&own),
            "institution": arguments.entity,
            "signer": { "run": arguments.run, "purpose": arguments.purpose() },
            "level": arguments.level,
            "policy": if arguments.require { "require" } else { "degrade" },
            "items": items,
        });
        self.json(Method::POST, "/batches", Some(&body)).await
    }

    /// Takes up what was left, and gives the code where one is asked for.
    async fn authorised(&self, arguments: &SignArguments, batch: Value, id: &str) -> Result<Value> {
        let batch = match text(&batch, "state")?.as_str() {
            "completo_con_errores" | "vencido" => {
                self.json(Method::POST, &format!("/batches/{id}/resume"), None).await?
            }
            _ => batch,
        };
        if text(&batch, "state")? != "esperando_otp" {
            return Ok(batch);
        }
        let otp = match (arguments.unattended, &arguments.otp) {
            (true, _) => None,
            (false, Some(code)) => Some(code.clone()),
            (false, None) => Some(prompt()?),
        };
        let path = format!("/batches/{id}/authorise");
        self.json(Method::POST, &path, Some(&json!({ "otp": otp }))).await
    }

    async fn wait(&self, mut batch: Value, id: &str) -> Result<Value> {
        loop {
            if !["autorizado", "firmando"].contains(&text(&batch, "state")?.as_str()) {
                return Ok(batch);
            }
            tokio::time::sleep(PAUSE).await;
            batch = self.json(Method::GET, &format!("/batches/{id}"), None).await?;
        }
    }

    /// Writes each signed file beside its original, or into the folder; tells whether all of them are signed.
    async fn fetch(&self, arguments: &SignArguments, papers: &[Paper], id: &str) -> Result<bool> {
        let answer = self.json(Method::GET, &format!("/batches/{id}/items"), None).await?;
        let items = answer["items"].as_array().cloned().unwrap_or_default();
        let mut all = items.len() == papers.len();
        for (n, (paper, item)) in papers.iter().zip(&items).enumerate() {
            if text(item, "state")? != "firmado" {
                all = false;
                let why = item["error"]["message_es"].as_str().unwrap_or("Sin firmar.");
                println!("{}: {why}", paper.path.display());
                continue;
            }
            let request = self.ask(Method::GET, &format!("/batches/{id}/items/{n}/content"))?;
            let answer = good(request.send().await.map_err(Error::unavailable)?).await?;
            let bytes = answer.bytes().await.map_err(Error::unavailable)?;
            let target = target(arguments, &paper.path);
            std::fs::write(&target, &bytes).map_err(|e| {
                Error::invalid("salida", format!("No se puede escribir {}: {e}", target.display()))
            })?;
            let level = item["achieved_level"].as_str().unwrap_or_default();
            println!("{}: firmado ({level}) en {}", paper.path.display(), target.display());
        }
        Ok(all)
    }
}

/// `decreto.pdf` becomes `decreto-firmado.pdf`.
fn target(arguments: &SignArguments, path: &Path) -> PathBuf {
    let stem = path.file_stem().unwrap_or_default().to_string_lossy();
    let name = format!("{stem}-firmado.pdf");
    match &arguments.out {
        Some(folder) => folder.join(name),
        None => path.with_file_name(name),
    }
}

fn prompt() -> Result<String> {
    eprint!("Código de 6 números: ");
    std::io::stderr().flush().map_err(Error::internal)?;
    let mut line = String::new();
    std::io::stdin().lock().read_line(&mut line).map_err(Error::internal)?;
    Ok(line.trim().to_owned())
}

/// The answer, where it is a good one; else what the server says is wrong.
async fn good(answer: Response) -> Result<Response> {
    let status = answer.status();
    if status.is_success() {
        return Ok(answer);
    }
    let problem: Value = answer.json().await.unwrap_or_default();
    let detail = problem["detail"].as_str().unwrap_or("El servidor no aceptó la solicitud.").to_owned();
    let kind = match status {
        StatusCode::UNAUTHORIZED => Kind::Unauthenticated,
        StatusCode::FORBIDDEN => Kind::Forbidden,
        StatusCode::NOT_FOUND => Kind::NotFound,
        StatusCode::CONFLICT => Kind::Conflict,
        _ if status.is_server_error() => Kind::Unavailable,
        _ => Kind::Invalid,
    };
    Err(Error::new(kind, "servidor", detail).context(status))
}
