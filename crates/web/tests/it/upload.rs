use crate::fixture::{each, one};

const PDF: &[u8] = b"%PDF-1.7\n1 0 obj\n<<>>\nendobj\n%%EOF\n";
const EXE: &[u8] = b"MZ\x90\x00\x03\x00\x00\x00\x04\x00\x00\x00\xff\xff\x00\x00\xb8\x00\x00\x00";
const ELF: &[u8] = b"\x7fELF\x02\x01\x01\x00\x00\x00\x00\x00\x00\x00\x00\x00\x02\x00\x3e\x00";
const ZIP: &[u8] = b"PK\x03\x04\x14\x00\x00\x00\x08\x00";
const SVG: &[u8] = b"<svg xmlns=\"http://www.w3.org/2000/svg\"><script>alert(1)</script></svg>";
const JPG: &[u8] = b"\xff\xd8\xff\xe0\x00\x10JFIF\x00\x01";

#[tokio::test]
async fn exp_20_uploads_are_judged_by_content() {
    each(|site| async move {
        let mut client = site.logged_in(1).await;
        let wrong = "El que eligió no lo es, aunque su nombre lo diga";
        let corpus: [(&str, &[u8], u16, &str); 10] = [
            ("permiso.pdf", PDF, 200, "permiso.pdf application/pdf"),
            ("FOTO.JPEG", JPG, 200, "FOTO.JPEG image/jpeg"),
            ("virus.pdf", EXE, 422, wrong),
            ("virus.pdf", ELF, 422, wrong),
            ("archivo.pdf", ZIP, 422, wrong),
            ("dibujo.png", SVG, 422, wrong),
            ("foto.png", PDF, 422, wrong),
            ("texto.pdf", b"hola", 422, wrong),
            ("nada.pdf", b"", 422, "El archivo está vacío"),
            ("sin-extension", PDF, 422, wrong),
        ];
        for (name, bytes, status, words) in corpus {
            let reply = client.upload("/archivo", &[], &[("adjunto", name, bytes)]).await;
            assert_eq!(reply.status, status, "{name}");
            assert!(reply.says(words), "{name}: {}", reply.text());
        }
        let nothing = client.upload("/archivo", &[], &[("adjunto", "", b"")]).await.expect(422);
        assert!(nothing.says("Elija un archivo"));
    })
    .await;
}

#[tokio::test]
async fn exp_20_names_lose_paths_and_marks_that_turn_them_around() {
    let (_db, site) = one(|_| {});
    let mut client = site.logged_in(1).await;
    for (name, shown) in [
        ("../../etc/passwd.pdf", "passwd.pdf "),
        ("permiso\u{202e}exe.pdf", "permisoexe.pdf "),
        ("<b>x.pdf", "bx.pdf "),
    ] {
        let reply = client.upload("/archivo", &[], &[("adjunto", name, PDF)]).await.expect(200);
        assert!(reply.says(shown), "{name}: {}", reply.text());
    }
}

#[tokio::test]
async fn exp_20_large_files_go_to_disk_and_too_large_ones_are_refused() {
    let (_db, site) = one(|_| {});
    let mut client = site.logged_in(1).await;
    let large = [PDF, &vec![b' '; 2_000_000]].concat();
    let reply = client.upload("/archivo", &[], &[("adjunto", "a.pdf", &large)]).await.expect(200);
    assert!(reply.says("disco") && reply.says("2000"));
    let reply = client.upload("/archivo", &[], &[("adjunto", "a.pdf", PDF)]).await.expect(200);
    assert!(reply.says("memoria"));
    let huge = vec![b' '; 3_100_000];
    let reply = client.upload("/archivo", &[], &[("adjunto", "a.pdf", &huge)]).await.expect(413);
    assert!(reply.says("Lo máximo es 3 MB"));
}

#[tokio::test]
async fn exp_20_a_hundred_megabytes_are_refused_before_they_are_read() {
    let (_db, site) = one(|_| {});
    let mut client = site.logged_in(1).await.header("content-length", "100000000");
    let kind = Some("multipart/form-data; boundary=x");
    // The body is a few bytes: an answer at all shows that nobody waited for the rest.
    client.send(http::Method::POST, "/archivo", kind, b"--x\r\n".to_vec()).await.expect(413);
}

#[tokio::test]
async fn exp_20_too_many_parts_and_files_are_refused() {
    let (_db, site) = one(|_| {});
    let mut client = site.logged_in(1).await;
    let names: Vec<String> = (0..60).map(|n| format!("f{n}")).collect();
    let fields: Vec<(&str, &str)> = names.iter().map(|n| (n.as_str(), "x")).collect();
    client.upload("/archivo", &fields, &[]).await.expect(413);
    let files: Vec<(&str, &str, &[u8])> = names.iter().take(11).map(|n| (n.as_str(), "a.pdf", PDF)).collect();
    client.upload("/archivo", &[], &files).await.expect(413);
}
