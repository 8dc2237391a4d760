use std::fs::{self, File};
use std::path::PathBuf;
use std::time::{Duration, SystemTime};

use bytes::Bytes;
use copihue_core::{Error, Kind, Result, json};
use copihue_db::blobs::{BlobRef, Blobs, INLINE, Staged};
use copihue_db::testing::{TestDb, engines};
use futures_util::{StreamExt, TryStreamExt, stream};

fn ready() -> Vec<(TestDb, Blobs)> {
    let with_blobs = |db: TestDb| {
        let db = db.prepare(&[]);
        let blobs = Blobs::new(db.db(), db.folder().join("objetos"));
        (db, blobs)
    };
    engines().into_iter().map(with_blobs).collect()
}

async fn keep(db: &TestDb, blobs: &Blobs, bytes: &[u8]) -> BlobRef {
    let staged = blobs.stage(bytes).await.unwrap();
    db.write(move |tx| staged.put(tx)).await.unwrap()
}

fn file_of(db: &TestDb, blob: &BlobRef) -> PathBuf {
    let name = hex::encode(blob.sha256);
    db.folder().join("objetos").join(&name[..2]).join(&name[2..4]).join(name)
}

#[tokio::test(flavor = "multi_thread")]
async fn exp_13_small_bytes_are_made_and_kept_inside_a_transaction() {
    for (db, blobs) in ready() {
        let blob = db.write(|tx| Staged::small(vec![7_u8; INLINE])?.put(tx)).await.unwrap();
        assert_eq!(blobs.get(blob.sha256).await.unwrap(), vec![7_u8; INLINE]);
        assert_eq!(Staged::small(vec![7_u8; INLINE + 1]).unwrap_err().kind(), Kind::Internal);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn exp_13_small_and_large_bytes_come_back_by_their_hash() {
    for (db, blobs) in ready() {
        for size in [0, 1, INLINE, INLINE + 1, 3 * INLINE + 7] {
            let bytes: Vec<u8> = (0..size).map(|i| (i % 251) as u8).collect();
            let blob = keep(&db, &blobs, &bytes).await;
            assert_eq!(blob, BlobRef { sha256: json::sha256(&bytes), size: size as u64 });
            assert_eq!(keep(&db, &blobs, &bytes).await, blob);
            assert_eq!(blobs.get(blob.sha256).await.unwrap(), bytes);
            let read = blobs.stream(blob.sha256).await.unwrap();
            let pieces: Vec<Bytes> = read.pieces.try_collect().await.unwrap();
            assert_eq!((read.size, pieces.concat()), (size as u64, bytes));
            assert_eq!(file_of(&db, &blob).exists(), size > INLINE);
        }
        assert_eq!(blobs.get([9; 32]).await.unwrap_err().kind(), Kind::NotFound);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn exp_13_an_upload_that_arrives_in_pieces_is_the_same_blob() {
    for (db, blobs) in ready() {
        for size in [10, 2 * INLINE + 5] {
            let bytes = vec![7_u8; size];
            let pieces: Vec<Result<Bytes>> =
                bytes.chunks(1000).map(|piece| Ok(Bytes::copy_from_slice(piece))).collect();
            let staged = blobs.stage_stream(stream::iter(pieces)).await.unwrap();
            assert_eq!(staged.blob().sha256, json::sha256(&bytes));
            db.write(move |tx| staged.put(tx)).await.unwrap();
            assert_eq!(blobs.get(json::sha256(&bytes)).await.unwrap(), bytes);
        }
        let piece = || Ok(Bytes::from(vec![8_u8; INLINE + 1]));
        let cut = stream::iter([piece(), piece(), Err(Error::unavailable("the upload was cut"))]);
        assert!(blobs.stage_stream(cut).await.is_err());
        let left = fs::read_dir(db.folder().join("objetos"))
            .unwrap()
            .filter(|e| e.as_ref().unwrap().file_type().unwrap().is_file());
        assert_eq!(left.count(), 0);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn exp_13_damage_is_an_error_and_never_bytes() {
    for (db, blobs) in ready() {
        let bytes = vec![5_u8; 5 * INLINE];
        let blob = keep(&db, &blobs, &bytes).await;
        let mut damaged = bytes.clone();
        damaged[4 * INLINE] ^= 1;
        fs::write(file_of(&db, &blob), &damaged).unwrap();
        assert_eq!(blobs.get(blob.sha256).await.unwrap_err().kind(), Kind::Internal);
        let pieces: Vec<_> = blobs.stream(blob.sha256).await.unwrap().pieces.collect().await;
        assert!(pieces.last().unwrap().is_err());
        fs::remove_file(file_of(&db, &blob)).unwrap();
        assert!(blobs.get(blob.sha256).await.is_err());
    }
}

fn make_old(path: &PathBuf) {
    let days = Duration::from_secs(3 * 24 * 3600);
    #[expect(clippy::disallowed_methods, reason = "file times are the machine's")]
    File::options().append(true).open(path).unwrap().set_modified(SystemTime::now() - days).unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn exp_13_only_old_orphans_are_swept() {
    for (db, blobs) in ready() {
        let kept = keep(&db, &blobs, &vec![1_u8; INLINE + 1]).await;
        let orphan = blobs.stage(vec![2_u8; INLINE + 1]).await.unwrap().blob();
        let young = blobs.stage(vec![3_u8; INLINE + 1]).await.unwrap().blob();
        let again = blobs.stage(vec![4_u8; INLINE + 1]).await.unwrap().blob();
        for blob in [&kept, &orphan, &again] {
            make_old(&file_of(&db, blob));
        }
        blobs.stage(vec![4_u8; INLINE + 1]).await.unwrap();
        assert_eq!(blobs.sweep().await.unwrap(), 1);
        let there: Vec<bool> =
            [&kept, &orphan, &young, &again].iter().map(|blob| file_of(&db, blob).exists()).collect();
        assert_eq!(there, [true, false, true, true]);
    }
}
